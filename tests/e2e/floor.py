"""The weigh screen in each of its states, as tests walk through them.

A screen has a few walks, in ``WALKS`` of its module: each brings about one state after the other
and yields its name, to be looked at.
"""

import re

from playwright.sync_api import expect

from tests.e2e.test_offline import log, refuse
from tests.e2e.test_weigh import WEIGH


def asked(hand):
    expect(hand.page.locator("#picker")).to_be_visible()


def close(hand):
    hand.tap("#picker [data-close]")
    expect(hand.page.locator("#picker")).to_be_hidden()


def weighing(hand):
    hand.page.locator("#tiles .tile").first.wait_for()
    yield "idle"
    hand.keys("350")
    hand.tile("Livres")
    asked(hand)
    yield "doubted"
    hand.tap(".pick", "35,0")
    hand.keys("3")
    hand.tap("#pad [data-key=count]")
    hand.page.locator("#tiles .tile", has_text="Mobilier").dispatch_event("contextmenu")
    hand.page.locator("#tiles .tile", has_text="Mobilier").click(delay=700)
    asked(hand)
    yield "detail"
    hand.tap(".pick", "Chaise")
    expect(hand.page.locator("#lines li")).to_have_count(2)
    yield "with lines"


def saving(hand):
    log(hand)
    expect(hand.page.locator("#saved small")).to_contain_text("AP-canal-")
    expect(hand.page.locator("#state b")).to_have_text("En ligne")
    yield "just saved"
    hand.page.click(".account summary")
    yield "menu"
    hand.page.click(".account [data-day]")
    asked(hand)
    yield "the day"
    close(hand)
    hand.page.click(".account summary")
    hand.page.click(".account [data-refuse]")
    asked(hand)
    yield "refusing"


def waiting(hand):
    hand.page.locator("#state b", has_text=re.compile("En ligne")).wait_for()
    hand.page.context.set_offline(True)
    log(hand)
    expect(hand.page.locator("#state b")).to_have_text("1 en attente")
    hand.tap("#state")
    asked(hand)
    yield "queue"


def refused(hand):
    hand.page.route("**/collection/intakes", refuse)
    log(hand)
    expect(hand.page.locator("#state b")).to_have_text("1 à régler")
    hand.tap("#state")
    hand.tap(".pick", "Apport de")
    asked(hand)
    yield "entry"


WALKS = [(WEIGH, walk) for walk in (weighing, saving, waiting, refused)]

"""The floor's screens in each of their states, as tests walk through them.

A page adds a line for each of its states to ``STATES``: its address, and what brings it about.
"""

import re

from playwright.sync_api import expect

from tests.e2e.test_offline import log, refuse
from tests.e2e.test_weigh import WEIGH


def tiles(hand):
    hand.page.locator("#tiles .tile").first.wait_for()


def idle(hand):
    tiles(hand)


def with_lines(hand):
    tiles(hand)
    for typed, tile in (("123", "Mobilier"), ("8", "Livres")):
        hand.keys(typed)
        hand.tile(tile)
    expect(hand.page.locator("#lines li")).to_have_count(2)
    if hand.page.locator("#fold").is_visible():
        hand.page.click("#fold")


def just_saved(hand):
    log(hand)
    expect(hand.page.locator("[data-undo]:visible, #saved .btn:visible").first).to_be_visible()
    expect(hand.page.locator("#state b")).to_have_text("En ligne")


def asked(hand):
    expect(hand.page.locator("#picker")).to_be_visible()


def doubted(hand):
    hand.keys("350")
    hand.tile("Livres")
    asked(hand)


def detailing(hand):
    hand.keys("7")
    hand.tap("#pad [data-key=count]")
    hand.page.locator("#tiles .tile", has_text="Mobilier").dispatch_event("contextmenu")
    hand.page.locator("#tiles .tile", has_text="Mobilier").click(delay=700)
    asked(hand)


def menu(hand):
    hand.page.locator("#state b", has_text=re.compile("En ligne")).wait_for()
    hand.page.click(".account summary")


def listing(hand):
    just_saved(hand)
    menu(hand)
    hand.page.click(".account [data-day]")
    asked(hand)


def refusing(hand):
    menu(hand)
    hand.page.click(".account [data-refuse]")
    asked(hand)


def queue(hand):
    hand.page.context.set_offline(True)
    log(hand)
    expect(hand.page.locator("#state b")).to_have_text("1 en attente")
    hand.tap("#state")
    asked(hand)


def entry(hand):
    hand.page.route("**/collection/intakes", refuse)
    log(hand)
    expect(hand.page.locator("#state b")).to_have_text("1 à régler")
    hand.tap("#state")
    hand.tap(".pick", "Apport de")
    asked(hand)


# page, name of the state → what brings it about
STATES = {
    (WEIGH, "idle"): idle,
    (WEIGH, "with lines"): with_lines,
    (WEIGH, "just saved"): just_saved,
    (WEIGH, "doubted"): doubted,
    (WEIGH, "detail"): detailing,
    (WEIGH, "menu"): menu,
    (WEIGH, "the day"): listing,
    (WEIGH, "refusing"): refusing,
    (WEIGH, "queue"): queue,
    (WEIGH, "entry"): entry,
}

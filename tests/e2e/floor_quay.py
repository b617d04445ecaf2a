"""The departures' screen in each of its states."""

from playwright.sync_api import expect

from tests.e2e.floor import asked, close
from tests.e2e.test_ship import SHIP


def ready(hand, task=None):
    """The screen has heard that one departure waits for its weights."""
    expect(hand.page.locator("[data-task=weights] .mark")).to_have_text("1")
    hand.page.locator(".taker").first.wait_for()
    if task:
        hand.tap(f"[data-task={task}]")


def leaving(hand):
    ready(hand)
    yield "takers"
    hand.tap(".taker", "Ecosystem")
    hand.page.locator("#tiles .tile").first.wait_for()
    yield "a taker"
    hand.tap("#tares .chip", "Caddie")
    hand.keys("3")
    hand.tap("#pad [data-key=count]")
    hand.tile("Textiles")
    hand.keys("12,5")
    hand.tile("Mobilier")
    expect(hand.page.locator("#lines li")).to_have_count(2)
    yield "with lines"
    hand.save()
    expect(hand.page.locator("#slip-why")).to_be_visible()
    yield "papers"
    hand.page.fill("#paper-bsd", "BSD-1")
    hand.tap("#papers button[type=submit]")
    hand.save()
    expect(hand.page.locator("#saved .after a")).to_have_attribute("href", "/d/DE-canal-2/bon.pdf")
    yield "just gone"


def giving(hand):
    ready(hand, "shelf")
    for typed, name in (("8", "Textiles"), ("12,5", "Vaisselle")):
        hand.keys(typed)
        hand.tile(name)
    expect(hand.page.locator("#lines .back")).to_have_count(2)
    yield "free shelf"
    hand.tap("#lines .back")
    asked(hand)
    yield "rest"


def clearing(hand):
    ready(hand, "unsold")
    hand.page.locator("#list .row-key", has_text="Banc").wait_for()  # the list is drawn anew
    hand.tap("#list .since")
    asked(hand)
    yield "ages"
    close(hand)
    hand.tap("#list .row-key", "Banc")
    hand.tap("#goes .chip", "Poubelle")
    hand.keys("2,5")
    hand.tap("#list .row-key", "Mobilier")
    expect(hand.page.locator("#lines li")).to_have_count(2)
    yield "unsold"


def receiving_weights(hand):
    ready(hand, "weights")
    hand.page.locator("#list .row-key").first.wait_for()
    yield "awaited"
    hand.tap("#list .row-key", "Gebetex")
    hand.keys("8,5")
    hand.tap("#list .row-key.cat", "Textiles")
    expect(hand.page.locator("#lines li")).to_have_count(1)
    yield "weights"


WALKS = [(SHIP, walk) for walk in (leaving, giving, clearing, receiving_weights)]

"""The screens that read labels, to follow or to count objects, in each of their states."""

from playwright.sync_api import expect

from tests.e2e.floor import asked
from tests.e2e.test_track import COUNT, TRACK, mistyped


def known(hand):
    """The tablet has heard what lies at the site."""
    expect(hand.page.locator("#day b")).to_have_text("4")


def read(hand, name):
    hand.page.fill("#code", hand.codes[name])
    hand.page.press("#code", "Enter")


def opened(hand, name, steps):
    read(hand, name)
    expect(hand.page.locator(".object-head .code")).to_have_text(hand.codes[name])
    expect(hand.page.locator(".trace li")).to_have_count(steps)


def following(hand):
    known(hand)
    yield "nothing"
    opened(hand, "long", steps=3)
    yield "an object"
    hand.tap(".object-acts .btn", "Manquant")
    asked(hand)
    yield "missing?"
    hand.tap(".pick", "Chercher encore")
    hand.page.fill("#code", mistyped(hand.codes["lamp"]))
    hand.page.press("#code", "Enter")
    expect(hand.page.locator("#told .btn")).to_be_visible()
    yield "a slip told"
    opened(hand, "lamp", steps=1)
    hand.tap(".object-acts .btn", "Vers Boutique")
    expect(hand.page.locator(".trace li")).to_have_count(2)
    yield "moved"
    opened(hand, "sold", steps=2)
    yield "gone"
    opened(hand, "apart", steps=2)
    yield "apart"


def filming(hand):
    hand.tap("#camera")
    expect(hand.page.locator("dialog.camera [role=alert]")).to_be_visible()
    yield "camera"


def counting(hand):
    known(hand)
    yield "places"
    hand.tap(".pick.place", "Atelier")
    read(hand, "lamp")
    expect(hand.page.locator("#progress b")).to_have_text("1")
    for number, name in enumerate(("old", "sold"), start=1):
        read(hand, name)
        expect(hand.page.locator("#odd-list li")).to_have_count(number)
    expect(hand.page.locator("#odd-list")).to_contain_text("Vendu")
    yield "counting"
    hand.tap("#leave-place")
    asked(hand)
    yield "giving up?"
    hand.tap(".pick", "Continuer")
    hand.tap("#finish")
    expect(hand.page.locator("#result-title")).to_be_visible()
    yield "result"


def weighing_a_heap(hand):
    hand.tap(".pick.place", "Canal")
    hand.tap("#finish")
    hand.tap(".heaps .pick")
    expect(hand.page.locator(".heap-pad")).to_be_visible()
    yield "heap"


WALKS = [
    (TRACK, following),
    (TRACK, filming),
    (COUNT, counting),
    (COUNT, weighing_a_heap),
]

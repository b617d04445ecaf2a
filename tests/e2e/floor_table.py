"""The sorting table in each of its states."""

from playwright.sync_api import expect

from tests.e2e.floor import asked, close
from tests.e2e.test_sort import SORT


def lot(hand, name="Mobilier"):
    hand.tap(".lot-card", name)
    expect(hand.page.locator("#lot-title")).to_be_visible()


def part(hand, typed, name):
    hand.keys(typed)
    hand.tap("#dests .dest", name)


def sharing(hand):
    lot(hand)
    yield "a lot"
    hand.tap("#kind")
    asked(hand)
    yield "kind"
    close(hand)
    hand.tap("#prices .chip", "Autre")
    asked(hand)
    yield "price"
    close(hand)
    part(hand, "350", "Boutique")
    asked(hand)
    yield "more than left"
    hand.tap(".pick", "35,0")
    part(hand, "6", "Gebetex")
    part(hand, "2", "Déchetterie")
    hand.keys("4,2")
    expect(hand.page.locator("#lines li")).to_have_count(3)
    yield "with parts"
    for _key in "4,2":
        hand.tap("#pad [data-key=Backspace]")
    hand.save()
    expect(hand.page.locator("#saved small")).to_contain_text("TR-canal-")
    yield "just sorted"


def ending(hand):
    lot(hand, "Vaisselle")
    part(hand, "39,5", "Boutique")
    hand.save()
    asked(hand)
    yield "gap"


def printing_later(hand):
    hand.page.locator(".lot-card").first.wait_for()
    hand.page.context.set_offline(True)
    lot(hand)
    hand.keys("4,2")
    hand.tap("#tag")
    expect(hand.page.locator("#to-print")).to_be_visible()
    yield "to print"


def code(hand, typed):
    hand.page.fill("#object-code", typed)
    hand.page.keyboard.press("Enter")


def orienting(hand):
    hand.page.locator(".lot-card").first.wait_for()
    yield "no lot"
    hand.tap("[data-object]")
    code(hand, "ABCDEF")
    expect(hand.page.locator("#object-said")).to_contain_text("ABCDEF")
    yield "code asked"
    code(hand, hand.codes["long"])
    hand.page.locator("#object .dest").first.wait_for()
    yield "in hand"
    hand.tap("#object .in-hand-tools .btn", "Atelier")
    hand.tap("#object .chip", "15 min")
    hand.tap("#object .chip", "Fonctionne")
    yield "repair"


WALKS = [(SORT, walk) for walk in (sharing, ending, printing_later, orienting)]

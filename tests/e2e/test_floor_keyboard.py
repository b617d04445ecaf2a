"""The other screens of the floor by keyboard alone: the main act of each, and its undoing."""

import pytest
from playwright.sync_api import expect

from inventory.models import Flow, Movement, Verb
from tests.e2e.test_objects_hands import press, tab_to
from tests.e2e.test_ship import SHIP, Quay, furnished, gone, said  # noqa: F401  (fixtures)
from tests.e2e.test_sort import PRINTER, SORT, Table, flows, table  # noqa: F401
from tests.e2e.test_track import COUNT, TRACK, Reader, place_of, room, shelf  # noqa: F401
from tests.e2e.test_weigh import all_sent

pytestmark = pytest.mark.browser


def test_a_lot_is_sorted_by_keyboard(visit, table):  # noqa: F811
    with visit(SORT, script=PRINTER) as page:
        hand = Table(page)
        page.locator(".lot-card").first.wait_for()
        press(page, ".lot-card")
        expect(page.locator("#lot-title")).to_be_focused()
        page.keyboard.type("18,2")
        press(page, "#dests .dest:has-text('Boutique')")
        page.keyboard.type("6")
        press(page, "#dests .dest:has-text('Gebetex')")
        press(page, "#save", key=" ")
        hand.says("24,2.kg triés")
        all_sent(hand)
        assert flows(Verb.SORT, Verb.SHIP) == [
            ("MOB", "MOB", "stock/boutique/bulk", 18_200),
            ("MOB", "MOB", "recycling/gebetex", 6_000),
        ]
        press(page, "#saved .btn")
        hand.says("annulé")
        all_sent(hand)
        assert Movement.objects.filter(verb=Verb.REVERSE).count() == 2


REDRAWN = """async () => {
  const { draw } = await import("/static/station/saved.js");
  document.querySelector("#saved .btn").focus();
  draw();
  return document.activeElement.matches("#saved .btn");
}"""


def test_an_answer_that_arrives_leaves_the_focus_on_undo(visit, room):  # noqa: F811
    room.label("lamp", "Lampe")
    with visit(f"{TRACK}?code={room.codes['lamp']}", login="manager") as page:
        page.click(".object-acts .btn:has-text('Vers Boutique')")
        Reader(page).all_sent()
        assert page.evaluate(REDRAWN)


def test_a_departure_is_recorded_by_keyboard_with_its_papers(visit, furnished):  # noqa: F811
    with visit(SHIP) as page:
        hand = Quay(page)
        page.locator(".taker").first.wait_for()
        press(page, ".taker:has-text('Ecosystem')")
        expect(page.locator("#taker .chip").first).to_be_focused()
        page.keyboard.type("12,5")
        press(page, "#tiles .tile")
        press(page, "#save", key=" ")
        expect(page.locator("#paper-bsd")).to_be_focused()  # dangerous waste: it is asked for
        page.keyboard.type("BSD-1")
        page.keyboard.press("Enter")
        press(page, "#save", key=" ")
        said(hand, "12,5 kg partis : Ecosystem")
        assert [weight_g for _category, weight_g, _method in gone()] == [12_500]


def test_an_object_is_opened_and_moved_by_keyboard(visit, room):  # noqa: F811
    room.label("lamp", "Lampe")
    with visit(TRACK, login="manager") as page:
        reader = Reader(page)
        tab_to(page, "#code")
        page.keyboard.type(room.codes["lamp"])
        page.keyboard.press("Enter")
        expect(page.locator(".trace li")).to_have_count(1)
        press(page, ".object-acts .btn:has-text('Vers Boutique')")
        expect(page.locator("#saved b")).to_have_text("Lampe : déplacé vers Boutique")
        reader.all_sent()
        assert place_of(room.codes["lamp"]) == "boutique"
        # what is drawn anew meanwhile would take the focus with it
        expect(page.locator(".object-acts .btn", has_text="Vers Boutique")).to_have_count(0)
        press(page, "#saved .btn")
        expect(page.locator("#saved b")).to_contain_text("Annulé")
        reader.all_sent()
        assert place_of(room.codes["lamp"]) == "principal"


def test_a_shelf_is_counted_by_keyboard(visit, room):  # noqa: F811
    codes = shelf(room)
    with visit(COUNT, login="manager") as page:
        reader = Reader(page)
        reader.known(4)
        press(page, ".pick.place:has-text('Boutique')")
        expect(page.locator("#count-place")).to_be_focused()
        press(page, f".row-tick[data-code='{codes['c']}']", key=" ")
        expect(page.locator("#progress")).to_have_text("1sur 3 trouvés")
        expect(page.locator(".row-tick:focus")).to_have_attribute("aria-pressed", "false")
        tab_to(page, "#finish", key="Shift+Tab")
        page.keyboard.press("Enter")
        press(page, "#book")
        expect(page.locator("#saved b")).to_have_text("Boutique : 1 objet trouvé")
        reader.all_sent()
        assert [place_of(codes[name]) for name in "abc"] == ["adjustment", "adjustment", "boutique"]
        assert Flow.objects.filter(movement__verb=Verb.COUNT).count() == 2

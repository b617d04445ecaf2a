"""Objects in few taps: labelled, found by one scan, counted by scanning."""

import re

import pytest
from playwright.sync_api import expect

from collection.services import Line
from inventory.codes import check_character
from inventory.models import Item
from inventory.services import StockLine
from tests.e2e.machine import keys_at_speed
from tests.e2e.stockroom import Stockroom, category, fresh

pytestmark = pytest.mark.browser
PRINTED = "window.printed = 0; window.print = () => { window.printed += 1 }"


class Hand:
    """A finger and a scanner, both counted."""

    def __init__(self, page):
        self.page, self.taps, self.scans = page, 0, 0

    def tap(self, name):
        self.page.get_by_role("link", name=name).or_(
            self.page.get_by_role("button", name=name)
        ).first.click()
        self.taps += 1

    def scan(self, text):
        """Type like a scanner, wherever the focus is."""
        keys_at_speed(self.page, text)
        self.scans += 1


@pytest.fixture
def room(own_database):
    found = Stockroom(own_database)
    found.open(StockLine(category("MOB"), 500_000))
    return found


@pytest.fixture
def chair(room):
    """A chair labelled from what somebody of the 12e brought; its code."""
    arrival = room.arrive(Line(category("MOB.CHAI"), 12_600, units=3))
    room.label("chair", arrival=arrival.flows.get(), from_category=None)
    return room.codes["chair"]


# Labelled


def test_an_object_of_known_weight_is_labelled_and_printed_in_two_taps(visit, room):
    number = room.arrive(Line(category("MOB.CHAI"), 4_200, units=1)).number
    with visit(f"/d/{number}/", login="sorter", size="tablet") as page:
        page.add_init_script(PRINTED)
        hand = Hand(page)
        hand.tap("Étiqueter")
        hand.tap("Étiqueter et imprimer")
        picture = page.locator("img.label")
        expect(picture).to_be_visible()
        page.wait_for_function("window.printed === 1")
        assert picture.evaluate("each => each.naturalWidth") > 600
        assert (hand.taps, hand.scans) == (2, 0)
    item = Item.objects.get()
    assert (item.weight_g, item.category.code, item.arrival.movement.number) == (
        4_200,
        "MOB.CHAI",
        number,
    )


def test_the_next_object_of_the_arrival_is_one_tap_and_its_weight_away(visit, room):
    number = room.arrive(Line(category("MOB.CHAI"), 12_600, units=3)).number
    with visit(f"/d/{number}/", login="sorter", size="tablet") as page:
        page.add_init_script(PRINTED)
        hand = Hand(page)
        hand.tap("Étiqueter")
        for left in ("12,6 kg ne sont", "8,4 kg ne sont"):
            expect(page.locator(".note.ok")).to_contain_text(left)
            page.fill("[name=weight]", "4,2")
            page.keyboard.press("Enter")
            hand.tap("Étiqueter l’objet suivant")
        assert hand.taps == 1 + 2
    assert Item.objects.count() == 2


# Found


@pytest.mark.parametrize("address", ["{code}", "http://localhost:8000/o/{code}"])
def test_one_scan_tells_where_an_object_came_from(visit, chair, address):
    with visit("/", login="anna") as page:
        hand = Hand(page)
        hand.scan(address.format(code=chair))
        page.wait_for_url(f"**/o/{chair}/")
        expect(page.locator("main")).to_contain_text("Paris 12e, Apport volontaire")
        expect(page.locator("main")).to_contain_text("AP-canal-1")
        assert (hand.taps, hand.scans) == (0, 1)


def test_a_scan_is_not_a_tap_on_the_button_that_has_the_focus(visit, chair):
    with visit("/stock/inventaire/?site=canal", login="anna") as page:
        box = page.get_by_role("checkbox").last
        box.focus()
        Hand(page).scan(chair)
        expect(page.locator(".said")).to_contain_text(f"{chair} ✓")
        expect(page).to_have_url(re.compile("/stock/inventaire/"))


def test_a_form_that_was_begun_is_not_left_for_a_scan(visit, chair):
    with visit("/objets/nouveau/?site=canal", login="anna") as page:
        page.fill("[name=title]", "Tabouret à vis")
        page.locator("h1").click()
        Hand(page).scan(chair)
        expect(page.locator("#find")).to_be_focused()
        assert page.input_value("#find") == chair
        assert page.input_value("[name=title]") == "Tabouret à vis"


def test_scans_fill_the_list_of_objects_to_send_wherever_the_focus_is(visit, room, chair):
    room.label("other", "Tabouret")
    other = room.codes["other"]
    with visit("/transferts/nouveau/?site=canal", login="anna") as page:
        hand = Hand(page)
        hand.scan(chair)
        page.locator("textarea.codes").focus()
        hand.scan(other)
        assert page.input_value("textarea.codes").split() == [chair, other]


def test_a_scan_is_a_line_of_the_ticket_wherever_the_focus_is(visit, chair):
    with visit("/caisse/C1/", login="cashier") as page:
        page.locator("#show-grid").focus()
        Hand(page).scan(chair)
        expect(page.locator(".slip li")).to_have_count(1)
        expect(page.locator(".slip li")).to_contain_text("Chaise bistrot")


def test_a_mistyped_code_offers_the_object_one_slip_away_or_is_scanned_anew(visit, chair):
    wrong = chair[:-1] + ("2" if chair[-1] != "2" else "3")
    with visit("/", login="anna", size="tablet") as page:
        Hand(page).scan(wrong)
        expect(page.get_by_role("alert")).to_contain_text("faute de frappe")
        expect(page.get_by_role("link", name=chair)).to_be_visible()
        Hand(page).scan(chair)
        expect(page.locator(".code")).to_have_text(chair)


# Counted


@pytest.fixture
def shelf(room):
    """Five objects in the shop, and one that lies elsewhere; their codes."""
    for name in "abcde":
        room.label(name, f"Chaise {name}", place=room.shop)
    room.label("elsewhere", "Banc", place=room.workshop)
    return room.codes


COUNT = "/stock/inventaire/?site=canal&place=boutique"


def ticked(page):
    return page.locator(".ticks label:has(input:checked)").all_inner_texts()


def test_untick_all_then_scan_leaves_exactly_what_was_scanned(visit, shelf):
    with visit(COUNT, login="anna") as page:
        hand = Hand(page)
        assert len(ticked(page)) == 5
        hand.tap("Tout décocher, puis scanner")
        assert ticked(page) == []
        expect(page.locator("#scan")).to_be_focused()
        hand.scan(shelf["b"])
        hand.scan(shelf["d"].lower())  # as a keyboard of the other layout may say it
        expect(page.locator(".said")).to_have_text(f"{shelf['d']} ✓ (2 / 5)")
        page.locator("h1").click()
        hand.scan(f"https://tracerie.example/o/{shelf['e']}")
        assert [text.split()[0] for text in sorted(ticked(page))] == sorted(
            [shelf["b"], shelf["d"], shelf["e"]]
        )
        expect(page.locator("[name=counts_items]")).to_be_checked()
        page.select_option("[name=reason]", "theft")
        hand.tap("Corriger les comptes")
        expect(page.locator("h1")).to_contain_text("IN-canal-1")
    lost = {item.title for item in Item.objects.all() if fresh(item).state == Item.State.LOST}
    assert lost == {"Chaise a", "Chaise c"}


def test_a_code_from_elsewhere_says_so_and_ticks_nothing(visit, shelf):
    unknown = "22222" + check_character("22222")
    with visit(COUNT, login="anna") as page:
        hand = Hand(page)
        hand.tap("Tout décocher, puis scanner")
        for code in (shelf["elsewhere"], unknown, "nonsense"):
            hand.scan(code)
            said = page.locator(".said.bad")
            expect(said).to_contain_text("n’est pas")
        assert ticked(page) == []

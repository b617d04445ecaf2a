"""The evening sheet, the wall and the chosen tiles, as hands and eyes meet them."""

import re

import pytest
from playwright.sync_api import expect

from inventory.catalogue import show_first
from inventory.models import Category, Flow, Movement
from organisation.models import Organisation, Site
from sales.models import DayTakings
from tests.e2e.looks import faults

pytestmark = pytest.mark.browser
EVENING, WALL, TILES = "/soir/canal/", "/mur/canal/", "/reglages/sites/canal/tuiles/"


@pytest.fixture
def simple(own_database):
    """La Navette has no till: it writes its day down in the evening."""
    Organisation.objects.filter(pk=own_database.navette.pk).update(profile="simple")
    return own_database


def write(page, part, line, **said):
    for name, value in said.items():
        field = page.locator(f"#id_{part}-{line}-{name}")
        field.select_option(value) if name in ("category", "way") else field.fill(value)


def total(page, part):
    return page.locator(f"[aria-labelledby='{part}-title'] output")


def test_a_day_is_written_added_up_recorded_and_cancelled(simple, visit, violations):
    with visit(EVENING, login="manager") as page:
        write(page, "arrivals", 0, category="TEX", weight="120,5")
        write(page, "arrivals", 1, category="LIV", weight="1 196.25")
        expect(total(page, "arrivals")).to_have_text(re.compile(r"^1.316,75$"))
        page.click("[name=more][value=departures]")
        write(page, "departures", 2, category="TEX", weight="60", way="recycling/gebetex")
        expect(page.locator("#id_departures-2-category")).to_have_value("TEX")
        expect(total(page, "departures")).to_have_text("60,0")
        expect(total(page, "arrivals")).to_have_text(re.compile(r"^1.316,75$"))
        page.fill("#id_cash", "184,50")
        page.fill("#id_card", "96")
        expect(total(page, "money")).to_have_text("280,50")
        page.get_by_role("button", name=re.compile("journée")).click()

        page.wait_for_url(re.compile(r"/soir/canal/[0-9a-f-]{36}/$"))
        numbers = page.locator("tbody a").all_text_contents()
        assert numbers == list(Movement.objects.order_by("pk").values_list("number", flat=True))
        assert violations(page) == []
        page.fill("#id_comment", "mauvais jour")
        page.locator("form.act button").click()
        expect(page.locator(".head .tag.bad").first).to_be_visible()
        assert violations(page) == []

    assert Flow.objects.count() == 6
    assert DayTakings.objects.count() == 2


def test_enter_goes_on_to_the_next_field_and_sends_nothing(simple, visit):
    with visit(EVENING, login="manager") as page:
        page.focus("#id_arrivals-0-weight")
        page.keyboard.press("Enter")
        expect(page.locator("#id_arrivals-0-mode")).to_be_focused()
        page.focus("#id_cash")
        page.keyboard.press("Enter")
        expect(page.locator("#id_card")).to_be_focused()
        assert page.locator("[data-lines=arrivals] > .line").count() == 4

    assert Movement.objects.count() == 0


def test_a_refused_sheet_keeps_what_was_typed_and_leads_to_the_fault(simple, visit, violations):
    with visit(EVENING, login="manager") as page:
        write(page, "arrivals", 0, category="TEX", weight="lourd")
        page.fill("#id_cash", "12")
        page.get_by_role("button", name=re.compile("journée")).click()

        page.get_by_role("alert").get_by_role("link").click()
        expect(page.locator("#id_arrivals-0-weight")).to_be_focused()
        expect(page.locator("#id_cash")).to_have_value("12")
        expect(total(page, "money")).to_have_text("12,00")
        assert violations(page) == []


def test_without_a_script_the_sheet_grows_and_is_recorded(simple, visit):
    with visit(EVENING, login="manager", java_script_enabled=False) as page:
        write(page, "departures", 0, category="TEX", weight="60", way="disposal/")
        page.click("[name=more][value=arrivals]")
        write(page, "arrivals", 8, category="LIV", weight="80")
        page.get_by_role("button", name=re.compile("journée")).click()
        page.wait_for_url(re.compile(r"/soir/canal/[0-9a-f-]{36}/$"))

    assert sorted(Flow.objects.values_list("weight_g", flat=True)) == [60_000, 80_000]


def test_every_page_fits_and_axe_finds_nothing(simple, visit, violations):
    with visit(EVENING, login="anna") as page:
        for address in (EVENING, WALL, TILES, "/soir/", "/mur/"):
            page.goto(address)
            assert faults(page, violations) == [], address


def test_the_wall_renews_itself_and_outlives_the_network(simple, visit):
    with visit(WALL, login="anna", is_own=True) as page:
        page.clock.install()  # for good, in its profile
        page.reload()
        word, said = page.locator("[data-text=word]"), page.locator("[data-at]")
        before = word.text_content()
        Site.objects.filter(code="canal").update(daily_word="Braderie samedi !")
        page.clock.fast_forward(31_000)
        expect(word).to_have_text("Braderie samedi !")
        assert before != "Braderie samedi !"
        expect(said).not_to_have_class(re.compile("late"))

        page.context.set_offline(True)
        page.clock.fast_forward(31_000)
        expect(said).to_have_class(re.compile("late"))
        expect(word).to_have_text("Braderie samedi !")

        page.context.set_offline(False)
        page.clock.fast_forward(31_000)
        expect(said).not_to_have_class(re.compile("late"))


def test_tiles_are_chosen_and_ordered_with_the_keyboard_alone(simple, visit):
    with visit(TILES, login="anna") as page:
        for code in ("LIV", "TEX", "SPO"):
            page.focus(f"[value='show:{code}']")
            page.keyboard.press("Enter")
        page.focus("[value='up:SPO']")
        page.keyboard.press("Enter")
        expect(page.locator("[value='up:SPO']")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[value='down:SPO']")).to_be_focused()  # it is the first: no higher
        page.focus("[value='hide:TEX']")
        page.keyboard.press("Enter")
        assert simple.canal.tiles.count() == 0  # nothing is saved yet
        page.click("button.go")
        page.wait_for_url("**/reglages/sites/canal/")

    assert [tile.category.code for tile in simple.canal.tiles.all()] == ["SPO", "LIV"]


@pytest.mark.parametrize("count", [1, 7, 11])
def test_the_scale_shows_exactly_the_chosen_tiles_and_the_rest_behind_others(
    simple, visit, violations, count
):
    tops = list(Category.objects.filter(parent=None, organisation=None).order_by("-code"))[:count]
    show_first(site=simple.canal, tops=tops)

    with visit("/peser/canal/") as page:
        tiles = page.locator("#tiles .tile")
        expect(tiles).to_have_count(count + 1)
        assert [tile.get_attribute("data-code") for tile in tiles.all()[:-1]] == [
            top.code for top in tops
        ]
        tiles.last.click()
        others = Category.objects.filter(parent=None, organisation=None).count() - count
        expect(page.locator("#picker .pick")).to_have_count(others)
        assert violations(page) == []

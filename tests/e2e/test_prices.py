"""A price for a label: what the category sells for here, and one tap to take it."""

import pytest
from playwright.sync_api import expect

from inventory.models import Item
from inventory.services import StockLine
from tests.conftest import Api
from tests.e2e.looks import faults
from tests.e2e.stockroom import Stockroom, category

pytestmark = pytest.mark.browser
NEW = "/objets/nouveau/?site=canal"


@pytest.fixture
def room(own_database):
    """Canal, where chairs and plates sold five times, benches four."""
    found = Stockroom(own_database)
    found.open(StockLine(category("MOB"), 500_000), StockLine(category("VAI"), 50_000))
    sell(found, "MOB.CHAI", 490, 500, 800, 1_200, 1_240)
    sell(found, "MOB.BANC", 2_000, 2_000, 2_000, 2_000)
    sell(found, "VAI", 20, 20, 20, 20, 20)
    return found


def sell(room, code, *prices):
    lines = [{"category": code, "price_cents": cents} for cents in prices]
    paid = [{"method": "cash", "amount_cents": 50_000}]
    sold = Api(room.world.anna).post("sales/sales", till="C1", lines=lines, payments=paid)
    assert sold.status_code == 201, sold.json()


def said(page):
    return page.locator(".sold-for p")


def proposed(page):
    return page.get_by_role("group", name="Prix proposés").get_by_role("button")


def plain(texts):
    return [text.replace("\u00a0", " ") for text in texts]


def test_a_chosen_category_says_what_it_sells_for_and_one_tap_takes_a_price(
    visit, room, violations
):
    with visit(NEW, size="phone") as page:
        expect(said(page)).to_be_empty()
        page.select_option("[name=category]", "MOB.CHAI")
        expect(said(page)).to_have_text(
            "Chaise : chez vous, de 5 € à 12 €, le plus souvent 8 € (5 ventes)"
        )
        assert plain(proposed(page).all_inner_texts()) == ["5 €", "8 €", "12 €"]
        assert faults(page, violations) == []
        proposed(page).nth(1).click()
        assert page.input_value("[name=price]") == "8"
        page.fill("[name=weight]", "4,2")
        page.get_by_role("button", name="Étiqueter et imprimer").click()
        page.wait_for_url("**/etiquettes/?**")
    assert Item.objects.get().price_cents == 800


def test_prices_follow_the_category_and_few_sales_say_nothing(visit, room):
    with visit(NEW) as page:
        page.select_option("[name=category]", "VAI")
        expect(said(page)).to_have_text(
            "Vaisselle et cuisine : chez vous, 0,20 € le plus souvent (5 ventes)"
        )
        proposed(page).click()
        assert page.input_value("[name=price]") == "0,20"
        page.select_option("[name=category]", "MOB.BANC")
        expect(said(page)).to_be_empty()
        expect(proposed(page)).to_have_count(0)
        assert page.input_value("[name=price]") == "0,20"  # what was chosen stays
        page.select_option("[name=category]", "MOB")
        expect(said(page)).to_contain_text("(9 ventes)")


def test_what_is_chosen_already_is_said_at_once_and_again_when_the_form_comes_back(visit, room):
    with visit(f"{NEW}&category=MOB.CHAI") as page:
        expect(proposed(page)).to_have_count(3)
        page.get_by_role("button", name="Étiqueter et imprimer").click()  # no weight: refused
        expect(page.locator("[name=weight]")).to_have_attribute("aria-invalid", "true")
        expect(proposed(page)).to_have_count(3)


def test_a_server_that_does_not_answer_keeps_no_label_from_being_made(visit, room):
    with visit(NEW) as page:
        page.route("**/sales/prices?**", lambda route: route.abort())
        page.select_option("[name=category]", "MOB.CHAI")
        page.fill("[name=weight]", "4,2")
        expect(said(page)).to_be_empty()
        page.get_by_role("button", name="Étiqueter et imprimer").click()
        page.wait_for_url("**/etiquettes/?**")
    assert Item.objects.get().price_cents is None


def test_without_javascript_nothing_is_shown(visit, room):
    with visit(NEW, java_script_enabled=False) as page:
        expect(said(page)).to_be_empty()
        expect(page.locator(".sold-for [role=group]")).to_be_hidden()

"""A newcomer's first hour: weigh, ship, read the year, follow a figure to its source."""

import re

import pytest
from playwright.sync_api import expect

from inventory.models import Category, Movement
from tests.e2e.looks import faults

pytestmark = pytest.mark.browser

PAGES = ["/", "/peser/canal/", "/bilan/"]


def weigh(page, digits, tile):
    for digit in digits:
        page.locator(f"#pad [data-key='{digit}']").click()
    page.locator("#tiles .tile", has_text=re.compile(rf"^\s*{tile}")).first.click()
    page.click("#save")
    expect(page.locator("#saved b")).to_contain_text("enregistrés")


def test_what_is_weighed_and_shipped_is_read_in_the_year_to_the_gram(visit):
    with visit("/peser/canal/", login="anna", size="tablet") as page:
        weigh(page, "100", "Mobilier")
        page.goto("/departs/nouveau/")
        page.locator("label.chip[data-fate=recycling]").click()
        page.select_option("select[name=partner]", label="Gebetex")
        page.select_option("select[name='lines-0-category']", Category.objects.get(code="MOB").code)
        page.fill("input[name='lines-0-weight']", "34,5")
        page.click("button[type=submit].go")
        expect(page.locator("h1")).to_contain_text("DE-canal-1")
        page.goto("/bilan/")
        figures = page.locator("main")
        expect(figures).to_contain_text(re.compile(r"100\s*%"))  # all that left was recycled
        expect(figures).to_contain_text("65,5")  # and the rest is still there
        page.get_by_role("link", name="34,5", exact=True).first.click()
        page.get_by_role("link", name="34,500").first.click()  # the month's row of the cube
        page.get_by_role("link", name="DE-canal-1").first.click()
        expect(page.locator("main")).to_contain_text("34,5")
    arrival, departure = Movement.objects.order_by("pk")
    assert [flow.weight_g for flow in arrival.flows.all()] == [100_000]
    assert [flow.weight_g for flow in departure.flows.all()] == [34_500]


def test_axe_finds_nothing(visit, violations):
    with visit(PAGES[0], login="anna") as page:
        for path in PAGES:
            page.goto(path)
            assert faults(page, violations) == [], path

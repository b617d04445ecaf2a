"""What is noted beside the ledger, and the pages that tell it, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from reporting.models import Activity
from reporting.models.activities import ActivityKind
from tests.e2e.looks import faults
from tests.e2e.test_bilan import books  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser

PAGES = (
    "/bilan/activite/",
    "/bilan/activite/territoire/",
    "/bilan/activite/reglages/",
    "/bilan/indicateurs/?compare=year",
    "/bilan/donnees/",
    "/bilan/recettes/",
)


def test_each_form_of_activity_fits_empty_and_refused_and_axe_finds_nothing(
    visit, own_database, violations
):
    with visit("/bilan/activite/", login="anna") as page:
        for kind in ActivityKind.values:
            page.goto(f"/bilan/activite/canal/{kind}/")
            page.fill("[name=day]", "")
            page.locator("main form button[type=submit]").first.click()
            expect(page.locator("main .err").first).to_be_visible()
            assert faults(page, violations) == [], kind
    assert not Activity.objects.exists()


def test_pages_of_activity_and_figures_fit_and_axe_finds_nothing(
    visit,
    books,  # noqa: F811
    violations,
):
    with visit("/bilan/", login="anna") as page:
        for address in PAGES:
            page.goto(address)
            assert faults(page, violations) == [], address
        with page.expect_navigation():
            page.locator("main tbody a.fig").first.click()  # a month of takings: its days
        with page.expect_navigation():
            page.locator("main tbody a.fig").first.click()  # a day: its papers
        assert faults(page, violations) == [], page.url


def test_hours_of_volunteers_are_noted_by_keyboard_alone(visit, own_database):
    with visit("/bilan/activite/canal/volunteers/", login="anna") as page:
        page.locator("[name=day]").focus()
        for name, text in (("people", "7"), ("minutes", "12 h 30"), ("note", "Tri du samedi")):
            for _press in range(6):
                if page.evaluate("document.activeElement.name") == name:
                    break
                page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Enregistré")
    noted = Activity.objects.get()
    assert (noted.people, noted.minutes, noted.note) == (7, 750, "Tri du samedi")

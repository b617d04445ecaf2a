"""The Bilan in a real Chromium: legible to all, few taps away, usable by keyboard alone."""

import io
from itertools import count
from uuid import uuid4

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.models import Method, Origin, Verb
from organisation.models import Submission
from reporting.models import Target
from sales.models import Method as PaidBy
from sales.services import Paid, Wanted, record_sale
from tests.e2e.looks import faults
from tests.reporting.conftest import Books
from tests.tills import open_till

pytestmark = pytest.mark.browser

THIS_YEAR = timezone.localdate().year


@pytest.fixture
def books(own_database):
    """This year and the last at two sites, with every section filled."""
    numbers = count()

    def submission(organisation):
        endpoint = f"test/{next(numbers)}"
        return Submission.objects.create(
            organisation=organisation, uuid=uuid4(), endpoint=endpoint, digest=""
        )

    world, books = own_database, Books(own_database, submission)
    paris = Origin.objects.get(code="75112")
    for day in (f"{year}-0{n}-01" for year in (THIS_YEAR - 1, THIS_YEAR) for n in (1, 2)):
        for site in (world.canal, world.gare):
            there = books.at(site)
            books.book(there.drop_off, there.bulk, "MOB", 40_000, day, origin=paris)
            books.book(there.home_pickup, there.bulk, "TEX", 9_000, day)
            books.book(there.bulk, there.recycling, "TEX", 3_000, day)
            books.book(there.bulk, there.disposal, "TEX", 900, day)
            books.book(
                there.bulk,
                there.reuse,
                "MOB",
                7_000,
                day,
                verb=Verb.SETTLE,
                method=Method.BY_BALANCE,
            )
            _sell(books, site, day)
    for indicator, amount in (("collected", 400_000), ("reuse_rate", 600)):
        Target.objects.create(
            organisation=world.navette, year=THIS_YEAR, indicator=indicator, amount=amount
        )
    return books


def _sell(books, site, day):
    entry = books.entry(site, Verb.SELL, day)
    till = open_till(site, f"T-{site.code}", at=entry.occurred_at)
    record_sale(
        entry=entry,
        till=till,
        lines=[
            Wanted(category=books.category("JOU"), price_cents=1_250, weight_g=1_500),
            Wanted(category=books.category("JOU"), price_cents=300),
        ],
        payments=[Paid(PaidBy.CASH, 1_550)],
    )


ADDRESSES = ["/bilan/", "/bilan/?compare=year", "/bilan/?compare=dates&compare_to=1999-01-01"]


def test_every_section_fits_and_axe_finds_nothing(visit, books, violations):
    with visit("/bilan/", login="anna") as page:
        for address in ADDRESSES:
            page.goto(address)
            assert faults(page, violations) == [], address
        page.goto("/bilan/?compare=year")
        assert page.locator("section h2").count() == 14 + 1  # every section, and what it rests on
        page.locator(".ask > summary").click()
        page.locator("details.papers > summary").click()
        assert faults(page, violations) == []


def test_the_flow_is_one_picture_on_a_desk_and_two_halves_on_a_telephone(visit, books):
    with visit("/bilan/?whence=origin", login="anna") as page:
        drawn = page.locator(".flow svg")
        expect(drawn.nth(0)).to_be_visible()
        expect(drawn.nth(1)).to_be_hidden()
        page.set_viewport_size({"width": 390, "height": 844})
        expect(drawn.nth(0)).to_be_hidden()
        expect(drawn.nth(1)).to_be_visible()
        expect(drawn.nth(2)).to_be_visible()


def test_targets_are_set_and_stand_beside_their_figures(visit, books, violations):
    with visit("/bilan/objectifs/", login="anna") as page:
        assert faults(page, violations) == []
        page.select_option("#id_indicator", "disposed")
        page.fill("#id_typed", "0,001")
        page.select_option("#id_ceiling", "1")
        page.locator("main button[type=submit]").click()
        expect(page.locator("main table tbody tr")).to_have_count(3)
        page.locator("main table a").first.click()
        assert faults(page, violations) == []
        page.goto("/bilan/")
        goals = page.locator("section[aria-labelledby=goals] tbody tr")
        expect(goals).to_have_count(3)
        expect(goals.filter(has=page.locator(".down"))).not_to_have_count(0)


def test_this_year_is_one_tap_from_home_beside_the_last_two_and_in_a_workbook_three(visit, books):
    with visit("/", login="anna", size="phone") as page:
        taps = 0

        def tap(target):
            nonlocal taps
            target.first.click()
            taps += 1

        tap(page.locator("main a[href='/bilan/']"))
        expect(page.locator("h1")).to_contain_text(str(THIS_YEAR))
        assert taps == 1
        tap(page.locator(".choices a.chip", has_text=str(THIS_YEAR - 1)))
        expect(page.locator(".shares-was")).to_contain_text(str(THIS_YEAR - 1))
        assert taps == 2
        with page.expect_download() as download:
            tap(page.locator("a.btn", has_text="XLSX"))
        assert taps <= 3
        with download.value.path().open("rb") as file:
            book = openpyxl.load_workbook(io.BytesIO(file.read()))
        assert len(book.sheetnames) == 17  # eleven, and the six sections that were on the page only


def test_two_periods_are_asked_for_without_a_script_and_by_keyboard(visit, books):
    with visit("/bilan/", login="anna", java_script_enabled=False) as page:
        page.locator(".ask > summary").focus()
        page.keyboard.press("Enter")
        page.select_option("#id_compare", "dates")
        page.fill("#id_compare_from", f"{THIS_YEAR - 1}-01-01")
        page.fill("#id_compare_to", f"{THIS_YEAR - 1}-01-01")
        page.locator("#id_compare_to").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**compare=dates**")
        balance = page.locator("section[aria-labelledby=balance]")
        expect(balance.locator("thead th")).to_have_count(4)
        expect(balance).to_contain_text("98,0")  # one day of last year beside two of this
        page.locator(".contents a[href='#partner']").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#partner")).to_be_in_viewport()


def test_what_each_section_shows_opens_down_to_the_weighings(visit, books):
    with visit("/bilan/", login="anna") as page:
        for section, opened in (
            ("channels", "VE-"),
            ("shops", "VE-canal-"),
            ("mode", "AP-"),
            ("stream", "-canal-"),
            ("partner", "DE-"),
        ):
            page.goto("/bilan/")
            page.locator(f"section[aria-labelledby={section}] tbody a.fig").first.click()
            expect(page.locator("[data-equals=yes]")).to_be_visible()
            page.locator("main tbody a.fig").first.click()
            expect(page.locator("[data-equals=yes]")).to_be_visible()
            expect(page.locator("main table")).to_contain_text(opened)


def test_an_auditor_follows_a_figure_down_by_link_on_pages_that_axe_finds_right(
    visit, books, violations
):
    with visit("/bilan/", login="anna") as page:
        page.get_by_role("link", name="Partager").click()
        for box in page.locator("label.chip").all():
            if not box.locator("input").is_checked():
                box.click()
        assert faults(page, violations) == []
        page.get_by_role("button", name="Créer le lien").click()
        address = page.input_value("#secret")
    start = address[address.index("/audit/") :]
    with visit(start) as page:
        expect(page.locator("h1")).to_contain_text("La Navette")
        assert faults(page, violations) == []
        for target in ("main tbody a.fig", "main tbody a.fig", "main tbody th a"):
            with page.expect_navigation():
                page.locator(target).first.click()
            assert faults(page, violations) == [], page.url
        expect(page.locator("h1")).to_contain_text("-canal-")

"""Reports for funders in a real Chromium: few taps, published, corrected, checked by anybody."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.models import Account
from organisation.models import Network
from tests.e2e.looks import faults
from tests.e2e.test_bilan import books  # noqa: F401

pytestmark = pytest.mark.browser

THIS_YEAR = timezone.localdate().year


def publish(page, template="rapport-annuel", *, locks=True):
    """Publish last year's report by hand; return its public address."""
    page.goto(f"/rapports/{template}/?period={THIS_YEAR - 1}")
    page.locator("input[name=locks]").set_checked(locks)
    page.get_by_role("button", name="Publier").click()
    page.wait_for_url("**/rapports/publies/**")
    return page.locator("section[aria-labelledby=public] a").first.inner_text()


def path_of(address):
    return "/" + address.split("/", 3)[3]


def test_the_year_s_pdf_is_three_taps_from_home_at_most(visit, books):  # noqa: F811
    with visit("/", login="anna", size="phone") as page:
        page.locator("main a[href='/bilan/']").first.click()
        pdf = page.locator("a.btn.go", has_text="PDF")
        with page.expect_request("**/rapport-annuel/brouillon.pdf**") as asked:
            pdf.click()
        answer = page.request.get(asked.value.url)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body()[:5] == b"%PDF-"


def test_every_page_fits_and_axe_finds_nothing(visit, books, violations):  # noqa: F811
    with visit("/rapports/", login="anna") as page:
        address = publish(page)
        assert faults(page, violations) == []
        year = f"?period={THIS_YEAR - 1}"
        for path in (
            "/rapports/", "/rapports/dossier/", f"/rapports/ademe/{year}",
            f"/rapports/collectivite/{year}", f"/rapports/eco-organisme/?period={THIS_YEAR - 1}-T1",
            "/rapports/modeles/ademe/", "/rapports/modeles/nouveau/", "/rapports/debouches/",
            path_of(address),
        ):  # fmt: skip
            page.goto(path)
            assert faults(page, violations) == [], path


def test_a_template_is_made_published_and_a_later_correction_is_told_to_the_world(visit, books):  # noqa: F811
    with visit("/rapports/modeles/nouveau/", login="anna") as page:
        page.fill("#id_title", "Fondation du Canal")
        page.fill("#id_intro", "En {year}, {structure} a collecté {collected}.")
        page.select_option("#id_form-0-kind", "table")
        page.locator("details", has_text="Si c’est un tableau").first.locator("summary").click()
        page.locator("input[name='form-0-indicators'][value=reused]").check()
        page.get_by_role("button", name="Enregistrer comme version suivante").click()
        page.wait_for_url("**/rapports/fondation-du-canal/**")
        address = publish(page, "fondation-du-canal", locks=False)

    with visit(path_of(address)) as page:
        expect(page.locator("[role=status]").first).to_contain_text("les mêmes chiffres")
        expect(page.locator("main")).to_contain_text("Fondation du Canal")

    there = books.at(books.world.canal)
    books.book(there.bulk, there.reuse, "MOB", 1_000, f"{THIS_YEAR - 1}-02-02")
    with visit(path_of(address)) as page:
        expect(page.locator("[role=status]").first).to_contain_text("d’autres chiffres")
        expect(page.locator("#differences ~ .scroll tbody tr")).to_have_count(1)
        expect(page.locator("#corrections ~ .scroll")).to_contain_text("kg")


def test_a_report_is_published_by_keyboard_alone(visit, books):  # noqa: F811
    with visit(f"/rapports/dreets/?period={THIS_YEAR - 1}", login="anna") as page:
        button = page.get_by_role("button", name="Publier")
        for _n in range(60):
            page.keyboard.press("Tab")
            if button.evaluate("(b) => b === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/rapports/publies/**")
        expect(page.locator("[role=status]").first).to_contain_text("les mêmes chiffres")


@pytest.fixture
def network(books):  # noqa: F811
    """Both structures, what one passed to the other, and what the other did with it."""
    world, day = books.world, f"{THIS_YEAR - 1}-03-01"
    found = Network.objects.create(code="idf", name="Réseau d’Île-de-France")
    found.members.set([world.navette, world.port])
    found.readers.add(world.anna)
    canal, quai = books.at(world.canal), books.at(world.quai)
    road = Account.transit(world.canal, world.quai)
    books.book(canal.bulk, road, "TEX", 5_000, day)
    books.book(road, quai.bulk, "TEX", 5_000, day)
    books.book(quai.bulk, quai.recycling, "TEX", 4_000, day)
    return found


def test_a_network_s_report_is_chosen_published_and_a_member_s_correction_told(
    visit,
    books,  # noqa: F811
    network,
    violations,
):
    with visit(f"/rapports/reseau/?period={THIS_YEAR - 1}", login="anna") as page:
        page.get_by_label("Réseau d’Île-de-France").check()
        page.get_by_role("button", name="Afficher").click()
        page.wait_for_url("**network=idf**")
        expect(page.locator(".lede")).to_contain_text("Réseau d’Île-de-France a collecté")
        assert faults(page, violations) == []
        page.get_by_role("button", name="Publier").click()
        page.wait_for_url("**/rapports/publies/**")
        address = page.locator("section[aria-labelledby=public] a").first.inner_text()

    quai = books.at(books.world.quai)
    books.book(quai.bulk, quai.reuse, "TEX", 1_000, f"{THIS_YEAR - 1}-04-02")
    with visit(path_of(address)) as page:
        expect(page.locator("[role=status]").first).to_contain_text("d’autres chiffres")
        rows = page.locator("#corrections ~ .scroll tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(f"02/04/{THIS_YEAR - 1}")
        for kept in ("Canal", "Quai", "Gebetex", "Paris 12e"):
            expect(page.locator("main")).not_to_contain_text(kept)
        assert faults(page, violations) == []

"""What the printer gets from the sorting table: labels of the site's size, as the site prints."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from inventory.models import ItemCode
from inventory.printed import address
from organisation.models import Site
from tests.e2e.test_labels_print import printed, read
from tests.e2e.test_offline import offline
from tests.e2e.test_sort import PRINTER, SORT, Table, chair, table  # noqa: F401  (fixtures)
from tests.e2e.test_weigh import all_sent

pytestmark = pytest.mark.browser
Output = Site.LabelOutput


def set_labels(output, size=(40, 30)):
    width_mm, height_mm = size
    Site.objects.filter(code="canal").update(
        label_width_mm=width_mm, label_height_mm=height_mm, label_output=output
    )


@pytest.fixture
def sort_at(table, visit):  # noqa: F811
    """``sort_at(output)`` is the table of a site whose labels are 40 × 30 mm."""

    def open_page(output):
        set_labels(output)
        return visit(SORT, script=PRINTER)

    return open_page


def kept(page):
    """The worker has kept the screen, and the tablet codes to give."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_load_state("networkidle")


def label(hand, typed="4,2"):
    hand.keys(typed)
    hand.tap("#tag")
    hand.says("étiquette")
    expect(hand.page.locator("#read output")).to_have_text(re.compile(r"^0"))  # this one is kept


def codes():
    worn = ItemCode.objects.exclude(item=None).order_by("item_id")
    return list(worn.values_list("code", flat=True))


def test_the_browser_prints_a_label_on_the_sites_own_paper(sort_at):
    with sort_at(Output.PAGE) as page:
        hand = Table(page)
        hand.lot("Mobilier")
        label(hand)
        page.wait_for_function("() => window.printed === 1")
        [(width_mm, height_mm, picture)] = printed(page)
        assert (width_mm, height_mm) == (pytest.approx(40, abs=0.2), pytest.approx(30, abs=0.2))
        [code] = codes()
        assert read(picture) == {code, address(code)}


@pytest.mark.kept
def test_labels_made_without_a_network_are_as_large_when_they_are_printed(sort_at):
    with sort_at(Output.PAGE) as page:
        hand = Table(page)
        kept(page)
        offline(hand)
        page.reload()
        hand.lot("Mobilier")
        label(hand)
        label(hand, "3")
        offline(hand, False)
        all_sent(hand)
        page.wait_for_timeout(300)
        if page.locator("#to-print").is_visible():
            hand.tap("#to-print")
        page.wait_for_function("() => window.printed >= 1")
        sizes = [(round(width), round(height)) for width, height, _picture in printed(page)]
        assert set(sizes) == {(40, 30)}


def test_a_site_that_prints_zpl_gets_a_file_of_its_size(sort_at):
    with sort_at(Output.ZPL) as page:
        hand = Table(page)
        hand.lot("Mobilier")
        with page.expect_download() as asked:
            label(hand)
        said = Path(asked.value.path()).read_text()
        assert asked.value.suggested_filename == "etiquettes.zpl"
        assert said.startswith("^XA")
        assert re.search(r"\^PW(\d+)", said)[1] == "320"  # 40 mm at 203 dots per inch
        expect(page.locator("#to-print")).to_be_hidden()
        assert page.evaluate("() => window.printed") == 0


@pytest.mark.kept
def test_zpl_that_had_no_network_comes_in_one_file(sort_at):
    with sort_at(Output.ZPL) as page:
        hand = Table(page)
        kept(page)
        hand.lot("Mobilier")
        page.route("**/label.zpl*", lambda route: route.abort())
        label(hand)
        label(hand, "3")
        all_sent(hand)
        expect(page.locator("#to-print")).to_contain_text("2 étiquettes à imprimer")
        hand.tap("#to-print")
        expect(page.locator("#read .left")).to_contain_text("au retour du réseau")
        page.unroute("**/label.zpl*")
        with page.expect_download() as asked:
            hand.tap("#to-print")
        assert Path(asked.value.path()).read_text().count("^XA") == 2
        expect(page.locator("#to-print")).to_be_hidden()


OPENED = "() => { window.opened = []; window.open = (path) => window.opened.push(path); }"


def test_a_roll_is_a_pdf_at_once_and_a_sheet_when_somebody_asks(sort_at):
    with sort_at(Output.ROLL) as page:
        page.evaluate(OPENED)
        hand = Table(page)
        hand.lot("Mobilier")
        label(hand)
        page.wait_for_function("() => window.opened.length === 1")
        [code] = codes()
        assert page.evaluate("() => window.opened") == [f"/etiquettes/rouleau.pdf?code={code}"]
    with sort_at(Output.SHEET) as page:
        page.evaluate(OPENED)
        hand = Table(page)
        hand.lot("Mobilier")
        label(hand, "3")
        label(hand, "2")
        all_sent(hand)
        expect(page.locator("#to-print")).to_contain_text("2 étiquettes à imprimer")
        assert page.evaluate("() => window.opened") == []
        hand.tap("#to-print")
        page.wait_for_function("() => window.opened.length === 1")
        one, other = codes()[1:]
        asked = f"/etiquettes/planche.pdf?code={one}&code={other}"
        assert page.evaluate("() => window.opened") == [asked]
        expect(page.locator("#to-print")).to_be_hidden()


def test_a_label_that_cannot_be_reprinted_now_waits_with_the_others(sort_at, chair):  # noqa: F811
    with sort_at(Output.PAGE) as page:
        hand = Table(page)
        page.locator(".lot-card").first.wait_for()
        page.route("**/label.png*", lambda route: route.abort())
        hand.scan(chair)
        hand.tap("#object .btn", "Imprimer son étiquette")
        expect(page.locator("#read .left")).to_contain_text("au retour du réseau")
        page.unroute("**/label.png*")
        hand.tap("#to-print")
        page.wait_for_function("() => window.printed === 1")
        expect(page.locator("#labels img")).to_have_attribute("src", re.compile("size=40x30"))

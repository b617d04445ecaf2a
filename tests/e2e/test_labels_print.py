"""What comes out of the printer when the browser prints labels: the exact paper, legible bars."""

import io

import pypdfium2
import pytest
import zxingcpp

from inventory.labels import SIZES
from inventory.printed import address
from inventory.services import StockLine
from tests.e2e.stockroom import ARMCHAIR, LONG, Stockroom, category

pytestmark = pytest.mark.browser
MM = 72 / 25.4  # points to a millimetre
DPI = 300
TITLES = {"plain": "Chaise bistrot", "wordy": ARMCHAIR, "long": LONG}


@pytest.fixture
def codes(own_database):
    room = Stockroom(own_database)
    room.open(StockLine(category("MOB"), 500_000))
    for name, title in TITLES.items():
        room.label(name, title)
    return room.codes


def printed(page):
    """The pages that the browser prints: ``[(width, height in mm, picture)]``."""
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True))) as document:
        return [_sheet(each) for each in document]


def _sheet(paper):
    width, height = paper.get_size()
    return width / MM, height / MM, paper.render(scale=DPI / 72).to_pil().convert("L")


def read(picture):
    kinds = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode]
    return {found.text for found in zxingcpp.read_barcodes(picture, formats=kinds)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_label_is_a_page_of_its_size_and_reads_back(visit, codes, scheme):
    query = "&".join(f"code={code}" for code in codes.values())
    with visit("/", login="sorter", scheme=scheme) as page:
        page.add_init_script("window.print = () => {}")
        for size in SIZES:
            page.goto(f"/etiquettes/?{query}&size={size}")
            page.locator("img.label").last.evaluate("each => each.decode()")
            sheets = printed(page)
            papers = [(width, height) for width, height, _picture in sheets]
            paper = [float(side) for side in size.split("x")]
            assert papers == [pytest.approx(paper, abs=0.2)] * len(codes)  # a pixel is 0.26 mm
            found = [read(picture) for _width, _height, picture in sheets]
            assert found == [{code, address(code)} for code in codes.values()], size

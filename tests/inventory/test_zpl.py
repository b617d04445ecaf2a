"""Labels for printers that speak ZPL: the very same dots as the PNG's."""

import io
import re

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageOps

from inventory.labels import DPIS, SIZES, Label, label_png, roll_zpl

CHAIR = Label(
    code="9X4WAP",
    url="http://localhost:8000/o/9X4WAP",
    owner="La Navette",
    title="Chaise d’écolier à réparer ^XA^FDpiège^FS ~JR",
    category="Mobilier",
    detail="4,2\N{NO-BREAK SPACE}kg · bon état",
    price_cents=1_500,
)
FORMAT = re.compile(
    rb"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS\^XZ\n"
)


def printed(program):
    """The picture that a printer makes of a format, black on white."""
    [found] = FORMAT.findall(program)
    width, height, total, again, across = map(int, found[:5])
    dots = bytes.fromhex(found[5].decode())
    assert total == again == len(dots) == across * height
    image = Image.frombytes("1", (across * 8, height), dots)
    assert image.crop((width, 0, across * 8, height)).getbbox() is None  # what fills up is white
    return ImageOps.invert(image.convert("L")).crop((0, 0, width, height))


@pytest.mark.parametrize("dpi", DPIS)
@pytest.mark.parametrize("size", SIZES)
def test_a_printer_makes_the_very_dots_of_the_png(size, dpi):
    image = printed(roll_zpl([CHAIR], size=size, dpi=dpi))
    png = Image.open(io.BytesIO(label_png(CHAIR, size=size, dpi=dpi))).convert("L")
    assert image.size == png.size
    assert ImageChops.difference(image, png).getbbox() is None


def test_what_it_prints_is_read_again():
    image = printed(roll_zpl([CHAIR], dpi=203)).convert("L")
    wide = ImageOps.expand(image, 20, 255)
    assert {found.text for found in zxingcpp.read_barcodes(wide)} == {CHAIR.code, CHAIR.url}


def test_no_text_of_anybody_stands_where_the_printer_reads_commands():
    program = roll_zpl([CHAIR])
    assert FORMAT.fullmatch(program)
    assert b"~" not in program


def test_each_label_is_a_format_of_its_own():
    assert len(FORMAT.findall(roll_zpl([CHAIR] * 3))) == 3

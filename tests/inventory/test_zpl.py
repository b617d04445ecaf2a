"""ZPL is read back: to the very dots of the picture, and by a decoder."""

import re

import pytest
import zxingcpp
from PIL import Image

from inventory.labels import roll_zpl
from tests.inventory.test_labels import (
    FORMATS,
    HARD,
    blank,
    decoded,
    expected,
    label,
    picture,
    samples,
)

FORMAT = re.compile(
    r"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0\^GFA,(\d+),(\d+),(\d+),([0-9A-Za-z,:]*)\^FS\^XZ\n"
)
TIMES = {sign: n for n, sign in enumerate("GHIJKLMNOPQRSTUVWXY", 1)}
TIMES |= {sign: 20 * n for n, sign in enumerate("ghijklmnopqrstuvwxyz", 1)}


def printed(zpl: str) -> list[Image.Image]:
    """What a printer makes of it; nothing but graphics is understood."""
    assert FORMAT.sub("", zpl) == ""
    return [_page(*found.groups()) for found in FORMAT.finditer(zpl)]


def _page(width, height, total, again, wide, data) -> Image.Image:
    rows = _rows(data, int(wide) * 2)
    assert total == again == str(len(rows) * int(wide))
    assert len(rows) == int(height)
    ink = Image.frombytes("1", (int(wide) * 8, len(rows)), bytes.fromhex("".join(rows)))
    page = Image.new("1", ink.size, 1)
    page.paste(0, mask=ink)
    assert ink.crop((int(width), 0, *ink.size)).getbbox() is None  # nothing beyond the paper
    return page.crop((0, 0, int(width), int(height)))


def _rows(data: str, digits: int) -> list[str]:
    rows, row, times = [], "", 0
    for sign in data:
        if sign == ":":
            assert row == ""
            rows.append(rows[-1])
        elif sign in TIMES:
            times += TIMES[sign]
        else:
            row = row.ljust(digits, "0") if sign == "," else row + sign * (times or 1)
            times = 0
        if len(row) == digits:
            rows.append(row)
            row = ""
    assert row == ""
    return rows


@pytest.mark.parametrize(("size", "dpi"), FORMATS)
def test_zpl_prints_the_very_dots_of_the_picture(size, dpi):
    made = [*samples(8), *HARD, blank()]
    pages = printed(roll_zpl(made, size=size, dpi=dpi))
    for page, each in zip(pages, made, strict=True):
        assert page.tobytes() == picture(each, size=size, dpi=dpi).tobytes()


def test_a_decoder_reads_both_symbols_of_what_is_printed():
    [page] = printed(roll_zpl([label()]))
    assert decoded(page) == expected(label())
    assert len(zxingcpp.read_barcodes(page.convert("L"))) == 2


@pytest.mark.parametrize("said", ["^XZ^XA^FDhacked^FS^XZ", "~JR", "~JA^JUF", "^FN1^FX\n^XZ", "é€œ"])
def test_nothing_that_people_typed_reaches_the_printer_as_a_command(said):
    made = label(title=said, category=said, detail=said, owner=said)
    zpl = roll_zpl([made])
    assert re.findall(r"\^..", zpl) == ["^XA", "^PW", "^LL", "^LH", "^FO", "^GF", "^FS", "^XZ"]
    assert "~" not in zpl
    assert zpl.isascii()
    [page] = printed(zpl)
    assert page.tobytes() == picture(made).tobytes()


def test_zpl_is_squeezed_to_half_of_its_dots_in_hexadecimal():
    zpl = roll_zpl(samples(20))
    assert len(zpl) < 20 * 57 * 256  # a byte per eight dots; two digits each if it were plain

"""Labels on paper: a roll, one label to a page, and A4 sheets."""

import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from inventory.labels.bitmap import Bitmap
from inventory.labels.drawing import Label, draw
from inventory.labels.plan import size_of

INCH_PT = 72
HAIR_PT = 0.005  # a page is cut short, its picture twice: a dot begun counts as a whole one
SHEET_DPI = 300
SHEET_MM = (210, 296)  # of an A4 sheet, half a millimetre left above and below
CELL_MM = (70, 37)  # of the sheets of 24 that shops sell
TEMPLATE = Path(__file__).with_name("sheet.typ")
_ROLL_FIRST = 4  # the numbers of the roll's objects: catalogue, pages, contents, then two per label


def roll_pdf(labels: Sequence[Label], *, size: str = "57x32", dpi: int = 203) -> bytes:
    """Return a PDF of one page per label.

    A page is as large as the label in whole dots, so that one dot is one dot of the printer.
    """
    across, down = (dots / dpi * INCH_PT - HAIR_PT for dots in size_of(size).dots(dpi))
    numbers = range(_ROLL_FIRST, _ROLL_FIRST + 2 * len(labels), 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/ViewerPreferences<</PrintScaling/None>>>>",
        b"<</Type/Pages/MediaBox[0 0 %.3f %.3f]/Count %d/Kids[%s]>>"
        % (across, down, len(labels), kids),
        _stream(b"%.3f 0 0 %.3f 0 0 cm/L Do" % (across - HAIR_PT, down - HAIR_PT), b""),
    ]
    for number, label in zip(numbers, labels, strict=True):
        objects += (_page(number + 1), _image(draw(label, size=size, dpi=dpi)))
    return _pdf(objects)


class Grid(NamedTuple):
    """How an A4 sheet is cut into cells, each with one label in its middle."""

    columns: int
    rows: int
    cell_mm: tuple[float, float]

    @property
    def cells(self) -> int:
        return self.columns * self.rows


def grid_of(size: str) -> Grid:
    """Return the usual 24 cells, or as many as labels too large for these leave room for."""
    label = (size_of(size).width_mm, size_of(size).height_mm)
    is_usual = label[0] <= CELL_MM[0] and label[1] <= CELL_MM[1]
    least = CELL_MM if is_usual else label
    columns, rows = (int(whole // part) for whole, part in zip(SHEET_MM, least, strict=True))
    if not columns * rows:
        raise ValueError(f"labels of {size} mm are larger than a sheet")
    return Grid(columns, rows, (SHEET_MM[0] / columns, SHEET_MM[1] / rows))


def sheet_pdf(labels: Sequence[Label], *, skip: int = 0, size: str = "57x32") -> bytes:
    """Return A4 sheets of labels, the first ``skip`` cells of which are used already."""
    import typst

    grid = grid_of(size)
    sheet = {
        "skip": skip,
        "columns": grid.columns,
        "cell_mm": grid.cell_mm,
        "width_in": size_of(size).dots(SHEET_DPI)[0] / SHEET_DPI,
        "codes": [label.code for label in labels],
    }
    with TemporaryDirectory(prefix="tracerie-") as name:  # typst takes no pictures as bytes
        folder = Path(name)
        (folder / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        for number, label in enumerate(labels):
            picture = draw(label, size=size, dpi=SHEET_DPI).png(SHEET_DPI, level=0)
            (folder / f"{number}.png").write_bytes(picture)
        return typst.compile(
            folder / TEMPLATE.name,
            root=folder,
            sys_inputs={"sheet": json.dumps(sheet)},
            ignore_system_fonts=True,
            timestamp=0,
        )


def _page(image: int) -> bytes:
    return b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</XObject<</L %d 0 R>>>>>>" % image


def _image(bitmap: Bitmap) -> bytes:
    """Return a bitmap as an image, whose rows are those of a PNG (predictor 15)."""
    entries = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter/FlateDecode/DecodeParms"
        b"<</Predictor 15/Colors 1/BitsPerComponent 1/Columns %d>>"
    )
    return _stream(bitmap.deflated(level=1), entries % (bitmap.width, bitmap.height, bitmap.width))


def _stream(data: bytes, entries: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def _pdf(objects: list[bytes]) -> bytes:
    """Write a PDF of objects numbered from 1, the catalogue first (ISO 32000-1, 7.5)."""
    parts = [b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"]
    parts += (b"%d 0 obj\n%s\nendobj\n" % (n, body) for n, body in enumerate(objects, 1))
    *starts, end = accumulate(map(len, parts))
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table))
    parts.append(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, end))
    return b"".join(parts)

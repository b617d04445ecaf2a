"""Labels for items: a barcode, a QR, a few words; drawn dot by dot, without models or HTTP.

python-barcode and segno encode; the drawing is ours, so that each module is a whole number of
dots, and a thousand labels take a tenth of a second (benchmarks/README.md). Nothing heavy is
imported before the first.
"""

from inventory.labels.drawing import Label, draw, fits
from inventory.labels.paper import grid_of, roll_pdf, sheet_pdf
from inventory.labels.plan import DPIS, SIZES, name_of, size_of
from inventory.labels.zpl import roll_zpl

__all__ = [
    "DPIS",
    "SIZES",
    "Label",
    "fits",
    "grid_of",
    "label_png",
    "name_of",
    "roll_pdf",
    "roll_zpl",
    "sheet_pdf",
    "size_of",
]


def label_png(label: Label, *, size: str = "57x32", dpi: int = 203, level: int = 0) -> bytes:
    """Return a label as a PNG of one bit per dot, at its exact size.

    It is stored (15 kB): to squeeze it into 2 kB, level 1, takes as long as to draw it.
    """
    return draw(label, size=size, dpi=dpi).png(dpi, level)

"""Labels for printers that speak ZPL II: the very same dots, sent as a picture.

As a picture (``^GFA``) accents, our typeface and the bars are those of the PNG, and no text of
anybody's ever stands where the printer reads commands.
"""

from collections.abc import Sequence

from inventory.labels.bitmap import Bitmap, row_bits
from inventory.labels.drawing import Label, draw


def roll_zpl(labels: Sequence[Label], *, size: str = "57x32", dpi: int = 203) -> bytes:
    """Return labels as a ZPL II program, one format each; one dot is one dot of the printer."""
    return b"".join(_format(draw(label, size=size, dpi=dpi)) for label in labels)


def _format(bitmap: Bitmap) -> bytes:
    across = (row_bits(bitmap.width) - 8) // 8
    dots = _ink(bitmap, across)
    return b"^XA^PW%d^LL%d^LH0,0^FO0,0^GFA,%d,%d,%d,%s^FS^XZ\n" % (
        bitmap.width,
        bitmap.height,
        len(dots),
        len(dots),
        across,
        dots.hex().upper().encode(),
    )


def _ink(bitmap: Bitmap, across: int) -> bytes:
    """Rows of bits, black as 1: without the byte that begins a PNG's, and filled up with white."""
    spare = across * 8 - bitmap.width
    blank = ((1 << bitmap.width) - 1) << spare
    rows = (bitmap.rows[at + 1 : at + 1 + across] for at in range(0, len(bitmap.rows), across + 1))
    return b"".join((~int.from_bytes(row, "big") & blank).to_bytes(across, "big") for row in rows)

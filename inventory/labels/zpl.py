"""Labels in ZPL II, the language of Zebra printers and of most that imitate them.

The label is sent as the very picture that PNG and PDF show (``^GFA``), not as fields of text and
a ``^BC``: so accents, our typeface and the QR are the same on every printer, and nothing that
people typed reaches the printer as words, where ``^`` and ``~`` would be commands.
"""

import re
from collections.abc import Iterator, Sequence

from inventory.labels.bitmap import Bitmap
from inventory.labels.drawing import Label, draw

# How often the next digit stands: G to Y for 1 to 19, g to z for 20 to 400 by twenties.
_ONES = "GHIJKLMNOPQRSTUVWXY"
_TWENTIES = "ghijklmnopqrstuvwxyz"
_RUN = re.compile(r"(.)\1{2,418}")


def roll_zpl(labels: Sequence[Label], *, size: str = "57x32", dpi: int = 203) -> str:
    """Return one ZPL format per label, in dots of a printer of this resolution."""
    return "".join(_format(draw(label, size=size, dpi=dpi)) for label in labels)


def _format(bitmap: Bitmap) -> str:
    wide = (bitmap.width + 7) // 8
    total = wide * bitmap.height
    return (
        f"^XA^PW{bitmap.width}^LL{bitmap.height}^LH0,0^FO0,0"
        f"^GFA,{total},{total},{wide},{''.join(_squeezed(_inked(bitmap)))}^FS^XZ\n"
    )


def _inked(bitmap: Bitmap) -> Iterator[str]:
    """Yield rows as ZPL wants them: hexadecimal, ink as 1, without the filter byte of a PNG."""
    wide = (bitmap.width + 7) // 8
    ink = ((1 << bitmap.width) - 1) << (wide * 8 - bitmap.width)
    for start in range(0, len(bitmap.rows), wide + 1):
        row = int.from_bytes(bitmap.rows[start + 1 : start + 1 + wide], "big")
        yield f"{row ^ ink:0{2 * wide}X}"


def _squeezed(rows: Iterator[str]) -> Iterator[str]:
    """Yield rows shortened: ``:`` for the same again, ``,`` for white to the end, runs counted."""
    before = ""
    for row in rows:
        inked = row.rstrip("0")
        yield ":" if row == before else _RUN.sub(_counted, inked) + "," * (inked != row)
        before = row


def _counted(run: re.Match[str]) -> str:
    twenties, ones = divmod(len(run[0]), 20)
    many = _TWENTIES[twenties - 1] if twenties else ""
    return many + (_ONES[ones - 1] if ones else "") + run[1]

"""Where things stand on a label of one size, and how large its letters are.

Texts, bars and code share one left edge, ten modules in. The QR has the upper right corner, the
owner the lower right one. The bars are as wide as the paper and their height let them be.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from inventory.labels.bitmap import row_bits
from inventory.labels.symbols import BARS_MODULES, BARS_QUIET, BARS_SLOPE, QR_QUIET
from inventory.labels.text import Style

INCH_MM = 25.4
DPIS = (203, 300)  # of label printers

# In millimetres on a label of 57 × 32 mm; other sizes scale them.
EDGE = 2.0  # from the paper's edge to what is printed
LETTERS = ((3.4, 2.4), (2.9, 2.4), (2.5, 2.3), (2.1, 2.1))  # heading, detail: the first that fit
LEAST = 1.9  # of these, on any size
PRICES = (5.4, 4.4, 3.5, 2.4)
CODE = 3.6
OWNERS = (2.2, 1.9)
BARS = 7.0
AIR = 1.2  # between things
QR_MODULE = 0.5  # at most

LEAST_BAR, LEAST_QR = 0.19, 0.25  # a module that a hand scanner, or a telephone, still reads

# Shares.
QR_SHARE = 0.4  # of the label's width, at most, the white of the QR included
LEADING, TIGHT = 1.14, 1.02  # from line to line, of the letters' size; the owner's
SPREAD = 0.3  # between the letters of the code, of their size


def _dots(mm: float, dpi: int) -> int:
    return round(mm * dpi / INCH_MM)


@dataclass(frozen=True)
class Size:
    """A format of labels, and how large all is on it beside 57 × 32 mm."""

    width_mm: float
    height_mm: float
    scale: float

    def dots(self, dpi: int) -> tuple[int, int]:
        return _dots(self.width_mm, dpi), _dots(self.height_mm, dpi)


SIZES = {
    "57x32": Size(57, 32, 1),
    "40x30": Size(40, 30, 0.85),
    "62x29": Size(62, 29, 0.92),
    "100x50": Size(100, 50, 1.56),
}
BREADTH = 1.2  # how much wider than its shape a label of another size may be filled
_NAME = re.compile(r"([1-9][0-9]{1,2})x([1-9][0-9]{1,2})")


def name_of(width_mm: int, height_mm: int) -> str:
    """Return what a size is called wherever it is asked for."""
    return f"{width_mm}x{height_mm}"


@lru_cache(maxsize=64)
def size_of(name: str) -> Size:
    """Return the size of this name, in whole millimetres. Raises ValueError."""
    said = _NAME.fullmatch(name)
    if said is None:
        raise ValueError(f"{name!r} is no size of a label")
    width, height = map(int, said.groups())
    usual = SIZES["57x32"]
    scale = min(height / usual.height_mm, width / usual.width_mm * BREADTH)
    return SIZES.get(name) or Size(width, height, scale)


class Plan:
    """The places on labels of one size, in dots; the styles of their letters, largest first."""

    def __init__(self, size: Size, dpi: int, modules: int) -> None:
        self.size, self.dpi = size, dpi
        self.width, self.height = size.dots(dpi)
        self.row_bits = row_bits(self.width)
        self.air = self._scaled(AIR)
        self._place_letters()
        self._place_bars()
        self._place_qr(modules)

    def _place_letters(self) -> None:
        self.letters = [
            (self._style("Bold", large, LEAST), self._style("Regular", small, LEAST))
            for large, small in LETTERS
        ]
        self.prices = [self._style("Bold", mm, LEAST) for mm in PRICES]
        self.owners = [self._style("Regular", mm) for mm in OWNERS]
        self.code = self._style("Bold", CODE)
        self.code_gap = round(self.code.em * SPREAD)

    def _place_bars(self) -> None:
        self.bars_height = self._scaled(BARS)
        self.bar_dots = min(
            self.width // (BARS_MODULES + 2 * BARS_QUIET),
            int(self.bars_height / BARS_SLOPE) // BARS_MODULES,
        )
        self.left = BARS_QUIET * self.bar_dots
        self.base = self.height - self._scaled(EDGE)  # of the code and the owner
        self.bars_end = self.base - self.code.capital - self.air
        self.bars_top = self.bars_end - self.bars_height

    def _place_qr(self, modules: int) -> None:
        room = int(min(self.width * QR_SHARE, self.bars_top))
        self.qr_dots = min(room // (modules + 2 * QR_QUIET), self._scaled(QR_MODULE))
        if self.qr_dots < 2:
            raise ValueError("the address is too long for the QR of so small a label")
        self.top = max(self._scaled(EDGE), QR_QUIET * self.qr_dots)
        self.right = self.width - max(self.top, self.left // 2)
        self.qr_left = self.right - modules * self.qr_dots
        # Of the texts; the last letter of a line may reach over its end.
        self.column = self.qr_left - QR_QUIET * self.qr_dots - self.air // 3 - self.left

    def _scaled(self, mm: float) -> int:
        return _dots(mm * self.size.scale, self.dpi)

    def _style(self, weight: str, mm: float, least: float = 0) -> Style:
        return _style(weight, max(self._scaled(mm), _dots(least, self.dpi)), self.row_bits)


_style = lru_cache(maxsize=256)(Style)  # plans of one size share their letters


@lru_cache(maxsize=32)
def plan(size: str, dpi: int, modules: int) -> Plan:
    """Return the plan of labels whose QR is so many modules wide."""
    return Plan(size_of(size), dpi, modules)

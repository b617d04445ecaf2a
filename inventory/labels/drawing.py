"""A label, drawn: what it says, and its texts set so that all fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import NamedTuple

from inventory.codes import LENGTH
from inventory.labels.bitmap import Bitmap, Strip, rule
from inventory.labels.plan import INCH_MM, LEADING, LEAST_BAR, LEAST_QR, TIGHT, Plan, plan
from inventory.labels.symbols import address, bars, qr, qr_modules
from inventory.labels.text import ELLIPSIS, Style, clean, line, shorten, spaced, width, wrap
from inventory.units import NO_BREAK, format_euros


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a label says; a blank one, printed beforehand, has a code, an address and an owner."""

    code: str
    url: str
    owner: str
    title: str = ""
    category: str = ""
    detail: str = ""
    price_cents: int | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.title or self.category or self.detail) and self.price_cents is None


class Text(NamedTuple):
    """A line of text, and how far down its base line is."""

    words: str
    style: Style
    base: int


def draw(label: Label, *, size: str, dpi: int) -> Bitmap:
    """Draw a label, in three strips."""
    prefix, ending = address(label.url, label.code)
    on = plan(size, dpi, qr_modules(prefix, len(ending)))
    bar = Strip(on.width, 1)
    bar.put(bars(label.code, dots=on.bar_dots), on.left, 0)
    upper = Strip(on.width, on.bars_top)
    if label.is_blank:
        _rule(upper, on)
    for text in reversed(texts(label, on)):  # what lies low first: less to draw upon
        upper.put(line(text.words, text.style), on.left, text.base - text.style.ascent)
    upper.put(qr(prefix, ending, dots=on.qr_dots, row_bits=on.row_bits), on.qr_left, on.top)
    rows = (upper.rows(), bar.rows() * on.bars_height, _foot(label, on).rows())
    return Bitmap(on.width, on.height, b"".join(rows))


DEAREST_CENTS = 2_147_483_647
WIDEST = "W" * LENGTH  # of codes


def fits(size: str, dpi: int, url: str) -> bool:
    """Whether all that a label says finds room at this size, and its symbols can be read.

    ``url`` is that of any object: the longer it is, the larger is the QR.
    """
    prefix, ending = address(url, url.rpartition("/")[2])
    try:
        on = plan(size, dpi, qr_modules(prefix, len(ending)))
    except ValueError:
        return False
    least_bar, least_qr = (ceil(mm * dpi / INCH_MM) for mm in (LEAST_BAR, LEAST_QR))
    return on.bar_dots >= least_bar and on.qr_dots >= least_qr and _has_room(on)


def _has_room(on: Plan) -> bool:
    """Whether a line of each text fits above the dearest price, and an owner beside the code."""
    bold, light = on.letters[-1]
    lowest = _end(_stacked(["É"], bold, ["É"], light, on))
    owner_room = on.right - on.left - spaced(WIDEST, on.code, gap=on.code_gap).width - 2 * on.air
    return (
        lowest <= price_floor(on)
        and width(format_euros(DEAREST_CENTS), on.prices[-1]) <= on.column
        and owner_room >= width(WIDEST, on.owners[-1])
    )


def _foot(label: Label, on: Plan) -> Strip:
    """Draw what is under the bars: the code in clear, and the owner to its right."""
    foot = Strip(on.width, on.height - on.bars_end)
    code = spaced(label.code, on.code, gap=on.code_gap)
    room = on.right - on.left - code.width - 2 * on.air
    for text in owner(clean(label.owner), on, room):
        piece = line(text.words, text.style)
        foot.put(piece, on.right - piece.width, text.base - text.style.ascent - on.bars_end)
    foot.put(code, on.left, on.base - on.code.ascent - on.bars_end)
    return foot


def _rule(strip: Strip, on: Plan) -> None:
    """Rule a blank label, to write a name and a price on."""
    thick, euro = max(1, on.air // 6), line("€", on.prices[0])
    base = price_base(on)
    strip.put(rule(on.column, thick, on.row_bits), on.left, (on.top + base) // 2 - on.air)
    short = on.column - euro.width - on.air
    strip.put(rule(short, thick, on.row_bits), on.left, base - thick)
    strip.put(euro, on.left + on.column - euro.width, base - on.prices[0].ascent)


def texts(label: Label, on: Plan) -> list[Text]:
    """Return the lines above the price, which have what room it leaves, and the price."""
    title, category, detail = clean(label.title), clean(label.category), clean(label.detail)
    if label.price_cents is None:
        return described(title, category, detail, on.bars_top - on.air, on)
    words = format_euros(label.price_cents)
    style = next(style for style in on.prices if width(words, style) <= on.column)
    price = Text(words, style, price_base(on))
    return [*described(title, category, detail, price_floor(on), on), price]


def price_base(on: Plan) -> int:
    """Return the base line of the price: its commas hang clear of the bars."""
    return on.bars_top - on.prices[0].height + on.prices[0].ascent


def price_floor(on: Plan) -> int:
    """Return where all that stands above a price ends."""
    return price_base(on) - on.prices[0].capital - on.air * 2 // 3


def described(title: str, category: str, detail: str, floor: int, on: Plan) -> list[Text]:
    """Set the heading as large as lets all end above ``floor``, else shortened.

    Without a title, the category is the heading.
    """
    heading, category = (title, category) if title else (category, "")
    below = _joined(category, detail)
    for most, (bold, light) in product((2, 3), on.letters):
        large, small = wrap(heading, bold, on.column), wrap(below, light, on.column)
        if _is_whole(large, heading) and len(small) <= most:
            lines = _stacked(large, bold, small, light, on)
            if _end(lines) <= floor:
                return lines
    return _squeezed(heading, category, detail, floor, on)


def _squeezed(heading: str, category: str, detail: str, floor: int, on: Plan) -> list[Text]:
    """Shorten the heading to two lines, at worst to one, and the rest to as many as find room."""
    bold, light = next(
        (pair for pair in on.letters if _is_whole(wrap(heading, pair[0], on.column), heading)),
        on.letters[-1],
    )
    for count, most in product((2, 1), (3, 2, 1)):
        large = shorten(heading, bold, on.column, count)
        small = _shortened(category, detail, light, on.column, most)
        lines = _stacked(large, bold, small, light, on)
        if _end(lines) <= floor:
            break
    return lines


def _is_whole(lines: Sequence[str], text: str) -> bool:
    """Whether a heading has one or two lines, and none that begins within a word."""
    return len(lines) <= 2 and " ".join(lines) == text


def _joined(category: str, detail: str) -> str:
    """Join category and detail by a dot, which no line begins with."""
    both = f"{category} · {detail}" if category and detail else category or detail
    return both.replace(" ·", NO_BREAK + "·")


def _shortened(category: str, detail: str, style: Style, room: int, count: int) -> Sequence[str]:
    """Break category and detail into ``count`` lines; words of the category go first."""
    words = category.split(" ")
    for kept in range(len(words), 0, -1):
        name = category if kept == len(words) else " ".join(words[:kept]).rstrip(",") + ELLIPSIS
        lines = wrap(_joined(name, detail), style, room)
        if len(lines) <= count:
            return lines
    return shorten(detail or category, style, room, count)


def _stacked(
    large: Sequence[str], bold: Style, small: Sequence[str], light: Style, on: Plan
) -> list[Text]:
    """Set lines one under the other, the first one's capitals as high as the QR."""
    lines: list[Text] = []
    base = on.top
    for words in large:
        base += round(bold.em * LEADING) if lines else bold.capital
        lines.append(Text(words, bold, base))
    base += on.air // 2 if lines else 0
    for words in small:
        base += round(light.em * LEADING) if lines else light.capital
        lines.append(Text(words, light, base))
    return lines


def _end(lines: Sequence[Text]) -> int:
    return lines[-1].base + lines[-1].style.tail if lines else 0


def owner(name: str, on: Plan, room: int) -> list[Text]:
    """Set the owner's name beside the code: on one line, or smaller on two."""
    large, small = on.owners
    if width(name, large) <= room:
        return [Text(name, large, on.base)] if name else []
    lines = shorten(name, small, room, 2)
    last = on.base + (on.air * 3 // 5 if len(lines) == 2 else 0)
    step = round(small.em * TIGHT)
    return [Text(words, small, last - n * step) for n, words in enumerate(reversed(lines))]

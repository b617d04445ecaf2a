"""Text in Atkinson Hyperlegible, one bit per dot: measured, broken into lines, shortened.

Each sign is drawn once by FreeType and kept; words and lines are made of signs, and kept a while.
"""

import unicodedata
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inventory.labels.bitmap import Piece
from inventory.units import NO_BREAK

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

ELLIPSIS = "…"
_CAPITAL = 0.668  # of an em: the height of a capital in this typeface,
_ASCENT, _DESCENT = 0.95, 0.29  # what its accents and tails may need,
_TAIL = 0.2  # and the tail of a g or a p
_GAUGE = "Ů "  # the tallest sign, and room before the next
_MISSING = str.maketrans("\u202f\u2009\t\r\n", f"{NO_BREAK}{NO_BREAK}   ")


class _Set(NamedTuple):
    """A sign or a word as it is set: its ink may reach over where the next begins.

    The lowest bits of each row are the ``overhang`` dots after its end.
    """

    bits: int
    advance: int
    reach: int


class Style:
    """A weight and a size of the typeface in dots, for bitmaps with rows of so many bits."""

    def __init__(self, weight: str, em: int, row_bits: int) -> None:
        self.weight, self.em, self.row_bits = weight, em, row_bits
        self.capital, self.tail = round(em * _CAPITAL), round(em * _TAIL)
        self.ascent = round(em * _ASCENT) + 1
        self.height = self.ascent + round(em * _DESCENT) + 1
        self.overhang = em // 2 + 1  # dots that ink may reach further than its sign advances
        self.advances = _Advances(self)

    @cached_property
    def font(self) -> "FreeTypeFont":
        """The typeface; its basic layout is the same on every machine."""
        import fontpkg_atkinson_hyperlegible as typeface
        from PIL import ImageFont

        path = Path(typeface.ROOT) / "files" / f"AtkinsonHyperlegible-{self.weight}.ttf"
        return ImageFont.truetype(str(path), self.em, layout_engine=ImageFont.Layout.BASIC)


class _Advances(dict[str, int]):
    """How far each sign of a style advances, asked of FreeType once."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, sign: str) -> int:
        self[sign] = advance = int(self.style.font.getlength(sign, "1"))
        return advance


@lru_cache(maxsize=2048)
def clean(text: str) -> str:
    """Return a text in signs that the typeface has: composed accents, no narrow spaces."""
    words = unicodedata.normalize("NFC", text).translate(_MISSING).split(" ")
    return " ".join(word for word in words if word)


def width(text: str, style: Style) -> int:
    """Return the dots that a line of text advances."""
    return sum(map(style.advances.__getitem__, text))


@lru_cache(maxsize=1024)
def line(text: str, style: Style) -> Piece:
    """Return a line of text, its baseline ``style.ascent`` dots under its top."""
    words = text.replace(NO_BREAK, " ").split(" ")
    return spaced(words, style, gap=style.advances[" "])


def spaced(parts: Sequence[str], style: Style, *, gap: int) -> Piece:
    """Return words, or letters, with a gap between each and the next."""
    bits = reached = 0
    for part in parts:
        word = _word(part, style)
        reached += word.advance + gap
        bits = bits << word.advance + gap | word.bits
    return Piece(bits >> style.overhang - word.reach, reached - gap + word.reach, style.height)


@lru_cache(maxsize=1024)
def wrap(text: str, style: Style, room: int) -> tuple[str, ...]:
    """Break a text into lines of at most ``room`` dots, between words where that can be."""
    if width(text, style) <= room:
        return (text,) if text else ()
    lines: list[str] = []
    gap, left = style.advances[" "], -1  # what the last line has left
    for word in text.split(" "):
        for part in _parts(word, style, room):
            wide = width(part, style)
            if gap + wide <= left:
                lines[-1] += f" {part}"
                left -= gap + wide
            else:
                lines.append(part)
                left = room - wide
    return tuple(lines)


def shorten(text: str, style: Style, room: int, count: int) -> tuple[str, ...]:
    """Break a text into at most ``count`` lines; an ellipsis stands for what is left out."""
    lines = wrap(text, style, room)
    if len(lines) <= count:
        return lines
    last = lines[count - 1]
    while width(last + ELLIPSIS, style) > room:
        last = last.rpartition(" ")[0] or last[:-1]
    return (*lines[: count - 1], last.rstrip(" ,;:·(-") + ELLIPSIS)


def _parts(word: str, style: Style, room: int) -> list[str]:
    """Return a word, in several parts if it is wider than a line."""
    parts = []
    while width(word, style) > room:
        fitting = next(n for n in range(len(word), 0, -1) if width(word[:n], style) <= room)
        parts.append(word[:fitting])
        word = word[fitting:]
    return [*parts, word]


@lru_cache(maxsize=4096)
def _word(word: str, style: Style) -> _Set:
    bits = advance = reach = 0
    for sign in word:
        glyph = _glyph(sign, style)
        bits = bits << glyph.advance | glyph.bits
        advance, reach = advance + glyph.advance, glyph.reach
    return _Set(bits, advance, reach)


@lru_cache(maxsize=2048)
def _glyph(sign: str, style: Style) -> _Set:
    """Draw one sign at the right end of the rows of a strip.

    It is drawn after the tallest sign, which is then wiped out: alone, Pillow sets some signs a
    dot higher or further left than among others.
    """
    from PIL import Image, ImageDraw

    advance = style.advances[sign]
    end, before = style.row_bits - style.overhang, style.advances[" "]
    image = Image.new("1", (style.row_bits, style.height))
    place = (end - advance - width(_GAUGE, style), style.ascent)
    ImageDraw.Draw(image).text(place, _GAUGE + sign, fill=1, font=style.font, anchor="ls")
    image.paste(0, (0, 0, end - advance - before, style.height))
    reach = int(style.font.getbbox(sign, "1", anchor="ls")[2]) - advance
    return _Set(int.from_bytes(image.tobytes(), "big"), advance, max(0, reach))

"""Bitmaps of one bit per dot: strips held as whole numbers, where drawing is shifting and OR.

Rows are laid out as those of a PNG are: each begins with a byte that names its filter (0, none),
so that the bytes of a PNG serve a PDF unchanged.
"""

import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

_FILTER_BITS = 8
_WINDOW_BITS, _MEMORY_LEVEL = 13, 6
_METRE_IN = 1 / 0.0254
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Piece(NamedTuple):
    """Something to put on a strip, as wide rows with its own dots at the right end of each."""

    bits: int
    width: int
    height: int


class Bitmap(NamedTuple):
    """A finished label: rows of dots, white as 1."""

    width: int
    height: int
    rows: bytes

    def png(self, dpi: int, level: int) -> bytes:
        """Return a PNG of one bit per dot that tells its resolution."""
        data = _chunk(b"IDAT", self.deflated(level))
        return b"".join((_head(self.width, self.height, dpi), *data, *_chunk(b"IEND", b"")))

    def deflated(self, level: int) -> bytes:
        """Return the rows as zlib streams them: level 0 stores, level 1 makes a seventh of it."""
        # A window of fifty rows is enough, and set up in a tenth of the time of the usual one.
        packer = zlib.compressobj(level, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
        return packer.compress(self.rows) + packer.flush()


class Strip:
    """Some rows of a label being drawn; nothing is clipped, so that a piece must lie inside."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.row_bits = row_bits(width)
        self.ink = 0

    def put(self, piece: Piece, x: int, y: int) -> None:
        """Draw ``piece`` with its upper left corner at dot (x, y)."""
        below = self.height - y - piece.height
        shift = (below + 1) * self.row_bits - _FILTER_BITS - x - piece.width
        self.ink |= piece.bits << shift

    def rows(self) -> bytes:
        """Return the rows of a bitmap."""
        rows = self.ink ^ _white(self.width, self.height)
        return rows.to_bytes(self.height * self.row_bits // 8, "big")


def row_bits(width: int) -> int:
    """Return the bits of a row of so many dots, its filter byte and what fills it up included."""
    return _FILTER_BITS + (width + 7) // 8 * 8


def drawn(rows: list[str], row_bits: int, dots: int) -> Piece:
    """Return rows of 0 and 1, each sign a square of ``dots``."""
    wide = [widened(row, dots) for row in rows]
    return Piece(
        bits=int("".join(row.rjust(row_bits, "0") * dots for row in wide), 2),
        width=len(wide[0]),
        height=len(rows) * dots,
    )


def row(modules: str, dots: int) -> Piece:
    """Return one row of 0 and 1, each sign ``dots`` wide."""
    wide = widened(modules, dots)
    return Piece(int(wide, 2), len(wide), 1)


def rule(width: int, height: int, row_bits: int) -> Piece:
    """Return a black oblong."""
    row = ((1 << width) - 1).to_bytes(row_bits // 8, "big")
    return Piece(int.from_bytes(row * height, "big"), width, height)


def widened(row: str, dots: int) -> str:
    """Return a row of 0 and 1 with each sign written ``dots`` times."""
    return row.replace("0", "0" * dots).replace("1", "1" * dots)


@lru_cache(maxsize=16)
def _head(width: int, height: int, dpi: int) -> bytes:
    per_metre = round(dpi * _METRE_IN)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)  # grey of one bit
    physical = struct.pack(">IIB", per_metre, per_metre, 1)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"pHYs", physical)))


def _chunk(name: bytes, data: bytes) -> tuple[bytes, ...]:
    check = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)), name, data, struct.pack(">I", check)


@lru_cache(maxsize=64)
def _white(width: int, height: int) -> int:
    row = ((1 << width) - 1) << (row_bits(width) - _FILTER_BITS - width)
    return int.from_bytes(row.to_bytes(row_bits(width) // 8, "big") * height, "big")

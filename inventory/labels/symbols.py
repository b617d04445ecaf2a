"""The two symbols of a label, in modules of whole dots and without their quiet zones.

Code 128: ISO/IEC 15417, which asks for 10 modules of white on each side. QR: ISO/IEC 18004, which
asks for 4 all around.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from inventory.codes import ALPHABET
from inventory.labels.bitmap import Piece, drawn, row

if TYPE_CHECKING:
    from segno import QRCode

BARS_QUIET = 10
BARS_SLOPE = 0.15  # height, of length: a line that is 8° askew still crosses all bars
BARS_MODULES = 101  # at most, for six signs: start, six, check (11 each) and stop (13)
QR_QUIET = 4
_NO_WRITER = object()  # it would make one, to draw with, for each code
_KNOWN = frozenset(ALPHABET)


def bars(code: str, *, dots: int) -> Piece:
    """Return one row of the Code 128 of a code, as python-barcode encodes it."""
    from barcode.codex import Code128

    symbol = Code128(code, writer=_NO_WRITER)
    symbol._charset = "B"  # beginning in set C, it loses the digits of a code like 99ABCD
    return row(symbol.build()[0], dots)


def address(url: str, code: str) -> tuple[str, str]:
    """Part a URL into what all labels of a roll share and the code, or nothing, that ends it."""
    if url.endswith(code) and _KNOWN.issuperset(code):
        return url.removesuffix(code), code
    return url, ""


@lru_cache(maxsize=64)
def qr_modules(prefix: str, length: int) -> int:
    """Return how many modules wide the QR of ``prefix`` and a code of ``length`` signs is."""
    return len(_specimen(prefix, length).matrix)


def qr(prefix: str, code: str, *, dots: int, row_bits: int) -> Piece:
    """Return the QR of the address ``prefix + code``.

    With version, level and mask fixed, each module is an affine function over GF(2) of the bits of
    the text: Reed-Solomon is linear, and all else is constant. So a symbol is a blank one XOR one
    difference per sign, and segno, which makes these few, need not make each.
    """
    blank, differences = _basis(prefix, len(code), dots, row_bits)
    bits = blank.bits
    for by_sign, sign in zip(differences, code, strict=True):
        bits ^= by_sign[sign]
    return blank._replace(bits=bits)


@lru_cache(maxsize=4)
def _basis(
    prefix: str, length: int, dots: int, row_bits: int
) -> tuple[Piece, list[dict[str, int]]]:
    """Return the symbol of ``length`` zero bytes, and what each sign changes at each place."""

    def with_sign(place: int, value: int) -> Piece:
        text = "\0" * place + chr(value) + "\0" * (length - place - 1)
        return _draw(prefix + text[:length], _specimen(prefix, length), dots, row_bits)

    blank = with_sign(0, 0)
    by_bit = [
        [with_sign(place, 1 << bit).bits ^ blank.bits for bit in range(7)]
        for place in range(length)
    ]
    return blank, [{sign: _sum(bits, ord(sign)) for sign in ALPHABET} for bits in by_bit]


def _sum(differences: list[int], value: int) -> int:
    """XOR the differences of the bits that are set in ``value``."""
    total = 0
    for bit, difference in enumerate(differences):
        total ^= difference * (value >> bit & 1)
    return total


@lru_cache(maxsize=64)
def _specimen(prefix: str, length: int) -> "QRCode":
    """Return a symbol whose version, level and mask all addresses of this prefix share.

    The level is L at least, and what the version still has room for.
    """
    import segno

    return segno.make(prefix + ALPHABET[7] * length, error="L", mode="byte", micro=False)


def _draw(text: str, form: "QRCode", dots: int, row_bits: int) -> Piece:
    import segno

    symbol = segno.make(
        text,
        version=form.version,
        error=form.error,
        mask=form.mask,
        mode="byte",
        boost_error=False,
    )
    return drawn(["".join("01"[module] for module in row) for row in symbol.matrix], row_bits, dots)

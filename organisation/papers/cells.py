"""Cells of a CSV that leaves the house, for French spreadsheets: ``;``, UTF-8 with its mark."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

MARK = "\ufeff"
STYLE: dict[str, Any] = {"delimiter": ";", "lineterminator": "\r\n"}
# What a spreadsheet takes for a formula; full-width, small and raised forms of a sign count as it.
SIGNS = frozenset("=+-@\N{MINUS SIGN}")
BREAKS = frozenset("\t\r\n\v\f")  # what it drops, or cuts at, to find one
UNSEEN = ("Z", "C")  # spaces, and signs that nobody sees


class Number(str):
    """Digits of ours: a minus sign in front is no formula."""


def euros(cents: int) -> Number:
    """Cents as a column of euros: ``-1234,50``, without thousands."""
    return _decimal(cents, 2)


def kilograms(grams: int) -> Number:
    """Grams as a column of kilograms: ``-1,250``."""
    return _decimal(grams, 3)


def _decimal(value: int, places: int) -> Number:
    whole, rest = divmod(abs(value), 10**places)
    return Number(f"{'-' if value < 0 else ''}{whole},{rest:0{places}}")


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A CSV, whole."""
    into = io.StringIO()
    writer: Any = csv.writer(into, **STYLE)
    writer.writerow(heads)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return MARK + into.getvalue()


class _Echo:
    """A file that hands back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a CSV one by one; its cells are written and neutral already."""
    writer: Any = csv.writer(_Echo(), **STYLE)
    yield MARK
    yield writer.writerow(heads)
    for row in rows:
        yield writer.writerow(row)


def neutral(cell: Any) -> str:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe."""
    text = str(cell)
    if isinstance(cell, Number | int | float) or not _looks_like_a_formula(text):
        return text
    return f"'{text}"


def _looks_like_a_formula(text: str) -> bool:
    """Whether the first sign that is seen, or a break before it, may begin one."""
    if text[:1].isascii() and text[:1].isalnum():  # most are, and there are many
        return False
    for sign in text:
        if sign in BREAKS:
            return True
        if not unicodedata.category(sign).startswith(UNSEEN):
            return not SIGNS.isdisjoint(unicodedata.normalize("NFKC", sign))
    return False

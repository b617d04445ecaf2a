"""Cells of a CSV that leaves the house, for French spreadsheets: ``;``, UTF-8 with its mark."""

import csv
import io
from collections.abc import Iterable
from typing import Any

MARK = "\ufeff"
STYLE: dict[str, Any] = {"delimiter": ";", "lineterminator": "\r\n"}
# What a spreadsheet takes for a formula, or drops to find one; full-width signs count as well.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def neutral(cell: Any) -> str:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe."""
    is_text = isinstance(cell, str) and not isinstance(cell, Number)
    if is_text and cell.lstrip(" \u00a0").startswith(DANGEROUS):
        return f"'{cell}"
    return str(cell)

"""Cells of a CSV that leaves the house, for French spreadsheets: ``;``, UTF-8 with its mark."""

from typing import Any

MARK = "\ufeff"
# What a spreadsheet takes for a formula, or drops to find one; full-width signs count as well.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Number(str):
    """Digits of ours: a minus sign in front is no formula."""


def neutral(cell: Any) -> str:
    """A cell that no spreadsheet runs: text that looks like a formula gets an apostrophe."""
    is_text = isinstance(cell, str) and not isinstance(cell, Number)
    if is_text and cell.lstrip(" \u00a0").startswith(DANGEROUS):
        return f"'{cell}"
    return str(cell)

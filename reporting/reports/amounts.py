"""Every figure of a document, one by one: for its CSV, its workbook, and what differs since."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from reporting.bilan.side import KNOWN
from reporting.indicators import Unit
from reporting.listing import LABELS
from reporting.reports.layout import KINDS
from reporting.reports.printed import balance_label
from reporting.rounding import FATES

SIDES = ("now", "was")


class Amount(NamedTuple):
    """A figure: in which row and column, of which of the two periods; ``key`` is its codes."""

    row: str
    name: str
    side: str
    amount: Any
    unit: str
    key: tuple[Any, ...]


def figures_of(document: Mapping[str, Any]) -> dict[tuple[Any, ...], tuple[str, Amount]]:
    """Part and codes → its title and figure of the period: whatever things are called since."""
    return {
        (block["part"], *each.key): (block["title"] or str(KINDS[block["kind"]]), each)
        for block in document["blocks"]
        for each in amounts(block)
        if each.side == "now"
    }


def amounts(block: Mapping[str, Any]) -> Iterator[Amount]:
    """Every figure of a block."""
    return AMOUNTS[block["kind"]](block) if block["kind"] in AMOUNTS else iter(())


def _of_sides(block: Mapping[str, Any]) -> Iterator[Amount]:
    """Of shares: the masses that they are of."""
    for side in SIDES:
        for fate in FATES if block[side] else ():
            grams = block[side]["masses"][fate]
            yield Amount("", _fate(fate), side, grams, Unit.GRAMS, (fate,))


def _of_quality(block: Mapping[str, Any]) -> Iterator[Amount]:
    for side in SIDES:
        for name, hundredths in (block[side] or {}).items():
            yield Amount("", str(KNOWN[name]), side, hundredths, Unit.HUNDREDTHS, (name,))


def _of_balance(block: Mapping[str, Any]) -> Iterator[Amount]:
    for row in block["rows"]:
        yield from _both(("", balance_label(row["name"])), row, Unit.GRAMS, (row["name"],))


def _of_flow(block: Mapping[str, Any]) -> Iterator[Amount]:
    for each in block["streams"]:
        row, fate = f"{each['start']} → {each['end']}", each["key"][1]
        yield Amount(row, _fate(fate), "now", each["now"], Unit.GRAMS, tuple(each["key"]))


def _of_months(block: Mapping[str, Any]) -> Iterator[Amount]:
    for row in _with_total(block):
        for side in SIDES:
            for name, grams in (row[side] or {}).items():
                key = (*row["key"], name)
                yield Amount(row["label"], str(LABELS[name]), side, grams, Unit.GRAMS, key)


def _of_ages(block: Mapping[str, Any]) -> Iterator[Amount]:
    """Grams by category and class; what has no age, and the average, stand at the end."""
    classes = [each["name"] for each in block["classes"]]
    for row in _with_total(block):
        for side in SIDES:
            for n, grams in enumerate(row[side] or ()):
                key = (*row["key"], n)
                yield Amount(row["label"], classes[n], side, grams, Unit.GRAMS, key)
    below, days = _("Below zero, without an age"), _("Average age of the stock")
    if any(block["below"].values()):
        yield from _both(("", below), block["below"], Unit.GRAMS, ("below",))
    yield from _both(("", days), block["days"], Unit.DAYS, ("days",))


def _with_total(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*block["rows"], {"label": _("Total"), "key": ["="], **block["total"]}]


def _of_outlets(block: Mapping[str, Any]) -> Iterator[Amount]:
    for row in block["rows"]:
        for told, word in (("sent", _("as sent")), ("declared", _("as declared"))):
            for fate, grams in row[told].items():
                label, key = f"{row['partner']}, {word}", (row["code"], told, fate)
                yield Amount(label, _fate(fate), "now", grams, Unit.GRAMS, key)


def _of_table(block: Mapping[str, Any]) -> Iterator[Amount]:
    rows = [*block["rows"], {"label": _("Total"), "key": ["="], "cells": block["total"]}]
    for row in rows:
        for head, cell in zip(block["columns"], row["cells"], strict=True):
            key = (*row["key"], head["code"], head.get("across"))
            yield from _both((row["label"], head["name"]), cell, head["unit"], key)


def _both(
    names: tuple[str, str], cell: Mapping[str, Any], unit: str, key: tuple[Any, ...]
) -> Iterator[Amount]:
    for side in SIDES:
        if cell.get(side) is not None:
            yield Amount(*names, side, cell[side], unit, key)


def _fate(fate: str) -> str:
    return str(LABELS[f"{fate}_g"])


AMOUNTS: dict[str, Callable[[Mapping[str, Any]], Iterator[Amount]]] = {
    "shares": _of_sides,
    "quality": _of_quality,
    "balance": _of_balance,
    "table": _of_table,
    "flow": _of_flow,
    "months": _of_months,
    "ages": _of_ages,
    "outlets": _of_outlets,
}

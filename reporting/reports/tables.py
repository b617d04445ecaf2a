"""Tables of a report as they are read: columns of indicators, rounded so that they add up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.units import MINUS, NO_BREAK
from reporting import rounding
from reporting.indicators import Unit
from reporting.printing import Unit as Mass
from reporting.printing import unit_for
from reporting.reports.words import bare, symbol

Given = dict[str, Any]
FIRST = {
    "month": gettext_lazy("Month"),
    "site": gettext_lazy("Site"),
    "category": gettext_lazy("Category"),
    "stream": gettext_lazy("EPR stream"),
    "mode": gettext_lazy("Mode"),
    "origin": gettext_lazy("Origin"),
    "partner": gettext_lazy("Partner"),
    "channel": gettext_lazy("Channel"),
    "method": gettext_lazy("Known by"),
    "contract": gettext_lazy("Contract"),
    "exit": gettext_lazy("Exit"),
    "public": gettext_lazy("Public"),
    "activity": gettext_lazy("Activity"),
}


def plain(block: Mapping[str, Any]) -> Given:
    """What every section says of itself."""
    return {name: block[name] for name in ("kind", "title", "text")}


def table(block: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str]) -> Given:
    has_was = document["compared"] is not None
    columns = [
        _Column(block, n, has_was=has_was, names=names) for n in range(len(block["columns"]))
    ]
    is_list = not block["by"]
    if is_list:
        rows = [{"label": column.title, "cells": column.cells[-1]} for column in columns]
        heads = [names[0], *([names[1], _("change")] if has_was else [])]
        return {**plain(block), "first": _("Indicator"), "groups": [], "heads": heads,
                "rows": rows, "total": None, "has_attributed": _has_attributed(block)}  # fmt: skip
    lines = [[cell for column in columns for cell in column.cells[n]]
             for n in range(len(block["rows"]) + 1)]  # fmt: skip
    return {
        **plain(block),
        "first": str(FIRST[block["by"][0]]),
        "groups": [{"title": c.title, "span": len(c.heads)} for c in columns],
        "heads": [head for column in columns for head in column.heads],
        "rows": [
            {"label": row["label"], "cells": cells}
            for row, cells in zip(block["rows"], lines, strict=False)
        ],
        "total": lines[-1],
        "has_attributed": _has_attributed(block),
    }


def _has_attributed(block: Mapping[str, Any]) -> bool:
    cells = [cell for row in block["rows"] for cell in row["cells"]] + block["total"]
    return any(cell.get("attributed") for cell in cells)


def _mass_of(block: Mapping[str, Any]) -> Mass:
    """One unit for all the masses of a table."""
    rows = [row["cells"] for row in block["rows"]] + [block["total"]]
    kinds = [head["unit"] for head in block["columns"]]
    return unit_for(
        cell[side] or 0
        for row in rows
        for cell, kind in zip(row, kinds, strict=True)
        for side in ("now", "was")
        if kind == Unit.GRAMS
    )


class _Column:
    """An indicator's cells, from the first row to the total: now, then, how it changed, units."""

    def __init__(
        self, block: Mapping[str, Any], n: int, *, has_was: bool, names: Sequence[str]
    ) -> None:
        self.head = block["columns"][n]
        self.unit = Unit(self.head["unit"])
        self.is_part = self.head.get("is_part", False)
        self.has_was = has_was and not self.is_part
        self.found = [row["cells"][n] for row in block["rows"]] + [block["total"][n]]
        self.has_units = block["has_units"] and any(cell.get("units") for cell in self.found)
        self.mass = _mass_of(block) if self.unit == Unit.GRAMS else None
        self.title = f"{self.head['name']}{self._symbol()}"
        self.heads = self._heads(names)
        self.cells = self._cells(is_list=not block["by"])

    def _symbol(self) -> str:
        word = self.mass.word if self.mass else symbol(self.unit)
        return f", {word}" if word else ""

    def _heads(self, names: Sequence[str]) -> list[str]:
        heads = [names[0]]
        heads += [names[1]] if self.has_was else []
        return heads + ([_("units")] if self.has_units else [])

    def _cells(self, *, is_list: bool) -> list[list[str]]:
        sides = [self._side("now")] + ([self._side("was")] if self.has_was else [])
        cells = [list(row) for row in zip(*sides, strict=True)]
        for row, cell in zip(cells, self.found, strict=True):
            if is_list and self.has_was:
                row.append(self._change(cell))
            if self.has_units:
                units = cell.get("units")
                row.append("" if units is None else number_format(units, force_grouping=True))
        return cells

    def _side(self, side: str) -> list[str]:
        amounts = [cell[side] for cell in self.found]
        if self.mass is None:
            return [_("n/a") if each is None else bare(self.unit, each) for each in amounts]
        return [
            self._about(cell, self._told(cell[side], grams))
            for cell, grams in zip(self.found, self._rounded(self.mass, amounts), strict=True)
        ]

    def _told(self, amount: int | None, printed_g: int) -> str:
        """A dash is easier on the eye than many zeros."""
        if amount is None or self.mass is None:
            return _("n/a")
        return self.mass.write(printed_g) if amount else "–"

    @staticmethod
    def _rounded(mass: Mass, amounts: Sequence[int | None]) -> list[int]:
        """Grams in whole steps: rows that make the total make it as printed, too."""
        *parts, total = [each or 0 for each in amounts]
        if sum(parts) == total:
            return [*mass.split(parts, total), *mass.split([total])]
        return [mass.split([grams])[0] for grams in (*parts, total)]

    @staticmethod
    def _about(cell: Mapping[str, Any], text: str) -> str:
        return f"≈{NO_BREAK}{text}" if cell.get("attributed") else text

    def _change(self, cell: Mapping[str, Any]) -> str:
        now, was = cell["now"], cell["was"]
        if not isinstance(now, int) or not isinstance(was, int):
            return ""
        grown = rounding.change(now, was)
        if grown is None:
            return ""
        return f"{number_format(grown).replace('-', MINUS)}{NO_BREAK}%"

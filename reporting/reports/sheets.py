"""The sheets of a document's workbook: a typed one per table, and one of what the figures are."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from reporting.indicators import Unit
from reporting.reports.amounts import SIDES, amounts
from reporting.reports.layout import KINDS
from reporting.reports.tables import FIRST
from reporting.workbook.typed import Cell, Sheet, amount, count, missing, text

Document = Mapping[str, Any]
WIDE = {"months": FIRST["month"], "ages": FIRST["category"]}  # and what their rows are


def sheets(document: Document, facts: Mapping[str, str]) -> list[Sheet]:
    """In the order of the document; its sources last."""
    found = [sheet for block in document["blocks"] if (sheet := _sheet(block, document))]
    return _apart([*found, _sources(document, facts)])


def _sheet(block: Mapping[str, Any], document: Document) -> Sheet | None:
    now, was = document["period"]["name"], (document["compared"] or {}).get("name", "")
    sides = [now, *([was] if was else [])]
    held = SIDES[: len(sides)]
    title = block["title"] or str(KINDS[block["kind"]])
    if block["kind"] == "table":
        return _table_sheet(block, title, sides)
    if block["kind"] in WIDE:
        return _wide_sheet(block, title, sides)
    by_row: dict[tuple[str, str], dict[str, Cell]] = {}
    for each in amounts(block):
        by_row.setdefault((each.row, each.name), {})[each.side] = amount(
            Unit(each.unit), each.amount
        )
    if not by_row:
        return None
    rows = [
        [text(", ".join(filter(None, key))), *(cells.get(side, missing()) for side in held)]
        for key, cells in by_row.items()
    ]
    return Sheet(title, [_("What"), *sides], rows, has_total=False)


def _table_sheet(block: Mapping[str, Any], title: str, sides: list[str]) -> Sheet | None:
    heads = [str(FIRST[block["by"][0]]) if block["by"] else _("What")]
    for column in block["columns"]:
        told = sides[:1] if column.get("is_part") else sides
        heads += [f"{column['name']}, {side}" for side in told]
        heads += [f"{column['name']}, {_('units')}"] if block["has_units"] else []
    rows = []
    for row in [*block["rows"], {"label": _("Total"), "cells": block["total"]}]:
        cells: list[Cell] = [text(row["label"])]
        for column, cell in zip(block["columns"], row["cells"], strict=True):
            held = SIDES[: 1 if column.get("is_part") else len(sides)]
            cells += [amount(Unit(column["unit"]), cell.get(side)) for side in held]
            if block["has_units"]:
                units = cell.get("units")
                cells.append(missing() if units is None else count(units))
        rows.append(cells)
    return Sheet(title, heads, rows, has_total=bool(block["by"]))


def _wide_sheet(block: Mapping[str, Any], title: str, sides: list[str]) -> Sheet | None:
    """Rows by what they are, a column for each figure and period; the total last."""
    grid: dict[str, dict[tuple[str, str], Cell]] = {}
    for each in amounts(block):
        if each.row:
            cells = grid.setdefault(each.row, {})
            cells[each.name, each.side] = amount(Unit(each.unit), each.amount)
    names = dict.fromkeys(name for cells in grid.values() for name, _side in cells)
    spots = [(name, side) for name in names for side in SIDES[: len(sides)]]
    beside = dict(zip(SIDES, sides, strict=False))
    heads = [str(WIDE[block["kind"]]), *(f"{name} (kg), {beside[side]}" for name, side in spots)]
    rows = [
        [text(row), *(cells.get(spot, missing()) for spot in spots)] for row, cells in grid.items()
    ]
    return Sheet(title, heads, rows)


def _apart(sheets: list[Sheet]) -> list[Sheet]:
    """No two sheets of one name: spreadsheets refuse the second."""
    seen: dict[str, int] = {}
    found = []
    for sheet in sheets:
        n = seen[sheet.name.lower()] = seen.get(sheet.name.lower(), 0) + 1
        title = sheet.title if n == 1 else f"{sheet.name[:26]} {n}"
        found.append(Sheet(title, sheet.heads, sheet.rows, sheet.has_total))
    return found


def _sources(document: Document, facts: Mapping[str, str]) -> Sheet:
    rows = [[text(name), text(value)] for name, value in facts.items()]
    rows += [[text(each["name"]), text(each["formula"])] for each in document["sources"]]
    rows += [[text(_("Warning")), text(note["msg"])] for note in document["warnings"]]
    return Sheet(_("Sources"), [_("What"), _("Says")], rows, has_total=False)

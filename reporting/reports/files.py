"""A document as files: PDF, workbook, CSV, JSON. The same document gives the same bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from organisation.papers import typeset
from organisation.papers.cells import euros, kilograms, table
from reporting.bilan.side import KNOWN
from reporting.indicators import Unit
from reporting.listing import LABELS
from reporting.models import Report
from reporting.reports.layout import KINDS
from reporting.reports.printed import balance_label, printed
from reporting.reports.tables import FIRST
from reporting.reports.words import symbol
from reporting.rounding import FATES
from reporting.workbook import XLSX, book_of
from reporting.workbook.typed import (
    COUNT,
    HUNDREDTHS,
    RATE,
    Cell,
    Sheet,
    count,
    kg,
    missing,
    share,
    text,
)
from reporting.workbook.typed import euros as euro_cell

TEMPLATE = Path(__file__).with_name("report.typ")
Document = Mapping[str, Any]
SIDES = ("now", "was")


class Amount(NamedTuple):
    """A figure: in which row and column, of which of the two periods; ``key`` is its codes."""

    row: str
    name: str
    side: str
    amount: Any
    unit: str
    key: tuple[Any, ...]


def canonical(document: Document) -> str:
    """The document as the one JSON text that is kept, hashed and handed out."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(report: Report) -> dict[str, Any]:
    """The document of a published report."""
    document: dict[str, Any] = json.loads(report.document)
    return document


def shown(report: Report) -> dict[str, Any]:
    """What pages show of a published report: what its PDF shows, in its language."""
    document = read(report)
    with translation.override(document["lang"]):
        return printed(document)


def file_of(found: Report, kind: str) -> HttpResponse:
    """The bytes that were kept."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "pdf": ("application/pdf", lambda: bytes(found.pdf)),
        "xlsx": (XLSX, lambda: bytes(found.xlsx)),
        "csv": ("text/csv; charset=utf-8", lambda: found.csv.encode()),
        "json": ("application/json", lambda: found.document.encode()),
    }
    if kind not in makers:
        raise Http404
    content_type, make = makers[kind]
    name = f"{found.template}-{found.start.isoformat()}-{found.code}.{kind}"
    way = "inline" if kind == "pdf" else "attachment"
    return HttpResponse(
        make(),
        content_type=content_type,
        headers={"Content-Disposition": f'{way}; filename="{name}"'},
    )


def figures_of(document: Document) -> dict[tuple[Any, ...], tuple[str, Amount]]:
    """Part and codes → its title and figure of the period: whatever things are called since."""
    return {
        (block["part"], *each.key): (block["title"] or str(KINDS[block["kind"]]), each)
        for block in document["blocks"]
        for each in _amounts(block)
        if each.side == "now"
    }


def pdf(
    document: Document,
    *,
    seal: Mapping[str, Any] | None = None,
    logo: bytes | None = None,
    at: datetime | None = None,
) -> bytes:
    """A tagged PDF/UA-1 in the document's language; a draft where there is no seal."""
    with translation.override(document["lang"]):
        given = printed(document) | {
            "words": _words(),
            "seal": seal,
            "is_draft": seal is None,
            "logo": list(logo) if logo else None,
        }
    when = int(at.timestamp()) if at else 0
    return typeset(TEMPLATE, given, standards=["ua-1"], timestamp=when)


def workbook(document: Document, facts: Mapping[str, str], at: datetime | None = None) -> bytes:
    """A sheet per table, in grams and cents, and one of what the figures are and come from."""
    with translation.override(document["lang"]):
        found = [sheet for block in document["blocks"] if (sheet := _sheet(block, document))]
        return book_of(_apart([*found, _sources(document, facts)]), at)


def lines(document: Document) -> str:
    """Every figure on a line of its own, as CSV: machines read it, people filter it."""
    with translation.override(document["lang"]):
        heads = [_("section"), _("row"), _("indicator"), _("period"), _("amount"), _("unit")]
        return table(heads, _figures(document))


def _figures(document: Document) -> Iterator[list[Any]]:
    for block in document["blocks"]:
        title = block["title"] or str(KINDS[block["kind"]])
        for each in _amounts(block):
            period = document["period" if each.side == "now" else "compared"]
            yield [title, each.row, each.name, period["name"], *_column(each.amount, each.unit)]


def _amounts(block: Mapping[str, Any]) -> Iterator[Amount]:
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
    "outlets": _of_outlets,
}


def _column(amount: Any, unit: str) -> list[Any]:
    """An amount in the unit that a spreadsheet's reader expects, and that unit."""
    if unit == Unit.GRAMS:
        return [kilograms(amount), "kg"]
    if unit in (Unit.CENTS, Unit.CENTS_PER_KG, Unit.FTE, Unit.FTE_PER_KT):
        return [euros(amount), symbol(Unit(unit))]
    return [str(amount).replace(".", ","), symbol(Unit(unit)) or unit]


def _typed(amount: Any, unit: str) -> Cell:
    if amount is None:
        return missing()
    if unit == Unit.GRAMS:
        return kg(amount)
    if unit in (Unit.CENTS, Unit.CENTS_PER_KG):
        return euro_cell(amount)
    if unit == Unit.HUNDREDTHS:
        return share(amount)
    if unit == Unit.PERCENT:
        return Cell(float(amount) / 100, RATE)
    if unit in (Unit.FTE, Unit.FTE_PER_KT):
        return Cell(amount / 100, HUNDREDTHS)
    return Cell(amount, COUNT) if isinstance(amount, int) else text(amount)


def _sheet(block: Mapping[str, Any], document: Document) -> Sheet | None:
    now, was = document["period"]["name"], (document["compared"] or {}).get("name", "")
    sides = [now, *([was] if was else [])]
    held = SIDES[: len(sides)]
    title = block["title"] or str(KINDS[block["kind"]])
    if block["kind"] == "table":
        return _table_sheet(block, title, sides)
    by_row: dict[tuple[str, str], dict[str, Cell]] = {}
    for each in _amounts(block):
        by_row.setdefault((each.row, each.name), {})[each.side] = _typed(each.amount, each.unit)
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
            cells += [_typed(cell.get(side), column["unit"]) for side in held]
            if block["has_units"]:
                units = cell.get("units")
                cells.append(missing() if units is None else count(units))
        rows.append(cells)
    return Sheet(title, heads, rows, has_total=bool(block["by"]))


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


def _words() -> dict[str, str]:
    return {
        "logo": _("Logo"),
        "draft": _("DRAFT: not published, its figures may still move"),
        "rate": _("Recovery rate"),
        "before": _("before"),
        "nothing": _("Nothing left in this period."),
        "total": _("Total"),
        "attributed": _("≈ attributed: shared out over what came in."),
        "sent": _("as sent"),
        "declared": _("as declared"),
        "all": _("All that left"),
        "known": _("How weights are known"),
        "warnings": _("To know before using these figures"),
        "sources": _("What the figures mean"),
        "verify": _("Check this document"),
        "fingerprint": _("SHA-256 of the figures"),
    }

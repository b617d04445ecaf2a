"""The months of a report, fate by fate: read for the document, then drawn from it with a table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reporting import charts
from reporting.indicators import Reading
from reporting.indicators.reading import written_months
from reporting.listing import LABELS
from reporting.paint import PAGE, PAPER
from reporting.printing import Unit, unit_for
from reporting.reports.words import label
from reporting.rounding import FATES
from reporting.scopes import FATES as FATES_G

Masses = dict[str, int]
NAMES = ("collected_g", *FATES_G)


def read(now: Reading, was: Reading | None) -> dict[str, Any] | None:
    """What came in and left in each month, from the first in which anything did to the last.

    Beside them the other period's, where it has as many months; None of a single month.
    """
    months, masses = written_months(now.period), _masses(now)
    others = written_months(was.period) if was else []
    before = _masses(was) if was and len(others) == len(months) else {}
    pairs = dict(zip(months, others, strict=False)) if before else {}
    held = [n for n, m in enumerate(months) if masses.get(m) or before.get(pairs.get(m, ""))]
    told = months[held[0] : held[-1] + 1] if held else []
    rows = [
        {
            "key": [month],
            "label": label("month", month, {}),
            "now": _told(masses.get(month)),
            "was": _told(before.get(pairs[month])) if month in pairs else None,
        }
        for month in told
    ]
    total = {"now": _whole(now), "was": _whole(was) if pairs and was else None}
    return {"rows": rows, "total": total} if len(rows) > 1 else None


def _masses(reading: Reading) -> dict[str, Masses]:
    sums: dict[str, Masses] = defaultdict(lambda: dict.fromkeys(NAMES, 0))
    for row in reading.flows(("month", "fate")):
        name = "collected_g" if row["direction"] == "in" else f"{row['fate']}_g"
        sums[row["month"]][name] += row["weight_g"]
    return {month: masses for month, masses in sums.items() if any(masses.values())}


def _told(masses: Masses | None) -> Masses:
    return masses or dict.fromkeys(NAMES, 0)


def _whole(reading: Reading) -> Masses:
    return {name: reading.balance[name] for name in NAMES}


def printed(block: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Small charts at one scale, on paper and on a page, and a table of the same months."""
    lines = [*block["rows"], block["total"]]
    used = [name for name in FATES_G if any(_either(line, name) for line in lines)]
    unit = unit_for(grams for line in lines for grams in _both(line))
    months = [date.fromisoformat(f"{row['key'][0]}-01") for row in block["rows"]]
    has_was = block["total"]["was"] is not None
    columns = _columns(block, used, unit, has_was=has_was)
    return {
        "first": f"{_('Month')}, {unit.word}",
        "charts": [
            _chart(block, name, printed_g, unit)
            for name, (_title, [printed_g]) in zip(used, columns[1:-1], strict=True)
        ],
        "ends": [date_format(months[0], "N"), date_format(months[-1], "N")],
        "mark": _("the line: what went out in %(other)s") % {"other": names[1]} if has_was else "",
        "groups": [{"title": title, "span": len(sides)} for title, sides in columns],
        "heads": [names[side] for _title, sides in columns for side in range(len(sides))],
        "rows": [
            {"label": name, "cells": _cells(columns, n, unit)}
            for n, name in enumerate(_names(block, months))
        ],
        "total": _cells(columns, -1, unit),
        "has_attributed": False,
    }


def _names(block: Mapping[str, Any], months: Sequence[date]) -> list[str]:
    """Without their year, where it is the same: columns are many."""
    if len({month.year for month in months}) == 1:
        return [date_format(month, "F") for month in months]
    return [row["label"] for row in block["rows"]]


def _both(line: Mapping[str, Any]) -> Iterable[int]:
    for side in ("now", "was"):
        if line[side]:
            yield from (line[side]["collected_g"], _out(line[side]), *line[side].values())


def _either(line: Mapping[str, Any], name: str) -> bool:
    return bool(line["now"][name] or (line["was"] and line["was"][name]))


def _out(masses: Mapping[str, int]) -> int:
    return sum(masses[name] for name in FATES_G)


Columns = list[tuple[str, list[list[int]]]]


def _columns(
    block: Mapping[str, Any], used: Sequence[str], unit: Unit, *, has_was: bool
) -> Columns:
    """Titles and, for each side, grams as printed: rows first, the total last; all adds up."""
    sides = ("now", "was") if has_was else ("now",)
    into, out, fates = [], [], []
    for side in sides:
        rows, total = [row[side] for row in block["rows"]], block["total"][side]
        into.append(_split([row["collected_g"] for row in rows], total["collected_g"], unit))
        totals = unit.split([total[name] for name in used])
        grid = unit.grid([[row[name] for name in used] for row in rows], totals)
        fates.append([list(column) for column in zip(*grid, totals, strict=True)])
        out.append([sum(row) for row in (*grid, totals)])
    titles = [str(LABELS[name]) for name in used]
    return [
        (str(LABELS["collected_g"]), into),
        *((title, [column]) for title, column in zip(titles, fates[0], strict=True)),
        (str(LABELS["outgoing_g"]), out),
    ]


def _split(rows: Sequence[int], total: int, unit: Unit) -> list[int]:
    return [*unit.split(rows, total), *unit.split([total])]


def _cells(columns: Columns, n: int, unit: Unit) -> list[str]:
    return [unit.write(side[n]) if side[n] else "–" for _title, sides in columns for side in sides]


def _chart(
    block: Mapping[str, Any], name: str, printed_g: Sequence[int], unit: Unit
) -> dict[str, Any]:
    """A fate's months, at the scale of the fullest of all; it says what the table says."""
    lines = [line[side] for line in block["rows"] for side in ("now", "was") if line[side]]
    most_g = max(line[each] for line in lines for each in FATES_G)
    *parts, total = map(unit.say, printed_g)
    fate = FATES[FATES_G.index(name)]
    title = _("%(fate)s month by month: %(mass)s") % {"fate": LABELS[name], "mass": total}
    bars = [
        (row["now"][name], row["was"][name] if row["was"] else None, f"{row['label']}, {said}")
        for row, said in zip(block["rows"], parts, strict=True)
    ]
    return {
        "fate": fate,
        "word": str(LABELS[name]),
        "total": total,
        "label": title,
        "svg": charts.multiple(fate, bars, most_g, title, PAGE),
        "paper": charts.multiple(fate, bars, most_g, title, PAPER),
    }

"""How long the stock of a report has been there: read for the document, then drawn with a table."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting import charts
from reporting.aging import CLASSES, average_days
from reporting.bilan.standing import by_category
from reporting.indicators import Reading
from reporting.paint import PAGE, PAPER
from reporting.printing import Unit, unit_for, write_day
from reporting.reports.words import label

Names = Mapping[str | None, Any]


class Stood(NamedTuple):
    """Code → grams by class; what stands below zero and has no age; the average of the rest."""

    rows: dict[str, list[int]]
    below_g: int
    days: int

    @property
    def total(self) -> list[int]:
        return [sum(row[n] for row in self.rows.values()) for n in range(len(CLASSES))]


def read(now: Reading, was: Reading | None, names: Names) -> dict[str, Any] | None:
    """Each category's grams by class at the end of both periods; None where nothing stands."""
    stood = _stood(now)
    if not stood.rows:
        return None
    sides = {"now": stood, "was": _stood(was) if was else None}
    order = list(names)
    codes = dict.fromkeys(code for side in sides.values() if side for code in side.rows)
    ranked = sorted(codes, key=lambda each: order.index(each) if each in order else len(order))
    return {
        "day": now.day.isoformat(),
        "classes": [{"until": last, "name": str(name)} for last, name in CLASSES],
        "rows": [
            {
                "key": [code],
                "label": label("category", code, names),
                **_both(sides, partial(_row, code)),
            }
            for code in ranked
        ],
        "total": _both(sides, lambda side: side.total),
        "below": _both(sides, lambda side: side.below_g),
        "days": _both(sides, lambda side: side.days),
    }


def _row(code: str, side: Stood) -> list[int]:
    return side.rows.get(code, [0] * len(CLASSES))


def _both(sides: Mapping[str, Stood | None], told: Callable[[Stood], Any]) -> dict[str, Any]:
    return {name: told(side) if side else None for name, side in sides.items()}


def _stood(reading: Reading) -> Stood:
    """With what has no age it makes the stock at the end."""
    found = [
        age._replace(category=reading.named("category", age.category) or "") for age in reading.ages
    ]
    rows = by_category(found)
    below_g = reading.balance["closing_stock_g"] - sum(map(sum, rows.values()))
    return Stood(rows, below_g, average_days(found) or 0)


def printed(block: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """A bar of the classes for each period, on paper and on a page, and a table by category."""
    unit = unit_for(
        sum(line[side]) for line in (*block["rows"], block["total"])
        for side in ("now", "was") if line[side]
    )  # fmt: skip
    sides = [side for side in ("now", "was") if block["total"][side] is not None]
    totals = {side: unit.split(block["total"][side]) for side in sides}
    grids = {side: unit.grid([row[side] for row in block["rows"]], totals[side]) for side in sides}
    classes = [each["name"] for each in block["classes"]]
    lines = [_cells([grids[side][n] for side in sides], unit) for n in range(len(block["rows"]))]
    return {
        "first": _("Category"),
        "unit": unit.word,
        "day": _("In stock at the end of %(day)s")
        % {"day": write_day(date.fromisoformat(block["day"]))},
        "bars": [
            _bar(block, side, totals[side], name, unit)
            for side, name in zip(sides, names, strict=False)
        ],
        "legend": [
            {"n": n, "word": name, "masses": [unit.say(totals[side][n]) for side in sides]}
            for n, name in enumerate(classes)
        ],
        "below": _below(block["below"]["now"], unit),
        "groups": [{"title": f"{_('in stock')}, {unit.word}", "span": len(sides)}]
        + [{"title": name, "span": 1} for name in classes],
        "heads": [*names[: len(sides)], *[names[0]] * len(classes)],
        "rows": [
            {"label": row["label"], "cells": cells}
            for row, cells in zip(block["rows"], lines, strict=True)
        ],
        "total": _cells([totals[side] for side in sides], unit),
        "has_attributed": False,
    }


def _cells(sides: Sequence[Sequence[int]], unit: Unit) -> list[str]:
    """What stands in each period, then the classes of this one."""
    masses = [*(sum(side) for side in sides), *sides[0]]
    return [unit.write(grams) if grams else "–" for grams in masses]


def _bar(
    block: Mapping[str, Any], side: str, total: Sequence[int], name: str, unit: Unit
) -> dict[str, Any]:
    words = [each["name"] for each in block["classes"]]
    masses, days = [unit.say(grams) for grams in total], block["days"][side]
    told = ", ".join(f"{word} {mass}" for word, mass in zip(words, masses, strict=True))
    average = ngettext("%(days)s day on average", "%(days)s days on average", days)
    return {
        "name": name,
        "average": average % {"days": days},
        "label": f"{name}, {told}",
        "svg": charts.ages_bar(block["total"][side], words, masses, PAGE),
        "paper": charts.ages_bar(block["total"][side], words, masses, PAPER),
    }


def _below(grams: int, unit: Unit) -> str:
    if not grams:
        return ""
    return _("%(mass)s stands below zero and has no age: count it, or settle the month.") % {
        "mass": unit.say(unit.split([grams])[0])
    }

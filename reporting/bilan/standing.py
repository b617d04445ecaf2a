"""What stands in stock, by how long, as it is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from inventory.models import Category
from reporting import charts
from reporting.aging import CLASSES, Age, ages, average_days, by_class, class_of
from reporting.bilan.columns import Column, Head, lines
from reporting.bilan.side import Figure, Side
from reporting.breakdown import Sides
from reporting.forms import Question


def ages_of(asked: Question, sides: Sides) -> list[Age]:
    """The stock at the end of the period, or today, by how long it has been there."""
    day = min(asked.period.end, asked.today)
    return ages(asked.scope, day, asked.category_asked, sides.now.standing)


def by_category(found: Iterable[Age]) -> dict[str, list[int]]:
    """Code → grams in each of ``CLASSES``."""
    rows: dict[str, list[int]] = {}
    for age in found:
        row = rows.setdefault(age.category, [0] * len(CLASSES))
        row[class_of(age.days)] += age.weight_g
    return rows


def in_order(categories: Iterable[Category]) -> list[Category]:
    """As the catalogue has them."""
    return sorted(categories, key=lambda category: (category.position, category.code))


class WrittenAges:
    """A bar of the classes, and a table by category that adds up to the stock.

    ``below`` is what stands below zero, which has no age.
    """

    is_compared = False

    def __init__(self, found: Sequence[Age], side: Side) -> None:
        self.side, unit = side, side.unit
        self.title, self.first = _("How long it has been there"), _("Category")
        rows, sums = by_category(found), by_class(found)
        below_g = side.figures["closing_stock_g"] - sum(sums)
        self.below = unit.say(below_g) if below_g else ""
        whole_g = None if below_g else side.printed["closing_stock_g"]
        self.totals = unit.split(sums, whole_g)
        self.bar = charts.ages_bar(sums, self.names, [self.side.unit.say(g) for g in self.totals])
        self.days = average_days(found) or 0
        self._write(rows)

    @property
    def names(self) -> list[str]:
        return [str(name) for _last, name in CLASSES]

    @property
    def legend(self) -> list[dict[str, Any]]:
        masses = [self.side.unit.say(grams) for grams in self.totals]
        return [
            {"n": n, "word": word, "mass": mass}
            for n, (word, mass) in enumerate(zip(self.names, masses, strict=True))
        ]

    def _write(self, rows: Mapping[str, Sequence[int]]) -> None:
        known = in_order(self.side.asked.tops[code] for code in rows)
        grid = self.side.unit.grid([rows[each.code] for each in known], self.totals)
        columns = [Column(Head(_("in stock")), self._cells([sum(row) for row in grid]))]
        for n, name in enumerate(self.names):
            columns.append(Column(Head(name), self._cells([row[n] for row in grid], n)))
        self.heads = [column.head for column in columns]
        *cells, self.total = lines(columns)
        self.rows = [
            {"label": category.name, "category": category, "cells": cells[n]}
            for n, category in enumerate(known)
        ]

    def _cells(self, grams: Sequence[int], n: int | None = None) -> list[Figure]:
        whole = sum(self.totals) if n is None else self.totals[n]
        write = self.side.unit.write
        return [Figure(write(g), is_nothing=not g) for g in (*grams, whole)]

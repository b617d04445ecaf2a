"""A report for its template: large figures, the mass balance, and every table."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from reporting import charts, rounding
from reporting.bilan.columns import Column, Head, Pair, Printed, lines
from reporting.bilan.flow import WrittenFlow
from reporting.bilan.quality import WrittenQuality
from reporting.bilan.shop import WrittenChannels, WrittenShops
from reporting.bilan.side import KNOWN, Side
from reporting.bilan.standing import WrittenAges, ages_of
from reporting.bilan.written import Written
from reporting.breakdown import Sides
from reporting.forms import Question
from reporting.listing import COUNTED, LABELS, RECOVERED
from reporting.printing import BALANCE, heads, period_name, unit_for, write_day
from reporting.rounding import FATES
from reporting.shops import channels, shops
from reporting.tables import tables
from reporting.targets import Goal, goals_of

ALWAYS = {"opening_stock_g", "collected_g", "adjusted_g", "outgoing_g", "closing_stock_g"}
LARGE = ("collected_g", "outgoing_g", "closing_stock_g")


class Page:
    """Writes the parts of a report, of one period or of two side by side."""

    def __init__(self, asked: Question, sides: Sides) -> None:
        self.asked, self.sides, self.figures = asked, sides, sides.now.figures
        found = [sides.now.figures, *([sides.was.figures] if sides.was else [])]
        masses = [figures[name] for figures in found for name in figures if name.endswith("_g")]
        self.unit = unit_for(masses)
        self.now = Side(asked, sides.period, sides.now, self.unit)
        self.was = (
            Side(asked, sides.compared, sides.was, self.unit)
            if sides.compared and sides.was
            else None
        )
        names = heads(sides.period, sides.compared) if sides.compared else ("", "")
        self.pair = Pair(self.now, self.was, names)

    @property
    def is_current(self) -> bool:
        """Whether the period is not over: what stands at its end is what stands now."""
        return self.asked.period.end >= self.asked.today

    def facts(self) -> dict[str, Any]:
        """The four large figures, each with its counterpart."""
        return {name: self._fact(name) for name in LARGE} | {
            "rates": self._rates(self.figures),
            "recovered": self.now.behind(figure=RECOVERED) if self.figures["outgoing_g"] else "",
            "rates_was": self._rates(self.was.figures) if self.was else None,
        }

    def balance(self) -> dict[str, Any]:
        """Heads and rows of the mass balance, from opening to closing stock."""
        marks = {name: mark for name, _sign, mark in BALANCE}
        marks |= dict.fromkeys((f"{fate}_g" for fate in FATES), "")
        names = [name for name in (*marks, "closing_stock_g", "in_transit_g") if self._shows(name)]
        columns = self._balance(names)
        rows = [
            {
                "name": name,
                "mark": "=" if name == "closing_stock_g" else marks.get(name, ""),
                "label": self._label(name),
                "fate": name.removesuffix("_g") if name.removesuffix("_g") in FATES else "",
                "css": _css(name),
                "cells": cells,
            }
            for name, cells in zip(names, lines(columns), strict=True)
        ]
        return {"heads": [column.head for column in columns], "rows": rows}

    @cached_property
    def channels(self) -> WrittenChannels | None:
        rows = channels(self.sides)
        return WrittenChannels(rows, self.pair) if rows else None

    @cached_property
    def shops(self) -> WrittenShops | None:
        rows = shops(self.sides, self.asked.scope)
        return WrittenShops(rows, self.pair) if rows else None

    @cached_property
    def tables(self) -> list[Written]:
        """Months, categories, streams, modes, origins, partners: those with something to tell."""
        return [Written(table, self.pair) for table in tables(self.sides, self.asked.organisation)]

    @cached_property
    def goals(self) -> list[dict[str, Any]]:
        """The targets of the year beside their figures; of all categories, or none."""
        return [_goal(goal) for goal in goals_of(self.asked)]

    @cached_property
    def flow(self) -> WrittenFlow | None:
        """Where what left came from and went to."""
        found = WrittenFlow(self.sides.now.routes, self.now)
        return found if found.streams else None

    @cached_property
    def ages(self) -> WrittenAges | None:
        """The stock at the end of the period, or today, by how long it has been there."""
        found = ages_of(self.asked, self.sides)
        return WrittenAges(found, self.now) if found else None

    @cached_property
    def quality(self) -> WrittenQuality | None:
        """How the weights are known, category by category."""
        if not self.figures["quality"]:
            return None
        return WrittenQuality(self.sides.now.categories, self.now)

    @property
    def has_indicators(self) -> bool:
        """Whether there is anything to reckon with in either period."""
        return not self.sides.is_blank

    def contents(self) -> Iterator[tuple[str, Any]]:
        """Anchors and titles of the sections, in the order of the page."""
        tables = [(table.name, table.title, table) for table in self.tables]
        sections: list[tuple[str, Any, Any]] = [
            ("goals", _("Targets"), self.goals),
            ("balance", _("Mass balance"), True),
            ("channels", _("Sold, given, shipped"), self.channels),
            ("shops", _("By shop"), self.shops),
            ("flow", _("From where to whom"), self.flow),
            *tables,
            ("indicators", _("Indicators"), self.has_indicators),
            ("ages", _("Age of the stock"), self.ages),
            ("quality", _("Data quality"), self.quality),
        ]
        return ((name, title) for name, title, is_told in sections if is_told)

    def known(self) -> list[dict[str, Any]]:
        """How the weights behind the figures are known."""
        return [
            {
                "name": name,
                "word": KNOWN[name],
                "percent": percent,
                "href": self.now.behind(figure=COUNTED, known=name),
            }
            for name, percent in (self.figures["quality"] or {}).items()
        ]

    def _balance(self, names: list[str]) -> list[Column]:
        head = Head(f"{self.pair.names[0] or period_name(self.sides.period)}, {self.unit.word}")
        return self.pair.columns(head, _cells(self.now, names), _cells(self.was, names))

    def _shows(self, name: str) -> bool:
        is_told = self.figures[name] or (self.was and self.was.figures[name])
        return bool(is_told) or name in ALWAYS or name.removesuffix("_g") in FATES

    def _fact(self, name: str) -> dict[str, Any]:
        was = self.was
        if was is None or was.found.is_blank:
            return {"figure": self.now.figure(name), "was": None, "change": None}
        return {
            "figure": self.now.figure(name),
            "was": was.figure(name),
            "change": rounding.change(self.figures[name], was.figures[name]),
        }

    def _rates(self, figures: dict[str, Any]) -> dict[str, str | None]:
        return {
            "outgoing": figures["recovery_rate"],
            "collected": (figures["of_collected"] or {}).get("recovery_rate"),
        }

    def _label(self, name: str) -> Any:
        period = self.asked.period
        if name == "in_transit_g":
            return _("of which on the road")
        if name == "opening_stock_g":
            if self.was:
                return _("Stock on the first day")
            return _("Stock on %(day)s") % {"day": write_day(period.start)}
        if name != "closing_stock_g":
            return LABELS[name]
        if self.was:
            return _("Stock at the end")
        if self.is_current:
            return _("Stock today")
        return _("Stock at the end of %(day)s") % {"day": write_day(period.end)}


def _goal(goal: Goal) -> dict[str, Any]:
    """A target for its row: what was meant, what is, and a mark."""
    due = goal.scale.write(goal.due, goal.amount or 0)
    now = _("n/a") if goal.amount is None else goal.scale.write(goal.amount, goal.due)
    label = _("%(now)s, target %(due)s: %(said)s")
    label %= {"now": now, "due": due, "said": goal.said}
    return {
        "goal": goal,
        "now": now,
        "due": due,
        "bar": charts.goal_bar(goal.amount or 0, goal.due, label),
    }


def _cells(side: Side | None, names: list[str]) -> list[Printed]:
    if side is None:
        return []
    return [Printed(side.printed[name], side.figure(name)) for name in names]


def _css(name: str) -> str:
    if name == "closing_stock_g":
        return "sum"
    if name == "outgoing_g":
        return "sub"
    return "in" if name == "in_transit_g" or name.removesuffix("_g") in FATES else ""

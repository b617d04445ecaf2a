"""Tables of masses as they are read: what came in, the five fates, and what went out."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory.months import month_of
from reporting import charts, rounding
from reporting.bilan.columns import Column, Head, Pair, Printed, lines, percent
from reporting.bilan.side import Figure, Side
from reporting.indicators import Tally
from reporting.listing import LABELS
from reporting.periods import Period
from reporting.printing import period_name
from reporting.rounding import FATES
from reporting.scopes import FATES as FATES_G
from reporting.tables import Row, Table

Masses = dict[str, int]


class Written:
    """A table for its template: heads, rows of cells that open, and the line of the total."""

    def __init__(self, table: Table, pair: Pair) -> None:
        self.table, self.pair = table, pair
        self.name, self.title, self.first = table.name, table.title, table.first
        self.is_attributed = table.is_attributed
        self.now = self._printed(pair.now)
        self.was = self._printed(pair.was) if pair.was and table.is_compared else []
        self.is_compared = bool(self.was)
        columns = self._columns()
        self.heads = [column.head for column in columns]
        *cells, self.total = lines(columns)
        self.rows = [
            {
                "label": row.label,
                "note": _other_name(row),
                "category": row.category,
                "cells": cells[n],
            }
            for n, row in enumerate(table.rows)
        ]

    def months(self) -> list[dict[str, Any]]:
        """The chart: a column each, the fullest full height."""
        before = [sum(_above_0(row.was).values()) for row in self.table.rows]
        outs = [sum(_above_0(row.now).values()) for row in self.table.rows]
        unit, most_g = self.pair.now.unit, max([*outs, *before], default=0)
        found = []
        for row, printed, before_g in zip(self.table.rows, self.now, before, strict=False):
            out = unit.write(printed["outgoing_g"])
            label = f"{row.label}, {out} {unit.word}"
            mark_g = before_g if self.was else None
            shares = rounding.published_shares(row.now.fates_g)
            found.append(
                {
                    "column": charts.column(row.now.fates_g, most_g, label, mark_g),
                    "short": _short(row),
                    "out": out,
                    "reuse": shares["reuse"] if shares else None,
                }
            )
        return found

    def multiples(self) -> list[dict[str, Any]]:
        """The same months fate by fate, all at the scale of the fullest."""
        rows = self.table.rows
        tallies = [row.now for row in rows] + ([row.was for row in rows] if self.was else [])
        most_g = max((max(tally.fates_g.values()) for tally in tallies), default=0)
        found = []
        for fate in FATES:
            if any(tally.fates_g[fate] for tally in tallies):
                total = self.pair.now.unit.say(self.now[-1][f"{fate}_g"])
                label = f"{LABELS[f'{fate}_g']}, {total}"
                drawn = charts.multiple(fate, self._bars(fate), most_g, label)
                found.append(
                    {"fate": fate, "word": LABELS[f"{fate}_g"], "total": total, "drawn": drawn}
                )
        return found

    @property
    def ends(self) -> tuple[str, str]:
        """What the first and the last of the months are called under their bars."""
        return _short(self.table.rows[0]), _short(self.table.rows[-1])

    def _bars(self, fate: str) -> list[tuple[int, int | None, str]]:
        """Each month's grams, those it is compared with, and what its title says."""
        bars: list[tuple[int, int | None, str]] = []
        for n, row in enumerate(self.table.rows):
            said = f"{row.label}, {self.pair.now.unit.say(self.now[n][f'{fate}_g'])}"
            if not self.was:
                bars.append((row.now.fates_g[fate], None, said))
                continue
            other = period_name(row.compared) if row.compared else ""
            before = self.pair.now.unit.say(self.was[n][f"{fate}_g"])
            bars.append(
                (row.now.fates_g[fate], row.was.fates_g[fate], f"{said}; {other}, {before}")
            )
        return bars

    def _printed(self, side: Side) -> list[Masses]:
        """Masses of every row and of the total."""
        is_now = side is self.pair.now
        tallies = [row.now if is_now else row.was for row in self.table.rows]
        return [*side.grid(tallies, has_collected=self.table.has_collected), side.printed]

    def _columns(self) -> list[Column]:
        fates, out = [], self._beside("outgoing_g", Head(_("Gone out")))
        for fate in FATES:
            head = Head(LABELS[f"{fate}_g"], fate)
            fates += self.pair.columns(head, self._cells(f"{fate}_g"), [])
        if not self.table.has_collected:
            return [*out, *fates]
        into = self._beside("collected_g", Head(_("Collected")))
        tallies = [*(row.now for row in self.table.rows), Tally.of(self.pair.now.figures)]
        reuse = Column(Head(_("Reuse")), [_reuse(tally) for tally in tallies])
        return [*into, *fates, *out, reuse]

    def _beside(self, name: str, head: Head) -> list[Column]:
        was = self._cells(name, is_now=False) if self.was else []
        return self.pair.columns(head, self._cells(name), was)

    def _cells(self, name: str, *, is_now: bool = True) -> list[Printed]:
        side, masses = (self.pair.now, self.now) if is_now else (self.pair.was, self.was)
        assert side is not None  # noqa: S101 (asked only of a side that is there)
        *printed, total = [row[name] for row in masses]
        cells = [
            Printed(grams, _cell(side, row, name, grams, is_now=is_now))
            for row, grams in zip(self.table.rows, printed, strict=True)
        ]
        return [*cells, Printed(total, side.figure(name))]


def _cell(side: Side, row: Row, name: str, printed_g: int, *, is_now: bool) -> Figure:
    """A figure of a row: it opens where a list can tell it, and says where it was shared out."""
    tally, period = (row.now, row.period) if is_now else (row.was, row.compared)
    shared = tally.attributed & ({*FATES_G} if name == "outgoing_g" else {name})
    if not shared and name in row.opens:
        return side.opening(name, printed_g, tally[name], period, **row.narrow)
    has_any = tally[name] != 0
    return Figure(side.unit.write(printed_g), "", bool(shared) and has_any, not has_any)


def _reuse(tally: Tally) -> Figure:
    """The share of reuse in what left."""
    shares = rounding.published_shares(tally.fates_g)
    is_attributed = bool(tally.attributed & {*FATES_G})
    return percent(shares["reuse"] if shares else None, is_attributed=is_attributed)


def _above_0(tally: Tally) -> Masses:
    return {fate: max(grams, 0) for fate, grams in tally.fates_g.items()}


def _short(row: Row) -> str:
    period = row.period
    return date_format(period.start, "N") if period and _is_month(period) else str(row.label)


def _is_month(period: Period) -> bool:
    return month_of(period.start) == month_of(period.end)


def _other_name(row: Row) -> str:
    """What the row is compared with, where that is not the same month of another year."""
    if row.period is None or row.compared is None:
        return ""
    is_same = row.period.start.month == row.compared.start.month
    return "" if is_same else period_name(row.compared)

"""The same figures month by month, category by category, by how things came and left: one snapshot.

The flows that cross the border are summed once, by month and category; every table comes of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from inventory.models import Category
from reporting.attribution import tables
from reporting.indicators import INDICATORS, Tally, figures
from reporting.parts import Books, Ground
from reporting.periods import Period
from reporting.scopes import SOLD, Scope
from reporting.takings import Takings, takings

SUMMED = ("mode", "origin", "partner", "stream")

Tallies = dict[str | None, Tally]


class Left(NamedTuple):
    """What left one site by one channel."""

    weight_g: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A report, and what each month (YYYYMM), category (key) and code of ``SUMMED`` adds to it.

    ``left`` is by site and channel; ``takings``, by site, are of all categories or of none.
    """

    figures: dict[str, Any]
    months: dict[int, Tally] = field(default_factory=dict)
    categories: dict[int, Tally] = field(default_factory=dict)
    sums: dict[str, Tallies] = field(default_factory=dict)
    left: dict[tuple[str, str], Left] = field(default_factory=dict)
    takings: dict[str, Takings] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was ever there: no flow and no ticket in the period, and no stock."""
        has_grams = any(self.figures[name] for name in INDICATORS if name.endswith("_g"))
        return not has_grams and not self.takings


@dataclass(frozen=True, slots=True)
class Sides:
    """Two periods with their figures; without a comparison the second is None."""

    period: Period
    now: Breakdown
    compared: Period | None = None
    was: Breakdown | None = None


def side_by_side(
    *, scope: Scope, period: Period, compared: Period | None, category: Category | None = None
) -> Sides:
    """A period, and what it is compared with: one snapshot, today's categories on both sides."""
    with transaction.atomic(using="report"):
        ground = Ground(scope, category)
        now = _breakdown(ground, period)
        if compared is None:
            return Sides(period, now)
        return Sides(period, now, compared, _breakdown(ground, compared))


def breakdown(*, scope: Scope, period: Period, category: Category | None = None) -> Breakdown:
    """The indicators of a scope and period, and what adds up to them.

    Categories are the top ones, or those below ``category``.
    """
    return side_by_side(scope=scope, period=period, compared=None, category=category).now


def _breakdown(ground: Ground, period: Period) -> Breakdown:
    """One period: its flows are read once, and every figure comes of them."""
    border, categories, cells = ground.border, ground.categories, ground.cells(period)
    asked = [*((name, "fate") for name in ("month", *SUMMED)), ("site", "channel")]
    months, *summed, left = tables(Books(ground, period, cells), asked)
    gone = {
        (row["site"], row["channel"]): Left(row["weight_g"], row["units"])
        for row in left
        if row["direction"] == "out"
    }
    by_category = _tallies(ground, cells)
    sold_g = {site: out.weight_g for (site, channel), out in gone.items() if channel == SOLD}
    return Breakdown(
        figures=figures(border, period, categories, _whole(ground, cells, by_category), cells),
        months=_by_month(months),
        categories=by_category,
        sums={name: _named(name, rows) for name, rows in zip(SUMMED, summed, strict=True)},
        left=gone,
        takings={}
        if categories is not None
        else takings(scope=border.scope, period=period, sold_g=sold_g),
    )


def _tallies(ground: Ground, cells: Iterable[Any]) -> dict[int, Tally]:
    """By top category, or by each where some are chosen: what stays in stock is nobody's figure."""
    tallies: defaultdict[int, Tally] = defaultdict(Tally)
    for cell in cells:
        if ground.border.effects(cell.from_account_id, cell.to_account_id):
            category = cell.from_category_id
            key = category if ground.categories is not None else ground.kept[category].top
            tallies[key].add(ground.border, [cell])
    return dict(tallies)


def _whole(ground: Ground, cells: Iterable[Any], tallies: dict[int, Tally]) -> Tally:
    """All of it: the categories together; where some are chosen, with what they gave each other."""
    whole = Tally()
    if ground.categories is not None:
        whole.add(ground.border, cells, ground.categories)
    else:
        for tally in tallies.values():
            whole.merge(tally)
    return whole


def _by_month(rows: Iterable[dict[str, Any]]) -> dict[int, Tally]:
    named = _named("month", rows)
    return {int(month.replace("-", "")): tally for month, tally in named.items() if month}


def _named(dimension: str, rows: Iterable[dict[str, Any]]) -> Tallies:
    """Rows of the flows by a dimension and by fate, as one tally per code."""
    tallies: defaultdict[str | None, Tally] = defaultdict(Tally)
    for row in rows:
        figure = "collected_g" if row["direction"] == "in" else f"{row['fate']}_g"
        is_attributed = row["basis"] == "attributed"
        tallies[row[dimension]].put(figure, row["weight_g"], is_attributed=is_attributed)
    return dict(tallies)

"""The same figures month by month, category by category, by how things came and left: one snapshot.

The flows that cross the border are summed once, by month and category; every table comes of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from inventory.models import Category
from reporting import stock
from reporting.attribution import KEPT_BY_MEMBERS, tables
from reporting.indicators import INDICATORS, Tally, figures
from reporting.parts import Books, Ground
from reporting.periods import Period
from reporting.scopes import SOLD, Scope
from reporting.takings import Takings, takings

SUMMED = ("mode", "origin", "partner", "stream")
ROUTED = ("fate", "partner", "channel")  # how the flow picture goes on, whatever it begins with

Tallies = dict[str | None, Tally]


class Left(NamedTuple):
    """What left one site by one channel."""

    weight_g: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A report, and what each month (YYYYMM), category (key) and code of ``SUMMED`` adds to it.

    ``left`` is by site and channel; ``takings``, by site, are of all categories or of none.
    ``routes`` are rows of the flows that left, as the flow picture tells them; ``standing`` is
    the stock at the end.
    A network's are without what its members keep: sites, partners, origins, takings.
    """

    figures: dict[str, Any]
    months: dict[int, Tally] = field(default_factory=dict)
    categories: dict[int, Tally] = field(default_factory=dict)
    sums: dict[str, Tallies] = field(default_factory=dict)
    left: dict[tuple[str, str], Left] = field(default_factory=dict)
    takings: dict[str, Takings] = field(default_factory=dict)
    routes: list[dict[str, Any]] = field(default_factory=list)
    standing: Counter[stock.Spot] = field(default_factory=Counter)

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

    @property
    def is_blank(self) -> bool:
        """Whether nothing happened in either."""
        return self.now.is_blank and (self.was is None or self.was.is_blank)


def side_by_side(
    *,
    scope: Scope,
    period: Period,
    compared: Period | None,
    category: Category | None = None,
    whence: str = "",
) -> Sides:
    """A period, and what it is compared with: one snapshot, today's categories on both sides.

    With ``whence``, a category or an origin, the first has its ``routes``.
    """
    with transaction.atomic(using="report"):
        ground = Ground(scope, category)
        now = _breakdown(ground, period, whence)
        if compared is None:
            return Sides(period, now)
        return Sides(period, now, compared, _breakdown(ground, compared))


def breakdown(*, scope: Scope, period: Period, category: Category | None = None) -> Breakdown:
    """The indicators of a scope and period, and what adds up to them.

    Categories are the top ones, or those below ``category``.
    """
    return side_by_side(scope=scope, period=period, compared=None, category=category).now


def _breakdown(ground: Ground, period: Period, whence: str = "") -> Breakdown:
    """One period: its flows are read once, and every figure comes of them."""
    border, categories, cells = ground.border, ground.categories, ground.cells(period)
    summed, by_site = _told(ground, *SUMMED), _told(ground, "site", "channel")
    routed = [_told(ground, whence, *ROUTED)] if whence else []
    asked = [("month", "fate"), *((name, "fate") for name in summed), by_site, *routed]
    found = dict(zip(asked, tables(Books(ground, period, cells), asked), strict=True))
    by_category, gone = _tallies(ground, cells), _gone(found[by_site])
    whole = _whole(ground, cells, by_category)
    return Breakdown(
        figures=figures(border, period, categories, whole, cells),
        months=_by_month(found["month", "fate"]),
        categories=by_category,
        sums={name: _named(name, found[name, "fate"]) for name in summed},
        left=gone,
        takings={} if _has_no_takings(ground) else _takings(border.scope, period, gone),
        standing=whole.standing,
        routes=[row for by in routed for row in found[by] if row["direction"] == "out"],
    )


def _told(ground: Ground, *dimensions: str) -> tuple[str, ...]:
    """Of these, those that are no secret of a network's members."""
    if ground.border.scope.network is None:
        return dimensions
    return tuple(name for name in dimensions if name not in KEPT_BY_MEMBERS)


def _has_no_takings(ground: Ground) -> bool:
    return ground.categories is not None or ground.border.scope.network is not None


def _gone(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Left]:
    """What left by site and channel; a network's as if from one place."""
    return {
        (row.get("site", ""), row["channel"]): Left(row["weight_g"], row["units"])
        for row in rows
        if row["direction"] == "out"
    }


def _takings(scope: Scope, period: Period, gone: dict[tuple[str, str], Left]) -> dict[str, Takings]:
    sold_g = {site: out.weight_g for (site, channel), out in gone.items() if channel == SOLD}
    return takings(scope=scope, period=period, sold_g=sold_g)


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

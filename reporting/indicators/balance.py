"""The indicators: what came in, what left and by which fate, for a scope and a period.

``docs/indicators.md`` says what each means; a test holds the two together. Grams are summed from
the monthly cube for whole months and from the flows for the days around them, in one snapshot.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from django.db import transaction
from django.db.models import Sum

from inventory.models import Category, Method
from organisation.models import Site
from reporting import cube, rounding, stock, warnings
from reporting.cube import PAIRS, Categories, below
from reporting.periods import Period
from reporting.scopes import FATES, Border, Scope

INDICATORS = (
    "opening_stock_g",
    "opened_g",
    "collected_g",
    "received_g",
    "sent_g",
    "adjusted_g",
    "reclassified_g",
    "closing_stock_g",
    "in_transit_g",
    "reuse_g",
    "recycling_g",
    "other_recovery_g",
    "energy_g",
    "disposal_g",
    "outgoing_g",
    "shares",
    "recovery_rate",
    "of_collected",
    "quality",
)
QUALITY = {
    Method.WEIGHED: "weighed",
    Method.NET_OF_TARE: "weighed",
    Method.UNIT_AVERAGE: "unit_average",
    Method.ESTIMATED: "estimated",
    Method.BY_BALANCE: "by_balance",
}
WEIGHTED = frozenset({"collected_g", *FATES})  # what the quality is a share of


def diversion(*, scope: Scope, period: Period, category: Category | None = None) -> dict[str, Any]:
    """Every indicator of ``scope`` for ``period``, of ``category`` and what is below it, if given.

    Masses are grams; see ``docs/indicators.md``.
    """
    with transaction.atomic(using="report"):
        border, categories = Border(scope), below(category)
        by = () if categories is None else PAIRS
        tally = Tally()
        tally.add(border, cube.within(border, period, by, categories), categories)
        unsorted = cube.within(border, period, PAIRS[:1], warnings.unsorted(categories))
        return figures(border, period, categories, tally, unsorted)


def figures(
    border: Border,
    period: Period,
    categories: Categories,
    tally: "Tally",
    unsorted: Iterable[Any],
) -> dict[str, Any]:
    """The answer of ``diversion`` from what was added up already; the tally keeps the stock.

    ``unsorted`` are the sums of what has no category; others among them do no harm.
    """
    standing = tally.standing = stock.standing(border, period, categories)
    return {
        "period": period.describe(),
        "scope": border.scope.describe(),
        **tally.masses(standing),
        **tally.rates(),
        "warnings": warnings.of(border, period, categories, standing, unsorted),
    }


def daily(sites: Iterable[Site], start: date, end: date) -> dict[date, dict[str, int]]:
    """Per day with any, grams that came in (``in_g``: collected) and left (``out_g``: fates)."""
    days: dict[date, dict[str, int]] = {}
    with transaction.atomic(using="report"):
        border = Border(Scope.of_sites(sites))
        rows = cube.flows(border, [Period(start, end)]).values_list(
            "movement__business_date", "from_account_id", "to_account_id"
        )
        for day, begins, ends, grams in rows.annotate(grams=Sum("weight_g")):
            for figure, sign in border.effects(begins, ends):
                if figure in WEIGHTED:
                    held = days.setdefault(day, {"in_g": 0, "out_g": 0})
                    held["in_g" if figure == "collected_g" else "out_g"] += sign * grams
    return days


class Tally:
    """Adds sums of flows up to the indicators of a scope.

    ``attributed`` names the masses of which some grams were shared out; ``standing`` is the stock
    at the end, once the figures are made.
    """

    def __init__(self) -> None:
        self.attributed: set[str] = set()
        self.standing: Counter[stock.Spot] = Counter()
        self._masses: Counter[str] = Counter()
        self._methods: Counter[str] = Counter()
        self._stock_change = 0

    @classmethod
    def of(cls, figures: Mapping[str, Any]) -> Self:
        """The masses of an answer of ``diversion``."""
        tally = cls()
        tally._masses.update({name: figures[name] for name in INDICATORS if name[-2:] == "_g"})
        return tally

    def add(self, border: Border, cells: Iterable[Any], categories: Categories = None) -> None:
        for cell in cells:
            pair = cell.from_account_id, cell.to_account_id
            for figure, sign in border.effects(*pair):
                self._masses[figure] += sign * cell.grams
                if figure in WEIGHTED:
                    self._methods[QUALITY[cell.method]] += sign * cell.grams
            if categories is None:
                self._stock_change += border.stock_change(*pair) * cell.grams
            else:
                self._add_filtered(border, cell, categories)

    def put(self, figure: str, grams: int, *, is_attributed: bool = False) -> None:
        """Add grams that are summed already."""
        self._masses[figure] += grams
        if is_attributed:
            self.attributed.add(figure)

    def merge(self, other: "Tally") -> None:
        self._masses.update(other._masses)
        self._methods.update(other._methods)
        self._stock_change += other._stock_change

    def __getitem__(self, figure: str) -> int:
        """Grams of one figure that flows alone tell (no stock)."""
        if figure == "outgoing_g":
            return sum(self._masses[fate] for fate in FATES)
        return self._masses[figure]

    @property
    def fates_g(self) -> dict[str, int]:
        return {fate: self._masses[f"{fate}_g"] for fate in rounding.FATES}

    @property
    def methods_g(self) -> dict[str, int]:
        """Grams that came in and left, by how their weight is known."""
        return {name: self._methods[name] for name in dict.fromkeys(QUALITY.values())}

    def masses(self, standing: Counter[stock.Spot]) -> dict[str, int]:
        """Grams by indicator; the stock that stood at the end tells what stood at the start."""
        closing_g = standing.total()
        masses = {name: self._masses[name] for name in INDICATORS if name.endswith("_g")}
        return masses | {
            "opening_stock_g": closing_g - self._stock_change,
            "closing_stock_g": closing_g,
            "in_transit_g": sum(grams for spot, grams in standing.items() if spot.site is None),
            "outgoing_g": self["outgoing_g"],
        }

    def rates(self) -> dict[str, Any]:
        return {
            "shares": rounding.published_shares(self.fates_g),
            "recovery_rate": rounding.recovery_rate(self.fates_g),
            "of_collected": rounding.of_collected(self.fates_g, self._masses["collected_g"]),
            "quality": rounding.quality(self.methods_g),
        }

    def _add_filtered(self, border: Border, cell: Any, categories: frozenset[int]) -> None:
        """Stock to stock may leave the categories asked for, or enter them."""
        start, end = border.side(cell.from_account_id), border.side(cell.to_account_id)
        leaves = start.is_stock and cell.from_category_id in categories
        enters = end.is_stock and cell.to_category_id in categories
        self._stock_change += (enters - leaves) * cell.grams
        if start.is_stock and end.is_stock:
            self._masses["reclassified_g"] += (enters - leaves) * cell.grams

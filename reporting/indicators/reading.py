"""What the books of a scope say of a period, read in one snapshot and each sum once."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any

from inventory.models import Category
from reporting import stock
from reporting.attribution import By, tables
from reporting.indicators.balance import Tally, figures
from reporting.parts import Books, Ground
from reporting.periods import Period
from reporting.scopes import SOLD, Scope
from reporting.takings import Takings, takings


class Reading:
    """Figures of one scope and period. Callers hold the transaction of ``report``.

    ``names``: dimension → our code → what is told in its place, and added up under it.
    """

    def __init__(
        self,
        scope: Scope,
        period: Period,
        category: Category | None = None,
        names: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        self.scope, self.period, self.names = scope, period, names
        self.ground = Ground(scope, category)
        self.cells = self.ground.cells(period)
        self._flows: dict[By, list[dict[str, Any]]] = {}

    @cached_property
    def balance(self) -> dict[str, Any]:
        """The answer of ``diversion``."""
        ground, tally = self.ground, Tally()
        tally.add(ground.border, self.cells, ground.categories)
        return figures(ground.border, self.period, ground.categories, tally, self.cells)

    @cached_property
    def books(self) -> Books:
        return Books(self.ground, self.period, self.cells)

    def flows(self, by: By) -> list[dict[str, Any]]:
        """What came in and went out, as ``attribution.flows`` tells it."""
        if by not in self._flows:
            [rows] = tables(self.books, [by])
            for name in self.names.keys() & set(by):
                rows = [{**row, name: self.named(name, row[name])} for row in rows]
            self._flows[by] = rows
        return self._flows[by]

    def named(self, dimension: str, code: str | None) -> str | None:
        """What a code is told as."""
        return self.names.get(dimension, {}).get(code or "", code)

    @cached_property
    def takings(self) -> dict[str, Takings]:
        """Site code → what its shop took; of all categories, or of none."""
        if self.ground.categories is not None:
            return {}
        sold_g = {
            row["site"]: row["weight_g"]
            for row in self.flows(("site", "channel"))
            if row["channel"] == SOLD
        }
        return takings(scope=self.scope, period=self.period, sold_g=sold_g)

    def standing(self, *, at_start: bool = False) -> dict[stock.Spot, int]:
        """Grams per spot at the end of the period, or of the day before it."""
        period, before = self.period, self.period.start - timedelta(days=1)
        if at_start:
            period = Period(before, before)
        return stock.standing(self.ground.border, period, self.ground.categories)

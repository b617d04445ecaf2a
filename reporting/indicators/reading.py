"""What the books of a scope say of a period, read in one snapshot and each sum once."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Count, Sum
from django.utils import timezone

from inventory.models import Category
from organisation.models import Site
from reporting import stock
from reporting.aging import Age, ages
from reporting.attribution import By, tables
from reporting.indicators.balance import Tally, figures
from reporting.models import Activity, FigureSettings, Population
from reporting.parts import Books, Ground
from reporting.periods import Period
from reporting.scopes import SOLD, Scope
from reporting.takings import Takings, takings
from sales.models import Sale


class Tickets(NamedTuple):
    """How many tickets of a site and month, and their cents."""

    site: str
    month: str
    number: int
    cents: int


class Reading:
    """Figures of one scope and period. Callers hold the transaction of ``report``.

    ``names``: dimension → our code → what is told in its place, and added up under it. What a
    period that is not over leaves standing is told as of ``today``.
    """

    def __init__(
        self,
        scope: Scope,
        period: Period,
        category: Category | None = None,
        names: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        today: date | None = None,
    ) -> None:
        self.day = min(period.end, today or timezone.localdate())
        self.scope, self.period, self.category, self.names = scope, period, category, names
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

    @cached_property
    def tickets(self) -> list[Tickets]:
        """What the tills sold by site and month; of all categories, or of none."""
        if self.ground.categories is not None:
            return []
        days = (self.scope.sites, self.period.start, self.period.end)
        rows = Sale.objects.using("report").between(*days).order_by()
        sums = rows.values_list("movement__site__code", "movement__month")
        found = sums.annotate(Count("pk"), Sum("total_cents"))
        return [Tickets(site, written_month(month), *told) for site, month, *told in found]

    @cached_property
    def activities(self) -> list[Activity]:
        """What was noted of the period beside the ledger; it is of no category."""
        if self.ground.categories is not None:
            return []
        rows = Activity.objects.using("report").between(
            self.scope.sites, self.period.start, self.period.end
        )
        return list(rows.select_related("site", "partner").order_by("day", "pk"))

    @cached_property
    def settings(self) -> dict[int, FigureSettings]:
        """Structure → how it reckons."""
        owners = dict.fromkeys(site.organisation_id for site in self.scope.sites)
        return {owner: FigureSettings.objects.using("report").of(owner) for owner in owners}

    def population(self, origin: str | None = None) -> int:
        """Who lives in a commune, or in the whole territory, on the last day; 0 if not noted.

        The territory is the structure's: some of its sites alone do not serve all of it.
        """
        known = self._populations
        if origin is not None:
            return known.get(origin, 0)
        if Site.objects.using("report").filter(organisation__in=self.settings).count() > len(
            self.scope.sites
        ):
            return 0
        return known.get(None) or sum(people for people in known.values())

    @cached_property
    def _populations(self) -> dict[str | None, int]:
        if len(self.settings) != 1:
            return {}
        [owner] = self.settings
        return Population.objects.using("report").on(owner, self.period.end)

    @cached_property
    def ages(self) -> list[Age]:
        """How long what stands at the end has been there."""
        return ages(self.scope, self.day, self.category, self.standing())

    def standing(self, *, at_start: bool = False) -> dict[stock.Spot, int]:
        """Grams per spot at the end of the period, or of the day before it."""
        period, before = self.period, self.period.start - timedelta(days=1)
        if at_start:
            period = Period(before, before)
        return stock.standing(self.ground.border, period, self.ground.categories)


def written_months(period: Period) -> list[str]:
    """Every month with a day in it, as they are told."""
    return [written_month(month) for month in period.touched]


def written_month(month: int) -> str:
    """202603 as it is told: ``2026-03``."""
    return f"{month // 100}-{month % 100:02}"

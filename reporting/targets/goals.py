"""How far a year's figures have come towards its targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from organisation.models import Site
from reporting.forms import Question
from reporting.indicators import ALL, Indicator, Reading
from reporting.models import Target
from reporting.periods import Period
from reporting.printing import write_day
from reporting.scopes import Scope
from reporting.targets.amounts import Scale, scale_of

STANDS = frozenset({"stock", "stock_change"})  # at the end of a day: no part of it falls due


@dataclass(frozen=True, slots=True)
class Goal:
    """A target beside its figure; ``days`` of the ``of_days`` of its year are counted."""

    target: Target
    indicator: Indicator
    amount: int | None
    until: date
    days: int
    of_days: int

    @property
    def scale(self) -> Scale:
        return scale_of(self.indicator.unit)

    @property
    def is_prorated(self) -> bool:
        is_flow = self.scale.is_flow and self.indicator.code not in STANDS
        return is_flow and self.days < self.of_days

    @property
    def due(self) -> int:
        """The target, or its part for the days that are counted, half up."""
        if not self.is_prorated:
            return self.target.amount
        return (2 * self.target.amount * self.days + self.of_days) // (2 * self.of_days)

    @property
    def is_reached(self) -> bool | None:
        if self.amount is None:
            return None
        return self.amount <= self.due if self.target.is_ceiling else self.amount >= self.due

    @property
    def said(self) -> str:
        """Reached or missing, and by how much."""
        if self.amount is None:
            return _("n/a")
        if self.amount == self.due:
            return _("Reached exactly")
        gap = self.scale.write_gap(abs(self.amount - self.due), self.amount, self.due)
        if self.target.is_ceiling:
            said = _("Kept: %(gap)s below") if self.is_reached else _("Passed by %(gap)s")
        else:
            said = _("Reached: %(gap)s more") if self.is_reached else _("Missing: %(gap)s")
        return said % {"gap": gap}

    @property
    def prorated(self) -> str:
        """Of what the part is, and why."""
        return _("%(days)s of %(of)s days, to %(day)s: of %(target)s in %(year)s") % {
            "days": self.days,
            "of": self.of_days,
            "day": write_day(self.until),
            "target": self.scale.write(self.target.amount, self.due),
            "year": self.target.year,
        }


def goals_of(asked: Question) -> list[Goal]:
    """Those of a report's scope and period; of all categories, or none."""
    return [] if asked.category_asked else goals(asked.scope, asked.period, asked.today)


def goals(scope: Scope, period: Period, today: date) -> list[Goal]:
    """The targets of what is looked at: a whole structure or one site, within one year."""
    counted = _counted(period, today)
    found = list(_targets(scope, period.start.year)) if counted else []
    if not found or counted is None:
        return []
    days = (counted.end - counted.start).days + 1
    of_days = (date(period.start.year + 1, 1, 1) - date(period.start.year, 1, 1)).days
    with transaction.atomic(using="report"):
        reading = Reading(scope, period)
        return [
            Goal(
                target,
                ALL[target.indicator],
                _amount(ALL[target.indicator], reading),
                counted.end,
                days,
                of_days,
            )
            for target in found
        ]


def _counted(period: Period, today: date) -> Period | None:
    """The days of the period that are over or under way; None where it is not of one year."""
    if period.start.year != period.end.year or period.start > today:
        return None
    return Period(period.start, min(period.end, today))


def _targets(scope: Scope, year: int) -> Iterable[Target]:
    if scope.network is not None or not scope.sites:
        return []
    first = scope.sites[0]
    rows = Target.objects.using("report").filter(organisation=first.organisation_id, year=year)
    wanted = Q(site=None) | Q(site=first) if len(scope.sites) == 1 else Q(site=None)
    found = sorted(rows.filter(wanted), key=lambda row: row.site_id is None)
    if any(row.site_id is None for row in found) and not _is_whole(scope):
        found = [row for row in found if row.site_id]
    order, known = list(ALL), {row.indicator: row for row in found}  # the structure's comes first
    return sorted(
        (row for code, row in known.items() if code in ALL),
        key=lambda row: order.index(row.indicator),
    )


def _is_whole(scope: Scope) -> bool:
    """Whether these are all the sites of their structure."""
    sites = Site.objects.using("report").filter(organisation=scope.sites[0].organisation_id)
    return sites.count() == len(scope.sites)


def _amount(indicator: Indicator, reading: Reading) -> int | None:
    """The figure in whole units: rates, which are text, in tenths."""
    found: list[Any] = [value.amount for value in indicator.values(reading)]
    amount = found[0] if found else None
    return int(Decimal(amount).scaleb(1)) if isinstance(amount, str) else amount

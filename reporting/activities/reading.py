"""What was noted, as its pages list it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst

from inventory.units import NO_BREAK, exact_euros
from organisation.models import Site, User
from reporting.activities.forms import LABELS
from reporting.models import TOLD, Activity, ActivityKind

LATEST = 12
FIRST = 6
ICONS = {
    ActivityKind.JOBS: "briefcase",
    ActivityKind.EXITS: "log-out",
    ActivityKind.VOLUNTEERS: "hand-heart",
    ActivityKind.WORKSHOPS: "presentation",
    ActivityKind.VISITORS: "footprints",
    ActivityKind.BENEFICIARIES: "gift",
    ActivityKind.OTHER: "coffee",
}


def hours(minutes: int) -> str:
    """Minutes as hours are read: ``12``, ``12,5``; ``12,25``."""
    text = number_format(minutes / 60, 2, force_grouping=True)
    return text.rstrip("0").rstrip(",.") + f"{NO_BREAK}h"


def written(name: str, amount: int, unit: str = "") -> str:
    """An amount as people read it."""
    if name == "minutes":
        return hours(amount)
    if name == "cents":
        return exact_euros(amount) + f"{NO_BREAK}€"
    text = number_format(amount, force_grouping=True)
    return f"{text}{NO_BREAK}{unit}" if unit else text


@dataclass(frozen=True, slots=True)
class Line:
    """One record, for a row of a table."""

    row: Activity

    @property
    def when(self) -> str:
        is_monthly = self.row.told.is_monthly
        return str(capfirst(date_format(self.row.day, "F Y" if is_monthly else "j F Y")))

    @property
    def cells(self) -> Iterator[str]:
        for name in self.row.told.amounts:
            amount = getattr(self.row, name)
            unit = self.row.unit if name == "times" else ""
            yield written(name, amount, unit) if amount else "–"

    @property
    def told(self) -> Iterator[tuple[Any, str]]:
        """Each amount with its name."""
        labels = LABELS[ActivityKind(self.row.kind)]
        yield from zip((labels[n] for n in self.row.told.amounts), self.cells, strict=True)


@dataclass(frozen=True)
class Noted:
    """Records of one kind, the latest first, and what they add up to."""

    kind: ActivityKind
    rows: tuple[Activity, ...]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def heads(self) -> list[Any]:
        return [LABELS[self.kind][name] for name in TOLD[self.kind].amounts]

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(row) for row in self.rows]

    @property
    def first(self) -> list[Line]:
        return self.lines[:FIRST]

    @property
    def rest(self) -> list[Line]:
        return self.lines[FIRST:]

    @property
    def is_told(self) -> bool:
        """Whether its records say what they are about."""
        return any(row.what or row.partner for row in self.rows)


def noted_in(year: int, sites: Iterable[Site]) -> list[Noted]:
    """What stands of a year, kind by kind; those of which nothing was noted are empty."""
    rows = Activity.objects.between(sites, date(year, 1, 1), date(year, 12, 31)).standing()
    found = list(rows.select_related("submission", "site", "partner").order_by("-day", "-pk"))
    return [Noted(kind, tuple(row for row in found if row.kind == kind)) for kind in ActivityKind]


def latest(site: Site, kind: ActivityKind) -> Noted:
    """The last that stand of one kind at a site."""
    rows = Activity.objects.filter(site=site, kind=kind).standing()
    found = rows.select_related("submission", "site", "partner").order_by("-day", "-pk")
    return Noted(kind, tuple(found[:LATEST]))


def sites_to_note(user: User) -> list[Site]:
    """Sites where this person may note something."""
    return list(Site.objects.permitted(user, "configure"))

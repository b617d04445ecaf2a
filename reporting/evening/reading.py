"""Sheets that were recorded: one with its documents, and the latest of a site."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.urls import reverse

from inventory.models import Movement, Verb
from organisation.models import Site, Submission, User
from reporting.evening.recording import may_cancel, standing_of
from sales.models import DayTakings

SHOWN = timedelta(days=7)


def endpoint_of(site: Site) -> str:
    """Where a site's sheets are sent: what tells one from other submissions."""
    return reverse("evening", args=[site.code])


class Recorded:
    """A sheet as it was recorded: its documents, its takings, and whether they still stand."""

    def __init__(self, site: Site, submission: Submission) -> None:
        self.site, self.submission = site, submission

    @cached_property
    def documents(self) -> list[Any]:
        rows = Movement.objects.filter(submission=self.submission).select_related(
            "intake__mode",
            "intake__origin",
            "shipment__partner",
            "shipment__weights",
            "reversed_by",
            "author",
        )
        return list(rows.annotate(weight_g=Sum("flows__weight_g")).order_by("pk"))

    @cached_property
    def takings(self) -> DayTakings | None:
        rows = DayTakings.objects.filter(submission=self.submission)
        return rows.select_related("reversed_by", "author").prefetch_related("payments").first()

    @property
    def arrivals(self) -> list[Any]:
        return [row for row in self.documents if row.verb == Verb.COLLECT]

    @property
    def departures(self) -> list[Any]:
        return [row for row in self.documents if row.verb != Verb.COLLECT]

    @property
    def day(self) -> date:
        return (self._everything[0]).business_date  # type: ignore[no-any-return]

    @property
    def author(self) -> User | None:
        return self._everything[0].author  # type: ignore[no-any-return]

    @property
    def stands(self) -> bool:
        """Whether anything of it is not cancelled yet."""
        return any(not hasattr(row, "reversed_by") for row in self._everything)

    def may_be_cancelled_by(self, user: User) -> bool:
        takings = self.takings and not hasattr(self.takings, "reversed_by")
        rows = [*standing_of(self.submission).select_related("site")]
        return self.stands and may_cancel(user, [*rows, self.takings if takings else None])

    @property
    def _everything(self) -> list[Any]:
        return [*self.documents, *([self.takings] if self.takings else [])]


@dataclass(slots=True)
class Line:
    """A recorded sheet in a list: its day, and what still stands of it."""

    day: date
    in_g: int = 0
    out_g: int = 0
    cents: int = 0


@dataclass(slots=True)
class Latest:
    """The sheets of the last days, the latest first."""

    lines: dict[UUID, Line] = field(default_factory=dict)

    @property
    def listed(self) -> list[tuple[UUID, Line]]:
        return sorted(self.lines.items(), key=lambda found: found[1].day, reverse=True)

    def line(self, sheet: UUID, day: date) -> Line:
        return self.lines.setdefault(sheet, Line(day))


def latest(site: Site, today: date) -> Latest:
    """What the sheets of the last seven days brought, those cancelled left out."""
    found = Latest()
    wanted = {
        "site": site,
        "business_date__gt": today - SHOWN,
        "submission__endpoint": endpoint_of(site),
        "reversed_by": None,
    }
    keys = ("submission__uuid", "business_date")
    moved = Movement.objects.filter(**wanted).exclude(verb=Verb.REVERSE).order_by()
    for sheet, day, verb, grams in moved.values_list(*keys, "verb").annotate(
        Sum("flows__weight_g")
    ):
        _add(found.line(sheet, day), verb, grams)
    taken = DayTakings.objects.filter(**wanted, reverses=None).order_by()
    for sheet, day, cents in taken.values_list(*keys).annotate(Sum("payments__amount_cents")):
        found.line(sheet, day).cents += cents
    return found


def _add(line: Line, verb: str, grams: int) -> None:
    if verb == Verb.COLLECT:
        line.in_g += grams
    else:
        line.out_g += grams


def total_g(documents: Iterable[Any]) -> int:
    return sum(row.weight_g for row in documents)

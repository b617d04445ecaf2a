"""What is behind the euros of a report: months, their days, and the papers of a day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inventory.months import first_day, last_day, month_of
from organisation.doors import page
from organisation.permissions import CallerRequest
from reporting.asking import not_understood, question_of
from reporting.forms import Question
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.takings import takings, together
from sales.models import DayTakings, Refund, Sale


class Taken(NamedTuple):
    """What the tills of a scope took in a month or on a day, cents."""

    start: date
    tickets: int
    sold_cents: int
    back_cents: int
    noted_cents: int

    @property
    def taken_cents(self) -> int:
        return self.sold_cents - self.back_cents + self.noted_cents


class Paper(NamedTuple):
    """A ticket, a refund or what was noted of a day; ``cents`` as they count."""

    site: str
    number: str
    what: str
    cents: int


@page("read_figures")
@require_safe
def takings_behind(request: CallerRequest) -> HttpResponse:
    """What a sum of euros adds up: by month, then by day, then paper by paper.

    Raises Http404 for a network, whose members keep it, and for a category, which takes no euros.
    """
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    if asked.network_asked is not None or asked.category_asked is not None:
        raise Http404
    with transaction.atomic(using="report"):
        return render(request, "reporting/takings.html", _told(asked))


def _told(asked: Question) -> dict[str, Any]:
    scope, period = asked.scope, asked.period
    whole = together(takings(scope=scope, period=period, sold_g={}).values())
    told = {
        "asked": asked,
        "scope": scope,
        "period": period,
        "above_cents": whole.taken_cents,
        "back": asked.address(),
    }
    if period.start == period.end:
        papers = list(papers_of(scope, period))
        return told | {"papers": papers, "total_cents": sum(paper.cents for paper in papers)}
    is_daily = month_of(period.start) == month_of(period.end)
    rows = list(taken_by(scope, period, is_daily=is_daily))
    opened = [_part(period, row.start, is_daily=is_daily) for row in rows]
    lines = [
        {"row": row, "href": f"{reverse('takings-behind')}?{asked.address(part, compare='')}"}
        for row, part in zip(rows, opened, strict=True)
    ]
    total = _together(period.start, rows)
    return told | {
        "lines": lines,
        "total": total,
        "is_daily": is_daily,
        "total_cents": total.taken_cents,
    }


def _together(start: date, rows: Sequence[Taken]) -> Taken:
    return Taken(
        start,
        sum(row.tickets for row in rows),
        sum(row.sold_cents for row in rows),
        sum(row.back_cents for row in rows),
        sum(row.noted_cents for row in rows),
    )


def _part(period: Period, start: date, *, is_daily: bool) -> Period:
    """The day, or the days of the month that the period has."""
    if is_daily:
        return Period(start, start)
    month = month_of(start)
    return Period(max(period.start, first_day(month)), min(period.end, last_day(month)))


def taken_by(scope: Scope, period: Period, *, is_daily: bool) -> Iterator[Taken]:
    """What was taken by day or by month, newest first.

    Callers hold the transaction of ``report``.
    """
    days = (scope.sites, period.start, period.end)
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])

    def add(rows: Any, field: str, *counted: Any, at: int) -> None:
        when = field if is_daily else TruncMonth(field)
        for start, *found in rows.using("report").order_by().values_list(when).annotate(*counted):
            for n, number in enumerate(found):
                sums[start][at + n] += int(number or 0)

    on = "movement__business_date"
    add(Sale.objects.between(*days), on, Count("pk"), Sum("total_cents"), at=0)
    add(Refund.objects.between(*days), on, Sum("total_cents"), at=2)
    noted = DayTakings.objects.between(*days)
    add(noted, "business_date", Sum("payments__amount_cents"), at=3)
    for start in sorted(sums, reverse=True):
        yield Taken(start, *sums[start])


def papers_of(scope: Scope, period: Period) -> Iterator[Paper]:
    """Tickets, refunds and notes of a day, as they were numbered."""
    days = (scope.sites, period.start, period.end)
    named = ("movement__site__name", "movement__number", "total_cents")
    for rows, what, sign in ((Sale.objects, _("Ticket"), 1), (Refund.objects, _("Refund"), -1)):
        found = rows.using("report").between(*days).order_by("pk").values_list(*named)
        for site, number, cents in found:
            yield Paper(site, number, what, sign * cents)
    noted = DayTakings.objects.using("report").between(*days).order_by("pk")
    for site, cents in noted.values_list("site__name").annotate(Sum("payments__amount_cents")):
        yield Paper(site, "", _("Noted without tickets"), int(cents or 0))

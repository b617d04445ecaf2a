"""Closed months over HTTP."""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from inventory.months import first_day, last_day
from organisation.doors import Doors, May, Permitted, SitePage, caller, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, WRITE_ERRORS, Flag, Id, Shape, keyset
from organisation.submissions import once
from reporting import indicators, services
from reporting.api.figures import Warning
from reporting.models import MonthClosing
from reporting.periods import Period
from reporting.scopes import Scope

router = Doors()


def _month(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", value):
        raise PydanticCustomError("month_parsing", "")
    return value


class ClosingIn(Shape):
    id: Id
    site: Permitted[Site]
    month: Annotated[str, BeforeValidator(_month)] = Field(examples=["2026-03"])
    accepts_negative: Flag = False


class ClosingRow(Schema):
    """A closed month: its figures stand."""

    id: UUID
    site: str
    month: str
    closed_at: datetime

    @classmethod
    def told(cls, closing: MonthClosing) -> dict[str, Any]:
        return {
            "id": closing.submission.uuid,
            "site": closing.site.code,
            "month": f"{closing.first_day:%Y-%m}",
            "closed_at": closing.closed_at,
        }


class Closing(ClosingRow):
    """A closed month, and what to know before trusting its figures."""

    warnings: list[Warning]

    @classmethod
    def told(cls, closing: MonthClosing) -> dict[str, Any]:
        scope = Scope.of_sites([closing.site])
        period = Period(first_day(closing.month), last_day(closing.month))
        notes = indicators.diversion(scope=scope, period=period)["warnings"]
        return super().told(closing) | {
            "warnings": [note for note in notes if note["type"] != "open_months"]
        }


class Closings(Schema):
    items: list[ClosingRow]
    next: str | None


@router.post(
    "closings", auth=May("close_month"), response={201: Closing, 200: Closing, **WRITE_ERRORS}
)
def close_month(request: CallerRequest, payload: ClosingIn) -> HttpResponse:
    """Close a month, 48 h after its end at the earliest, in order and for good."""

    def record(submission: Submission) -> Closing:
        year, number = payload.month.split("-")
        closing = services.close_month(
            site=payload.site,
            month=int(year) * 100 + int(number),
            author=caller(request),
            submission=submission,
            accepts_negative=payload.accepts_negative,
        )
        return Closing(**Closing.told(closing))

    return once(request, payload.id, record)


@router.get("closings", auth=May("read_figures"), response={200: Closings, **READ_ERRORS})
def list_closings(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Closed months, the latest closing first."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    rows = MonthClosing.objects.filter(site__in=[page.site] if page.site else sites)
    found = keyset(rows.select_related("submission", "site"), page, "-pk")
    return {**found, "items": [ClosingRow.told(closing) for closing in found["items"]]}


@router.get("closings/{id}", auth=May("read_figures"), response={200: Closing, **READ_ERRORS})
def get_closing(request: CallerRequest, id: Id) -> dict[str, Any]:
    """One closed month by the id its sender gave it."""
    rows = MonthClosing.objects.within(request).select_related("submission", "site__organisation")
    closing = get_object_or_404(rows, submission__uuid=id)
    require(request, closing.site)
    return Closing.told(closing)

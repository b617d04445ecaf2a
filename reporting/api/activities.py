"""What a site does beside its kilograms, and whom a structure serves, over HTTP."""

from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema
from pydantic import StringConstraints

from inventory.models import Origin, Partner
from organisation.doors import Doors, May, Permitted, SitePage, caller, require
from organisation.models import Organisation, Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    READ_ERRORS,
    WRITE_ERRORS,
    Day,
    Id,
    Name,
    Page,
    Shape,
    Slip,
    Text,
    Why,
    keyset,
)
from organisation.submissions import once
from reporting.activities.recording import cancel_activity, note_activity, note_population
from reporting.models import Activity, ActivityKind, Population

router = Doors()

Many = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Word = Annotated[Name, StringConstraints(strip_whitespace=True, max_length=60)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000_00)]
Inhabitants = Annotated[int, Field(strict=True, gt=0, le=10_000_000_000)]


class ActivityIn(Shape):
    """``what`` is a contract, an exit, a public, or the name of another activity.

    ``day``: of what is told by the month (jobs, exits, volunteers, beneficiaries, other), any day
    of it.
    """

    id: Id
    site: Permitted[Site]
    kind: ActivityKind
    day: Day = Field(examples=["2026-03-01"])
    what: Word = ""
    unit: Slip = ""
    partner: Permitted[Partner] | None = None
    people: Many = 0
    times: Many = 0
    minutes: Minutes = 0
    cents: Cents = 0
    note: Text = ""


class ActivityOut(Schema):
    """What was noted; a cancellation has the same amounts below zero and names what it cancels."""

    id: UUID
    site: str
    kind: str
    day: date
    what: str
    unit: str
    partner: str | None
    people: int
    times: int
    minutes: int
    cents: int
    note: str
    cancels: UUID | None

    @classmethod
    def told(cls, row: Activity) -> dict[str, Any]:
        names = ("kind", "day", "what", "unit", "people", "times", "minutes", "cents", "note")
        return {name: getattr(row, name) for name in names} | {
            "id": row.submission.uuid,
            "site": row.site.code,
            "partner": row.partner.code if row.partner else None,
            "cancels": row.reverses.submission.uuid if row.reverses else None,
        }


class Activities(Schema):
    items: list[ActivityOut]
    next: str | None


class ActivityPage(SitePage):
    """A page of one kind, or of all."""

    kind: ActivityKind | None = None


class CancellationIn(Shape):
    id: Id
    reason: Why


class PopulationIn(Shape):
    """Without ``origin``, of the whole territory."""

    id: Id
    origin: Permitted[Origin] | None = None
    since: Day = Field(examples=["2026-01-01"])
    people: Inhabitants
    source: Why


class PopulationOut(Schema):
    """How many live somewhere, from a day on; the latest of a day holds."""

    id: UUID
    origin: str | None
    since: date
    people: int
    source: str

    @classmethod
    def told(cls, row: Population) -> dict[str, Any]:
        names = ("since", "people", "source")
        return {name: getattr(row, name) for name in names} | {
            "id": row.submission.uuid,
            "origin": row.origin.code if row.origin else None,
        }


class Populations(Schema):
    items: list[PopulationOut]
    next: str | None


ACTIVITY = {201: ActivityOut, 200: ActivityOut, **WRITE_ERRORS}


@router.post("activities", auth=May("configure"), response=ACTIVITY)
def create_activity(request: CallerRequest, payload: ActivityIn) -> HttpResponse:
    """Note people, sessions, hours or euros of a site; no name, no gram."""
    said = {name: getattr(payload, name) for name in type(payload).model_fields if name != "id"}

    def record(submission: Submission) -> ActivityOut:
        activity = note_activity(
            activity=Activity(**said), author=caller(request), submission=submission
        )
        return ActivityOut(**ActivityOut.told(activity))

    return once(request, payload.id, record)


@router.post("activities/{activity}/cancellations", auth=May("configure"), response=ACTIVITY)
def create_cancellation(
    request: CallerRequest, activity: Id, payload: CancellationIn
) -> HttpResponse:
    """Cancel what was noted: its mirror is recorded on the same day."""
    found = _activity(request, activity)

    def record(submission: Submission) -> ActivityOut:
        mirror = cancel_activity(
            activity=found, author=caller(request), submission=submission, note=payload.reason
        )
        return ActivityOut(**ActivityOut.told(mirror))

    return once(request, payload.id, record)


@router.get("activities", auth=May("read_figures"), response={200: Activities, **READ_ERRORS})
def list_activities(
    request: CallerRequest, page: Annotated[ActivityPage, Query()]
) -> dict[str, Any]:
    """What was noted, the latest first, cancellations among it."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    rows = _linked().filter(site__in=[page.site] if page.site else sites)
    if page.kind:
        rows = rows.filter(kind=page.kind)
    found = keyset(rows, page, "-pk")
    return {**found, "items": [ActivityOut.told(row) for row in found["items"]]}


@router.get(
    "activities/{activity}", auth=May("read_figures"), response={200: ActivityOut, **READ_ERRORS}
)
def get_activity(request: CallerRequest, activity: Id) -> dict[str, Any]:
    """One by the id its sender gave it."""
    return ActivityOut.told(_activity(request, activity))


@router.post(
    "populations",
    auth=May("configure"),
    response={201: PopulationOut, 200: PopulationOut, **WRITE_ERRORS},
)
def create_population(request: CallerRequest, payload: PopulationIn) -> HttpResponse:
    """Note how many live in a commune, or in the whole territory, from a day on."""
    said = {name: getattr(payload, name) for name in type(payload).model_fields if name != "id"}

    def record(submission: Submission) -> PopulationOut:
        owner = cast("Organisation", caller(request).organisation)
        population = note_population(
            population=Population(organisation=owner, **said),
            author=caller(request),
            submission=submission,
        )
        return PopulationOut(**PopulationOut.told(population))

    return once(request, payload.id, record)


@router.get("populations", auth=May("read_figures"), response={200: Populations, **READ_ERRORS})
def list_populations(request: CallerRequest, page: Annotated[Page, Query()]) -> dict[str, Any]:
    """Populations served, the latest noted first."""
    rows = Population.objects.within(request).select_related("submission", "origin")
    found = keyset(rows, page, "-pk")
    return {**found, "items": [PopulationOut.told(row) for row in found["items"]]}


def _linked() -> QuerySet[Activity]:
    return Activity.objects.select_related("submission", "site", "partner", "reverses__submission")


def _activity(request: CallerRequest, uuid: UUID) -> Activity:
    """Raises Http404, PermissionDenied."""
    rows = Activity.objects.within(request)
    rows = rows.select_related(
        "submission", "site__organisation", "partner", "reverses__submission"
    )
    found = get_object_or_404(rows, submission__uuid=uuid)
    require(request, found.site)
    return found

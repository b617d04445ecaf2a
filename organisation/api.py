"""The API's ground floor: the caller's sites."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from ninja import Field, Query, Schema
from pydantic import StringConstraints

from organisation.doors import Doors, May, OwnSite, Surrender, caller
from organisation.models import HeldEntry, Site, Submission
from organisation.permissions import ACTS, CallerRequest
from organisation.services import hold
from organisation.shapes import (
    READ_ERRORS,
    WRITE_ERRORS,
    Id,
    Page,
    PastInstant,
    Shape,
    Text,
    keyset,
)
from organisation.stations import STATION, pass_of
from organisation.submissions import once

router = Doors(tags=["organisation"])


class SiteOut(Schema):
    code: str
    name: str
    timezone: str
    scale_limit_g: int
    tracks_places: bool


class Sites(Schema):
    items: list[SiteOut]
    next: str | None


@router.get("sites", auth=May("look_up"), response={200: Sites, **READ_ERRORS})
def list_sites(request: CallerRequest, page: Annotated[Page, Query()]) -> dict[str, Any]:
    """Sites where the caller has a role, by code."""
    rows = Site.objects.permitted(request.user, "look_up")
    return keyset(rows, page, "code")


class MeOut(Schema):
    """Who is signed in. ``pass`` only on a tablet: what they save there is sent with it."""

    login: str
    name: str
    initials: str
    is_team: bool
    lock_after_min: int | None
    acts: list[str]
    pass_: str | None = Field(alias="pass")


@router.get("me", auth=May("look_up"), response={200: MeOut, **READ_ERRORS}, by_alias=True)
def get_me(request: CallerRequest) -> dict[str, Any]:
    """Who is signed in, and on a tablet what proves it later."""
    get_token(request)  # the screen that a tablet keeps holds none: its saves need the cookie
    me, here = caller(request), request.station
    at_tablet = here is not None and STATION in request.session
    return {
        "login": me.username,
        "name": me.get_short_name() or me.username,
        "initials": me.initials,
        "is_team": me.team_of_id is not None,
        "lock_after_min": here.site.lock_after_min if here and at_tablet else None,
        "acts": [act for act in ACTS if me.may_anywhere(act)],
        "pass": pass_of(here, me) if here and at_tablet else None,
    }


# What tablets send, and nothing else: a manager agrees to what a summary says.
SENT_BY_TABLETS = (
    "collection/donors",
    "collection/intakes",
    "collection/refusals",
    "inventory/counts",
    "inventory/crates",
    "inventory/crates/[0-9a-f-]{36}/rest",
    "inventory/clearings",
    "inventory/dismantlings",
    "inventory/finds",
    "inventory/items",
    "inventory/losses",
    "inventory/items/[0-9A-Z]{6}/repairs",
    "inventory/moves",
    "inventory/reversals",
    "inventory/shipments",
    "inventory/shipments/[0-9a-f-]{36}/weights",
    "inventory/sortings",
    "sales/sales",
    "sales/sales/[0-9a-f-]{36}/refunds",
    "sales/tills/[^/?#]{1,64}/(sessions|cash-moves|closings)",
)
HELD_PATHS = rf"^/api/v1/({'|'.join(SENT_BY_TABLETS)})$"


class HeldIn(Shape):
    """An entry that was refused, as the tablet kept it: ``entry`` is its own id."""

    id: Id
    site: OwnSite
    entry: Id
    path: Annotated[str, StringConstraints(max_length=120, pattern=HELD_PATHS)]
    body: Annotated[str, StringConstraints(max_length=200_000)]
    occurred_at: PastInstant
    summary: Text = ""
    reason: Text = ""


class HeldOut(Schema):
    id: str


@router.post(
    "held", auth=Surrender("look_up"), response={201: HeldOut, 200: HeldOut, **WRITE_ERRORS}
)
def create_held(request: CallerRequest, payload: HeldIn) -> HttpResponse:
    """Hand over a refused entry, for a manager to decide on."""

    def record(_submission: Submission) -> HeldOut:
        entry = HeldEntry(
            site=payload.site,
            station=request.station,
            person=caller(request),
            uuid=payload.entry,
            endpoint=payload.path,
            content=payload.body,
            summary=payload.summary,
            reason=payload.reason,
            occurred_at=payload.occurred_at,
        )
        return HeldOut(id=str(hold(entry=entry).uuid))

    return once(request, payload.id, record)

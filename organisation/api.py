"""The API's ground floor: the caller's sites."""

from typing import Annotated, Any

from ninja import Field, Query, Schema

from organisation.doors import Doors, May, caller
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Page, keyset
from organisation.stations import STATION, pass_of

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
    lock_after_min: int | None
    pass_: str | None = Field(alias="pass")


@router.get("me", auth=May("look_up"), response={200: MeOut, **READ_ERRORS}, by_alias=True)
def get_me(request: CallerRequest) -> dict[str, Any]:
    """Who is signed in, and on a tablet what proves it later."""
    me, here = caller(request), request.station
    at_tablet = here is not None and STATION in request.session
    return {
        "login": me.username,
        "name": me.get_short_name() or me.username,
        "initials": me.initials,
        "lock_after_min": here.site.lock_after_min if here and at_tablet else None,
        "pass": pass_of(here, me) if here and at_tablet else None,
    }

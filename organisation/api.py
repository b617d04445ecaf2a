"""The API's ground floor: the caller's sites."""

from typing import Annotated, Any

from ninja import Query, Schema

from organisation.doors import Doors, May
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Page, keyset

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

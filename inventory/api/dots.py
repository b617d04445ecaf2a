"""The coloured dots over HTTP, for tablets and tills."""

from datetime import date
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Schema

from inventory.api.documents import router
from inventory.models import DotCalendar
from organisation.doors import May, Permitted
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Day, Shape


class DotsAsked(Shape):
    site: Permitted[Site]
    on: Day | None = None


class DotOut(Schema):
    """A colour on a day: its age in weeks, and the discount; null: to be taken out."""

    colour: str
    name: str
    since: date
    weeks: int
    percent: int | None


class Dots(Schema):
    on: date
    items: list[DotOut]


@router.get("dots", auth=May("look_up"), response={200: Dots, **READ_ERRORS})
def list_dots(request: CallerRequest, asked: Annotated[DotsAsked, Query()]) -> dict[str, Any]:
    """What each coloured dot means at a site, this week's first."""
    day = asked.on or asked.site.business_date(timezone.now())
    found = DotCalendar.of(asked.site.organisation).dots_on(day)
    return {"on": day, "items": [{**dot._asdict(), "name": dot.label} for dot in found]}

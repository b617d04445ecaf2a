"""The week's dot over HTTP: for stations, and for tills that take its discount off."""

import datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Schema

from inventory.api.documents import router
from inventory.dots import WEEK, Dot
from inventory.models import DotCalendar
from organisation.doors import May, OwnSite
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Day, Shape


class DotsAsked(Shape):
    """A day, else today on the clock of a site."""

    site: OwnSite | None = None
    date: Day | None = None


class DotOut(Schema):
    colour: str
    name: str
    icon: str
    since: datetime.date
    age_weeks: int
    discount_percent: int
    to_take_out: bool

    @staticmethod
    def of(dot: Dot) -> "DotOut":
        return DotOut(
            colour=dot.colour,
            name=str(dot.name),
            icon=dot.icon,
            since=dot.since,
            age_weeks=dot.age_weeks,
            discount_percent=dot.percent,
            to_take_out=dot.is_out,
        )


class DotsOut(Schema):
    """Colours in use, the one to stick first; none where the structure keeps no dots."""

    date: datetime.date
    next_week: datetime.date | None
    dots: list[DotOut]


@router.get("dots", auth=May("look_up"), response={200: DotsOut, **READ_ERRORS})
def get_dots(request: CallerRequest, asked: Annotated[DotsAsked, Query()]) -> dict[str, Any]:
    """The week's dot, and what each colour takes off."""
    now = timezone.now()
    today = asked.site.business_date(now) if asked.site else timezone.localdate(now)
    day = asked.date or today
    calendar = DotCalendar.objects.within(request).first()
    cycle = calendar.cycle if calendar else None
    return {
        "date": day,
        "next_week": cycle.week_of(day) + WEEK if cycle else None,
        "dots": [DotOut.of(dot) for dot in cycle.dots_on(day)] if cycle else [],
    }

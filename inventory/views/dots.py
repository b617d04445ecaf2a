"""The week's dot: which colour to stick, and what each colour is worth."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.dots import LOOKS, WEEK
from inventory.models import DotCalendar
from inventory.views.acts import chosen_site
from organisation.doors import page
from organisation.permissions import CallerRequest

PAST_WEEKS = 2


@page("look_up")
@require_safe
def dots(request: CallerRequest) -> HttpResponse:
    """This week's colour, what each is worth today, and the weeks around: also for the wall."""
    today = chosen_site(request).business_date(timezone.now())
    calendar = DotCalendar.objects.within(request).first()
    context: dict[str, Any] = {
        "calendar": calendar,
        "may_configure": request.user.may_anywhere("configure"),
    }
    if calendar:
        cycle = calendar.cycle
        current = cycle.week_of(today)
        weeks = list(cycle.weeks(current - PAST_WEEKS * WEEK, PAST_WEEKS + 1 + len(cycle.colours)))
        [now] = cycle.weeks(current, 1)
        context |= {
            "now": now,
            "colours": [(name, LOOKS[name]) for name in cycle.colours],
            "rows": [(week, cycle.by_colour(week)) for week in weeks if week.dots],
        }
    return render(request, "inventory/dots.html", context)

"""The coloured dot of the week, as the wall shows it, and its settings."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.forms.dots import DotsForm
from inventory.models import DotCalendar
from organisation.doors import page
from organisation.permissions import CallerRequest

AHEAD = 8  # weeks shown


@page("look_up")
@require_safe
def dots(request: CallerRequest) -> HttpResponse:
    """This week's colour, and what every colour is worth; to be printed for the wall."""
    today = timezone.localdate()
    calendar = _calendar(request)
    monday = today - timedelta(days=today.weekday())
    weeks = [monday + timedelta(weeks=number) for number in range(AHEAD)]
    context = {
        "dots": calendar.dots_on(today),
        "weeks": [calendar.dots_on(week)[0] for week in weeks],
        "today": today,
        "may_configure": request.user.may_anywhere("configure"),
    }
    return render(request, "inventory/dots.html", context)


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def dots_settings(request: CallerRequest) -> HttpResponse:
    """The structure's colours and discounts."""
    form = DotsForm(request.POST or None, instance=_calendar(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("dots")
    status = 422 if form.errors else 200
    return render(request, "inventory/dots_settings.html", {"form": form}, status=status)


def _calendar(request: CallerRequest) -> DotCalendar:
    owner: Any = request.user.organisation
    return DotCalendar.of(owner)

"""The wall page: which site's, the page itself, and the figures it asks for again and again."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.views.acts import at_a_site
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from reporting.wall import Wall
from reporting.wall import wall as wall_of


@page("read_stock")
@require_safe
def choose(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "wall", "reporting/choose_wall.html")


@page("read_stock")
@require_safe
def wall(request: CallerRequest, site: Site) -> HttpResponse:
    """A site's day in large figures, for a screen on the wall. It names nobody."""
    context = {
        "site": site,
        "wall": wall_of(site),
        "now": timezone.now(),
        "may_write": request.user.may("configure", site),
    }
    return render(request, "reporting/wall.html", context)


@page("read_stock")
@require_safe
def figures(request: CallerRequest, site: Site) -> HttpResponse:
    """The same day as the page shows it, for its script: grams and words."""
    return JsonResponse(_told(wall_of(site)), headers={"Cache-Control": "no-store"})


def _told(wall: Wall) -> dict[str, Any]:
    return {
        "site": wall.site.code,
        "day": wall.day,
        "today": wall.today,
        "word": wall.word,
        "arrivals": wall.arrivals,
        "collected_g": wall.collected_g,
        "outgoing_g": wall.outgoing_g,
        "gone_g": wall.gone_g,
    }

"""Stations that follow objects: one by one, and all those of a shelf."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page

from inventory.models import Place
from inventory.tiles import screens_of, tiles_of
from inventory.trace import ICONS
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest


@page("read_stock")
def choose_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return _chosen(request, "read_stock", "track")


@page("count")
def choose_shelf_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return _chosen(request, "count", "count-shelf")


def _chosen(request: CallerRequest, act: str, screen: str) -> HttpResponse:
    sites = list(Site.objects.permitted(request.user, act))
    if len(sites) == 1:
        return redirect(screen, site=sites[0].code)
    return render(request, "inventory/choose_screen.html", {"sites": sites, "screen": screen})


@page("read_stock")
@gzip_page  # no secret is in it: its form is given its token by the tablet
def track(request: CallerRequest, site: Site) -> HttpResponse:
    """Any object by its label: a tablet keeps the page, so that it says nothing of anybody."""
    context = {"station": _station(site), "verbs": sorted(set(ICONS.values()))}
    return render(request, "inventory/track.html", context)


@page("count")
@gzip_page  # no secret is in it: its form is given its token by the tablet
def count_shelf(request: CallerRequest, site: Site) -> HttpResponse:
    """What lies in a place, counted by scanning it."""
    station = {**_station(site), "track": reverse("track", args=[site.code])}
    return render(request, "inventory/count_shelf.html", {"station": station})


def _station(site: Site) -> dict[str, Any]:
    main = Place.objects.main(site)
    places = list(Place.objects.filter(site=site, is_active=True)) if site.tracks_places else [main]
    return {
        "site": {
            "code": site.code,
            "name": site.name,
            "scale_limit_g": site.scale_limit_g,
        },
        "api": "/api/v1/",
        "screens": screens_of(site),
        "tiles": tiles_of(site),
        "places": [{"code": place.code, "name": place.name, "use": place.use} for place in places],
    }

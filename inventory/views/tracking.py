"""Stations that follow objects: one by one, and all those of a shelf."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page

from inventory.models import Place
from inventory.tiles import screens_of, tiles_of
from inventory.trace import ICONS
from inventory.views.acts import at_a_site
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest


@page("read_stock")
def choose_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "track", "inventory/choose_screen.html")


@page("count")
def choose_shelf_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "count-shelf", "inventory/choose_screen.html")


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

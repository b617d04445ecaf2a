"""The sorting station's page: everything a tablet needs to sort and label, laid in it once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.gzip import gzip_page

from inventory.models import Item, Place, Repair
from inventory.printed import size_at
from inventory.tiles import destinations_of, screens_of, tiles_of
from inventory.views.acts import at_a_site
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest


@page("sort")
def choose_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "sort-station", "inventory/choose_sorting_site.html")


@page("sort")
@gzip_page  # no secret is in it: its form is given its token by the tablet
def sort(request: CallerRequest, site: Site) -> HttpResponse:
    """The sorting station of a site: a tablet keeps it, so that it says nothing of anybody."""
    return render(request, "inventory/sorting_station.html", {"station": _station(site)})


def _station(site: Site) -> dict[str, Any]:
    main = Place.objects.main(site)
    return {
        "site": {
            "code": site.code,
            "name": site.name,
            "scale_limit_g": site.scale_limit_g,
            "sorting_tolerance_bp": site.sorting_tolerance_bp,
            "weight_code_layout": site.weight_code_layout,
        },
        "api": "/api/v1/",
        "label": _label(site),
        "screens": screens_of(site),
        "tiles": tiles_of(site),
        "main": {"kind": "place", "code": main.code, "name": main.name, "use": main.use},
        "destinations": destinations_of(site),
        "conditions": [
            {"code": code, "name": capfirst(name)} for code, name in Item.Condition.choices
        ],
        "max_minutes": Repair.MAX_MINUTES,
        "acts": [{"code": code, "name": capfirst(name)} for code, name in Repair.Act.choices],
        "results": [{"code": code, "name": capfirst(name)} for code, name in Repair.Result.choices],
    }


def _label(site: Site) -> dict[str, Any]:
    """How the site prints labels: their size, its printer, and the page that holds several."""
    is_sheet = site.label_output == Site.LabelOutput.SHEET
    return {
        "size": size_at(site),
        "dpi": site.label_dpi,
        "output": site.label_output,
        "pdf": reverse("label-sheet" if is_sheet else "label-roll"),
    }

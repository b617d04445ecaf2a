"""The departures' station: everything a tablet needs to let things leave, laid in it once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from inventory.forms.items import ItemFilters
from inventory.models import EXITS, Container, Kind, Partner, TreatmentCode, WasteCode
from inventory.tiles import screens_of, tiles_of
from inventory.views.acts import at_a_site
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest


@page("ship")
@require_safe
def choose_site(request: CallerRequest) -> HttpResponse:
    """Go straight to the only site, or offer the choice."""
    return at_a_site(request, "ship-station", "inventory/choose_shipping_site.html")


@page("ship")
@require_safe
@gzip_page  # no secret is in it: its form is given its token by the tablet
def station(request: CallerRequest, site: Site) -> HttpResponse:
    """The departures' screen of a site: a tablet keeps it, so that it says nothing of anybody."""
    return render(request, "inventory/shipping_station.html", {"station": _station(site)})


def _station(site: Site) -> dict[str, Any]:
    owner = site.organisation_id
    return {
        "site": {
            "code": site.code,
            "name": site.name,
            "scale_limit_g": site.scale_limit_g,
            "weight_code_layout": site.weight_code_layout,
        },
        "api": "/api/v1/",
        "documents": reverse("document", args=["_"]),
        "screens": screens_of(site),
        "takers": _takers(owner),
        "fates": [{"code": fate.value, "name": capfirst(str(fate.label))} for fate in EXITS],
        "waste_codes": _codes(WasteCode),
        "treatment_codes": _codes(TreatmentCode),
        "containers": list(
            Container.objects.filter(organisation=owner, is_active=True).values(
                "code", "name", "tare_g", "icon", "average_load_g"
            )
        ),
        "ages": [
            {"weeks": int(weeks), "name": str(name)} for weeks, name in ItemFilters.AGES if weeks
        ],
        "tiles": tiles_of(site),
    }


def _codes(model: Any) -> list[dict[str, Any]]:
    return [
        {
            "code": row.code,
            "name": row.name,
            "is_dangerous": getattr(row, "is_hazardous", False),
        }
        for row in model.objects.all()
    ]


def _takers(owner: int) -> list[dict[str, Any]]:
    """Partners, then whoever comes by, then the bin: each with its usual fate and codes."""
    rows = Partner.objects.filter(organisation=owner, is_active=True)
    partners = [
        {
            "partner": row.code,
            "name": row.name,
            "fate": row.default_fate,
            "waste_code": row.waste_code and row.waste_code.code,
            "treatment_code": row.treatment_code and row.treatment_code.code,
        }
        for row in rows.select_related("waste_code", "treatment_code")
    ]
    return [
        *partners,
        {"partner": None, "name": _("Somebody, the public"), "fate": Kind.REUSE.value},
        {"partner": None, "name": _("Bin"), "fate": Kind.DISPOSAL.value},
    ]

"""Departures that wait for their partner's weights: one list, answered in the row."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.forms.choices import Offer
from inventory.forms.departures import WeightsForm
from inventory.models import Shipment
from inventory.views.acts import sites_of
from inventory.views.documents import BULK, sent_in_bulk
from organisation.doors import page
from organisation.permissions import CallerRequest

MOST = 100
LEFT = Prefetch("movement__flows", BULK, to_attr="left_in_bulk")


@page("ship")
@require_safe
def waiting(request: CallerRequest) -> HttpResponse:
    """What left with an estimate, the oldest first: a field each where one category left."""
    sites = sites_of(request)
    found = list(Shipment.objects.waiting(sites).prefetch_related(LEFT)[: MOST + 1])
    context = {
        "rows": [_row(request, shipment) for shipment in found[:MOST]],
        "are_more": len(found) > MOST,
        "sites": sites,
    }
    return render(request, "inventory/waiting.html", context)


def _row(request: CallerRequest, shipment: Shipment) -> dict[str, Any]:
    movement = shipment.movement
    sent_g = sent_in_bulk(vars(movement)["left_in_bulk"])
    user: Any = request.user
    form = WeightsForm(offer=Offer(movement.site), user=user, sent_g=sent_g, prefix=None)
    return {
        "shipment": shipment,
        "movement": movement,
        "weight_g": sum(sent_g.values()),
        "days": (movement.site.business_date(timezone.now()) - movement.business_date).days,
        "categories": list(sent_g),
        "form": form if len(sent_g) == 1 else None,
    }

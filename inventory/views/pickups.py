"""The pick-up slip of a departure, on paper."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from inventory.pickups import pickup_pdf
from inventory.views.acts import as_pdf
from inventory.views.documents import named
from organisation.doors import page
from organisation.permissions import CallerRequest


@page("read_stock")
@require_safe
def slip(request: CallerRequest, number: str) -> HttpResponse:
    """A departure's slip, to be signed by whoever takes it away."""
    movement = named(request, number)
    if not hasattr(movement, "shipment"):
        raise Http404
    return as_pdf(pickup_pdf(movement), movement.number)

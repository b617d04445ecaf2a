"""Departures: what left, towards which fate; a new one; the partner's own weights."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.departures import Filters, ShipForm, ShipLines
from inventory.forms.entries import BaseLines
from inventory.ledger import Entry
from inventory.models import Movement, Shipment, Verb
from inventory.views.acts import LinesPage, asked, chosen_site, items_of, older, sites_of
from organisation.doors import page
from organisation.permissions import CallerRequest

PAGE = 50


@page("read_stock")
@require_safe
def shipments(request: CallerRequest) -> HttpResponse:
    """What left, newest first."""
    sites = sites_of(request)
    filters = Filters(request.GET, sites=sites)
    filters.is_valid()
    said = filters.cleaned_data
    rows = Shipment.objects.listed().filter(movement__site__in=sites)
    wanted = {
        "movement__site": said.get("site"),
        "movement__business_date__gte": said.get("from"),
        "movement__business_date__lte": said.get("to"),
        "fate": said.get("fate"),
        "pk__lt": said.get("before"),
    }
    rows = rows.filter(**{key: value for key, value in wanted.items() if value})
    found = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "filters": filters,
        "is_filtered": any(wanted.values()),
        "sites": sites,
        "shipments": found[:PAGE],
        "older": older(request, found, PAGE),
        "may_ship": request.user.may_anywhere("ship"),
        "waiting": Shipment.objects.waiting(sites).count(),
    }
    return render(request, "inventory/shipments.html", context)


def _ship(entry: Entry, form: ShipForm, lines: BaseLines) -> Movement:
    everything = [*lines.stock_lines(), *items_of(form)]
    return services.ship(entry=entry, departure=form.departure(), lines=everything).movement


SHIP = LinesPage(ShipForm, ShipLines, "inventory/ship.html", Verb.SHIP, _ship)


@page("ship")
@require_http_methods(["GET", "HEAD", "POST"])
def ship(request: CallerRequest) -> HttpResponse:
    """A new departure."""
    offer, initial = Offer(chosen_site(request)), asked(request, "items", "fate", "partner")
    return SHIP.answer(request, offer, initial=initial, sites=sites_of(request))

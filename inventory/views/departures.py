"""Departures: what left, towards which fate; a new one; the partner's own weights."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.departures import Filters, ShipForm, ShipLines
from inventory.ledger import Entry
from inventory.models import Movement, Shipment, Verb
from inventory.views.acts import chosen_site, recorded, sites_of
from organisation.doors import page

PAGE = 50
MORE_LINES = 5


@page("read_stock")
@require_safe
def shipments(request: HttpRequest) -> HttpResponse:
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
        "older": _older(request, found),
        "may_ship": request.user.may_anywhere("ship"),  # type: ignore[union-attr]
    }
    return render(request, "inventory/shipments.html", context)


def _older(request: HttpRequest, found: list[Shipment]) -> str:
    """The query of the next page, if there is one."""
    if len(found) <= PAGE:
        return ""
    query = request.GET.copy()
    query["before"] = str(found[PAGE - 1].pk)
    return query.urlencode()


@page("ship")
@require_http_methods(["GET", "HEAD", "POST"])
def ship(request: HttpRequest) -> HttpResponse:
    """A new departure."""
    site = chosen_site(request)
    offer = Offer(site)
    is_sent = request.method == "POST" and "more" not in request.POST
    form = ShipForm(
        request.POST if is_sent else None,
        initial=request.POST.dict(),
        offer=offer,
        user=request.user,
    )
    lines = ShipLines(_with_more(request), prefix="lines", form_kwargs={"offer": offer})
    if is_sent and form.is_valid() & lines.is_valid():

        def act(entry: Entry) -> Movement:
            return services.ship(
                entry=entry, departure=form.departure(), lines=lines.stock_lines()
            ).movement

        if response := recorded(request, form, Verb.SHIP, act):
            return response
    context = {
        "form": form,
        "lines": lines,
        "is_sent": is_sent,
        "site": site,
        "sites": sites_of(request),
        "offer": offer,
    }
    return render(request, "inventory/ship.html", context)


def _with_more(request: HttpRequest) -> Any:
    """The posted lines, a few more of them where the button without script asked for it."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get("lines-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal():
        data["lines-TOTAL_FORMS"] = str(int(total) + MORE_LINES)
    return data

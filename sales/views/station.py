"""The till as a tablet keeps it: it sells without a network, one till to one tablet."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from inventory.dots import LOOKS
from inventory.models import Category, Place
from inventory.tiles import screens_of, tiles_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from sales.forms.lines import REASONS
from sales.models import CashMove, Method, Nature, PriceKey, ShopSettings, Till, VoucherIssuer
from sales.receipt import guarantee, guaranteed
from sales.services import PIECES
from sales.views.checkout import till_of
from sales.views.station_days import days_of

# What the server must agree to first is not sold, nor taken, where it may be silent.
MEANS = (Method.CASH, Method.CARD, Method.CHEQUE, Method.LOCAL_CURRENCY)
AGREED = (Nature.VOUCHER, Nature.DEPOSIT)


@page("sell")
@require_safe
def choose_till(request: CallerRequest) -> HttpResponse:
    """Go straight to the only till of a tablet's site, or offer the choice."""
    sites = Site.objects.permitted(request.user, "sell")
    here = request.station
    tills = list(Till.objects.at([here.site] if here and here.site in sites else sites))
    if len(tills) == 1:
        return redirect("station-till", till=tills[0].code)
    may_add = request.user.may_anywhere("configure")
    context = {"tills": tills, "to": "station-till", "may_add": may_add}
    return render(request, "sales/choose_till.html", context)


@page("sell")
@require_safe
@gzip_page  # no secret is in it: its form is given its token by the tablet
def till(request: CallerRequest, till: str) -> HttpResponse:
    """The till of a site: a tablet keeps the page, so that it says nothing of anybody."""
    found = till_of(request, till)
    station = _station(found)
    looks = LOOKS if station["daily"]["dots"] else {}
    context = {"station": station, "till": found, "dots": looks, "guarantee": guarantee()}
    return render(request, "sales/station_till.html", context)


def _station(till: Till) -> dict[str, Any]:
    site, own = till.site, reverse("station-till", args=[till.code])
    act = resolve(own).func.act  # type: ignore[attr-defined]
    rows = VoucherIssuer.objects.filter(organisation=site.organisation_id).offered()
    issuers = list(rows.values("code", "name"))
    return {
        "site": {"code": site.code, "name": site.name, "scale_limit_g": site.scale_limit_g},
        "till": {"code": till.code, "name": till.name or till.code},
        "guaranteed": guaranteed(Category.objects.of(site.organisation_id)),
        "foot": ShopSettings.objects.of(site.organisation_id).ticket_foot,
        "owner": {"name": site.organisation.name, "siret": site.organisation.siret},
        "api": "/api/v1/",
        "office": reverse("checkout", args=[till.code]),
        "screens": [*screens_of(site), {"path": own, "act": act}],
        "tiles": tiles_of(site),
        "keys": [_key(key) for key in _grid(site)],
        "places": list(Place.objects.filter(site=site, is_active=True).values("code", "use")),
        "methods": [
            {"code": method.value, "name": str(method.label).capitalize()}
            for method in (*MEANS, *([Method.VOUCHER] if issuers else []))
        ],
        "issuers": issuers,
        "cash_reasons": [
            {"code": kind.value, "name": str(kind.label).capitalize()} for kind in CashMove.Kind
        ],
        "daily": days_of(site),
        "pieces": list(reversed(PIECES)),
        "discount_reasons": [str(reason) for reason in REASONS],
        "back_reasons": [
            _("Does not work"),
            _("Does not suit"),
            _("Mistake at the till"),
            pgettext("reason", "Other"),
        ],
    }


def _grid(site: Site) -> list[PriceKey]:
    rows = PriceKey.objects.at([site]).exclude(nature__in=AGREED)
    return list(rows.select_related("category__parent__parent"))


def _key(key: PriceKey) -> dict[str, Any]:
    return {
        "code": key.code,
        "name": key.name,
        "nature": key.nature,
        "category": key.category.code if key.category else None,
        "mode": key.mode.value,
        "price_cents": key.price_cents,
        "icon": key.look[0],
        "colour": key.look[1],
    }

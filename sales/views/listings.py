"""The shop's lists in the settings: tills and the price grid, each site its own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from inventory.models import Category
from inventory.units import NO_BREAK
from inventory.views.listings import Column, Listing
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from sales.forms.catalogue import IssuerForm, PriceKeyForm, ReductionForm, TillForm
from sales.journal import technical
from sales.models import PriceKey, Till, TillLease
from sales.prices import prices_of
from sales.templatetags.money import euros


def _price(key: PriceKey) -> Any:
    if key.price_cents is None:
        return key.mode.label
    return f"{euros(key.price_cents)} / kg" if key.is_per_kg else euros(key.price_cents)


def _sold_for(key: PriceKey) -> dict[str, Any]:
    if key.category is None:
        return {}
    kinds = Category.objects.under(key.category)
    return {"prices": prices_of(key.organisation, kinds), "key": key}


def _held(till: Till) -> dict[str, Any]:
    return {"held": TillLease.objects.live_at(till)}


TILLS = Listing(
    name="tills",
    at="sites/<str:site>/caisses",
    form=TillForm,
    title=_("Tills"),
    add=_("Add a till"),
    hint=_("Where the shop takes money. A ticket names its till."),
    columns=(Column(_("Sells from"), lambda row: row.place or "–"),),
    template="sales/till.html",
    beside=_held,
    note=technical.note_listed,
)
REDUCTIONS = Listing(
    name="reductions",
    at="sites/<str:site>/remises",
    form=ReductionForm,
    title=_("Reductions of the day"),
    add=_("Add a reduction"),
    hint=_(
        "What the till takes off by itself, all day long: half-price days, a category on sale, what"
        " has been here for long. The weekly dots are set apart."
    ),
    columns=(
        Column(_("Percent off"), lambda row: f"{row.percent}{NO_BREAK}%", is_number=True),
        Column(_("Off what"), lambda row: row.category or _("everything")),
    ),
)
PRICE_KEYS = Listing(
    name="price-keys",
    at="sites/<str:site>/prix",
    form=PriceKeyForm,
    title=_("Price grid"),
    add=_("Add a price"),
    hint=_(
        "What the till sells in one tap. Without price, it asks for one. Memberships, deliveries"
        " and gift vouchers are here too."
    ),
    links=("category",),
    columns=(
        Column(_("Category"), lambda row: row.category or row.get_nature_display()),
        Column(_("Price"), _price, is_number=True),
    ),
    template="sales/price_key.html",
    beside=_sold_for,
    note=technical.note_listed,
)
ISSUERS = Listing(
    name="voucher-issuers",
    at="emetteurs-de-bons",
    form=IssuerForm,
    title=_("Issuers of vouchers"),
    add=_("Add an issuer"),
    hint=_("A CCAS, a town, a charity: whose vouchers the till takes, and who pays for them."),
    columns=(Column(_("Address"), lambda row: row.address or "–"),),
)


@page("configure")
@require_safe
def choose_site(request: CallerRequest, listing: Listing) -> HttpResponse:
    """Which site's list; straight to it where there is one."""
    sites = list(Site.objects.permitted(request.user, "configure"))
    if len(sites) == 1:
        return redirect(listing.url(site=sites[0].code))
    rows = [(site, listing.url(site=site.code)) for site in sites]
    context = {"listing": listing, "rows": rows}
    return render(request, "sales/choose_site.html", context)

"""The shop's own sheets in the settings: the accounting year, the VAT regime."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Category, Verb
from inventory.views.acts import recorded_number, shown, sites_of
from organisation.doors import page
from organisation.history import changes
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from sales import services
from sales.forms.settings import USUAL, ShopForm, VatForm
from sales.models import Regime, ShopSettings, VatTerms


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def shop(request: CallerRequest) -> HttpResponse:
    """The accounting year, where a Z is sent, the foot of tickets."""
    owner: Any = request.user.organisation
    row = ShopSettings.objects.of(owner)
    form = ShopForm(request.POST or None, instance=row)
    if form.is_valid():
        with writing():
            form.save()
        messages.success(request, _("Saved."))
        return redirect("shop-settings")
    said = changes(row, form, request.user) if row.pk else None
    context = {"form": form, "title": _("Shop"), "changes": said, "is_new": said is None}
    return render(request, "organisation/sheet.html", context)


@page("govern")
@require_http_methods(["GET", "HEAD", "POST"])
def vat(request: CallerRequest) -> HttpResponse:
    """The regime that holds, those to come and those before, and how to say a new one."""
    sites = sites_of(request)
    offer = Offer(sites[0])
    today = sites[0].business_date(timezone.now())
    now = VatTerms.objects.on(sites[0].organisation_id, today)
    initial = {"since": today, "regime": now.regime if now else Regime.EXEMPT, "usual": "20"}
    form = VatForm(request.POST or None, initial=initial, offer=offer, user=request.user)

    def act(entry: Entry) -> str:
        said = form.cleaned_data
        services.set_vat(
            entry=entry, since=said["since"], regime=Regime(said["regime"]), rates=form.rates
        )
        return entry.site.code

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        messages.success(request, _("Saved."))
        return redirect("vat-settings")
    rows = VatTerms.objects.of(sites[0].organisation_id).select_related("author", "site")
    context = {
        "form": form,
        "now": now,
        "rows": [(row, _rates(row)) for row in rows],
        "usual": [bp / 100 for bp in USUAL],
        "is_sent": request.method == "POST",
    }
    return shown(request, "sales/vat.html", context)


def _rates(terms: VatTerms) -> list[tuple[str, float]]:
    """The rates of a regime with the names of what bears them, the usual one first."""
    tops = Category.objects.of(terms.site.organisation_id).filter(code__in=terms.rates)
    names = {row.code: row.name for row in tops}
    listed = sorted(terms.rates.items())
    return [(names.get(code, code), bp / 100) for code, bp in listed]

"""The tablet that holds a till: which one, how far it came, and giving it up where it was lost."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import recorded_number, shown
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.leases import RetireForm
from sales.models import Envelope, Sale, Till, TillLease, TillSession
from sales.models.leases import where_it_stands
from sales.views.listings import TILLS


@page("configure")
@require_http_methods(["GET", "HEAD", "POST"])
def lease(request: CallerRequest, site: Site, till: str) -> HttpResponse:
    """Who holds a till; and, where its tablet was lost, the till that takes its place."""
    if not till.isprintable():
        raise Http404
    found = get_object_or_404(
        Till.objects.select_related("site__organisation"), site=site, code=till
    )
    held = TillLease.objects.live_at(found)
    if held is None and request.method != "POST":
        return redirect(TILLS.url(site=site.code))
    form = RetireForm(request.POST or None, offer=Offer(found.site), user=request.user)

    def act(entry: Entry) -> str:
        known = where_it_stands(found)["next_seq"] - 1
        last_seq = known + form.cleaned_data["lost"]
        return services.retire_till(entry=entry, till=found, last_seq=last_seq).successor.code

    if form.is_valid() and (code := recorded_number(request, form, Verb.SELL, act)):
        messages.success(
            request, _("This till is out of use. %(code)s takes its place.") % {"code": code}
        )
        return redirect(TILLS.url(site=site.code))
    return shown(request, "sales/lease.html", _context(request, found, held, form))


def _context(
    request: CallerRequest, till: Till, held: TillLease | None, form: Any
) -> dict[str, Any]:
    return {
        "till": till,
        "held": held,
        "last": Envelope.objects.last_at(till),
        "ticket": Sale.objects.latest_at(till),
        "session": TillSession.objects.open_at(till),
        "form": form,
        "is_sent": request.method == "POST",
    }

"""The weekly clearing of the shop: unsold goods to the free shelf, partners, sorters, the bin."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.clearing import ClearForm, ClearLines
from inventory.forms.items import ItemFilters
from inventory.ledger import Entry
from inventory.models import Item, Place, Verb
from inventory.views.acts import chosen_site, recorded, shown, sites_of, with_more
from organisation.doors import page
from organisation.permissions import CallerRequest

MOST = 200  # objects of one clearing
WEEKS = 8


@page("ship")
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: CallerRequest) -> HttpResponse:
    """Clear the shop in one act."""
    offer = Offer(chosen_site(request))
    place, weeks = _shop(request, offer), _weeks(request)
    is_sent = request.method == "POST" and "more" not in request.POST
    user: Any = request.user
    form = ClearForm(
        request.POST if is_sent else None,
        initial=request.POST.dict(),
        offer=offer,
        user=user,
        items=_unsold(request, offer, place, weeks),
    )
    lines = ClearLines(with_more(request), prefix="lines", form_kwargs={"offer": offer})

    def act(entry: Entry) -> str:
        made = services.clear(entry=entry, heaps=form.heaps(lines, place))
        return ", ".join(shipment.movement.number for shipment in made)

    def onward(numbers: str) -> HttpResponse:
        messages.success(request, _("Recorded: %(numbers)s.") % {"numbers": numbers})
        return redirect("shipments")

    is_valid = is_sent and form.is_valid() & lines.is_valid()
    if is_valid and (response := recorded(request, form, Verb.SHIP, act, onward)):
        return response
    context = {
        "form": form,
        "lines": lines,
        "is_sent": is_sent,
        "offer": offer,
        "place": place,
        "weeks": weeks,
        "ages": [(value, label) for value, label in ItemFilters.AGES if value],
        "site": offer.site,
        "sites": sites_of(request),
    }
    return shown(request, "inventory/clear.html", context)


def _shop(request: CallerRequest, offer: Offer) -> Place:
    """The place of ``?place=``, else the site's shop, else its main place. Raises Http404."""
    code = request.GET.get("place", "")
    if code and code not in offer.places:
        raise Http404
    return offer.places.get(code) or offer.shop


def _weeks(request: CallerRequest) -> int:
    asked = request.GET.get("older", "")
    return int(asked) if asked in dict(ItemFilters.AGES) and asked else WEEKS


def _unsold(request: CallerRequest, offer: Offer, place: Place, weeks: int) -> list[Item]:
    """Objects that have been there for longer, the oldest first."""
    day = offer.site.business_date(timezone.now()) - timedelta(weeks=weeks)
    rows = Item.objects.within(request).lying_in(place).filter(since__lt=day)
    return list(rows.select_related("category", "account").order_by("since", "pk")[:MOST])

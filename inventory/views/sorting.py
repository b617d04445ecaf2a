"""Bulk shared out: sorted by hand, or spread by estimated shares."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.sorting import ShareLines, SortedLines, SortForm, SpreadForm
from inventory.ledger import Entry
from inventory.models import UNSORTED, Balance, Category, Movement, Place, Verb
from inventory.views.acts import LinesPage, asked, chosen_site, sites_of
from organisation.doors import page
from organisation.permissions import CallerRequest


def _sort(entry: Entry, form: SortForm, lines: Any) -> Movement:
    return services.sort(entry=entry, taken=form.taken(), parts=lines.stock_lines())


def _spread(entry: Entry, form: SpreadForm, lines: Any) -> Movement:
    said = form.cleaned_data
    return services.spread(
        entry=entry,
        place=said.get("place") or Place.objects.main(entry.site),
        category=said["category"],
        shares=lines.shares(),
        weight_g=said["weight"],
    )


TAKEN = ("category", "place")
SORT = LinesPage(SortForm, SortedLines, "inventory/sort.html", Verb.SORT, _sort)
SPREAD = LinesPage(SpreadForm, ShareLines, "inventory/spread.html", Verb.SORT, _spread)


@page("sort")
@require_http_methods(["GET", "HEAD", "POST"])
def sort(request: CallerRequest) -> HttpResponse:
    """Share out weighed bulk over categories and places."""
    offer = Offer(chosen_site(request))
    return SORT.answer(request, offer, initial=asked(request, *TAKEN), sites=sites_of(request))


@page("count")
@require_http_methods(["GET", "HEAD", "POST"])
def spread(request: CallerRequest) -> HttpResponse:
    """Spread unsorted bulk by estimated shares; for a category below zero, the share it lacks."""
    offer = Offer(chosen_site(request))
    below = offer.categories.get(request.GET.get("for", ""))
    place, there_g = _most_unsorted(offer)
    shares = _share_lacking(offer, below, there_g) if below else []
    return SPREAD.answer(
        request,
        offer,
        initial={"place": place.code, **asked(request, *TAKEN)},
        line_initial=shares,
        sites=sites_of(request),
    )


def _most_unsorted(offer: Offer) -> tuple[Place, int]:
    """The place that holds most of what nobody sorted, and its grams."""
    main, unsorted = Place.objects.main(offer.site), offer.categories[UNSORTED]
    held = Balance.objects.held_at(offer.places.values() or [main], unsorted)
    return max(held.items(), key=lambda spot: spot[1])


def _share_lacking(offer: Offer, below: Category, there_g: int) -> list[dict[str, Any]]:
    """The share of the unsorted that brings a category back to zero; the rest stays unsorted."""
    lacking_g = -Balance.objects.bulk_with_tops(offer.site).get(below.pk, 0)
    if lacking_g <= 0 or there_g <= 0:
        return [{"category": below.code}]
    share = min(-(-100 * lacking_g // there_g), 100)
    rest = [{"category": UNSORTED, "share": 100 - share}] if share < 100 else []
    return [{"category": below.code, "share": share}, *rest]

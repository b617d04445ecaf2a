"""Counting: what is there against what the books say, and the month's balance."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from inventory import services
from inventory.forms.choices import Offer
from inventory.forms.stock import CountForm, CountLines, SettleForm, SettleLines
from inventory.ledger import Entry
from inventory.models import Account, Balance, Category, Item, Movement, Place, Verb
from inventory.views.acts import chosen_site, recorded, shown, sites_of
from organisation.doors import page
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest

MOST_ITEMS = 2_000  # of one place; the API takes no more either


@page("count")
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: CallerRequest) -> HttpResponse:
    """Bring a place's books to what was counted there."""
    offer = Offer(chosen_site(request))
    place = _place(request, offer)
    books_g = Balance.objects.of(Account.stock(place))
    user: Any = request.user
    form = CountForm(
        request.POST or None,
        initial={"reason": request.GET.get("reason", "")},
        offer=offer,
        user=user,
        items=_labelled(request, place),
    )
    lines = _lines(CountLines, request, offer, _known(request, offer, books_g))

    def act(entry: Entry) -> Movement:
        return services.count(
            entry=entry,
            place=place,
            weights=lines.weights(),
            items=form.found(),
            reason=form.cleaned_data["reason"],
        )

    is_valid = request.method == "POST" and form.is_valid() & lines.is_valid()
    if is_valid and (response := recorded(request, form, Verb.COUNT, act)):
        return response
    context = {
        "form": form,
        "lines": lines,
        "is_sent": request.method == "POST",
        "rows": _against_books(lines, books_g),
        "place": place,
        "offer": offer,
        "site": offer.site,
        "sites": sites_of(request),
    }
    return shown(request, "inventory/count.html", context)


def _lines(form_set: Any, request: CallerRequest, offer: Offer, known: Iterable[Category]) -> Any:
    """A line per category, as it was posted or still empty."""
    return form_set(
        request.POST or None,
        prefix="lines",
        initial=[{"category": category.code} for category in known],
        form_kwargs={"offer": offer},
    )


def _labelled(request: CallerRequest, place: Place) -> list[Item] | None:
    """The objects that the books hold in a place, each with its code; None if too many."""
    rows = Item.objects.within(request).lying_in(place)
    items = list(rows.select_related("category", "account")[: MOST_ITEMS + 1])
    return items if len(items) <= MOST_ITEMS else None


def _place(request: CallerRequest, offer: Offer) -> Place:
    """The place of ``?place=``, else the main one. Raises Http404."""
    code = request.GET.get("place", "")
    if not code:
        return Place.objects.main(offer.site)
    if code not in offer.places:
        raise Http404
    return offer.places[code]


def _known(request: CallerRequest, offer: Offer, books_g: Mapping[int, int]) -> list[Category]:
    """Categories the books hold there, all or those of ``?category=`` and below."""
    ordered = [offer.categories[code] for _top, rows in offer.grouped for code, _name in rows]
    held = [row for row in ordered if books_g.get(row.pk)]
    wanted = offer.categories.get(request.GET.get("category", ""))
    if wanted is None:
        return held
    return [row for row in held if wanted.pk in (row.pk, row.parent_id, row.top_id)] or [wanted]


def _against_books(lines: Any, books_g: Mapping[int, int]) -> list[tuple[Any, int]]:
    """Each line with the grams that the books hold of its category."""
    return [(line, books_g.get(line.about.pk, 0) if line.about else 0) for line in lines]


@page("settle")
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: CallerRequest) -> HttpResponse:
    """The month's balance: what the books hold beyond what is counted was reused."""
    offer = Offer(chosen_site(request))
    on = _day(request, offer.site)
    books_g = _books_by_top(offer, on)
    user: Any = request.user
    form = SettleForm(request.POST or None, initial={"on": on}, offer=offer, user=user)
    held = [top for top in offer.tops if books_g.get(top.pk)]
    lines = _lines(SettleLines, request, offer, held)
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid() & lines.is_valid():
        is_replay = Submission.objects.answered(offer.site.organisation, form.cleaned_data["id"])
        preview = [] if is_replay else _preview(form, lines, books_g)
        is_agreed = "confirm" in request.POST and form.cleaned_data["seen"] == _seal(preview)
        if (is_replay or (preview and is_agreed)) and (
            response := recorded(request, form, Verb.SETTLE, _settling(form, lines))
        ):
            return response
    context = {
        "form": form,
        "lines": lines,
        "is_sent": request.method == "POST",
        "rows": _against_books(lines, books_g),
        "preview": preview,
        "seen": _seal(preview),
        "has_changed": "confirm" in request.POST and bool(preview) and not form.errors,
        "gone_g": sum(row["gone_g"] for row in preview),
        "on": on,
        "offer": offer,
        "site": offer.site,
        "sites": sites_of(request),
    }
    return render(request, "inventory/settle.html", context)


def _settling(form: SettleForm, lines: Any) -> Any:
    def act(entry: Entry) -> Movement:
        return services.settle(entry=entry, on=form.cleaned_data["on"], closing_g=lines.weights())

    return act


def _day(request: CallerRequest, site: Site) -> date:
    """The day asked for, else the last of the month before."""
    today = site.business_date(timezone.now())
    try:
        asked = parse_date(request.POST.get("on") or request.GET.get("on", ""))
    except ValueError:
        asked = None
    return asked if asked and asked <= today else today.replace(day=1) - timedelta(days=1)


def _books_by_top(offer: Offer, on: date) -> dict[int, int]:
    """Top category key → grams in bulk at the end of day ``on``."""
    tops: dict[int, int] = {}
    top_of = {
        row.pk: row.top_id or row.pk for row in Category.objects.of(offer.site.organisation_id)
    }
    for (_account, pk), weight_g in services.bulk_at_end_of(offer.site, on).items():
        tops[top_of[pk]] = tops.get(top_of[pk], 0) + weight_g
    return tops


def _preview(form: SettleForm, lines: Any, books_g: Mapping[int, int]) -> list[dict[str, Any]]:
    """What would be deducted per category; or the refusal, on the form."""
    try:
        closing_g = lines.weights()
        legs = services.settlement(site=form.site, on=form.cleaned_data["on"], closing_g=closing_g)
    except ValidationError as refusal:
        form.refuse(refusal)
        return []
    gone: dict[int, int] = {}
    for leg in legs:
        top = leg.category.top_id or leg.category.pk
        gone[top] = gone.get(top, 0) + leg.weight_g
    return [
        {
            "category": category,
            "books_g": books_g.get(category.pk, 0),
            "left_g": left_g,
            "gone_g": gone.get(category.pk, 0),
        }
        for category, left_g in closing_g.items()
    ]


def _seal(preview: list[dict[str, Any]]) -> str:
    """The deduction in one word, so that what is confirmed is what was shown."""
    return " ".join(f"{row['category'].code}:{row['gone_g']}" for row in preview)

"""Objects found: scanned, typed, searched by words, listed by place, category and age."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory import codes
from inventory.forms.choices import Offer
from inventory.forms.items import ItemFilters
from inventory.models import Category, Item, ItemCode, Movement
from inventory.views.acts import chosen_site, sites_of
from organisation.doors import page
from organisation.models import Site
from organisation.permissions import CallerRequest

PAGE = 50
FOUND = 20  # what a search shows: more means that it asked for too little
# By no index: a search reads what is in stock, not all there ever was, the newest first.
NEWEST_FOUND = (F("pk") + 0).desc()
SHOWN = ("category__parent__parent", "account__site", "account__place")


@page("read_stock")
@require_safe
def find(request: CallerRequest) -> HttpResponse:
    """Go to the object or the document that was scanned or typed, or show what resembles it."""
    said = request.GET.get("q", "").strip()[:200]
    said = said if said.isprintable() else ""
    code = codes.normalise(said)
    if codes.is_valid(code) and _is_known(request, code):
        return redirect("item", code=code)
    if number := _number(request, said):
        return redirect("document", number=number)
    return find_page(request, said)


def _is_known(request: CallerRequest, code: str) -> bool:
    """Whether an object wears this code, or a blank label."""
    worn = Item.objects.within(request).named(code)
    return worn.exists() or ItemCode.objects.within(request).named(code).blank().exists()


def _number(request: CallerRequest, said: str) -> str:
    """The number of the document that was meant, whatever its capitals; empty if there is none."""
    prefix, _dash, rest = said.partition("-")
    meant = {said, *(f"{prefix.upper()}-{case}" for case in (rest, rest.lower(), rest.upper()))}
    ours = Movement.objects.within(request).filter(number__in=meant)
    return ours.values_list("number", flat=True).first() or ""


def find_page(request: CallerRequest, said: str, status: int = 200) -> HttpResponse:
    """What was meant: codes one slip away that exist, or objects in stock with these words."""
    code = codes.normalise(said)
    is_code = len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET)
    known = Item.objects.within(request).select_related(*SHOWN)
    context = {
        "said": said,
        "is_mistyped": is_code and not codes.is_valid(code),
        "is_unknown": is_code and codes.is_valid(code),
        "near": known.wearing(codes.near(code))[:FOUND] if is_code else [],
        "found": _like(request, said) if said else [],
    }
    return render(request, "inventory/find.html", context, status=status)


@page("read_stock")
@require_safe
def items(request: CallerRequest) -> HttpResponse:
    """Labelled objects in stock, a page at a time."""
    sites = sites_of(request)
    offer = Offer(chosen_site(request))
    filters = ItemFilters(request.GET, offer=offer, sites=sites)
    filters.is_valid()
    said = filters.cleaned_data
    rows = _asked(request, said, sites)
    rows = _after(rows, said)
    found = _shown(request, rows, PAGE + 1)
    context = {
        "filters": filters,
        "items": found[:PAGE],
        "next": _following(request, found),
        "is_filtered": any(said.get(name) for name in ("q", "older", "place", "category", "site")),
        "is_single": len(sites) == 1,
        "today": timezone.localdate(),
        "may_label": request.user.may_anywhere("label"),
        "site": offer.site,
    }
    return render(request, "inventory/items.html", context)


def _asked(request: CallerRequest, said: dict[str, Any], sites: list[Site]) -> Any:
    rows = Item.objects.in_stock([said["site"]] if said.get("site") else sites)
    if said.get("place"):
        rows = rows.filter(account__place=said["place"])
    if said.get("category"):
        rows = rows.filter(category__in=Category.objects.under(said["category"]))
    if said.get("older"):
        day = timezone.localdate() - timedelta(weeks=int(said["older"]))
        rows = rows.filter(since__lt=day)
    return rows.about(said["q"], request.user.organisation_id) if said.get("q") else rows


def _like(request: CallerRequest, said: str) -> list[Item]:
    """The newest objects in stock with these words."""
    here = Item.objects.in_stock(sites_of(request)).about(said, request.user.organisation_id)
    return _shown(request, here.order_by(NEWEST_FOUND), FOUND)


def _shown(request: CallerRequest, rows: Any, most: int) -> list[Item]:
    """The first of ``rows``, with what a list says of them.

    Which, by what they are alone: with their codes beside them, a database would rather read every
    code that was ever given.
    """
    keys = list(rows.values_list("pk", flat=True)[:most])
    found = Item.objects.within(request).select_related(*SHOWN).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _after(rows: Any, said: dict[str, Any]) -> Any:
    """In order, newest or oldest first, beginning after the item that was seen last."""
    seen = said.get("seen")
    last = Item.objects.filter(pk=seen).first() if seen else None
    if said.get("order") != "oldest":
        newest = NEWEST_FOUND if said.get("q") else F("pk").desc()
        return (rows.filter(pk__lt=seen) if seen else rows).order_by(newest)
    if last:
        rows = rows.filter(Q(since__gt=last.since) | Q(since=last.since, pk__gt=last.pk))
    return rows.order_by("since", "pk")


def _following(request: CallerRequest, found: list[Item]) -> str:
    """The query of the next page, if there is one."""
    if len(found) <= PAGE:
        return ""
    query = request.GET.copy()
    query["seen"] = str(found[PAGE - 1].pk)
    return query.urlencode()

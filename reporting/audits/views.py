"""What whoever holds a link may read: figures, rows, movements, documents, objects."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found

from organisation.doors import anyone
from organisation.submissions import writing
from reporting.audits.reading import Shared, Told
from reporting.bilan import KNOWN
from reporting.listing import LABELS, ROAD, STOCK, Listing
from reporting.models import AuditLink
from reporting.trail.told import told_g
from reporting.trail.views import LISTED, row_named, row_of
from reporting.trail.written import Writer

OPEN = frozenset(LABELS) - {STOCK, ROAD}  # what stood on a day rests on all the days before
ASKED = frozenset({"figure", "known", "row", "after"})


def shared(view: Callable[..., HttpResponse]) -> Any:
    """Guard a page by the token of its address; unknown, expired and ended ones are all alike."""

    @anyone
    @require_safe
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **path: str) -> HttpResponse:
        try:
            link = AuditLink.objects.opened_by(token)
            if link is None or set(request.GET) - ASKED:
                raise Http404
            with transaction.atomic(using="report"):
                response = view(request, Shared(link, token), **path)
        except Http404 as missing:
            response = page_not_found(request, missing)
        else:
            with writing():
                AuditLink.objects.used(link)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


@shared
def summary(request: HttpRequest, held: Shared) -> HttpResponse:
    """The balance and the rates, each figure opening on its rows."""
    return render(request, "reporting/audit.html", {"held": held, "told": Told(held)})


@shared
def rows(request: HttpRequest, held: Shared) -> HttpResponse:
    """The rows of the cube that a figure adds up."""
    listing = _listing(request, held)
    if listing.row is not None:
        raise Http404
    leaf = listing.rows(LISTED, request.GET.get("after", ""))
    context = _context(request, held, listing) | {
        "leaf": leaf,
        "above_g": told_g(listing),
        "lines": _writer(held, listing).cube_rows(leaf),
        "next": _query(listing, leaf.after) if leaf.after else "",
    }
    return render(request, "reporting/audit_rows.html", context)


@shared
def movements(request: HttpRequest, held: Shared) -> HttpResponse:
    """The movements of one row: never of more, so that no page reads more than a month."""
    listing = _listing(request, held)
    writer = _writer(held, listing)
    if (row := row_of(listing, writer)) is None:
        raise Http404
    leaf = listing.leaf(LISTED, request.GET.get("after", ""))
    context = _context(request, held, listing) | {
        "row": row,
        "leaf": leaf,
        "above_g": listing.total_g,
        "lines": writer.lines(leaf, held.link.organisation_id),
        "next": _query(listing, leaf.after) if leaf.after else "",
    }
    return render(request, "reporting/audit_movements.html", context)


@shared
def document(request: HttpRequest, held: Shared, number: str) -> HttpResponse:
    """A document of the scope and period: what moved; not who moved it, nor for whom."""
    movement = held.movements().filter(number=number).first() if number.isprintable() else None
    if movement is None:
        raise Http404
    leaf = held.lines_of(movement, LISTED, request.GET.get("after", ""))
    context = {
        "held": held,
        "movement": movement,
        "leaf": leaf,
        "lines": _writer(held, held.listing("outgoing_g")).lines(leaf, held.link.organisation_id),
        "is_first": not request.GET.get("after"),
        "first": "",
        "next": urlencode({"after": leaf.after}) if leaf.after else "",
        **held.corrections_of(movement),
    }
    return render(request, "reporting/audit_document.html", context)


@shared
def item(request: HttpRequest, held: Shared, code: str) -> HttpResponse:
    """An object: its code, category and weight, and what happened to it in scope and period."""
    found = held.item_named(code) if code.isprintable() else None
    if found is None:
        raise Http404
    flows = held.life_of(found, LISTED)
    if not flows:
        raise Http404
    writer = _writer(held, held.listing("outgoing_g"))
    codes = {found.pk: found.own_code}
    lines = [writer.line(flow, flow.weight_g, codes) for flow in flows]
    context = {"held": held, "item": found, "lines": lines, "is_cut": len(lines) == LISTED}
    return render(request, "reporting/audit_item.html", context)


def _listing(request: HttpRequest, held: Shared) -> Listing:
    figure, known = request.GET.get("figure", ""), request.GET.get("known", "")
    if figure not in OPEN or (known and known not in KNOWN):
        raise Http404
    return held.listing(figure, known, row_named(request.GET.get("row", "")))


def _context(request: HttpRequest, held: Shared, listing: Listing) -> dict[str, Any]:
    behind = {"figure": listing.figure, "known": listing.known}
    return {
        "held": held,
        "title": LABELS[listing.figure],
        "narrowed": [KNOWN[listing.known]] if listing.known else [],
        "is_first": not request.GET.get("after"),
        "first": _query(listing),
        "rows": f"{held.address('audit-rows')}?{urlencode(behind)}",
    }


def _query(listing: Listing, after: str = "") -> str:
    row = listing.row.name if listing.row else ""
    asked = {"figure": listing.figure, "known": listing.known, "row": row, "after": after}
    return urlencode({key: value for key, value in asked.items() if value})


def _writer(held: Shared, listing: Listing) -> Writer:
    def to_row(name: str) -> str:
        query = {"figure": listing.figure, "known": listing.known, "row": name}
        return (
            f"{held.address('audit-movements')}?{urlencode({k: v for k, v in query.items() if v})}"
        )

    def to_document(movement: Any) -> str:
        is_told = held.tells(movement)
        return held.address("audit-document", number=movement.number) if is_told else ""

    return Writer(
        listing,
        to_row=to_row,
        to_document=to_document,
        to_item=lambda code: held.address("audit-item", code=code),
        is_discreet=True,
    )

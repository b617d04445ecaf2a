"""What is behind a figure of the Bilan: the rows of the cube, and the movements of each."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from organisation.doors import caller, page
from organisation.permissions import CallerRequest
from reporting import exports
from reporting.asking import not_understood, question_of
from reporting.bilan import KNOWN
from reporting.forms import Question
from reporting.listing import CROSSING, LABELS, NARROWS, Listing, Row
from reporting.names import NONE, names_of
from reporting.trail.told import told_g
from reporting.trail.written import Writer

LISTED = 100
BEHIND = ("figure", "known", *NARROWS)


@page("read_figures")
@require_safe
def rows(request: CallerRequest) -> HttpResponse:
    """The rows of the cube that a figure adds up; each opens on its movements."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    listing = listing_of(request, asked)
    with transaction.atomic(using="report"):
        leaf = listing.rows(LISTED, request.GET.get("after", ""))
        context = _context(request, asked, listing) | {
            "leaf": leaf,
            "above_g": told_g(listing),
            "lines": _writer(asked, listing).cube_rows(leaf),
            "next": _address(asked, listing, after=leaf.after) if leaf.after else "",
            "all": f"{reverse('movements')}?{_address(asked, listing)}",
        }
        return render(request, "reporting/rows.html", context)


@page("read_figures")
@require_safe
def movements(request: CallerRequest) -> HttpResponse:
    """The movements of a row of the cube, or of the whole figure; their grams add up to it."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    listing = listing_of(request, asked)
    with transaction.atomic(using="report"):
        leaf = listing.leaf(LISTED, request.GET.get("after", ""))
        writer, organisation = _writer(asked, listing), caller(request).organisation_id
        context = _context(request, asked, listing) | {
            "leaf": leaf,
            "above_g": listing.total_g,
            "lines": writer.lines(leaf, organisation),
            "row": row_of(listing, writer),
            "rows": f"{reverse('rows')}?{_address(asked, listing, row='')}",
            "next": _address(asked, listing, after=leaf.after) if leaf.after else "",
        }
        return render(request, "reporting/movements.html", context)


@page("read_figures")
def flows_csv(request: CallerRequest) -> Any:
    """The flows of a report, or of one of its figures, as a CSV file."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    listing, period = listing_of(request, asked, CROSSING), asked.period
    _narrowed(request, listing)
    name = f"tracerie-{period.start.isoformat()}-{period.end.isoformat()}.csv"
    return StreamingHttpResponse(
        exports.flows_csv(listing),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def listing_of(request: CallerRequest, asked: Question, default: str = "") -> Listing:
    """What the address asks for. Raises Http404 where it names what is not, or for a network:
    its members keep their movements.
    """
    if asked.network_asked is not None:
        raise Http404
    figure, known = request.GET.get("figure", default), request.GET.get("known", "")
    if (figure not in LABELS and figure != default) or (known and known not in KNOWN):
        raise Http404
    if not figure:
        raise Http404
    narrow = {name: request.GET.get(name, "") for name in NARROWS}
    row = row_named(request.GET.get("row", ""))
    return Listing(
        asked.scope, asked.period, figure, asked.category_asked, known, **narrow, row=row
    )


def row_named(name: str) -> Row | None:
    """The row of this name, of none where there is no name. Raises Http404."""
    row = Row.named(name)
    if name and row is None:
        raise Http404
    return row


def row_of(listing: Listing, writer: Writer) -> Any:
    """The row that a list keeps to, written; None of a whole figure. Raises Http404."""
    if listing.row is None:
        return None
    written = writer.cube_rows(listing.rows(1))
    if not written:
        raise Http404
    return written[0]


def _context(request: CallerRequest, asked: Question, listing: Listing) -> dict[str, Any]:
    """What both pages say of the figure they are behind."""
    narrowed = _narrowed(request, listing)
    return {
        "asked": asked,
        "title": LABELS[listing.figure],
        "narrowed": [*narrowed, *([KNOWN[listing.known]] if listing.known else [])],
        "scope": listing.scope,
        "period": asked.period,
        "is_first": not request.GET.get("after"),
        "first": _address(asked, listing),
        "back": asked.address(),
        "csv": _address(asked, listing),
    }


def _address(asked: Question, listing: Listing, **more: str) -> str:
    """The query of the same list, or of another page or part of it."""
    behind = {name: getattr(listing, name) for name in BEHIND}
    row = listing.row.name if listing.row else ""
    return asked.address(**{**behind, "row": row, **more})


def _writer(asked: Question, listing: Listing) -> Writer:
    return Writer(
        listing,
        to_row=lambda name: f"{reverse('movements')}?{_address(asked, listing, row=name)}",
        to_document=lambda movement: reverse("document", args=[movement.number]),
        to_item=lambda code: reverse("item", args=[code]),
    )


def _narrowed(request: CallerRequest, listing: Listing) -> list[str]:
    """What the mode, partner or stream that a list keeps to is called; 404 where unknown."""
    names = []
    for dimension in NARROWS:
        if code := getattr(listing, dimension):
            known = names_of(dimension, caller(request).organisation_id)
            if (name := known.get(None if code == NONE else code)) is None:
                raise Http404
            names.append(str(name))
    return names

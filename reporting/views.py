"""The *Bilan*, what is behind each of its figures, and its CSV."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inventory.months import first_day
from organisation.doors import caller, page
from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest
from organisation.submissions import claim_of, form_content, submit
from reporting import charts, exports, services, workbook
from reporting.bilan import KNOWN, Page
from reporting.bilan.indicators import sections
from reporting.breakdown import Sides, side_by_side
from reporting.choices import bases, comparisons, presets, until_today, whences
from reporting.forms import ClosingForm, Question
from reporting.listing import CROSSING, LABELS, NARROWS, Listing
from reporting.models import MonthClosing
from reporting.months import closes_from, first_open
from reporting.names import NONE, names_of
from reporting.printing import period_name

LISTED = 100


@page("read_figures")
def bilan(request: CallerRequest) -> HttpResponse:
    """The report of a period: shares, mass balance, tables, what it rests on; two side by side."""
    asked = _question(request)
    if not asked.is_valid():
        return _not_understood(request, asked)
    with transaction.atomic(using="report"):  # one snapshot for all that the page reads
        return render(request, "reporting/bilan.html", _bilan(request, asked))


def _bilan(request: CallerRequest, asked: Question) -> dict[str, Any]:
    """What the report's template shows."""
    sides = _sides(asked)
    written = Page(asked, sides)
    figures, compared = sides.now.figures, sides.was and sides.was.figures
    return {
        "asked": asked,
        "title": period_name(asked.period),
        "base": asked.base_asked,
        "bases": bases(asked),
        "presets": presets(asked),
        "comparisons": comparisons(asked),
        "until_today": until_today(asked),
        "figures": figures,
        "compared": compared,
        "compared_name": period_name(asked.compared) if asked.compared else "",
        "is_blank": sides.was is not None and sides.was.is_blank,
        "page": written,
        "unit": written.unit.word,
        "is_draft": any(note["type"] == "open_months" for note in figures["warnings"]),
        "quality_bar": charts.quality_bar(figures["quality"], KNOWN) if figures["quality"] else "",
        "csv": asked.address(compare=""),
        "xlsx": asked.address(),
        "whole_year": asked.whole_year,
        "may_govern": caller(request).may_anywhere("govern"),
        "whences": [] if asked.network_asked else whences(asked),
    }


@page("read_figures")
def indicators(request: CallerRequest) -> HttpResponse:
    """Every indicator that has something to tell of a period, beside the one compared."""
    asked = _question(request)
    if not asked.is_valid():
        return _not_understood(request, asked)
    periods = [asked.period, *([asked.compared] if asked.compared else [])]
    context = {
        "asked": asked,
        "title": period_name(asked.period),
        "heads": [period_name(period) for period in periods],
        "sections": sections(asked),
        "back": asked.address(),
    }
    return render(request, "reporting/indicators.html", context)


@page("read_figures")
def bilan_xlsx(request: CallerRequest) -> HttpResponse:
    """The same report as a workbook, to the gram."""
    asked = _question(request)
    if not asked.is_valid():
        return _not_understood(request, asked)
    period = asked.period
    name = f"tracerie-bilan-{period.start.isoformat()}-{period.end.isoformat()}.xlsx"
    return HttpResponse(
        workbook.workbook(asked, _sides(asked)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page("read_figures")
def movements(request: CallerRequest) -> HttpResponse:
    """The movements that a figure is made of; their grams add up to it."""
    asked = _question(request)
    if not asked.is_valid():
        return _not_understood(request, asked)
    listing = _listing(request, asked)
    narrowed = _narrowed(request, listing)
    rows, after = listing.page(LISTED, request.GET.get("after", ""))
    behind = {name: getattr(listing, name) for name in ("figure", "known", *NARROWS)}
    context = {
        "asked": asked,
        "title": LABELS[listing.figure],
        "narrowed": [*narrowed, *([KNOWN[listing.known]] if listing.known else [])],
        "scope": listing.scope,
        "total_g": listing.total_g,
        "rows": rows,
        "is_first": not request.GET.get("after"),
        "next": asked.address(after=after, **behind) if after else "",
        "first": asked.address(**behind),
        "back": asked.address(),
        "csv": asked.address(**behind),
    }
    return render(request, "reporting/movements.html", context)


@page("read_figures")
def flows_csv(request: CallerRequest) -> Any:
    """The flows of a report, or of one of its figures, as a CSV file."""
    asked = _question(request)
    if not asked.is_valid():
        return _not_understood(request, asked)
    listing, period = _listing(request, asked, CROSSING), asked.period
    _narrowed(request, listing)
    name = f"tracerie-{period.start.isoformat()}-{period.end.isoformat()}.csv"
    return StreamingHttpResponse(
        exports.flows_csv(listing),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page("read_figures")
def months(request: CallerRequest) -> HttpResponse:
    """The next month to close at each site, and what has been closed."""
    user = caller(request)
    sites = list(Site.objects.permitted(user, "read_figures"))
    waiting = first_open(sites)
    rows = [_month_row(user, site, waiting.get(site.pk)) for site in sites]
    closed = MonthClosing.objects.of(sites).select_related("site", "author")
    context = {
        "rows": rows,
        "closed": closed[:LISTED],
        "accept": request.GET.get("accept", ""),
    }
    return render(request, "reporting/months.html", context)


@require_POST
@page("close_month")
def close_month(request: CallerRequest, site: Site) -> HttpResponse:
    """Close a site's month, once, and say so."""
    form = ClosingForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        submit(
            claim=claim_of(request, form.cleaned_data["id"], site.organisation),
            content=form_content(request.POST),
            record=lambda submission: str(_close(request, site, form, submission)),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        accept = f"?accept={site.code}" if refusal.code == "negative_stock" else ""
        return redirect(f"{reverse('months')}{accept}")
    messages.success(request, _("The month is closed: its figures stand."))
    return redirect("months")


def _close(
    request: CallerRequest, site: Site, form: ClosingForm, submission: Submission
) -> MonthClosing:
    return services.close_month(
        site=site,
        month=form.cleaned_data["month"],
        author=caller(request),
        submission=submission,
        accepts_negative=form.cleaned_data["accepts_negative"],
    )


def _month_row(user: User, site: Site, month: int | None) -> dict[str, Any]:
    closes_at = closes_from(site, month) if month else None
    return {
        "id": uuid4(),
        "site": site,
        "month": month,
        "first_day": first_day(month) if month else None,
        "closes_at": closes_at,
        "is_due": closes_at is not None and closes_at <= timezone.now(),
        "may_close": user.may("close_month", site),
    }


def _question(request: CallerRequest) -> Question:
    return Question(request.GET, caller(request), timezone.localdate())


def _sides(asked: Question) -> Sides:
    return side_by_side(
        scope=asked.scope,
        period=asked.period,
        compared=asked.compared,
        category=asked.category_asked,
        whence=asked.whence_asked,
    )


def _not_understood(request: CallerRequest, asked: Question) -> HttpResponse:
    """Other figures than those asked for would be taken for them: the form, and none."""
    return render(request, "reporting/not_understood.html", {"asked": asked}, status=422)


def _listing(request: CallerRequest, asked: Question, default: str = "") -> Listing:
    """What is listed; 404 for a network, whose members keep their movements."""
    if asked.network_asked is not None:
        raise Http404
    figure, known = request.GET.get("figure", default), request.GET.get("known", "")
    if (figure not in LABELS and figure != default) or (known and known not in KNOWN):
        raise Http404
    if not figure:
        raise Http404
    narrow = {name: request.GET.get(name, "") for name in NARROWS}
    return Listing(asked.scope, asked.period, figure, asked.category_asked, known, **narrow)


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

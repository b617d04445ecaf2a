"""The *Bilan*, on screen and as a workbook, and the closing of months."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
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
from reporting import charts, services, workbook
from reporting.asking import not_understood, question_of
from reporting.bilan import KNOWN, Page
from reporting.bilan.indicators import sections
from reporting.breakdown import Sides, side_by_side
from reporting.choices import bases, comparisons, presets, until_today, whences
from reporting.forms import ClosingForm, Question
from reporting.models import MonthClosing
from reporting.months import closes_from, first_open
from reporting.printing import period_name
from reporting.trail.views import LISTED


@page("read_figures")
def bilan(request: CallerRequest) -> HttpResponse:
    """The report of a period: shares, mass balance, tables, what it rests on; two side by side."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
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
        "may_share": caller(request).may_anywhere("govern"),
        "whences": [] if asked.network_asked else whences(asked),
    }


@page("read_figures")
def indicators(request: CallerRequest) -> HttpResponse:
    """Every indicator that has something to tell of a period, beside the one compared."""
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
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
    asked = question_of(request)
    if not asked.is_valid():
        return not_understood(request, asked)
    period = asked.period
    name = f"tracerie-bilan-{period.start.isoformat()}-{period.end.isoformat()}.xlsx"
    with transaction.atomic(using="report"):  # one snapshot for all its sheets
        book = workbook.workbook(asked, _sides(asked))
    return HttpResponse(
        book,
        content_type=workbook.XLSX,
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


def _sides(asked: Question) -> Sides:
    return side_by_side(
        scope=asked.scope,
        period=asked.period,
        compared=asked.compared,
        category=asked.category_asked,
        whence=asked.whence_asked,
    )

"""Closings of days, months and years: listed, read, printed; and months closed by hand."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.months import first_day, month_of
from inventory.views.acts import as_pdf, recorded_number, shown, sites_of
from organisation.doors import page, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.periods import DAYS, SPANS, YEARS, CloseMonthsForm, ClosingFilters
from sales.models import Closing, PeriodClosing, Till
from sales.periodreport import figures_of, period_pdf

PAGE = 50


@page("read_sales")
@require_safe
def closings(request: CallerRequest) -> HttpResponse:
    """Zs, months and years, newest first."""
    return _listed(request, None)


@page("close_month")
@require_POST
def close(request: CallerRequest) -> HttpResponse:
    """Close the months of a site's tills that have ended. Raises Http404, PermissionDenied."""
    if code := request.POST.get("of"):
        rows = Site.objects.filter(organisation=request.user.organisation_id, code=code)
        require(request, get_object_or_404(rows))
    sites = _closable(request)
    asked = sites.get(request.POST.get("of", "")) or next(iter(sites.values()))
    form: Any = CloseMonthsForm(request.POST, sites=sites, offer=Offer(asked), user=request.user)

    def act(entry: Entry) -> str:
        return str(len(services.close_months(entry=entry)))

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        messages.success(request, _("The months of the tills are closed."))
        return redirect("closings")
    return _listed(request, form)


@page("read_sales")
@require_safe
def period(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """A month or a year of a site's tills."""
    found = _period(request, uuid)
    context = {"closing": found, "z": figures_of(found), "parts": _parts(found)}
    return render(request, "sales/period.html", context)


@page("read_sales")
@require_safe
def period_paper(request: CallerRequest, uuid: UUID) -> HttpResponse:
    """The same as a PDF, to be kept outside."""
    found = _period(request, uuid)
    return as_pdf(period_pdf(found), found.number)


def _period(request: CallerRequest, uuid: UUID) -> PeriodClosing:
    rows = PeriodClosing.objects.within(request)
    found: PeriodClosing = get_object_or_404(rows, event__uuid=uuid)
    require(request, found.guarded_by)
    return found


def _parts(closing: PeriodClosing) -> Any:
    """The closings that it adds up: Zs of a month, months of a year."""
    inside = {"first_day__gte": closing.first_day, "last_day__lte": closing.last_day}
    if closing.is_year:
        rows = PeriodClosing.objects.months().filter(site=closing.site_id, **inside)
        return rows.select_related("event", "site")
    hashes = [cited[2] for till in closing.figures["tills"].values() for cited in till["closings"]]
    days = Closing.objects.filter(event__hash__in=hashes, session__till__site=closing.site_id)
    days = days.select_related("event", "session__till__site")
    return days.order_by("session__business_date", "session__till__code", "session__number")


def _listed(request: CallerRequest, form: Any) -> HttpResponse:
    tills = list(Till.objects.filter(site__in=sites_of(request)).select_related("site"))
    filters = ClosingFilters(request.GET, tills=tills, months=_months(tills))
    filters.is_valid()
    found = [] if filters.errors else _rows(filters)
    is_refused = form is not None or bool(filters.errors)
    context = {
        "filters": filters,
        "form": form,
        "rows": found[:PAGE],
        "is_days": filters.span == DAYS,
        "spans": [(name, label, _with(request, of=name)) for name, label in SPANS.items()],
        "span": filters.span,
        "is_filtered": any(filters.cleaned_data.get(name) for name in ("site", "till", "month")),
        "older": _with(request, before=found[PAGE - 1].pk) if len(found) > PAGE else "",
        "due": _due(request),
        "is_sent": is_refused,
    }
    return shown(request, "sales/closings.html", context)


def _with(request: CallerRequest, **more: Any) -> str:
    """The address's query with something else in it."""
    query = request.GET.copy()
    query.pop("before", None)
    for name, value in more.items():
        query[name] = str(value)
    return query.urlencode()


def _months(tills: list[Till]) -> list[int]:
    """Months in which a till was closed, the last one first."""
    days = Closing.objects.filter(session__till__in=tills).dates("session__business_date", "month")
    return sorted((month_of(day) for day in days), reverse=True)


def _rows(filters: ClosingFilters) -> list[Any]:
    """A page of closings and one more."""
    rows: QuerySet[Any]
    between, before = filters.between, filters.cleaned_data.get("before")
    if filters.span == DAYS:
        rows = Closing.objects.filter(session__till__in=filters.tills)
        rows = rows.select_related("event", "session__till__site")
        rows = rows.filter(session__business_date__range=between) if between else rows
    else:
        every = PeriodClosing.objects.years() if filters.span == YEARS else None
        rows = PeriodClosing.objects.months() if every is None else every
        rows = rows.filter(site__in={till.site for till in filters.tills})
        rows = rows.select_related("event", "site")
        if between:
            rows = rows.filter(first_day__lte=between[1], last_day__gte=between[0])
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.order_by("-pk")[: PAGE + 1])


def _closable(request: CallerRequest) -> dict[str, Site]:
    rows = Site.objects.permitted(request.user, "close_month").select_related("organisation")
    return {site.code: site for site in rows}


def _due(request: CallerRequest) -> list[dict[str, Any]]:
    """Sites whose tills have a month to close that has ended, for those who may close it."""
    now, found = timezone.now(), []
    for site in _closable(request).values():
        month = services.next_month(site)
        if month and month < month_of(site.business_date(now)):
            found.append({"site": site, "day": first_day(month), "id": uuid4()})
    return found

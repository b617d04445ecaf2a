"""Vouchers of third parties: what each issuer owes, month by month."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.months import add_months, first_day, month_of
from inventory.views.acts import as_pdf, sites_of
from organisation.doors import page
from organisation.permissions import CallerRequest
from sales.models import VoucherIssuer
from sales.statements import (
    Statement,
    dues_of,
    statement_csv,
    statement_of,
    statement_pdf,
    unissued_cents,
)

FIRST, LAST = 200001, 209912


@page("read_figures")
@require_safe
def dues(request: CallerRequest) -> HttpResponse:
    """What issuers owe for a month: this one, or the one of ``?month=``."""
    month = _month(request.GET.get("month") or str(month_of(timezone.localdate())))
    sites = sites_of(request)
    issuers = list(VoucherIssuer.objects.within(request))
    context = {
        "month": first_day(month),
        "number": month,
        "dues": [
            due for due in dues_of(issuers, month, sites) if due.issuer.is_active or due.count
        ],
        "unissued_cents": unissued_cents(month, sites),
        "before": add_months(month, -1),
        "after": add_months(month, 1),
        "may_configure": request.user.may_anywhere("configure"),
    }
    return render(request, "sales/voucher_dues.html", context)


@page("read_figures")
@require_safe
def statement(request: CallerRequest, issuer: str, month: int) -> HttpResponse:
    """A month of an issuer: each voucher, and what is due."""
    found = _statement(request, issuer, month)
    context: dict[str, Any] = {
        "statement": found,
        "before": add_months(found.month, -1),
        "after": add_months(found.month, 1),
    }
    return render(request, "sales/statement.html", context)


@page("read_figures")
@require_safe
def paper(request: CallerRequest, issuer: str, month: int) -> HttpResponse:
    """The statement as a PDF, to send with an invoice."""
    found = _statement(request, issuer, month)
    return as_pdf(statement_pdf(found), found.number)


@page("read_figures")
@require_safe
def table(request: CallerRequest, issuer: str, month: int) -> HttpResponse:
    """The statement for a spreadsheet."""
    found = _statement(request, issuer, month)
    response = HttpResponse(statement_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


def _statement(request: CallerRequest, issuer: str, month: int) -> Statement:
    """Of the sites whose figures the caller reads. Raises Http404."""
    rows = VoucherIssuer.objects.within(request).select_related("organisation")
    found = rows.named(issuer).first() if issuer.isprintable() else None
    if found is None:
        raise Http404
    return statement_of(found, _month(str(month)), sites_of(request))


def _month(text: str) -> int:
    """A month such as 202611. Raises Http404."""
    is_number = text.isascii() and text.isdecimal() and len(text) == len(str(FIRST))
    if not is_number or not FIRST < int(text) < LAST or not 1 <= int(text) % 100 <= 12:
        raise Http404
    return int(text)

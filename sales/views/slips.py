"""Slips for the bank: what waits for it, new slips, one of them on a page and on paper."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import as_pdf, chosen_site, recorded_number, shown, sites_of
from organisation.doors import page, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.submissions import writing
from sales import services
from sales.bankslip import lines_of, pieces_of, slip_pdf
from sales.forms.drawer import DrawerForm
from sales.forms.slips import CashSlipForm, ChequesForm
from sales.models import BankSlip, Till, TillSession

MOST = 100  # cheques offered at once, slips listed
NUMBER = re.compile(r"R-(.+)-([1-9][0-9]{0,8})")


@page("sell")
@require_safe
def slips(request: CallerRequest) -> HttpResponse:
    """What waits for the bank at a site, and the slips that were made."""
    site = chosen_site(request)
    cheques, cash = BankSlip.objects.cheques_left(site), BankSlip.objects.cash_left(site)
    context = {
        "site": site,
        "sites": sites_of(request),
        "cheques": cheques.count(),
        "cheques_cents": cheques.aggregate(sum=Sum("amount_cents"))["sum"] or 0,
        "cash_cents": -(cash.aggregate(sum=Sum("amount_cents"))["sum"] or 0),
        "slips": _slips(request).filter(site=site).order_by("-rank")[:MOST],
        "is_sent": False,
    }
    return shown(request, "sales/bank_slips.html", context)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def cheques(request: CallerRequest) -> HttpResponse:
    """Choose the cheques that go to the bank together."""
    site = chosen_site(request)
    left = BankSlip.objects.cheques_left(site)
    form = _form(request, ChequesForm, site, cheques=list(left[:MOST]))

    def act(entry: Entry) -> BankSlip:
        return services.remit_cheques(entry=entry, cheques=form.chosen)

    context = {"form": form, "site": site, "more": max(left.count() - MOST, 0)}
    return _recorded(request, form, act) or _shown(request, "sales/bank_cheques.html", context)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def cash(request: CallerRequest) -> HttpResponse:
    """Count the cash that goes to the bank."""
    site = chosen_site(request)
    tills = [
        till
        for till in Till.objects.at([site]).select_related("site__organisation")
        if TillSession.objects.open_at(till)
    ]
    moves = list(BankSlip.objects.cash_left(site)[:MOST])
    form = _form(request, CashSlipForm, site, tills=tills, moves=moves)

    def act(entry: Entry) -> BankSlip:
        return services.remit_cash(entry=entry, pieces=form.pieces, till=form.till, move=form.move)

    context = {"form": form, "site": site}
    return _recorded(request, form, act) or _shown(request, "sales/bank_cash.html", context)


def _form(request: CallerRequest, kind: Any, site: Site, **options: Any) -> Any:
    data = request.POST if request.method == "POST" else None
    return kind(data, offer=Offer(site), user=request.user, **options)


def _recorded(request: CallerRequest, form: Any, act: Any) -> HttpResponse | None:
    """The slip that was made, or nothing where the form is shown or refused."""
    if request.method != "POST" or not form.is_valid():
        return None
    number = recorded_number(request, form, Verb.SELL, act)
    return redirect("bank-slip", number=number) if number else None


def _shown(request: CallerRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return shown(request, template, {**context, "is_sent": request.method == "POST"})


@page("sell")
@require_safe
def slip(request: CallerRequest, number: str) -> HttpResponse:
    """A slip: what is on it, and whether it still holds."""
    return _slip_page(request, _slip(request, number), None)


def _slip_page(request: CallerRequest, found: BankSlip, form: Any) -> HttpResponse:
    lines = lines_of(found)
    context = {
        "slip": found,
        "lines": lines,
        "pieces": [(piece, n, piece * n) for piece, n in pieces_of(found)],
        "is_named": any(name or bank for _line, name, bank in lines),
        "form": form or _form_of(request, found),
    }
    return _shown(request, "sales/bank_slip.html", context)


def _form_of(request: CallerRequest, found: BankSlip) -> Any:
    form = _form(request, DrawerForm, found.site)
    del form.fields["comment"]
    return form


@page("sell")
@require_safe
def paper(request: CallerRequest, number: str) -> HttpResponse:
    """The slip as a PDF, to print and sign."""
    found = _slip(request, number)
    return as_pdf(slip_pdf(found), found.number)


@page("sell")
@require_POST
def cancel(request: CallerRequest, number: str) -> HttpResponse:
    """Write the counter-slip: what was on it waits for the bank again."""
    found = _slip(request, number)
    form = _form_of(request, found)

    def act(entry: Entry) -> BankSlip:
        return services.cancel_slip(entry=entry, slip=found)

    if form.is_valid() and (made := recorded_number(request, form, Verb.SELL, act)):
        said = {"number": found.number, "counter": made}
        messages.success(request, _("%(number)s is cancelled by %(counter)s.") % said)
        return redirect("bank-slip", number=found.number)
    return _slip_page(request, found, form)


@page("sell")
@require_POST
def erase(request: CallerRequest, number: str) -> HttpResponse:
    """Forget who drew the cheques of a slip."""
    found = _slip(request, number)
    with writing():
        services.erase_drawers(slip=found)
    messages.success(request, _("The names of this slip are erased."))
    return redirect(reverse("bank-slip", args=[found.number]))


def _slips(request: CallerRequest) -> Any:
    return BankSlip.objects.within(request).select_related("reversed_by")


def _slip(request: CallerRequest, number: str) -> BankSlip:
    """The slip of this number. Raises Http404, PermissionDenied."""
    said = NUMBER.fullmatch(number) if number.isprintable() else None
    found: BankSlip | None = None
    if said:
        named = _slips(request).filter(site__code=said[1], rank=int(said[2]))
        found = named.select_related("site__organisation", "move__session__till").first()
    if found is None:
        raise Http404
    require(request, found.site)
    return found

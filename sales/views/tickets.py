"""Tickets: the list, one of them, and what of it is given back. Nothing sold is ever edited."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Item, Movement, Verb
from inventory.trace import Event
from inventory.views.acts import older, recorded_number, sites_of
from organisation.doors import page, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from sales import services, vat
from sales.forms.tickets import RefundForm, TicketFilters
from sales.models import Copy, Method, Refund, Sale, ShopSettings, Till, TillLease
from sales.receipt import Receipt, address_of, guarantee, picture_of
from sales.takings import takings
from sales.templatetags.money import euros

PAGE = 50


@page("read_sales")
@require_safe
def tickets(request: CallerRequest) -> HttpResponse:
    """Tickets, newest first; what the tills took on the day that is looked at."""
    sites = sites_of(request)
    tills = list(Till.objects.filter(site__in=sites).select_related("site"))
    filters = TicketFilters(request.GET, tills=tills)
    filters.is_valid()
    said = filters.cleaned_data
    sought = said.get("number") and not filters.errors
    found = _sought(request, filters) if sought else _listed(filters)
    if sought and len(found) == 1:
        return redirect("ticket", number=found[0].number)
    shown = filters.tills
    days = _days({till.site for till in shown}, said.get("day"))
    context = {
        "filters": filters,
        "is_filtered": any(said.get(name) for name in ("number", "site", "till", "day")),
        "sought": said.get("number", ""),
        "tickets": found[:PAGE],
        "older": older(request, found, PAGE),
        "takings": {till: row for till, row in takings(days).items() if till in shown},
        "days": sorted(set(days.values())),
        "day": said.get("day"),
        "may_sell": request.user.may_anywhere("sell"),
        "may_archive": request.user.may_anywhere("read_figures"),
    }
    return render(request, "sales/tickets.html", context, status=422 if filters.errors else 200)


def _listed(filters: TicketFilters) -> list[Sale]:
    """A page of tickets and one more: a day's by its movements, else each till's newest."""
    said, tills = filters.cleaned_data, filters.tills
    before, rows = said.get("before"), Sale.objects.listed()
    if day := said.get("day"):
        rows = rows.between({till.site for till in tills}, day, day).filter(till__in=tills)
        rows = rows.filter(pk__lt=before) if before else rows
        return list(rows.order_by("-pk")[: PAGE + 1])
    return list(rows.newest(tills, before, PAGE + 1))


def _sought(request: CallerRequest, filters: TicketFilters) -> list[Sale]:
    """Tickets of the number that was typed, or on which a scanned object was sold."""
    rows = Sale.objects.listed().within(request).filter(till__in=filters.every)
    if code := filters.label:
        own = {"codes__code": code, "codes__organisation": request.user.organisation_id}
        rows = rows.filter(lines__item__in=Item.objects.filter(**own))
        return list(rows.order_by("-pk")[:PAGE])
    return list(rows.called(filters.numbers).order_by("-pk")[:PAGE])


def _days(sites: Iterable[Site], day: date | None) -> dict[Site, date]:
    """The day that is looked at, or each site's own today."""
    now = timezone.now()
    return {site: day or site.business_date(now) for site in sites}


@page("read_sales")
@require_safe
def ticket(request: CallerRequest, number: str) -> HttpResponse:
    """A ticket: what was sold, weighed and paid, and what came back of it since."""
    sale = sale_of(request, number)
    if sale.number != number:  # a refund is read on its ticket
        return redirect("ticket", number=sale.number)
    return _shown(request, sale, _refund_form(request, sale))


@page("sell")
@require_POST
def refund(request: CallerRequest, number: str) -> HttpResponse:
    """Give back part of a ticket, saying why."""
    sale = sale_of(request, number)
    form = _refund_form(request, sale)
    if form is None:
        raise Http404

    def act(entry: Entry) -> Movement:
        return services.refund_sale(
            entry=entry,
            till=form.cleaned_data["till"],
            sale=sale,
            quantities=form.quantities,
            method=Method(form.cleaned_data["method"]),
        ).movement

    is_judged = form.is_valid() or _is_replay(form)
    number_back = recorded_number(request, form, Verb.RETURN, act) if is_judged else None
    if number_back is None:
        return _shown(request, sale, form, status=422)
    back = Refund.objects.get(movement__number=number_back)
    said = {"sum": euros(back.total_cents), "number": back.number}
    messages.success(request, _("%(sum)s given back: %(number)s.") % said)
    return redirect("ticket", number=sale.number)


def sale_of(request: CallerRequest, number: str) -> Sale:
    """The ticket of this number, or of the refund that has it.

    Raises Http404 outside the structure, PermissionDenied for the role.
    """
    rows = Sale.objects.within(request).shown()
    whole = rows.prefetch_related("refunds__movement__author", "refunds__lines__line")
    sale = whole.called([number]).first() if number.isprintable() else None
    if sale is None:
        raise Http404
    require(request, sale.movement.site)
    return sale


def _refund_form(request: CallerRequest, sale: Sale) -> RefundForm | None:
    """The form of a refund, for those who may, while something is left to give back."""
    site = sale.movement.site
    if not request.user.may("sell", site):
        return None
    lent = TillLease.objects.live().values("till")  # money goes back there on the tablet
    tills = list(Till.objects.at([site]).exclude(pk__in=lent)) or [sale.till]
    form = RefundForm(
        request.POST or None, sale=sale, tills=tills, offer=Offer(site), user=request.user
    )
    return form if form.left or request.method == "POST" else None


def _is_replay(form: RefundForm) -> bool:
    """Whether it was recorded already, and so no longer fits what is left to give back."""
    uuid = form.cleaned_data.get("id")
    return bool(uuid and Submission.objects.answered(form.site.organisation, uuid))


def _shown(
    request: CallerRequest, sale: Sale, form: RefundForm | None, status: int = 200
) -> HttpResponse:
    lines = sorted(sale.lines.all(), key=lambda line: line.position)
    refunds = sorted(sale.refunds.all(), key=lambda back: back.pk)
    context = {
        "sale": sale,
        "movement": sale.movement,
        "lines": [(line, _code(line, sale)) for line in lines],
        "mentions": vat.mentions(sale.regime, sale.vat),
        "weight_g": sum(line.weight_g or 0 for line in lines),
        "flagged": [(line, _code(line, sale)) for line in lines if line.flag],
        "by": _by(request, sale.movement),
        "refunds": [(back, _by(request, back.movement)) for back in refunds],
        "form": form,
        "may_sell": request.user.may("sell", sale.movement.site),
        "invoices": sorted(sale.invoices.all(), key=lambda invoice: invoice.pk),
        "is_all_back": all(line.refunded == line.quantity for line in lines),
        "is_refused": status != 200,
        "is_new": "vente" in request.GET and form is not None,
        **_handing(request, sale),
    }
    return render(request, "sales/ticket.html", context, status=status)


def _handing(request: CallerRequest, sale: Sale) -> dict[str, Any]:
    """How it may be handed out, and which copy of it is printed now."""
    if not request.user.may("sell", sale.movement.site):
        return {}
    copies = {str(copy.number): copy for copy in sale.copies.all()}
    now = copies.get(request.GET.get("copie", ""))
    shop, address = ShopSettings.objects.of(sale.till.organisation_id), address_of(sale)
    return {
        "foot": shop.ticket_foot,
        "hand_ids": [uuid4() for _way in Copy.Way],
        "copies": len(copies),
        "printed": now if now and now.way == Copy.Way.PRINT else None,
        "may_mail": bool(settings.EMAIL_HOST),
        "address": address,
        "picture": picture_of(address) if shop.shows_tickets else "",
        "guarantee": guarantee() if Receipt(sale.event).has_guarantee else "",
    }


def _by(request: CallerRequest, movement: Movement) -> str:
    """Who did it: a name to colleagues, to others a role."""
    return Event(movement, (), request.user).by


def _code(line: Any, sale: Sale) -> str:
    """The label that an object wore here."""
    owner = sale.movement.site.organisation_id
    worn = line.item.codes.all() if line.item else ()
    return next((code.code for code in worn if code.organisation_id == owner), "")

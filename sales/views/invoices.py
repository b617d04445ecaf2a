"""Invoices: made of a ticket, listed, handed out."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import as_pdf, recorded_number, shown, sites_of
from organisation.doors import page, require
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.buyers import BuyerSearch
from sales.forms.invoices import InvoiceForm
from sales.invoices import invoice_pdf
from sales.models import Buyer, Invoice, Sale

MOST = 100
FEW = 8


@page("read_sales")
@require_safe
def invoices(request: CallerRequest) -> HttpResponse:
    """Invoices and credit notes, newest first."""
    rows = Invoice.objects.whole().filter(sale__movement__site__in=sites_of(request))
    context = {"invoices": rows.order_by("-pk")[:MOST], "is_sent": False}
    return shown(request, "sales/invoices.html", context)


@page("read_sales")
@require_safe
def paper(request: CallerRequest, number: str) -> HttpResponse:
    """One of them as a PDF."""
    rows = Invoice.objects.within(request).whole()
    invoice = rows.called(number).first() if number.isprintable() else None
    if invoice is None:
        raise Http404
    require(request, invoice.guarded_by)
    return as_pdf(invoice_pdf(invoice), invoice.number)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: CallerRequest, number: str) -> HttpResponse:
    """The invoice of a ticket: to whom, then written for good."""
    sale = _sale(request, number)
    site = sale.movement.site
    form = InvoiceForm(request.POST or None, offer=Offer(site), user=request.user)
    made = Invoice.objects.filter(sale=sale, refund=None).first()
    if made and request.method != "POST":
        return redirect("ticket", number=number)

    def act(entry: Entry) -> str:
        said = form.cleaned_data["buyer"]
        return services.issue_invoice(entry=entry, sale=sale, buyer=said).number

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        return redirect("ticket", number=number)
    search = BuyerSearch(request.GET)
    sought = search.cleaned_data["q"] if search.is_valid() else ""
    context = {
        "form": form,
        "search": search,
        "sought": sought,
        "sale": sale,
        "found": _offered(sale, sought),
        "is_sent": request.method == "POST",
        "title": _("Invoice of ticket %(number)s") % {"number": number},
    }
    return shown(request, "sales/invoice.html", context)


def _offered(sale: Sale, sought: str) -> list[Buyer]:
    """Those who may be meant; the ticket's own buyer, where nobody was looked for."""
    rows = Buyer.objects.filter(organisation=sale.movement.site.organisation_id)
    if sought:
        return list(rows.sought(sought).order_by("name", "number")[:FEW])
    return list(rows.known().filter(pk=sale.buyer_id)) if sale.buyer_id else []


def _sale(request: CallerRequest, number: str) -> Any:
    rows = Sale.objects.within(request).shown()
    found = rows.filter(movement__number=number).first() if number.isprintable() else None
    if found is None:
        raise Http404
    require(request, found.movement.site)
    return found

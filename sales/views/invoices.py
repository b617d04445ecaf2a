"""Invoices: made of a ticket, listed, handed out, noted as paid."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.forms.choices import Offer
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.views.acts import as_pdf, recorded_number, shown, sites_of
from organisation.doors import page, require
from organisation.permissions import CallerRequest
from sales import services
from sales.forms.buyers import BuyerSearch
from sales.forms.invoices import CancelForm, InvoiceForm, PaymentForm
from sales.invoices import invoice_pdf
from sales.models import Buyer, Invoice, InvoicePayment, Sale

MOST = 100
FEW = 8


@page("read_sales")
@require_safe
def invoices(request: CallerRequest) -> HttpResponse:
    """Invoices and credit notes, newest first; or those still to be paid, oldest first."""
    mine = Invoice.objects.filter(sale__movement__site__in=sites_of(request))
    unpaid = mine.unpaid()
    is_unpaid = "unpaid" in request.GET
    rows = unpaid.order_by("due_on", "pk") if is_unpaid else mine.with_owed().order_by("-pk")
    standing = Prefetch("payments", InvoicePayment.objects.standing(), to_attr="standing")
    context = {
        "invoices": rows.whole().prefetch_related(standing)[:MOST],
        "is_unpaid": is_unpaid,
        "owed": unpaid.aggregate(count=Count("pk"), cents=Sum("owed_cents")),
        "today": timezone.localdate(),
        "may_sell": request.user.may_anywhere("sell"),
        "is_sent": False,
    }
    return shown(request, "sales/invoices.html", context)


@page("sell")
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: CallerRequest, number: str) -> HttpResponse:
    """Note that an invoice was paid: when, and how."""
    invoice = _invoice(request, number)
    site = invoice.guarded_by
    initial = {"paid_on": site.business_date(timezone.now())}
    form = PaymentForm(request.POST or None, initial=initial, offer=Offer(site), user=request.user)

    def act(entry: Entry) -> str:
        said = form.cleaned_data
        means = InvoicePayment.Means(said["means"])
        services.settle_invoice(entry=entry, invoice=invoice, paid_on=said["paid_on"], means=means)
        return invoice.number

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        said = {"number": invoice.number}
        messages.success(request, _("Invoice %(number)s is noted as paid.") % said)
        return redirect("invoices")
    return _payment_page(request, invoice, form)


@page("sell")
@require_POST
def unpay(request: CallerRequest, number: str) -> HttpResponse:
    """Cancel the payment of an invoice: it is to be paid again."""
    invoice = _invoice(request, number)
    form = CancelForm(request.POST, offer=Offer(invoice.guarded_by), user=request.user)

    def act(entry: Entry) -> str:
        services.cancel_payment(entry=entry, invoice=invoice)
        return invoice.number

    if form.is_valid() and recorded_number(request, form, Verb.SELL, act):
        said = {"number": invoice.number}
        messages.success(request, _("The payment of %(number)s is cancelled.") % said)
        return redirect("invoices")
    return _payment_page(request, invoice, form)


def _payment_page(request: CallerRequest, invoice: Invoice, form: Any) -> HttpResponse:
    payments = invoice.payments.select_related("author", "reversed_by", "reverses")
    rows = list(payments.order_by("-pk"))
    context = {
        "form": form,
        "invoice": invoice,
        "payments": rows,
        "standing": [row for row in rows if not row.reverses_id and not _is_cancelled(row)],
        "is_sent": request.method == "POST",
        "title": _("Payment of invoice %(number)s") % {"number": invoice.number},
    }
    return shown(request, "sales/invoice_payment.html", context)


def _is_cancelled(payment: InvoicePayment) -> bool:
    return hasattr(payment, "reversed_by")


@page("read_sales")
@require_safe
def paper(request: CallerRequest, number: str) -> HttpResponse:
    """One of them as a PDF."""
    invoice = _invoice(request, number)
    return as_pdf(invoice_pdf(invoice), invoice.number)


def _invoice(request: CallerRequest, number: str) -> Invoice:
    """Raises Http404 outside the structure, PermissionDenied for the role."""
    rows = Invoice.objects.within(request).with_owed().whole()
    invoice = rows.called(number).first() if number.isprintable() else None
    if invoice is None:
        raise Http404
    require(request, invoice.guarded_by)
    return invoice


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

"""Invoices of tickets, numbered without a gap; a refund of one leaves a credit note."""

import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from organisation.models import Organisation
from sales import journal
from sales.journal import Event
from sales.journal.bodies import invoice_data
from sales.models import Buyer, Invoice, InvoiceParty, Kind, Method, Refund, Sale, ShopSettings

TO_PAY = timedelta(days=30)


@transaction.atomic
def issue_invoice(*, entry: Entry, sale: Sale, buyer: Buyer) -> Invoice:
    """Write the invoice of a ticket, and credit notes of what was refunded of it already.

    Raises ValidationError ``invoiced_already``, ``unknown_buyer``, ``no_address``,
    ``seller_incomplete`` or ``nothing_to_invoice``.
    """
    Sale.objects.select_for_update().get(pk=sale.pk)
    _require_invoiceable(sale, buyer)
    entry = replace(entry, business_date=entry.site.business_date(entry.occurred_at))
    is_owed = any(paid.method == Method.ACCOUNT for paid in sale.payments.all())
    invoice = Invoice(
        sale=sale,
        buyer=buyer,
        due_on=entry.day + TO_PAY if is_owed else None,
        total_cents=sale.total_cents,
    )
    party = InvoiceParty(name=buyer.name, address=buyer.address, siret=buyer.siret)
    _write(entry, invoice, party, Event(Kind.INVOICE, {}))
    for refund in sale.refunds.select_related("movement").order_by("pk"):
        credit_refund(entry=entry, refund=refund)
    return invoice


def credit_refund(*, entry: Entry, refund: Refund) -> Invoice | None:
    """The credit note of a refund, where its ticket was invoiced."""
    rows = Invoice.objects.filter(sale=refund.sale_id, refund=None)
    invoice = rows.select_related("party", "buyer", "sale__movement").first()
    if invoice is None:
        return None
    entry = replace(entry, business_date=entry.site.business_date(entry.occurred_at))
    note = Invoice(
        sale=invoice.sale, refund=refund, buyer=invoice.buyer, total_cents=refund.total_cents
    )
    to = invoice.party
    party = InvoiceParty(name=to.name, address=to.address, siret=to.siret)
    return _write(entry, note, party, Event(Kind.INVOICE, {}, uuid=uuid4()))


def _require_invoiceable(sale: Sale, buyer: Buyer) -> None:
    organisation = sale.movement.site.organisation
    if Invoice.objects.filter(sale=sale).exists():
        raise ValidationError(_("This ticket is invoiced already."), code="invoiced_already")
    if buyer.is_erased or buyer.organisation_id != organisation.pk:
        raise ValidationError(_("This buyer is not known here."), code="unknown_buyer")
    if not buyer.address:
        raise ValidationError(
            _("An invoice needs the address of “%(buyer)s”."),
            code="no_address",
            params={"buyer": buyer},
        )
    if not (organisation.siret and ShopSettings.objects.of(organisation).address):
        raise ValidationError(
            _("An invoice needs your own address and SIRET: see the settings."),
            code="seller_incomplete",
        )
    if not sale.total_cents:
        raise ValidationError(_("This ticket cost nothing."), code="nothing_to_invoice")


def _write(entry: Entry, invoice: Invoice, party: InvoiceParty, event: Event) -> Invoice:
    """Number it, chain it at its site, and keep both rows."""
    organisation = entry.site.organisation
    credits, day = invoice.refund_id is not None, entry.day
    invoice.organisation, invoice.author = organisation, entry.author
    invoice.issued_on, invoice.year = day, day.year
    invoice.serial = Invoice.objects.next_serial(organisation, day.year, credits=credits)
    invoice.seller = _seller(organisation)
    party.salt, party.keep_until = secrets.token_hex(16), InvoiceParty.keeps(day)
    told = replace(event, data=invoice_data(invoice, party.digest))
    head = journal.hold_site(entry.site)
    invoice.event = journal.append(head=head, entry=entry, event=told)
    invoice.save(force_insert=True)
    party.invoice = invoice
    party.save(force_insert=True)
    return invoice


def _seller(organisation: Organisation) -> str:
    address = ShopSettings.objects.of(organisation).address
    return "\n".join([organisation.name, address, f"SIRET {organisation.siret}"])

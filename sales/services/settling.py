"""Invoices on account that were paid since: noted whole, once; cancelled by a counter row."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from sales.models import Invoice, InvoicePayment


@transaction.atomic
def settle_invoice(
    *, entry: Entry, invoice: Invoice, paid_on: date, means: InvoicePayment.Means
) -> InvoicePayment:
    """Note that what an invoice left to pay was paid.

    Raises ValidationError ``nothing_owed``, ``paid_already`` or ``bad_day``.
    """
    row = _held(invoice)
    if row.is_settled:
        raise ValidationError(_("This invoice is paid already."), code="paid_already")
    if row.refund_id or row.due_on is None or row.owed_cents <= 0:
        raise ValidationError(_("Nothing is left to pay of it."), code="nothing_owed")
    today = entry.site.business_date(entry.occurred_at)
    if not row.issued_on <= paid_on <= today:
        raise ValidationError(
            _("It is paid between the day of the invoice and today."), code="bad_day"
        )
    return InvoicePayment.objects.create(
        submission=entry.submission,
        invoice=row,
        paid_on=paid_on,
        means=means,
        amount_cents=row.owed_cents,
        recorded_at=timezone.now(),
        author=entry.author,
    )


@transaction.atomic
def cancel_payment(*, entry: Entry, invoice: Invoice) -> InvoicePayment:
    """Note that an invoice was not paid after all. Raises ValidationError ``not_paid``."""
    _held(invoice)
    payment = InvoicePayment.objects.standing().filter(invoice=invoice).first()
    if payment is None:
        raise ValidationError(_("No payment of this invoice is noted."), code="not_paid")
    return InvoicePayment.objects.create(
        submission=entry.submission,
        invoice=invoice,
        paid_on=payment.paid_on,
        means=payment.means,
        amount_cents=-payment.amount_cents,
        recorded_at=timezone.now(),
        author=entry.author,
        reverses=payment,
    )


def _held(invoice: Invoice) -> Invoice:
    """The invoice, one payment of it at a time."""
    Invoice.objects.select_for_update().get(pk=invoice.pk)
    return Invoice.objects.with_owed().get(pk=invoice.pk)

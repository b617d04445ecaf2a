"""What the rows of the shop tell, as the events that they repeat: read again for each proof."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.db.models import Model
from django.utils import timezone

from sales.journal.bodies import (
    Data,
    cash_move_data,
    codes_of,
    copy_data,
    invoice_data,
    refund_data,
    sale_data,
    session_data,
    vat_terms_data,
)
from sales.journal.reckoned import Told, closings, periods
from sales.models import (
    CashMove,
    Closing,
    Copy,
    Invoice,
    InvoiceParty,
    Kind,
    PeriodClosing,
    Refund,
    Sale,
    TillSession,
    VatTerms,
)


def _sales(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Sale.objects.using(using).filter(event__in=keys)
    rows = rows.select_related("movement", "till", "buyer")
    rows = rows.prefetch_related("payments__issuer", "payments__voucher")
    rows = rows.prefetch_related("lines__category", "lines__key", "lines__voucher")
    codes = codes_of([line for sale in rows for line in sale.lines.all()], using)
    for sale in rows:
        payments = sorted(sale.payments.all(), key=lambda paid: paid.pk)
        yield sale.event_id, partial(sale_data, sale, sale.lines.all(), payments, codes)


def _refunds(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Refund.objects.using(using).filter(event__in=keys)
    rows = rows.select_related("movement", "sale__movement", "till", "voucher", "issuer")
    rows = rows.prefetch_related("lines__line")
    for refund in rows:
        yield refund.event_id, partial(refund_data, refund, refund.lines.all())


def _sessions(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = TillSession.objects.using(using).filter(event__in=keys)
    for session in rows.select_related("till"):
        yield session.event_id, partial(session_data, session)


def _cash_moves(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = CashMove.objects.using(using).filter(event__in=keys).select_related("session")
    for move in rows:
        yield move.event_id, partial(cash_move_data, move)


def _vat_terms(keys: Sequence[int], using: str) -> Iterator[Told]:
    for terms in VatTerms.objects.using(using).filter(event__in=keys).select_related("site"):
        yield terms.event_id, partial(vat_terms_data, terms)


def _copies(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Copy.objects.using(using).filter(event__in=keys).select_related("sale__movement")
    for copy in rows:
        yield copy.event_id, partial(copy_data, copy)


def _invoices(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Invoice.objects.using(using).filter(event__in=keys)
    links = ("event", "organisation", "buyer", "party", "refund__movement", "sale__movement")
    for invoice in rows.select_related(*links):
        yield invoice.event_id, partial(_invoiced, invoice)


def _invoiced(invoice: Invoice) -> Data:
    """What an invoice should say; once it was erased, nobody can tell any more whose it was."""
    party, event = invoice.party, invoice.event
    kept_until = InvoiceParty.keeps(invoice.issued_on)
    is_empty = not (party.name or party.address or party.siret or party.salt)
    is_erased = is_empty and party.keep_until == kept_until < timezone.localdate()
    digest = json.loads(event.body)["data"]["party"] if is_erased else party.digest
    return invoice_data(invoice, digest)


TOLD_BY: dict[Kind, tuple[type[Model], Callable[[Sequence[int], str], Iterator[Told]]]] = {
    Kind.SALE: (Sale, _sales),
    Kind.REFUND: (Refund, _refunds),
    Kind.SESSION_OPEN: (TillSession, _sessions),
    Kind.CASH_MOVE: (CashMove, _cash_moves),
    Kind.CLOSE_DAY: (Closing, closings),
    Kind.CLOSE_MONTH: (PeriodClosing, periods),
    Kind.CLOSE_YEAR: (PeriodClosing, periods),
    Kind.REPRINT: (Copy, _copies),
    Kind.INVOICE: (Invoice, _invoices),
    Kind.SETTING: (VatTerms, _vat_terms),
}

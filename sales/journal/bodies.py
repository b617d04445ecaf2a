"""What the events of tickets and refunds say, from the rows that tell the same to the rest.

The same functions write an event and, later, prove its rows against it. No names of people, no
notes: what is chained can never be erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from inventory.models import Movement
from inventory.rows import among
from sales.journal.totals import Totals
from sales.models import (
    CashMove,
    Closing,
    Copy,
    Invoice,
    Payment,
    Refund,
    RefundLine,
    Sale,
    SaleLine,
    TillLease,
    TillSession,
    VatTerms,
)

Data = dict[str, Any]


def _document(movement: Movement) -> Data:
    return {
        "number": movement.number,
        "occurred_at": movement.occurred_at.astimezone(UTC).isoformat(),
        "business_date": movement.business_date.isoformat(),
        "by": movement.author_id,
    }


def codes_of(lines: Sequence[SaleLine], using: str = "default") -> dict[int, str]:
    """Item key → its code in the structure that sold it."""
    here = [item for line in lines if (item := line._state.fields_cache.get("item"))]
    known = {item.pk: str(item.own_code) for item in here if hasattr(item, "own_code")}
    items = {line.item_id: line.organisation_id for line in lines if line.item_id}
    unknown = [*items.keys() - known.keys()]
    if not unknown:
        return known
    sql = "SELECT item_id, organisation_id, code FROM inventory_itemcode WHERE item_id IN ({keys})"
    rows = among(sql, unknown, using=using)
    return known | {item: code for item, owner, code in rows if items[item] == owner}


def sale_data(
    sale: Sale, lines: Iterable[SaleLine], payments: Iterable[Payment], codes: Mapping[int, str]
) -> Data:
    """A ticket, whole: its lines as they were priced and weighed, and the money."""
    return {
        **_document(sale.movement),
        "till": sale.till.code,
        "buyer": sale.buyer.number if sale.buyer else sale.buyer_id,
        "total_cents": sale.total_cents,
        "change_cents": sale.change_cents,
        "discount_cents": sale.discount_cents,
        "discount_reason": sale.discount_reason,
        "regime": sale.regime,
        "vat": sale.vat,
        "lines": [_line(line, codes) for line in sorted(lines, key=lambda line: line.position)],
        "payments": [_payment(paid) for paid in payments],
    }


def _payment(paid: Payment) -> list[Any]:
    """Means and cents; the code of a voucher of the house; who issued another, and its number."""
    said = [paid.method, paid.amount_cents]
    if paid.voucher_id is not None:
        return [*said, paid.voucher.code if paid.voucher else paid.voucher_id]
    if paid.issuer_id is None and not paid.reference:
        return said
    return [*said, paid.issuer.code if paid.issuer else paid.issuer_id, paid.reference]


def _line(line: SaleLine, codes: Mapping[int, str]) -> Data:
    """What is named by its code; a row that is gone by its number, which no event says."""
    return {
        "n": line.position,
        "nature": line.nature,
        "item": codes.get(line.item_id, line.item_id) if line.item_id else None,
        "category": line.category.code if line.category else line.category_id,
        "key": line.key.code if line.key else line.key_id,
        "label": line.label,
        "quantity": line.quantity,
        "price_cents": line.price_cents,
        "price_mode": line.price_mode,
        "lot": line.is_lot,
        "discount_cents": line.discount_cents,
        "discount_reason": line.discount_reason,
        "shared_cents": line.shared_cents,
        "total_cents": line.total_cents,
        "vat_bp": line.vat_bp,
        "weight_g": line.weight_g,
        "weight_source": line.weight_source,
        "voucher": line.voucher.code if line.voucher else line.voucher_id,
        "flag": line.flag,
    }


def refund_data(refund: Refund, lines: Iterable[RefundLine]) -> Data:
    """What came back of a ticket, by the ticket's number and the positions of its lines."""
    parts = sorted(lines, key=lambda back: back.line.position)
    return {
        **_document(refund.movement),
        "till": refund.till.code,
        "of": refund.sale.movement.number,
        "total_cents": refund.total_cents,
        "method": refund.method,
        "voucher": refund.voucher.code if refund.voucher else refund.voucher_id,
        "vat": refund.vat,
        **_issued(refund),
        "lines": [
            {
                "n": back.line.position,
                "nature": back.line.nature,
                "category": back.line.category.code if back.line.category else None,
                "quantity": back.quantity,
                "amount_cents": back.amount_cents,
                "vat_bp": back.line.vat_bp,
                "weight_g": back.weight_g,
            }
            for back in parts
        ],
    }


def copy_data(copy: Copy) -> Data:
    """A ticket handed out: the original where ``n`` is 0, else its n-th duplicate."""
    return {"of": copy.sale.movement.number, "n": copy.number, "way": copy.way}


def _issued(refund: Refund) -> Data:
    """Whose voucher was given back, where one was."""
    if refund.issuer_id is None:
        return {}
    return {"issuer": refund.issuer.code if refund.issuer else refund.issuer_id}


def invoice_data(invoice: Invoice, party: str) -> Data:
    """An invoice or a credit note by its number and its ticket's. ``party``: whose, as a digest."""
    return {
        "number": invoice.number,
        "of": invoice.sale.movement.number,
        "refund": invoice.refund.movement.number if invoice.refund else invoice.refund_id,
        "structure": invoice.organisation.code,
        "buyer": invoice.buyer.number,
        "party": party,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on and invoice.due_on.isoformat(),
        "total_cents": invoice.total_cents,
        "seller": invoice.seller,
        "by": invoice.author_id,
    }


def session_data(session: TillSession) -> Data:
    """The opening of a till: its float, counted or carried over."""
    return {
        "till": session.till.code,
        "session": session.number,
        "business_date": session.business_date.isoformat(),
        "opened_at": session.opened_at.astimezone(UTC).isoformat(),
        "float_cents": session.float_cents,
        "counted": session.is_counted,
        "by": session.author_id,
    }


def cash_move_data(move: CashMove) -> Data:
    """Cash in, or out below zero. Its note is no part of it: it may name somebody."""
    return {
        "session": move.session.number,
        "reason": move.kind,
        "amount_cents": move.amount_cents,
        "by": move.author_id,
    }


def vat_terms_data(terms: VatTerms) -> Data:
    """A regime of VAT and its rates, from a day on."""
    return {
        "what": "vat",
        "site": terms.site.code,
        "since": terms.since.isoformat(),
        "regime": terms.regime,
        "rates": terms.rates,
        "by": terms.author_id,
    }


def closing_data(
    closing: Closing, totals: Totals, before: Closing | None, counted: Data | None, year_from: date
) -> Data:
    """A Z: ``totals`` of its session, and the drawer as it should be and as it was counted.

    ``year_cents`` is what the till took since its accounting year began, ``before`` its last Z.
    """
    session = closing.session
    so_far = before.figures if before else {}
    is_same_year = so_far.get("year_from") == year_from.isoformat()
    since_cents = so_far["year_cents"] if is_same_year else 0
    return {
        **totals.told(),
        "session": session.number,
        "business_date": session.business_date.isoformat(),
        "opened_at": session.opened_at.astimezone(UTC).isoformat(),
        "closed_at": closing.closed_at.astimezone(UTC).isoformat(),
        "missed": closing.counted_cents is None,
        "by": closing.author_id,
        "year_from": year_from.isoformat(),
        "year_cents": since_cents + totals.total_cents,
        "before_hash": before.event.hash if before else None,
        "float_cents": session.float_cents,
        "float_counted": session.is_counted,
        "in_cents": totals.cash_in_cents,
        "out_cents": totals.cash_out_cents,
        "expected_cents": closing.expected_cents,
        "counted_cents": closing.counted_cents,
        "counted": counted,
    }


def lease_begun_data(lease: TillLease) -> Data:
    """A till lent: to which tablet, and where its envelopes begin."""
    return {
        "act": "begun",
        "till": lease.till.code,
        "station": lease.station_id,
        "first_seq": lease.first_seq,
        "prev": lease.prev_hash,
        "public_key": lease.public_key,
    }


def lease_ended_data(lease: TillLease) -> Data:
    """A till given back, or given up with a tablet that was lost and what it never sent."""
    return {
        "act": "retired" if lease.is_retired else "given_back",
        "till": lease.till.code,
        "lease": str(lease.uuid),
        "last_seq": lease.last_seq,
        "lost": lease.hole,
    }

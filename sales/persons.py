"""All that the shop knows of a buyer, as they may ask for it (GDPR, articles 15 and 20)."""

from typing import Any

from sales.models import Buyer, Invoice, Refund, Sale


def told(buyer: Buyer) -> dict[str, Any]:
    """Contact data, memberships, and each ticket by its number."""
    sales = Sale.objects.shown().filter(buyer=buyer).order_by("pk")
    invoices = Invoice.objects.whole().filter(buyer=buyer).order_by("pk")
    return {
        "number": buyer.number,
        "kind": buyer.kind,
        **{name: getattr(buyer, name) for name in Buyer.CONTACT if name != "sought_as"},
        "wants_mail": buyer.wants_mail,
        "member_until": buyer.member_until and buyer.member_until.isoformat(),
        "created_at": buyer.created_at.isoformat(),
        "erased_at": buyer.erased_at and buyer.erased_at.isoformat(),
        "memberships": [
            {"from": period.starts_on.isoformat(), "until": period.ends_on.isoformat()}
            for period in buyer.periods.order_by("starts_on", "pk")
        ],
        "invoices": [_invoice(invoice) for invoice in invoices],
        "tickets": [_ticket(sale) for sale in sales],
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    party = invoice.party
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "total_cents": invoice.total_cents,
        "name": party.name,
        "address": party.address,
        "siret": party.siret,
        "kept_until": party.keep_until.isoformat(),
    }


def _ticket(sale: Sale) -> dict[str, Any]:
    movement = sale.movement
    return {
        "number": movement.number,
        "site": movement.site.name,
        "occurred_at": movement.occurred_at.isoformat(),
        "total_cents": sale.total_cents,
        "lines": [
            {"label": line.label, "quantity": line.quantity, "total_cents": line.total_cents}
            for line in sorted(sale.lines.all(), key=lambda line: line.position)
        ],
        "payments": [
            {"method": paid.method, "amount_cents": paid.amount_cents}
            for paid in sale.payments.all()
        ],
        "refunds": [_refund(refund) for refund in sale.refunds.all()],
        "note": movement.note,
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "number": refund.movement.number,
        "total_cents": refund.total_cents,
        "note": refund.movement.note,
    }

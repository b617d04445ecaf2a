"""An invoice or a credit note as it is read: on paper, with what the law has it say.

Law: CGI art. 242 nonies A of annex II; C. com. art. L441-9, L441-10 and D441-5.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from inventory.units import NO_BREAK, exact_euros, exact_kg
from organisation.papers import typeset
from sales import vat
from sales.models import Buyer, Invoice, Method, PriceMode, SaleLine
from sales.templatetags.money import euros

TEMPLATE = Path(__file__).with_name("invoice.typ")
LATE = (  # as French law words it, to whoever buys for their trade
    "En cas de retard de paiement : pénalités au taux de refinancement de la BCE majoré de"
    " 10 points (art. L441-10 du code de commerce) et indemnité forfaitaire pour frais de"
    " recouvrement de 40 €."
)
NO_DISCOUNT = "Pas d’escompte pour paiement anticipé."


def invoice_pdf(invoice: Invoice) -> bytes:
    """Return it as a PDF, in French whoever reads: it is a document of French law."""
    with translation.override("fr"):
        return typeset(TEMPLATE, _paper(invoice))


def _paper(invoice: Invoice) -> dict[str, Any]:
    name, *address = invoice.seller.split("\n")
    sale, moment = invoice.sale, localtime(invoice.sale.movement.occurred_at)
    split = invoice.refund.vat if invoice.refund else sale.vat
    said, sign = vat.mentions(sale.regime, split), -1 if invoice.refund else 1
    return {
        "lang": "fr",
        "from": [name, *address],
        "title": _("Credit note") if invoice.refund else _("Invoice"),
        "number": invoice.number,
        "facts": [date_format(invoice.issued_on, "j F Y")],
        "to_title": _("Invoiced to"),
        "to": _to(invoice),
        "about": [
            [_("Ticket"), sale.movement.number],
            [_("Sold on"), date_format(moment, "j F Y")],
            [_("Customer number"), str(invoice.buyer.number)],
            [_("Credits the invoice"), _credited(invoice)],
            [_("Kind of operation"), _("supply of goods")],
        ],
        "heads": _heads(said),
        "rows": [_row(*each, shows_vat=bool(said.rows)) for each in _lines(invoice)],
        "vat_heads": [_("VAT rate"), _("Before VAT"), _("VAT")],
        "vat": [
            [_percent(rate), euros(sign * before), euros(sign * cents)]
            for rate, before, cents in said.rows
        ],
        "total": [_("Total credited") if invoice.refund else _total_word(said), _total(invoice)],
        "mentions": [said.text, *_terms(invoice)],
        "foot": f"{name} · {invoice.number} · {invoice.event.hash[:16]}",
    }


def _to(invoice: Invoice) -> list[str]:
    party = invoice.party
    if not party.name:
        return [_("erased")]
    siret = f"SIRET {party.siret}" if party.siret else ""
    return [line for line in (party.name, *party.address.splitlines(), siret) if line]


def _credited(invoice: Invoice) -> str:
    if invoice.refund is None:
        return ""
    first = Invoice.objects.get(sale=invoice.sale_id, refund=None)
    return first.number


def _total_word(said: vat.Mentions) -> str:
    return _("Total, VAT included") if said.rows else _("Total")


def _total(invoice: Invoice) -> str:
    return euros(-invoice.total_cents if invoice.refund else invoice.total_cents)


def _lines(invoice: Invoice) -> Iterable[tuple[SaleLine, int, int]]:
    """Lines of the ticket, or of the refund, with how many and what they come to."""
    if invoice.refund:
        backs = invoice.refund.lines.select_related("line").order_by("line__position")
        return [(back.line, back.quantity, -back.amount_cents) for back in backs]
    lines = invoice.sale.lines.order_by("position")
    return [(line, line.quantity, line.total_cents) for line in lines]


def _heads(said: vat.Mentions) -> list[str]:
    if not said.rows:
        return [_("What"), _("How many"), _("Unit price"), "", _("Total")]
    return [_("What"), _("How many"), _("Unit price before VAT"), _("VAT"), _("VAT included")]


def _percent(rate: Decimal) -> str:
    return f"{vat.percent(int(rate * 100))}{NO_BREAK}%"


def _row(line: SaleLine, quantity: int, cents: int, *, shows_vat: bool) -> list[str]:
    """A line; of its VAT no more than the law has one say."""
    off_cents = line.discount_cents + line.shared_cents
    label = line.label
    if off_cents:
        label = _("%(label)s (%(off)s off)") % {"label": label, "off": euros(off_cents)}
    is_by_weight = line.price_mode == PriceMode.PER_KG
    count = f"{exact_kg(line.weight_g or 0)} kg" if is_by_weight and cents > 0 else str(quantity)
    bp = (line.vat_bp or 0) if shows_vat else 0
    price_cents = line.price_cents - vat.within(line.price_cents, bp)
    price = "" if line.is_lot else exact_euros(price_cents) + "/kg" * is_by_weight
    rate = _percent(Decimal(bp) / 100) if shows_vat and line.vat_bp is not None else ""
    return [label, count, price, rate, exact_euros(cents)]


def _terms(invoice: Invoice) -> list[str]:
    """When it is, or was, paid; and what happens if it is not, to who buys for a trade."""
    if invoice.refund and invoice.refund.method == Method.ACCOUNT:
        return [_("Taken off what is still to be paid.")]
    if invoice.refund:
        return [_("Given back: %(how)s.") % {"how": invoice.refund.get_method_display()}]
    said = [_paid(invoice)]
    if invoice.due_on and invoice.buyer.kind == Buyer.Kind.ORGANISATION:
        said += [NO_DISCOUNT, LATE]
    return said


def _paid(invoice: Invoice) -> str:
    if invoice.due_on:
        return _("To be paid by %(day)s.") % {"day": date_format(invoice.due_on, "j F Y")}
    day = date_format(localtime(invoice.sale.movement.occurred_at), "j F Y")
    return _("Paid on %(day)s: %(how)s.") % {"day": day, "how": _means(invoice)}


def _means(invoice: Invoice) -> str:
    """How much by which means, change taken off."""
    cents: dict[Method, int] = {}
    for paid in invoice.sale.payments.order_by("pk"):
        method = Method(paid.method)
        cents[method] = cents.get(method, 0) + paid.amount_cents
    if invoice.sale.change_cents:
        cents[Method.CASH] -= invoice.sale.change_cents
    return _listed(cents)


def _listed(cents: Mapping[Method, int]) -> str:
    return ", ".join(f"{capfirst(method.label)} {euros(sum_)}" for method, sum_ in cents.items())

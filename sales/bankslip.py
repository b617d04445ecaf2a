"""A slip for the bank as it is read: its lines with their words, and on paper."""

from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.papers import sender, typeset
from sales.models import BankSlip, BankSlipLine, ChequeDrawer
from sales.services import PIECES
from sales.templatetags.money import euros

TEMPLATE = Path(__file__).with_name("bankslip.typ")
Row = tuple[BankSlipLine, str, str]


def lines_of(slip: BankSlip) -> list[Row]:
    """The cheques of a slip, with who drew them and on which bank where that is known."""
    shown = slip.reverses or slip
    rows = list(shown.lines.select_related("payment__sale__movement").order_by("payment"))
    drawn = ChequeDrawer.objects.of(rows)
    known = [(row, drawn.get(row.payment_id)) for row in rows]
    return [(row, who.name if who else "", who.bank if who else "") for row, who in known]


def pieces_of(slip: BankSlip) -> list[tuple[int, int]]:
    """Notes and coins of a slip, the largest first, and how many."""
    said = (slip.reverses or slip).pieces
    return [(piece, said[str(piece)]) for piece in reversed(PIECES) if str(piece) in said]


def slip_pdf(slip: BankSlip) -> bytes:
    """Return a slip as a PDF, to print and sign."""
    return typeset(TEMPLATE, _paper(slip))


def _paper(slip: BankSlip) -> dict[str, Any]:
    organisation = slip.site.organisation
    is_cash = slip.kind == BankSlip.Kind.CASH
    heads, rows = _cash(slip) if is_cash else _cheques(slip)
    return {
        "lang": get_language() or "fr",
        "from": sender(organisation, slip.site.name),
        "title": _("Cash handed in to the bank") if is_cash else _("Cheques handed in to the bank"),
        "number": slip.number,
        "facts": [date_format(slip.business_date, "j F Y"), _count(slip, rows)],
        "note": _note(slip),
        "heads": heads,
        "rows": rows,
        "total": [_("Total"), euros(slip.total_cents)],
        "account": _("Account to credit"),
        "foot": slip.number,
        "sign": [_("Date and signature"), _("Stamp of the bank")],
    }


def _count(slip: BankSlip, rows: list[list[str]]) -> str:
    if slip.kind == BankSlip.Kind.CASH:
        return str(capfirst(slip.get_kind_display()))
    return _("Cheques: %(count)s") % {"count": len(rows)}


def _note(slip: BankSlip) -> str:
    if slip.reverses:
        return _("This slip cancels %(number)s.") % {"number": slip.reverses.number}
    if slip.is_cancelled:
        return _("Cancelled by %(number)s.") % {"number": slip.reversed_by.number}
    return ""


def _cheques(slip: BankSlip) -> tuple[list[str], list[list[str]]]:
    heads = [_("No."), _("Ticket"), _("Bank"), _("Drawn by"), _("Amount")]
    rows = [
        [str(n), line.payment.sale.movement.number, bank, name, euros(line.amount_cents)]
        for n, (line, name, bank) in enumerate(lines_of(slip), start=1)
    ]
    return heads, rows


def _cash(slip: BankSlip) -> tuple[list[str], list[list[str]]]:
    heads = [_("Note or coin"), _("How many"), _("Sum")]
    rows = [[euros(piece), str(number), euros(piece * number)] for piece, number in pieces_of(slip)]
    return heads, rows

"""Slips for the bank: cheques and cash handed in together, once each; cancelled by another."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, lock_site
from sales.models import BankSlip, BankSlipLine, CashMove, ChequeDrawer, Payment, Till
from sales.services.sessions import move_cash


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who drew a cheque, on which bank, where somebody typed it."""

    name: str = ""
    bank: str = ""


@transaction.atomic
def remit_cheques(*, entry: Entry, cheques: Mapping[Payment, Drawn]) -> BankSlip:
    """Put these cheques on a slip. Raises ValidationError ``no_cheques`` or ``cheque_remitted``."""
    if not cheques:
        raise ValidationError(_("Choose at least one cheque."), code="no_cheques")
    lock_site(entry.site, exclusively=True)
    left = BankSlip.objects.cheques_left(entry.site)
    free = {row.pk: row for row in left.filter(pk__in=[cheque.pk for cheque in cheques])}
    if len(free) < len(cheques):
        raise ValidationError(
            _("One of these cheques is on another slip already."), code="cheque_remitted"
        )
    total_cents = sum(cheque.amount_cents for cheque in free.values())
    before = BankSlipLine.objects.filter(payment__in=free).values_list("payment", flat=True)
    turns = Counter(before)
    slip = _slip(entry, BankSlip.Kind.CHEQUE, total_cents)
    slip.save(force_insert=True)
    BankSlipLine.objects.bulk_create(
        BankSlipLine(
            slip=slip,
            payment=cheque,
            amount_cents=cheque.amount_cents,
            turn=turns[cheque.pk],
        )
        for cheque in free.values()
    )
    _keep_drawers(cheques)
    return slip


def _keep_drawers(cheques: Mapping[Payment, Drawn]) -> None:
    """What was typed of who drew them, in place of what was typed before."""
    said = {cheque: drawn for cheque, drawn in cheques.items() if drawn.name or drawn.bank}
    ChequeDrawer.objects.bulk_create(
        (
            ChequeDrawer(payment=cheque, name=drawn.name, bank=drawn.bank)
            for cheque, drawn in said.items()
        ),
        update_conflicts=True,
        unique_fields=["payment"],
        update_fields=["name", "bank"],
    )


@transaction.atomic
def remit_cash(
    *, entry: Entry, pieces: Mapping[int, int], till: Till | None, move: CashMove | None = None
) -> BankSlip:
    """Put cash on a slip: taken out of an open till now, out of a drawer before, or of a safe.

    Raises ValidationError ``no_cash``, ``cash_differs``, ``cash_remitted`` or what ``move_cash``
    raises.
    """
    total_cents = sum(piece * number for piece, number in pieces.items())
    if not total_cents:
        raise ValidationError(_("Count the cash that goes to the bank."), code="no_cash")
    if till is not None:
        kind = CashMove.Kind.BANK
        move = move_cash(entry=entry, till=till, kind=kind, amount_cents=-total_cents)
    lock_site(entry.site, exclusively=True)
    if move is not None:
        _require_free(entry, move, total_cents)
    slip = _slip(entry, BankSlip.Kind.CASH, total_cents)
    slip.pieces = {str(piece): number for piece, number in pieces.items() if number}
    slip.move, slip.turn = move, move.bank_slips.count() if move else 0
    slip.save(force_insert=True)
    return slip


def _require_free(entry: Entry, move: CashMove, total_cents: int) -> None:
    if not BankSlip.objects.cash_left(entry.site).filter(pk=move.pk).exists():
        raise ValidationError(_("This cash is on another slip already."), code="cash_remitted")
    if move.amount_cents != -total_cents:
        raise ValidationError(
            _("What was counted is not what was taken out of the drawer."), code="cash_differs"
        )


@transaction.atomic
def cancel_slip(*, entry: Entry, slip: BankSlip) -> BankSlip:
    """Write the counter-slip: what was on it may be handed in again.

    Raises ValidationError ``slip_cancelled`` or ``slip_cancels``.
    """
    lock_site(entry.site, exclusively=True)
    if slip.reverses_id:
        raise ValidationError(_("This slip cancels another: make a new one."), code="slip_cancels")
    if BankSlip.objects.filter(reverses=slip).exists():
        raise ValidationError(_("This slip is cancelled already."), code="slip_cancelled")
    counter = _slip(entry, BankSlip.Kind(slip.kind), -slip.total_cents)
    counter.reverses = slip
    counter.save(force_insert=True)
    return counter


def erase_drawers(*, slip: BankSlip) -> int:
    """Forget who drew the cheques of a slip; return how many were known."""
    rows = ChequeDrawer.objects.filter(payment__slip_lines__slip=slip)
    keys = list(rows.values_list("pk", flat=True))
    return ChequeDrawer.objects.filter(pk__in=keys).delete()[0]


def _slip(entry: Entry, kind: BankSlip.Kind, total_cents: int) -> BankSlip:
    """The next slip of a site that is held."""
    last = BankSlip.objects.filter(site=entry.site).order_by("-rank").first()
    return BankSlip(
        submission=entry.submission,
        site=entry.site,
        kind=kind,
        rank=last.rank + 1 if last else 1,
        business_date=entry.site.business_date(entry.occurred_at),
        recorded_at=timezone.now(),
        author=entry.author,
        total_cents=total_cents,
    )

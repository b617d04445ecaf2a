"""Learning at the till: tickets that sell nothing, refunds of them, on a chain of their own."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from inventory.models import Category, Movement
from sales import journal, vat
from sales.journal import Event, technical
from sales.journal.bodies import codes_of, refund_data, sale_data
from sales.models import (
    Chain,
    JournalEntry,
    Kind,
    Method,
    Payment,
    Refund,
    RefundLine,
    Sale,
    SaleLine,
    Till,
)
from sales.models.tickets import AS_PAID
from sales.reductions import Today
from sales.services.asking import Paid, Wanted, Whole
from sales.services.refunding import given_back
from sales.services.selling import change_of, priced, ticket_of, weigh
from sales.services.sessions import require_in_use


@transaction.atomic
def rehearse_sale(
    *,
    entry: Entry,
    till: Till,
    lines: Sequence[Wanted],
    payments: Sequence[Paid],
    whole: Whole | None = None,
) -> JournalEntry:
    """Sell as ``record_sale`` would, and note it as a training: no row, no gram, no total.

    Raises ValidationError ``till_retired``, or what ``priced``, ``spread`` and the money raise.
    """
    require_in_use(till)
    head = journal.hold_training(till)
    technical.arrive(head=head, entry=entry)
    today = Today(entry.site, entry.day)
    rows = [priced(today, n, line) for n, line in enumerate(lines, start=1)]
    weigh(entry.site, rows, lines)
    sale = ticket_of(entry, till, rows, whole or Whole())
    sale.change_cents = change_of(sale.total_cents, payments)
    sale.movement = _movement(head, entry, till)
    money = [
        Payment(method=each.method, amount_cents=each.amount_cents, voucher=each.voucher)
        for each in payments
    ]
    data = {**sale_data(sale, rows, money, codes_of(rows)), "training": True}
    return journal.append(head=head, entry=entry, event=Event(Kind.SALE, data))


def _movement(head: Chain, entry: Entry, till: Till) -> Movement:
    """What a lesson has in the place of a movement: a number, and nothing in the ledger."""
    number = head.entries.filter(kind__in=(Kind.SALE, Kind.REFUND)).count() + 1
    return Movement(
        number=f"ECOLE-{till.code}-{number:06d}",
        occurred_at=entry.occurred_at,
        business_date=entry.day,
        author=entry.author,
    )


@transaction.atomic
def rehearse_refund(
    *,
    entry: Entry,
    till: Till,
    of: JournalEntry,
    quantities: Mapping[int, int],
    method: Method,
) -> JournalEntry:
    """Give back so many of each line (by its number) of a lesson's ticket, and note it as one.

    Raises ValidationError ``till_retired``, ``refund_exceeds_sale`` or ``refund_method``.
    """
    require_in_use(till)
    head = journal.hold_training(till)
    technical.arrive(head=head, entry=entry)
    told = json.loads(of.body)["data"]
    if method not in ways_back(told):
        raise ValidationError(_("This ticket was paid another way."), code="refund_method")
    before, lines = back_so_far(of), {line["n"]: line for line in told["lines"]}
    backs = [given_back(_line(lines[n]), before[n], many) for n, many in quantities.items()]
    refund = Refund(
        movement=_movement(head, entry, till),
        sale=Sale(movement=Movement(number=told["number"])),
        till=till,
        method=method,
        total_cents=sum(back.amount_cents for back in backs),
        vat=_vat_back(of, told, backs),
    )
    data = {**refund_data(refund, backs), "training": True}
    return journal.append(head=head, entry=entry, event=Event(Kind.REFUND, data))


def refunds_of(sale: JournalEntry) -> list[dict[str, Any]]:
    """What was given back of a lesson's ticket so far, as its events say it."""
    number = json.loads(sale.body)["data"]["number"]
    rows = JournalEntry.objects.filter(chain=sale.chain_id, kind=Kind.REFUND).order_by("seq")
    rows = rows.filter(body__contains=f'"of":"{number}"')
    return [json.loads(body)["data"] for body in rows.values_list("body", flat=True)]


def back_so_far(sale: JournalEntry) -> Counter[int]:
    """Number of a line → how many of it were given back."""
    before: Counter[int] = Counter()
    for refund in refunds_of(sale):
        before.update({line["n"]: line["quantity"] for line in refund["lines"]})
    return before


def ways_back(told: Mapping[str, Any]) -> list[Method]:
    """How the money of a ticket may go back: as it was paid, or in cash where that was money."""
    paid = [Method(way) for way, *_rest in told["payments"]]
    is_money = not paid or any(way not in AS_PAID for way in paid)
    return [way for way in Method if way in paid or (way == Method.CASH and is_money)]


def _line(told: Mapping[str, Any]) -> SaleLine:
    return SaleLine(
        position=told["n"],
        nature=told["nature"],
        category=Category(code=told["category"]) if told["category"] else None,
        label=told["label"],
        quantity=told["quantity"],
        total_cents=told["total_cents"],
        vat_bp=told["vat_bp"],
        weight_g=told["weight_g"],
    )


def _vat_back(of: JournalEntry, told: Mapping[str, Any], backs: Sequence[RefundLine]) -> vat.Split:
    before: Counter[int] = Counter()
    for refund in refunds_of(of):
        before.update({bp: cents for bp, cents, _vat in refund["vat"]})
    now: Counter[int] = Counter()
    for back in backs:
        if back.line.vat_bp is not None:
            now[back.line.vat_bp] += back.amount_cents
    return vat.split_back(told["vat"], before, now)

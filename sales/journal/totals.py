"""The figures of a session, from its events alone: what a Z says, and an X before it."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sales.models import JournalEntry, Kind, Method, TillSession


@dataclass(slots=True)
class Totals:
    """What the events of a session come to. Cents; grams; refunds and change taken off."""

    tickets: int = 0
    refunds: int = 0
    sales_cents: int = 0
    refunds_cents: int = 0
    discounts_cents: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    natures: dict[str, list[int]] = field(default_factory=dict)  # quantity, cents
    categories: dict[str, list[int]] = field(default_factory=dict)  # quantity, cents, grams
    vat: dict[int, list[int]] = field(default_factory=dict)  # rate → cents, VAT in cents
    cash_in_cents: int = 0
    cash_out_cents: int = 0
    first_seq: int = 0
    last_seq: int = 0

    @property
    def total_cents(self) -> int:
        return self.sales_cents - self.refunds_cents

    @property
    def weight_g(self) -> int:
        return sum(grams for _quantity, _cents, grams in self.categories.values())

    def expected_cents(self, float_cents: int) -> int:
        """What must lie in the drawer: the float, cash taken, and what was put in or out."""
        return float_cents + self.methods[Method.CASH] + self.cash_in_cents - self.cash_out_cents

    def add(self, event: JournalEntry) -> None:
        self.first_seq = self.first_seq or event.seq
        self.last_seq = event.seq
        if book := BOOKS.get(event.kind):
            book(self, json.loads(bytes(event.raw))["data"])

    def _sale(self, told: Any) -> None:
        self.tickets += 1
        self.sales_cents += told["total_cents"]
        self.methods[Method.CASH] -= told["change_cents"]
        for method, cents, *_of in told["payments"]:
            self.methods[method] += cents
        for line in told["lines"]:
            self.discounts_cents += line["discount_cents"] + line["shared_cents"]
            self._line(line, line["total_cents"], 1)
        self._vat(told, 1)

    def _refund(self, told: Any) -> None:
        self.refunds += 1
        self.refunds_cents += told["total_cents"]
        self.methods[told["method"]] -= told["total_cents"]
        for line in told["lines"]:
            self._line(line, line["amount_cents"], -1)
        self._vat(told, -1)

    def _vat(self, told: Any, sign: int) -> None:
        for bp, cents, vat_cents in told["vat"]:
            row = self.vat.setdefault(bp, [0, 0])
            row[0] += sign * cents
            row[1] += sign * vat_cents

    def _line(self, line: Any, cents: int, sign: int) -> None:
        of_nature = self.natures.setdefault(line["nature"], [0, 0])
        of_nature[0] += sign * line["quantity"]
        of_nature[1] += sign * cents
        if line["category"] is None:
            return
        row = self.categories.setdefault(line["category"], [0, 0, 0])
        row[0] += sign * line["quantity"]
        row[1] += sign * cents
        row[2] += sign * (line["weight_g"] or 0)

    def _cash_move(self, told: Any) -> None:
        self.cash_in_cents += max(told["amount_cents"], 0)
        self.cash_out_cents += max(-told["amount_cents"], 0)

    def told(self) -> dict[str, Any]:
        """As the event of a closing says it."""
        return {
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "tickets": self.tickets,
            "refunds": self.refunds,
            "sales_cents": self.sales_cents,
            "refunds_cents": self.refunds_cents,
            "discounts_cents": self.discounts_cents,
            "total_cents": self.total_cents,
            "methods": {method: cents for method, cents in sorted(self.methods.items()) if cents},
            "natures": dict(sorted(self.natures.items())),
            "categories": dict(sorted(self.categories.items())),
            "vat": {str(bp): row for bp, row in sorted(self.vat.items())},
        }


BOOKS: dict[str, Callable[[Totals, Any], None]] = {
    Kind.SALE: Totals._sale,
    Kind.REFUND: Totals._refund,
    Kind.CASH_MOVE: Totals._cash_move,
}


def totals_of(session: TillSession, *, until: int | None = None) -> Totals:
    """What a session comes to: from its opening to its closing, or to the event ``until``."""
    opening = session.event
    events = JournalEntry.objects.using(opening._state.db).raw_bodies()
    events = events.filter(chain=opening.chain_id, seq__gte=opening.seq).order_by("seq")
    if until is not None:
        events = events.filter(seq__lte=until)
    totals = Totals()
    for event in events:
        totals.add(event)
    return totals

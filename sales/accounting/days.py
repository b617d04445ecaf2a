"""Closed sessions as the books need them, read from the journal's events alone."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from organisation.models import Organisation, Site
from sales.models import Closing, JournalEntry, Kind, Method, TillSession

Sold = tuple[str, str | None, int | None]  # nature, category, rate of VAT


@dataclass(slots=True)
class Side:
    """What was sold in a session and how it was paid, or what was given back and how. Cents."""

    sold: Counter[Sold] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)  # change taken off
    issued: Counter[str] = field(default_factory=Counter)  # vouchers, by the code of their issuer
    credit: Counter[str] = field(default_factory=Counter)  # vouchers of the house, by their code
    vat: Counter[int] = field(default_factory=Counter)  # by rate, as each ticket rounded it

    def add_vat(self, told: Any) -> None:
        self.vat.update({rate: vat_cents for rate, _cents, vat_cents in told["vat"]})


@dataclass(slots=True)
class Day:
    """A session from its opening to its Z: the books never take one side off the other."""

    opening: dict[str, Any]
    sales: Side = field(default_factory=Side)
    refunds: Side = field(default_factory=Side)
    moved: Counter[tuple[str, bool]] = field(default_factory=Counter)  # reason, whether put in
    z: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)  # the whole event of the Z
    left_cents: int | None = None  # in the drawer after the Z before; none before the first
    key: int = 0  # of the event of the Z: later ones are larger

    def add(self, event: JournalEntry) -> None:
        if book := BOOKS.get(event.kind):
            book(self, json.loads(event.body)["data"])

    def _sale(self, told: Any) -> None:
        side = self.sales
        side.paid[Method.CASH] -= told["change_cents"]
        for method, cents, *of in told["payments"]:
            side.paid[method] += cents
            if of:  # its own code, or who issued it and its number
                (side.credit if method == Method.CREDIT else side.issued)[of[0]] += cents
        for line in told["lines"]:
            side.sold[_what(line)] += line["total_cents"]
        side.add_vat(told)

    def _refund(self, told: Any) -> None:
        side = self.refunds
        side.paid[told["method"]] += told["total_cents"]
        if issuer := told.get("issuer"):
            side.issued[issuer] += told["total_cents"]
        if voucher := told["voucher"]:
            side.credit[voucher] += told["total_cents"]
        for line in told["lines"]:
            side.sold[_what(line)] += line["amount_cents"]
        side.add_vat(told)

    def _cash_move(self, told: Any) -> None:
        self.moved[told["reason"], told["amount_cents"] > 0] += told["amount_cents"]

    @property
    def says_something(self) -> bool:
        """Whether there is anything to book."""
        return says_something(self.z, self.overnight_cents)

    def close(self, event: JournalEntry, left_cents: int | None) -> None:
        self.told, self.key, self.left_cents = json.loads(event.body), event.pk, left_cents
        self.z = self.told["data"]

    @property
    def number(self) -> str:
        """As its Z is called."""
        return f"Z-{self.told['site']}-{self.told['till']}-{self.z['session']}"

    @property
    def on(self) -> date:
        return date.fromisoformat(self.z["business_date"])

    @property
    def validated_on(self) -> date:
        """The day its Z was written, by the server's clock, where it stands."""
        at = parse_datetime(self.told["at"])
        assert at is not None  # noqa: S101 (``journal.stamp`` wrote it)
        return localtime(at).date()

    @property
    def in_drawer_cents(self) -> int:
        """What the Z leaves in the drawer."""
        return _left(self.z)

    @property
    def gap_cents(self) -> int:
        return self.in_drawer_cents - int(self.z["expected_cents"])

    @property
    def overnight_cents(self) -> int:
        """Cash put in since the Z before, or taken out below zero."""
        return int(self.opening["float_cents"]) - (self.left_cents or 0)


def _what(line: Any) -> Sold:
    return line["nature"], line["category"], line["vat_bp"]


BOOKS: dict[str, Callable[[Day, Any], None]] = {
    Kind.SALE: Day._sale,
    Kind.REFUND: Day._refund,
    Kind.CASH_MOVE: Day._cash_move,
}


def closed_days(sites: Iterable[Site], start: date, end: date) -> list[Day]:
    """Sessions of these sites and business days that were closed, in the order of their Z."""
    rows = Closing.objects.using("report").filter(
        session__till__site__in=sites, session__business_date__range=(start, end)
    )
    spans: dict[str, list[int]] = {}
    for chain, first, last in rows.values_list("event__chain", "session__event__seq", "event__seq"):
        span = spans.setdefault(chain, [first, last])
        spans[chain] = [min(span[0], first), max(span[1], last)]
    days = [day for chain, (first, last) in spans.items() for day in _days(chain, first, last)]
    return sorted(days, key=lambda day: day.key)


def _days(chain: str, first: int, last: int) -> Iterator[Day]:
    """The sessions of a chain from an opening to a Z: business days only ever go on."""
    events = JournalEntry.objects.using("report").filter(chain=chain)
    before = events.filter(seq__lt=first, kind=Kind.CLOSE_DAY).order_by("-seq").first()
    left_cents = _left(json.loads(before.body)["data"]) if before else None
    day = Day({})
    for event in events.filter(seq__range=(first, last)).order_by("seq").iterator(500):
        if event.kind == Kind.SESSION_OPEN:
            day = Day(json.loads(event.body)["data"])
        elif event.kind == Kind.CLOSE_DAY:
            day.close(event, left_cents)
            left_cents = day.in_drawer_cents
            yield day
        else:
            day.add(event)


def _left(z: Any) -> int:
    """What a Z leaves in the drawer: as counted, or as it should be where nobody did."""
    counted: int | None = z["counted_cents"]
    return int(z["expected_cents"]) if counted is None else counted


def says_something(z: Any, overnight_cents: int) -> bool:
    """Whether a session moved any money: one that did not has no entry, and no number."""
    sums = (z["sales_cents"], z["refunds_cents"], z["in_cents"], z["out_cents"])
    return any(sums) or _left(z) != z["expected_cents"] or overnight_cents != 0


def unclosed(sites: Iterable[Site], start: date, end: date) -> list[TillSession]:
    """Sessions of these business days that have no Z yet: the books do not know them."""
    rows = TillSession.objects.filter(
        till__site__in=sites, business_date__range=(start, end), closing=None
    )
    return list(rows.select_related("till__site").order_by("business_date", "till__code"))


def numbers_of(organisation: Organisation, start: date, end: date) -> dict[int, int]:
    """Key of a Z's event → its number in an accounting year, whichever part of it is asked for.

    A Z that comes late is the last: numbers that were given out never change.
    """
    rows = Closing.objects.using("report").filter(
        session__till__organisation=organisation, session__business_date__range=(start, end)
    )
    read = rows.order_by("session__till", "session__number").values_list(
        "event", "event__body", "session__till", "session__number", "session__float_cents"
    )
    left: dict[int, int] = {}
    found = []
    for key, body, till, number, float_cents in read.iterator(500):
        if till not in left:
            left[till] = _left_before(till, number)
        z = json.loads(body)["data"]
        if says_something(z, float_cents - left[till]):
            found.append(key)
        left[till] = _left(z)
    return {key: number for number, key in enumerate(sorted(found), start=1)}


def _left_before(till: int, number: int) -> int:
    """What the session before left in a till's drawer; nothing before the first."""
    rows = Closing.objects.using("report").filter(session__till=till, session__number=number - 1)
    before = rows.values_list("counted_cents", "expected_cents").first()
    counted, expected = before or (0, 0)
    return int(expected if counted is None else counted)

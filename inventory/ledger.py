"""The kernel: ``post`` books a movement, ``reverse`` books its mirror, ``close_month`` the end.

Everything that moves grams goes through ``post``. It checks what no single row can prove, then
writes in a few multi-row statements, always in the same order (site, items, accounts, number,
movement, flows, balances, cubes; keys sorted), so that two writers never wait for each other in
a ring.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.models import (
    Account,
    Balance,
    Category,
    Flow,
    Item,
    Kind,
    Method,
    Movement,
    NumberSeries,
    Origin,
    Verb,
)
from inventory.models.ledger import PREFIXES
from inventory.months import add_months, first_day, month_of
from inventory.rows import add, among, keep
from inventory.sums import add_up
from inventory.triggers import PAIRS
from inventory.whereabouts import carry_items, hold_items
from organisation.models import Site, Submission, User

Sums = dict[tuple[Any, ...], list[int]]
# Books that agreed already; a ticket of things whose weight nobody knows; an empty crate.
MAY_BE_EMPTY = (Verb.COUNT, Verb.SETTLE, Verb.SELL, Verb.RETURN, Verb.REST)
IRREVERSIBLE = (Verb.REVERSE, Verb.SELL, Verb.RETURN)


@dataclass(frozen=True, slots=True)
class Entry:
    """Who books what, where and when. Without ``business_date``, the site's clock decides.

    ``number``: where a tablet numbered it; else the site counts.
    """

    site: Site
    verb: Verb
    submission: Submission
    author: User | None
    occurred_at: datetime
    business_date: date | None = None
    note: str = ""
    reverses: Movement | None = None
    number: str = ""

    @property
    def day(self) -> date:
        """The business day that the act counts to."""
        return self.business_date or self.site.business_date(self.occurred_at)


@dataclass(frozen=True, slots=True)
class Leg:
    """Grams on their way: one future flow. ``to_category`` only where sorting changes it."""

    from_account: Account
    to_account: Account
    category: Category
    weight_g: int
    method: Method
    to_category: Category | None = None
    units: int = 0
    origin: Origin | None = None
    item: Item | None = None

    @property
    def category_out(self) -> Category:
        return self.to_category or self.category


@transaction.atomic(savepoint=False)
def post(*, entry: Entry, legs: Sequence[Leg]) -> Movement:
    """Book one movement and its flows; return it. Where it refuses, the transaction is over.

    Raises ValidationError ``no_lines``, ``flow_not_allowed``, ``month_closed``,
    ``item_not_whole``, ``item_twice``, ``item_not_there``, ``item_already_sold``,
    ``before_it_was_there`` or ``transit_overdrawn``.
    """
    may_be_empty = entry.verb in MAY_BE_EMPTY or entry.reverses is not None
    if not legs and not may_be_empty:
        raise ValidationError(_("There is no line to record."), code="no_lines")
    for leg in legs:
        _require_allowed(entry, leg)
    closed_through = lock_site(entry.site)
    day = entry.day
    require_open(day, closed_through)
    where = hold_items(legs)  # before accounts: a till may hold an object that another waits for
    ids = _open_accounts(legs)
    number = entry.number or _next_number(entry.site, PREFIXES[entry.verb])
    carry_items(entry, legs, ids, where)
    movement = _write_movement(entry, day, number)
    _write_flows(movement, legs, ids)
    add_up(movement, movement.lines)
    _require_transit_covered(legs, ids)
    return movement


@transaction.atomic
def reverse(*, entry: Entry, movement: Movement) -> Movement:
    """Book the mirror of ``movement``, on its own day or on the first day still open.

    Raises ValidationError ``cannot_reverse``, ``already_reversed``, or what ``post`` raises when
    an item is no longer where the movement left it.
    """
    if movement.verb in IRREVERSIBLE:
        raise ValidationError(
            _("%(number)s cannot be cancelled here."),
            code="cannot_reverse",
            params={"number": movement.number},
        )
    closed_through = lock_site(movement.site, exclusively=True)
    if Movement.objects.filter(reverses=movement).exists():
        raise ValidationError(
            _("%(number)s is already cancelled."),
            code="already_reversed",
            params={"number": movement.number},
        )
    mirror = Entry(
        site=movement.site,
        verb=Verb.REVERSE,
        submission=entry.submission,
        author=entry.author,
        occurred_at=entry.occurred_at,
        business_date=open_day(movement.business_date, closed_through),
        note=entry.note,
        reverses=movement,
    )
    return post(entry=mirror, legs=[_mirrored(flow) for flow in _flows_of(movement)])


@transaction.atomic
def close_month(*, site: Site, month: int) -> None:
    """Close ``month`` (YYYYMM) of ``site`` for good: nothing is dated in it any more.

    Raises ValidationError ``month_out_of_order``.
    """
    closed_through = lock_site(site, exclusively=True)
    first = closed_through and add_months(closed_through, 1)
    first = first or Movement.objects.filter(site=site).aggregate(m=Min("month"))["m"]
    if month != (first or month) or not 200001 <= month < 210001 or not 1 <= month % 100 <= 12:
        raise ValidationError(
            _("Months are closed in order: the next one is %(month)s."),
            code="month_out_of_order",
            params={"month": first or ""},
        )
    Site.objects.filter(pk=site.pk).update(books_closed_through=month)
    site.books_closed_through = month


def lock_site(site: Site, *, exclusively: bool = False) -> int:
    """Hold ``site`` until the transaction ends; return its last closed month, 0 if none.

    Shared by writers that only add; exclusive for those that first read what is there.
    SQLite has one writer at a time already.
    """
    wanted = "NO KEY UPDATE" if exclusively else "SHARE"
    clause = f" FOR {wanted}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT books_closed_through FROM organisation_site WHERE id = %s{clause}",  # noqa: S608
            [site.pk],
        )
        return int(cursor.fetchone()[0] or 0)


def require_open(day: date, closed_through: int) -> None:
    """Refuse a day of a closed month. Raises ValidationError ``month_closed``."""
    if month_of(day) <= closed_through:
        raise ValidationError(
            _("The month of this date is closed: nothing can be dated in it any more."),
            code="month_closed",
        )


def open_day(day: date, closed_through: int) -> date:
    """``day`` if its month is open, else the first day that is."""
    if month_of(day) > closed_through:
        return day
    return first_day(add_months(closed_through, 1))


def _require_allowed(entry: Entry, leg: Leg) -> None:
    """Refuse a flow between kinds that do not exchange. The triggers refuse it again."""
    start, end = leg.from_account, leg.to_account
    may_go_back = entry.reverses is not None or entry.verb in (Verb.RETURN, Verb.REST)
    in_stock = start.kind == end.kind == Kind.STOCK
    is_bad = (
        leg.weight_g <= 0
        or (
            ((start.kind, end.kind) not in PAIRS)
            and not (may_go_back and (end.kind, start.kind) in PAIRS)
        )
        or (leg.category_out.pk != leg.category.pk and not in_stock)
        or (start.key == end.key and leg.category_out.pk == leg.category.pk)
        or _strays(start, end)
    )
    if is_bad:
        raise ValidationError(_("These grams cannot go that way."), code="flow_not_allowed")


def _strays(start: Account, end: Account) -> bool:
    """Whether grams would change site, or structure, other than along their road."""
    for road, other in ((start, end), (end, start)):
        if road.kind == Kind.TRANSIT:
            return other.site_id not in (road.site_id, road.to_site_id)
    return start.site_id != end.site_id


def _open_accounts(legs: Sequence[Leg]) -> dict[str, int]:
    """Account key → primary key, making accounts that are met for the first time."""
    wanted = {
        account.key: account for leg in legs for account in (leg.from_account, leg.to_account)
    }
    found = {key: account.pk for key, account in wanted.items() if account.pk}
    found |= _opened(wanted.keys() - found.keys())
    if new := sorted(wanted.keys() - found.keys()):
        Account.objects.bulk_create([wanted[key] for key in new], ignore_conflicts=True)
        found |= _opened(new)
    return found


def _opened(keys: Collection[str]) -> dict[str, int]:
    """Account key → primary key, of those that exist."""
    return dict(among("SELECT key, id FROM inventory_account WHERE key IN ({keys})", list(keys)))


def _next_number(site: Site, prefix: str) -> str:
    [(last,)] = add(
        NumberSeries,
        ("site_id", "prefix"),
        {(site.pk, prefix): [1]},
        sums=("last",),
        returning="last",
    )
    return f"{prefix}-{site.code}-{last}"


def _write_movement(entry: Entry, day: date, number: str) -> Movement:
    movement = Movement(
        number=number,
        submission=entry.submission,
        site=entry.site,
        verb=entry.verb,
        occurred_at=entry.occurred_at,
        business_date=day,
        month=month_of(day),
        recorded_at=timezone.now(),
        author=entry.author,
        reverses=entry.reverses,
        note=entry.note,
    )
    keep(movement)
    movement._state.fields_cache["reversed_by"] = None  # it is new: nobody need ask
    return movement


def _write_flows(movement: Movement, legs: Sequence[Leg], ids: Mapping[str, int]) -> None:
    flows = [_flow(movement, leg, ids) for leg in legs]
    keep(*flows)
    movement.lines = flows  # at hand for the answer: nobody reads them again


def _flow(movement: Movement, leg: Leg, ids: Mapping[str, int]) -> Flow:
    flow = Flow(
        movement=movement,
        month=movement.month,
        from_account_id=ids[leg.from_account.key],
        from_category=leg.category,
        to_account_id=ids[leg.to_account.key],
        to_category=leg.category_out,
        origin=leg.origin,
        item=leg.item,
        weight_g=leg.weight_g,
        units=leg.units,
        method=leg.method,
    )
    flow._state.fields_cache |= {"from_account": leg.from_account, "to_account": leg.to_account}
    return flow


def _require_transit_covered(legs: Sequence[Leg], ids: Mapping[str, int]) -> None:
    """Refuse to take off the road more than is on it."""
    roads = {ids[leg.from_account.key] for leg in legs if leg.from_account.kind == Kind.TRANSIT}
    if roads and Balance.objects.filter(account__in=roads, weight_g__lt=0).exists():
        raise ValidationError(_("More would arrive than is on the road."), code="transit_overdrawn")


def _flows_of(movement: Movement) -> Iterable[Flow]:
    return movement.flows.select_related(
        "from_account", "to_account", "from_category", "to_category", "origin", "item"
    ).order_by("pk")


def _mirrored(flow: Flow) -> Leg:
    return Leg(
        from_account=flow.to_account,
        to_account=flow.from_account,
        category=flow.to_category,
        to_category=flow.from_category,
        weight_g=flow.weight_g,
        units=flow.units,
        method=Method(flow.method),
        origin=flow.origin,
        item=flow.item,
    )

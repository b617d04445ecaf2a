"""What a tablet sold at the till it holds: booked whatever the books say meanwhile, and flagged.

Of an object that the books have elsewhere, the grams are found in the bulk of the shelf and leave
from there; the object itself stays where the books have it, for somebody to look into.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Max

from inventory.ledger import Entry, Leg, lock_site, open_day
from inventory.models import Account, Flow, Item, Kind, Reason
from inventory.models import Method as KnownBy
from organisation.models import Site
from sales.journal.sealed import LeasedEntry
from sales.models import Flag, SaleLine, TillSession


def day_at(entry: Entry, session: TillSession) -> date:
    """The day that an act counts to: its session's; of a tablet's, the first that is still open."""
    if not isinstance(entry, LeasedEntry):
        return session.business_date
    return open_day(session.business_date, lock_site(entry.site))


def flag(entry: Entry, rows: Sequence[SaleLine]) -> None:
    """Mark what could not be sold here by the books, where a tablet sold it all the same.

    The objects are held until the end, so that what is told now stays true.
    """
    mine = {row.item_id for row in rows if row.item_id}
    if not mine or not isinstance(entry, LeasedEntry):
        return
    items = Item.objects.select_for_update(of=("self",)).filter(pk__in=mine).order_by("pk")
    where = {item.pk: item.account for item in items.select_related("account")}
    latest = _latest(mine)
    seen: set[Any] = set()
    for row in rows:
        if row.item is not None:
            row.item.account = where[row.item.pk]
            is_again, is_early = row.item_id in seen, latest.get(row.item_id, entry.day) > entry.day
            row.flag = Flag.SOLD if is_again else _flag_of(row.item.account, entry.site, is_early)
            seen.add(row.item_id)


def _latest(items: Iterable[Any]) -> dict[Any, date]:
    """Item → the last day on which an act that stands carried it."""
    flows = Flow.objects.filter(item__in=items, movement__reverses=None, movement__reversed_by=None)
    rows = flows.order_by().values_list("item")
    return dict(rows.annotate(last=Max("movement__business_date")))


def _flag_of(account: Account | None, site: Site, is_early: bool) -> Flag | str:
    if account is not None and account.kind == Kind.REUSE:
        return Flag.SOLD
    if account is None or account.kind != Kind.STOCK or account.site_id != site.pk:
        return Flag.ELSEWHERE
    return Flag.EARLY if is_early else ""


def flagged_leg(site: Site, shelf: Account, row: SaleLine) -> Leg:
    """Out of the bulk of the shelf, without the object: only the ticket's line names it."""
    return _leg(shelf, Account.sale(site), row)


def found_legs(site: Site, shelf: Account, rows: Sequence[SaleLine]) -> list[Leg]:
    """The grams that flagged lines lack, found on the shelf."""
    found = Account.adjustment(site, Reason.FOUND)
    return [_leg(found, shelf, row) for row in rows if row.flag and row.weight_g]


def _leg(start: Account, end: Account, row: SaleLine) -> Leg:
    assert row.weight_g is not None  # noqa: S101 (only weighed rows move grams)
    assert row.category is not None  # noqa: S101 (and only objects weigh)
    return Leg(
        from_account=start,
        to_account=end,
        category=row.category,
        weight_g=row.weight_g,
        method=KnownBy(row.item.method) if row.item else KnownBy.ESTIMATED,
        units=row.quantity,
    )

"""Where items are: each in one account, whole, and never in two places by two acts at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Account, Flow, Item, Kind, Verb
from inventory.rows import among

if TYPE_CHECKING:
    from inventory.ledger import Entry, Leg

# What a till does counts to the day that it was opened, whatever the clock says of the object.
AT_A_TILL = (Verb.SELL, Verb.RETURN)


Whereabouts = Mapping[int, int | None]  # item key → the account it is in


def hold_items(legs: Iterable["Leg"]) -> Whereabouts:
    """Where the items on these legs are; held until the end, always in one order."""
    items = sorted({leg.item.pk for leg in legs if leg.item is not None})
    if not items:
        return {}
    clause = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    sql = "SELECT id, account_id FROM inventory_item WHERE id IN ({keys}) ORDER BY id"
    return dict(among(sql + clause, items))


def carry_items(
    entry: "Entry", legs: Sequence["Leg"], ids: Mapping[str, int], where: Whereabouts
) -> None:
    """Move each held item to its new account, or refuse when it is not where the legs begin."""
    carried: dict[int, list[Leg]] = {}
    for leg in legs:
        if leg.item is not None:
            carried.setdefault(leg.item.pk, []).append(leg)
    if not carried:
        return
    ends: dict[int | None, list[int]] = {}
    for pk, mine in carried.items():
        _require_whole(entry, mine)
        if where[pk] != _account_in(mine[0].from_account, ids):
            _refuse_item(mine[0].item)
        ends.setdefault(_account_in(mine[0].to_account, ids), []).append(pk)
    if entry.reverses is None and entry.verb not in AT_A_TILL:  # a mirror has the day of its act
        _require_in_order(carried, where, entry.day)
    for new, items in ends.items():
        among("UPDATE inventory_item SET account_id = %s WHERE id IN ({keys})", items, new)


def _require_in_order(
    carried: Mapping[int, Sequence["Leg"]], where: Whereabouts, day: date
) -> None:
    """Refuse to make an item twice, or to carry it on a day before the last that carried it."""
    standing = Q(movement__reverses=None, movement__reversed_by=None)
    flows = Flow.objects.filter(item__in=carried).order_by().values_list("item")
    for pk, latest in flows.annotate(last=Max("movement__business_date", filter=standing)):
        item = carried[pk][0].item
        if where[pk] is None:
            _refuse_item(item)
        if latest is not None and day < latest:
            raise ValidationError(
                _("%(item)s was not there yet on that day."),
                code="before_it_was_there",
                params={"item": item},
            )


def _require_whole(entry: "Entry", legs: Sequence["Leg"]) -> None:
    item = legs[0].item
    assert item is not None  # noqa: S101 (narrows the type; grouped by item above)
    if len(legs) > 1 and entry.verb not in (Verb.DISMANTLE, Verb.REVERSE):
        raise ValidationError(_("The same item is there twice."), code="item_twice")
    ends = [{leg.from_account.key: leg.from_account for leg in legs}]
    ends += [{leg.to_account.key: leg.to_account for leg in legs}]
    is_split = any(len(end) > 1 and not all(map(_is_bulk, end.values())) for end in ends)
    if is_split or sum(leg.weight_g for leg in legs) != item.weight_g:
        raise ValidationError(_("An item moves whole or not at all."), code="item_not_whole")


def _account_in(account: Account, ids: Mapping[str, int]) -> int | None:
    """The account an item would be in: none once its grams are bulk."""
    return None if _is_bulk(account) else ids[account.key]


def _is_bulk(account: Account) -> bool:
    return account.kind == Kind.STOCK and not account.holds_items


def _refuse_item(item: Item | None) -> NoReturn:
    assert item is not None  # noqa: S101 (narrows the type: only items are carried)
    now = Item.objects.select_related("account").get(pk=item.pk).account
    if now is not None and now.kind == Kind.REUSE:
        raise ValidationError(
            _("%(item)s is already sold or given."), code="item_already_sold", params={"item": item}
        )
    raise ValidationError(
        _("%(item)s is no longer there."), code="item_not_there", params={"item": item}
    )

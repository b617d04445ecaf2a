"""From one site to another: sent, on the road, received in part or for good."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, post, reverse
from inventory.models import (
    Account,
    Category,
    Flow,
    Item,
    ItemCode,
    Kind,
    Method,
    Movement,
    Reason,
    Receipt,
    Transfer,
    Verb,
)
from inventory.services.carrying import StockLine, departing, placed
from inventory.services.labelling import give_code
from organisation.models import Site


@dataclass(frozen=True, slots=True)
class OnTheRoad:
    """What was sent and has not been received: grams of bulk by category, and whole items."""

    bulk_g: Mapping[Category, int]
    items: Mapping[int, Item]

    @property
    def weight_g(self) -> int:
        return sum(self.bulk_g.values()) + sum(item.weight_g for item in self.items.values())


@transaction.atomic
def send(*, entry: Entry, to_site: Site, lines: Sequence[StockLine]) -> Transfer:
    """Put stock on the road to another site.

    Raises ValidationError ``same_site``, ``category_not_shared``, or what ``post`` raises.
    """
    if to_site.pk == entry.site.pk:
        raise ValidationError(_("It is sent to the site where it is."), code="same_site")
    road = Account.transit(entry.site, to_site)
    legs = [departing(entry, line, road) for line in placed(entry, lines)]
    for leg in legs:
        _require_shared(leg.category, to_site)
    return Transfer.objects.create(movement=post(entry=entry, legs=legs), to_site=to_site)


@transaction.atomic
def receive(
    *, entry: Entry, transfer: Transfer, lines: Sequence[StockLine], is_final: bool
) -> Receipt:
    """Take what has arrived off the road.

    Until the final receipt, what is not named stays on the road. The final one takes all of it,
    and books what is short, or over, as a gap of the road; items that never came are written off.
    A receipt of all that is left is the final one.
    Raises ValidationError ``already_reversed``, ``already_received``, ``not_sent``,
    ``more_than_sent``, ``before_it_was_sent``, ``item_twice``, or what ``post`` raises.
    """
    transfer = _locked(transfer)
    _require_open(transfer)
    _require_sent_by(transfer, entry.day)
    rest = on_the_road(transfer)
    lines = placed(entry, lines)
    _require_sent(rest, lines)
    is_final = is_final or _takes_all(rest, lines)
    road = Account.transit(transfer.movement.site, transfer.to_site)
    if is_final:
        legs = list(_last_legs(entry, road, rest, lines))
    else:
        legs = list(_arriving(entry, road, rest, lines))
    movement = post(entry=entry, legs=legs)
    items = [leg.item.pk for leg in legs if leg.item is not None]
    Item.objects.filter(pk__in=items).update(since=entry.day)
    _know(items, entry.site)
    return Receipt.objects.create(
        transfer=transfer,
        movement=movement,
        missing=_write_off(entry, movement, lines) if is_final else None,
        is_final=is_final,
    )


def on_the_road(transfer: Transfer) -> OnTheRoad:
    """What of a transfer has not been received."""
    if getattr(transfer.movement, "reversed_by", None):
        return OnTheRoad({}, {})
    bulk: dict[Category, int] = defaultdict(int)
    items: dict[int, Item] = {}
    for flow in _flows(transfer.movement):
        if flow.item is not None:
            items[flow.item.pk] = flow.item
        else:
            bulk[flow.from_category] += flow.weight_g
    for receipt in transfer.standing_receipts:
        for flow in _flows(receipt.movement):
            if flow.from_account.kind != Kind.TRANSIT:
                continue
            if flow.item is not None:
                items.pop(flow.item.pk, None)
            else:
                bulk[flow.from_category] -= flow.weight_g
    return OnTheRoad({category: grams for category, grams in bulk.items() if grams}, items)


def take_back(*, entry: Entry, movement: Movement) -> Movement:
    """Reverse a transfer that nobody has received, or its last receipt with what it wrote off.

    Raises ValidationError ``receipts_first``, or what ``reverse`` raises.
    """
    receipt: Receipt | None = getattr(movement, "receipt", None)
    transfer = _locked(receipt.transfer if receipt else movement.transfer)
    later = [other for other in transfer.standing_receipts if not receipt or other.pk > receipt.pk]
    if later:
        raise ValidationError(
            _("More of this transfer was received since: %(number)s is cancelled first."),
            code="receipts_first",
            params={"number": later[-1]},
        )
    missing = receipt.missing if receipt else None
    if missing is not None and not hasattr(missing, "reversed_by"):
        reverse(entry=entry, movement=missing)
    return reverse(entry=entry, movement=movement)


def _locked(transfer: Transfer) -> Transfer:
    """The transfer, held until the transaction ends: one receipt at a time."""
    Transfer.objects.select_for_update().get(pk=transfer.pk)
    rows = Transfer.objects.select_related(
        "movement__site__organisation", "movement__reversed_by", "to_site__organisation"
    )
    return rows.prefetch_related("receipts__movement__reversed_by").get(pk=transfer.pk)


def _require_open(transfer: Transfer) -> None:
    if transfer.state == Transfer.State.CANCELLED:
        raise ValidationError(
            _("%(number)s is already cancelled."),
            code="already_reversed",
            params={"number": transfer},
        )
    if transfer.state == Transfer.State.RECEIVED:
        raise ValidationError(
            _("%(number)s was received for good."),
            code="already_received",
            params={"number": transfer},
        )


def _require_sent_by(transfer: Transfer, day: date) -> None:
    if day < transfer.movement.business_date:
        raise ValidationError(
            _("%(number)s was not sent yet on that day."),
            code="before_it_was_sent",
            params={"number": transfer},
        )


def _require_shared(category: Category, to_site: Site) -> None:
    if category.organisation_id not in (None, to_site.organisation_id):
        raise ValidationError(
            _("“%(category)s” exists with you alone: send it under the category above."),
            code="category_not_shared",
            params={"category": category},
        )


def _require_sent(rest: OnTheRoad, lines: Sequence[StockLine]) -> None:
    """Each line names something that is on the road, and no item twice."""
    items = [line.item.pk for line in lines if line.item]
    if len(set(items)) < len(items):
        raise ValidationError(_("The same item is there twice."), code="item_twice")
    for line in lines:
        is_sent = line.item.pk in rest.items if line.item else line.what in rest.bulk_g
        if not is_sent:
            raise ValidationError(
                _("%(what)s is not on the road with this transfer."),
                code="not_sent",
                params={"what": line.item or line.what},
            )


def _arriving(
    entry: Entry, road: Account, rest: OnTheRoad, lines: Sequence[StockLine]
) -> Iterator[Leg]:
    """What arrived, and no more than was sent."""
    for category, came_g in _by_category(lines).items():
        if came_g > rest.bulk_g[category]:
            raise ValidationError(
                _("More %(category)s would arrive than was sent: weigh again, or close with it."),
                code="more_than_sent",
                params={"category": category},
            )
    yield from (_arrival(entry, road, line) for line in lines)


def _last_legs(
    entry: Entry, road: Account, rest: OnTheRoad, lines: Sequence[StockLine]
) -> Iterator[Leg]:
    """The whole remainder into stock, then the gap between that and what was weighed."""
    came = {line.item.pk: line for line in lines if line.item}
    for pk, item in rest.items.items():
        yield _arrival(entry, road, came.get(pk) or _here(entry, StockLine(item=item)))
    for category, sent_g in rest.bulk_g.items():
        spots = [line for line in lines if not line.item and line.what == category]
        yield from _made_up(entry, road, spots or [StockLine(category)], sent_g)


def _made_up(entry: Entry, road: Account, spots: Sequence[StockLine], sent_g: int) -> Iterator[Leg]:
    """All that was sent of a category, spot by spot, and what is short or over."""
    gap = Account.adjustment(entry.site, Reason.TRANSIT)
    for line in (_here(entry, spot) for spot in spots):
        came_g = min(line.weight_g, sent_g)
        sent_g -= came_g
        if came_g:
            yield _arrival(entry, road, replace(line, weight_g=came_g))
        if over_g := line.weight_g - came_g:
            yield Leg(gap, line.bulk, line.what, over_g, line.method)
    if sent_g:
        line = replace(_here(entry, spots[0]), weight_g=sent_g)
        yield _arrival(entry, road, line)
        yield Leg(line.bulk, gap, line.what, sent_g, Method.WEIGHED)


def _takes_all(rest: OnTheRoad, lines: Sequence[StockLine]) -> bool:
    came = {line.item.pk for line in lines if line.item}
    return bool(lines) and came == rest.items.keys() and _by_category(lines) == rest.bulk_g


def _by_category(lines: Sequence[StockLine]) -> dict[Category, int]:
    weights: dict[Category, int] = defaultdict(int)
    for line in lines:
        if line.item is None:
            weights[line.what] += line.weight_g
    return weights


def _here(entry: Entry, line: StockLine) -> StockLine:
    """The line in its own place, or in the site's main one."""
    [there] = placed(entry, [replace(line, item=None)])
    return replace(line, place=there.place)


def _arrival(entry: Entry, road: Account, line: StockLine) -> Leg:
    line = _here(entry, line)
    assert line.place is not None  # noqa: S101 (see _here)
    return Leg(
        from_account=road,
        to_account=Account.stock(line.place, items=line.item is not None),
        category=line.what,
        weight_g=line.item.weight_g if line.item else line.weight_g,
        method=Method(line.item.method) if line.item else line.method,
        units=1 if line.item else line.units,
        item=line.item,
    )


def _know(items: Sequence[int], site: Site) -> None:
    """Let items wear a code of the structure they have come to: their own where that is free."""
    ours = ItemCode.objects.filter(organisation=site.organisation_id)
    known = ours.filter(item__in=items).values_list("item", flat=True)
    strangers = Item.objects.filter(pk__in=set(items).difference(known)).order_by("pk")
    worn = ItemCode.objects.filter(item__in=strangers).order_by("-pk")
    first = dict(worn.values_list("item", "code"))
    taken = set(ours.filter(code__in=first.values()).values_list("code", flat=True))
    for item in strangers:
        code = first.get(item.pk, "")
        give_code(item, site.organisation, "" if code in taken else code)
        taken.add(code)


def _write_off(entry: Entry, receipt: Movement, lines: Sequence[StockLine]) -> Movement | None:
    """Book as a gap of the road the items that never came."""
    came = {line.item.pk for line in lines if line.item}
    gap = Account.adjustment(entry.site, Reason.TRANSIT)
    legs = [
        Leg(
            from_account=flow.to_account,
            to_account=gap,
            category=flow.to_category,
            weight_g=flow.weight_g,
            method=Method(flow.method),
            units=1,
            item=flow.item,
        )
        for flow in receipt.lines
        if flow.item is not None and flow.item.pk not in came
    ]
    return post(entry=replace(entry, verb=Verb.COUNT), legs=legs) if legs else None


def _flows(movement: Movement) -> list[Flow]:
    flows = movement.flows.select_related("from_account", "from_category__parent", "item__category")
    return list(flows.order_by("pk"))

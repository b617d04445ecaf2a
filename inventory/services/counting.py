"""Books brought to what is there: counts, reclassification, the month's balance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, post, require_open
from inventory.models import (
    Account,
    Balance,
    Category,
    Flow,
    Item,
    Kind,
    Method,
    Movement,
    Place,
    Verb,
)
from inventory.months import month_of
from inventory.services.carrying import where_of
from organisation.models import Site

RECLASSIFY = "reclassify"


@transaction.atomic
def count(
    *,
    entry: Entry,
    place: Place,
    weights: Mapping[Category, int],
    items: Sequence[Item] | None = None,
    reason: str,
) -> Movement:
    """Bring a place's books, as they stood that day, to what was counted there.

    The gap is booked under ``reason``: what came or went on later days is none of it.

    ``items``, where given, are all that was found: others of the place are booked as gone, those
    booked as gone before come back, and those of the site's other places are carried here. What
    came or left after that moment stays as it is.
    ``reason="reclassify"`` moves grams between categories at no net mass.
    Raises ValidationError ``not_balanced``, ``item_twice``, ``item_not_there``, or what ``post``
    raises.
    """
    lock_site(entry.site, exclusively=True)
    bulk = Account.stock(place)
    held = held_g(entry, bulk)
    gaps = {c: weight_g - held.get(c.pk, 0) for c, weight_g in weights.items()}
    if reason == RECLASSIFY:
        return post(entry=entry, legs=_reclassifying(bulk, gaps))
    gap = Account.adjustment(entry.site, reason)
    legs = [_adjusting(bulk, gap, category, gap_g) for category, gap_g in gaps.items() if gap_g]
    if items is not None:
        legs += _counted_items(entry, place, gap, items)
    return post(entry=entry, legs=legs)


@transaction.atomic
def lose(*, entry: Entry, item: Item, reason: str) -> Movement:
    """Book one item as missing from the shelf that the books have it on.

    Raises ValidationError ``item_not_there``, or what ``post`` raises.
    """
    shelf = where_of(entry, item)
    return post(entry=entry, legs=[_carried(item, shelf, Account.adjustment(entry.site, reason))])


@transaction.atomic
def find_again(*, entry: Entry, place: Place, item: Item) -> Movement:
    """Put an item that a count had missed back on a shelf: the same item, no new arrival.

    Raises ValidationError ``not_lost``, or what ``post`` raises.
    """
    account = item.account
    if account is None or account.kind != Kind.ADJUSTMENT or account.site_id != entry.site.pk:
        raise ValidationError(
            _("%(item)s is not missing here."), code="not_lost", params={"item": item}
        )
    return post(entry=entry, legs=[_carried(item, account, Account.stock(place, items=True))])


def held_g(entry: Entry, bulk: Account) -> dict[int, int]:
    """Category key → grams that the books held there at the end of the entry's day."""
    books = bulk_at_end_of(entry.site, entry.day)
    return {pk: grams for (spot, pk), grams in books.items() if spot.key == bulk.key}


@transaction.atomic
def settle(*, entry: Entry, on: date, closing_g: Mapping[Category, int]) -> Movement:
    """Book as reused what the bulk books hold at the end of ``on`` beyond what is counted.

    Works per category and what is below it, over all places; items are left out.
    Raises ValidationError ``settlement_negative``, ``settlement_overlaps``, ``settled_later``, or
    what ``post`` raises.
    """
    require_open(on, lock_site(entry.site, exclusively=True))
    legs = settlement(site=entry.site, on=on, closing_g=closing_g)
    return post(entry=_dated(entry, on), legs=legs)


def settlement(*, site: Site, on: date, closing_g: Mapping[Category, int]) -> list[Leg]:
    """What ``settle`` would book now, and what it would refuse."""
    reuse = Account.exit(site, Kind.REUSE)
    held = bulk_at_end_of(site, on)
    legs: list[Leg] = []
    settled: set[int] = set()
    for category, left_g in closing_g.items():
        below = set(Category.objects.under(category).values_list("pk", flat=True))
        if below & settled:
            raise ValidationError(
                _("%(category)s is there twice, alone and within another."),
                code="settlement_overlaps",
                params={"category": category},
            )
        settled |= below
        _require_last(site, on, category, below)
        mine = {key: grams for key, grams in held.items() if key[1] in below}
        legs += _settling(reuse, category, mine, left_g)
    return legs


def bulk_at_end_of(site: Site, on: date) -> dict[tuple[Account, int], int]:
    """``(bulk account, category)`` → grams in the books at the end of day ``on``."""
    bulk = {a.pk: a for a in Account.objects.filter(site=site, kind=Kind.STOCK, holds_items=False)}
    held: dict[tuple[Account, int], int] = defaultdict(int)
    for account, category, weight_g in Balance.objects.filter(account__in=bulk).values_list(
        "account", "category", "weight_g"
    ):
        held[bulk[account], category] += weight_g
    later = Flow.objects.filter(
        movement__site=site, movement__business_date__gt=on, month__gte=month_of(on)
    )
    for sign, account_field, category_field in (
        (-1, "to_account", "to_category"),
        (1, "from_account", "from_category"),
    ):
        sums = (
            later.filter(**{f"{account_field}__in": bulk})
            .values_list(account_field, category_field)
            .annotate(Sum("weight_g"))
        )
        for account, category, weight_g in sums:
            held[bulk[account], category] += sign * weight_g
    return held


def bulk_g(site: Site, category: Category) -> int:
    """Grams of ``category`` and below that the site's bulk books hold now."""
    held = Balance.objects.filter(
        account__site=site,
        account__kind=Kind.STOCK,
        account__holds_items=False,
        category__in=Category.objects.under(category),
    )
    return held.aggregate(total=Sum("weight_g"))["total"] or 0


def _adjusting(bulk: Account, gap: Account, category: Category, gap_g: int) -> Leg:
    start, end = (gap, bulk) if gap_g > 0 else (bulk, gap)
    return Leg(start, end, category, abs(gap_g), Method.WEIGHED)


def _reclassifying(bulk: Account, gaps: Mapping[Category, int]) -> list[Leg]:
    """Pair what is short with what is over, largest first."""
    if sum(gaps.values()):
        raise ValidationError(
            _("What one category gains, another must lose: the gaps do not add up to 0."),
            code="not_balanced",
        )
    short = sorted(((c, g) for c, g in gaps.items() if g < 0), key=lambda pair: pair[1])
    over = sorted(((c, g) for c, g in gaps.items() if g > 0), key=lambda pair: -pair[1])
    legs = []
    while short:
        (lost, lost_g), (gained, gained_g) = short.pop(), over.pop()
        weight_g = min(-lost_g, gained_g)
        legs.append(Leg(bulk, bulk, lost, weight_g, Method.WEIGHED, to_category=gained))
        if -lost_g > weight_g:
            short.append((lost, lost_g + weight_g))
        if gained_g > weight_g:
            over.append((gained, gained_g - weight_g))
    return legs


def _counted_items(entry: Entry, place: Place, gap: Account, found: Sequence[Item]) -> list[Leg]:
    """Book as gone the place's items that were not found, and as back those found again."""
    if len(set(found)) < len(found):
        raise ValidationError(_("The same item is there twice."), code="item_twice")
    shelf = Account.stock(place, items=True)
    lying = Item.objects.filter(account__key=shelf.key).select_related("category")
    held = {item.pk: item for item in lying}
    later = _carried_after(entry, [*held, *(item.pk for item in found)])
    missing = held.keys() - {item.pk for item in found} - later
    gone = [_carried(item, shelf, gap) for pk, item in held.items() if pk in missing]
    strays = [item for item in found if item.pk not in held and item.pk not in later]
    return gone + [_carried(item, _whence(item, place), shelf) for item in strays]


def _carried_after(entry: Entry, items: Iterable[int]) -> set[int]:
    """Those that an act carried after the moment of the entry, which knows nothing of it."""
    after = Q(movement__occurred_at__gt=entry.occurred_at)
    after |= Q(movement__business_date__gt=entry.day)
    standing = Q(movement__reverses=None, movement__reversed_by=None)
    later = Flow.objects.filter(after & standing, item__in=list(items))
    return set(later.values_list("item", flat=True))


def _whence(item: Item, place: Place) -> Account:
    """The gap that an item was lost in, or the shelf of another place of the same site.

    Raises ValidationError ``item_not_there``.
    """
    account, known = item.account, (Kind.ADJUSTMENT, Kind.STOCK)
    if account is None or account.kind not in known or account.site_id != place.site_id:
        raise ValidationError(
            _("%(item)s is not in this site's books any more: leave it out, or weigh it in again."),
            code="item_not_there",
            params={"item": item},
        )
    return account


def _carried(item: Item, start: Account, end: Account) -> Leg:
    method = Method(item.method)
    return Leg(start, end, item.category, item.weight_g, method, units=1, item=item)


def _settling(
    reuse: Account, category: Category, held: Mapping[tuple[Account, int], int], left_g: int
) -> list[Leg]:
    """Take the books down to ``left_g``, from the fullest spots first."""
    gone_g = sum(held.values()) - left_g
    if gone_g < 0:
        raise ValidationError(
            _("More %(category)s is there than the books say: make a stock count instead."),
            code="settlement_negative",
            params={"category": category},
        )
    known = Category.objects.in_bulk({pk for _account, pk in held})
    legs = []
    for (account, pk), weight_g in sorted(held.items(), key=lambda spot: -spot[1]):
        taken_g = min(weight_g, gone_g)
        if taken_g > 0:
            legs.append(Leg(account, reuse, known[pk], taken_g, Method.BY_BALANCE))
            gone_g -= taken_g
    return legs


def _require_last(site: Site, on: date, category: Category, below: set[int]) -> None:
    """Refuse a day before one that is settled already: its grams would be counted twice."""
    later = Movement.objects.filter(
        site=site, verb=Verb.SETTLE, business_date__gt=on, reversed_by=None
    )
    if later.filter(flows__from_category__in=below).exists():
        raise ValidationError(
            _("%(category)s is already settled on a later day: cancel that one first."),
            code="settled_later",
            params={"category": category},
        )


def _dated(entry: Entry, on: date) -> Entry:
    if on > entry.site.business_date(timezone.now()):
        raise ValidationError(_("This day is still to come."), code="in_the_future")
    return replace(entry, business_date=on)

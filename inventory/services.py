"""What people do with stock, beyond the doors: open, move, ship, count, settle, cancel.

Each act reads what it needs, lays out its legs and lets the ledger book them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, open_day, post, reverse
from inventory.models import (
    Account,
    Balance,
    Category,
    Container,
    Flow,
    Item,
    Kind,
    Method,
    Movement,
    Partner,
    Place,
    Shipment,
    ShipmentWeights,
    TreatmentCode,
    Verb,
    WasteCode,
)
from organisation.models import Site, User

UNDO_TIME = timedelta(seconds=75)  # the screen offers a minute; the network takes some of it
QUEUE_LIFE = timedelta(hours=24)  # a tablet keeps its entries that long without a network
RECLASSIFY = "reclassify"


@dataclass(frozen=True, slots=True)
class StockLine:
    """Grams of a category, in a place or in the site's main one; or one whole item."""

    category: Category | None = None
    weight_g: int = 0
    units: int = 0
    is_estimated: bool = False
    place: Place | None = None
    item: Item | None = None

    @property
    def method(self) -> Method:
        return Method.ESTIMATED if self.is_estimated else Method.WEIGHED


@dataclass(frozen=True, slots=True)
class Departure:
    """Towards which fate something leaves, with whom, and under which papers."""

    fate: Kind
    partner: Partner | None = None
    waste_code: WasteCode | None = None
    treatment_code: TreatmentCode | None = None
    carrier: str = ""
    bsd: str = ""


@transaction.atomic
def open_stock(*, entry: Entry, lines: Sequence[StockLine]) -> Movement:
    """Book what was in the hangar on day one: never collected, never a discrepancy."""
    opening = Account.opening(entry.site)
    lines = _placed(entry, lines)
    return post(
        entry=entry,
        legs=[
            Leg(
                from_account=opening,
                to_account=_bulk(line),
                category=_category(line),
                weight_g=line.weight_g,
                method=line.method,
                units=line.units,
            )
            for line in lines
        ],
    )


@transaction.atomic
def move(*, entry: Entry, to_place: Place, lines: Sequence[StockLine]) -> Movement:
    """Carry bulk or items from one place of the site to another.

    Raises ValidationError ``other_site``, ``already_there``, or what ``post`` raises.
    """
    legs = [_departing(entry, line, None, to_place=to_place) for line in _placed(entry, lines)]
    if any(leg.from_account.key == leg.to_account.key for leg in legs):
        raise ValidationError(_("It is already in this place."), code="already_there")
    return post(entry=entry, legs=legs)


@transaction.atomic
def ship(*, entry: Entry, departure: Departure, lines: Sequence[StockLine]) -> Shipment:
    """Book what leaves for a fate: its weight as known now, the partner's own may follow.

    Raises ValidationError as ``post`` does.
    """
    exit_account = Account.exit(entry.site, departure.fate, departure.partner)
    legs = [_departing(entry, line, exit_account) for line in _placed(entry, lines)]
    movement = post(entry=entry, legs=legs)
    return Shipment.objects.create(
        movement=movement,
        fate=departure.fate,
        partner=departure.partner,
        waste_code=departure.waste_code,
        treatment_code=departure.treatment_code,
        carrier=departure.carrier,
        bsd=departure.bsd,
    )


def estimated_load_g(container: Container, bins: int) -> int:
    """Grams of ``bins`` full containers. Raises ValidationError ``container_average_unknown``."""
    if not container.average_load_g:
        raise ValidationError(
            _("The usual load of %(container)s is not set: write a weight instead."),
            code="container_average_unknown",
            params={"container": container},
        )
    return bins * container.average_load_g


@transaction.atomic
def confirm_weights(
    *, entry: Entry, shipment: Shipment, weights: Mapping[Category, int]
) -> ShipmentWeights:
    """Replace a departure's estimate with the partner's own weights; both are kept, linked.

    Items keep their weight. Raises ValidationError ``already_reversed``,
    ``category_not_shipped``, or what ``post`` raises.
    """
    original = shipment.movement
    closed_through = lock_site(original.site, exclusively=True)
    legs = _confirmed_legs(original, weights)
    reversal = reverse(entry=entry, movement=original)
    confirmed = Entry(
        site=original.site,
        verb=Verb.SHIP,
        submission=entry.submission,
        author=entry.author,
        occurred_at=original.occurred_at,
        business_date=open_day(original.business_date, closed_through),
        note=entry.note,
    )
    movement = post(entry=confirmed, legs=legs)
    return ShipmentWeights.objects.create(shipment=shipment, reversal=reversal, movement=movement)


@transaction.atomic
def count(
    *,
    entry: Entry,
    place: Place,
    weights: Mapping[Category, int],
    items: Sequence[Item] | None = None,
    reason: str,
) -> Movement:
    """Bring a place's books to what was counted there; the gap is booked under ``reason``.

    ``items``, where given, are all that was found: others of the place are booked as gone.
    ``reason="reclassify"`` moves grams between categories at no net mass.
    Raises ValidationError ``not_balanced``, ``item_twice``, ``item_not_there``, or what ``post``
    raises.
    """
    lock_site(entry.site, exclusively=True)
    bulk = Account.stock(place)
    held = Balance.objects.of(bulk)
    gaps = {c: weight_g - held.get(c.pk, 0) for c, weight_g in weights.items()}
    if reason == RECLASSIFY:
        return post(entry=entry, legs=_reclassifying(bulk, gaps))
    gap = Account.adjustment(entry.site, reason)
    legs = [_adjusting(bulk, gap, category, gap_g) for category, gap_g in gaps.items() if gap_g]
    if items is not None:
        legs += _missing_items(place, gap, items)
    return post(entry=entry, legs=legs)


@transaction.atomic
def settle(*, entry: Entry, on: date, closing_g: Mapping[Category, int]) -> Movement:
    """Book as reused what the bulk books hold at the end of ``on`` beyond what is counted.

    Works per category and what is below it, over all places; items are left out.
    Raises ValidationError ``settlement_negative``, ``settlement_overlaps``, or what ``post``
    raises.
    """
    lock_site(entry.site, exclusively=True)
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
        mine = {key: grams for key, grams in held.items() if key[1] in below}
        legs += _settling(reuse, category, mine, left_g)
    return legs


@transaction.atomic
def cancel(*, entry: Entry, movement: Movement) -> Movement:
    """Reverse a movement: one's own within the minute, any for those who may.

    Raises PermissionDenied, or ValidationError as ``reverse`` does.
    """
    if entry.author is None or not may_cancel(user=entry.author, movement=movement):
        raise PermissionDenied(_("Only a manager may cancel this now."))
    return reverse(entry=entry, movement=movement)


def may_cancel(*, user: User, movement: Movement) -> bool:
    """Whether ``user`` may cancel ``movement`` now, if it can be cancelled at all."""
    is_own = movement.author_id == user.pk
    is_fresh = timezone.now() - movement.recorded_at <= UNDO_TIME
    return (is_own and is_fresh) or user.may("reverse", movement.site)


def require_may_date(entry: Entry) -> None:
    """Refuse a date older than a tablet's queue to someone who may not date entries.

    Raises PermissionDenied.
    """
    if timezone.now() - entry.occurred_at <= QUEUE_LIFE:
        return
    if entry.author is None or not entry.author.may("backdate", entry.site):
        raise PermissionDenied(_("Only a manager may date an entry before yesterday."))


def bulk_at_end_of(site: Site, on: date) -> dict[tuple[Account, int], int]:
    """``(bulk account, category)`` → grams in the books at the end of day ``on``."""
    bulk = {a.pk: a for a in Account.objects.filter(site=site, kind=Kind.STOCK, holds_items=False)}
    held: dict[tuple[Account, int], int] = defaultdict(int)
    for account, category, weight_g in Balance.objects.filter(account__in=bulk).values_list(
        "account", "category", "weight_g"
    ):
        held[bulk[account], category] += weight_g
    later = Flow.objects.filter(movement__business_date__gt=on)
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


def _category(line: StockLine) -> Category:
    if line.item is not None:
        return line.item.category
    assert line.category is not None  # noqa: S101 (a line has one or the other)
    return line.category


def _placed(entry: Entry, lines: Sequence[StockLine]) -> list[StockLine]:
    """The lines, those without a place in the site's main one."""
    if all(line.place or line.item for line in lines):
        return list(lines)
    main = Place.objects.main(entry.site)
    return [line if line.place or line.item else replace(line, place=main) for line in lines]


def _bulk(line: StockLine) -> Account:
    assert line.place is not None  # noqa: S101 (see _placed)
    return Account.stock(line.place)


def _departing(
    entry: Entry, line: StockLine, target: Account | None, *, to_place: Place | None = None
) -> Leg:
    """From where the line lies to ``target``, or to its like in ``to_place``."""
    if line.item is None:
        start = _bulk(line)
        weight_g, method = line.weight_g, line.method
    else:
        start = _where(entry, line.item)
        weight_g, method = line.item.weight_g, Method.WEIGHED
    if target is None:
        assert to_place is not None  # noqa: S101 (one of the two is given)
        target = Account.stock(to_place, items=line.item is not None)
    return Leg(
        from_account=start,
        to_account=target,
        category=_category(line),
        weight_g=weight_g,
        method=method,
        units=line.units if line.item is None else 1,
        item=line.item,
    )


def _where(entry: Entry, item: Item) -> Account:
    """The account an item is in, if it is stock of this site."""
    account = item.account
    if account is None or account.kind != Kind.STOCK or account.site_id != entry.site.pk:
        is_sold = account is not None and account.kind == Kind.REUSE
        raise ValidationError(
            _("%(item)s is not in this site's stock."),
            code="item_already_sold" if is_sold else "item_not_there",
            params={"item": item},
        )
    return account


def _confirmed_legs(movement: Movement, weights: Mapping[Category, int]) -> list[Leg]:
    """A departure's lines with the partner's weights: shared out where a category had several."""
    lines: dict[Category, list[Leg]] = {}
    for flow in movement.flows.select_related("from_account", "to_account", "from_category"):
        leg = _same_way(flow)
        lines.setdefault(leg.category, []).append(leg)
    if unknown := [c for c in weights if all(leg.item for leg in lines.get(c, []))]:
        raise ValidationError(
            _("%(category)s did not leave in bulk with this departure."),
            code="category_not_shipped",
            params={"category": unknown[0]},
        )
    legs = []
    for category, sent in lines.items():
        bulk = [leg for leg in sent if leg.item is None]
        legs += [leg for leg in sent if leg.item is not None]
        legs += _shared_out(bulk, weights[category]) if category in weights else bulk
    return legs


def _shared_out(legs: Sequence[Leg], weight_g: int) -> list[Leg]:
    """``weight_g`` over the lines in proportion to what was estimated; the last takes the rest."""
    sent_g = sum(leg.weight_g for leg in legs)
    shares = [weight_g * leg.weight_g // sent_g for leg in legs[:-1]]
    shares.append(weight_g - sum(shares))
    return [
        replace(leg, weight_g=share, method=Method.WEIGHED)
        for leg, share in zip(legs, shares, strict=True)
        if share
    ]


def _same_way(flow: Flow) -> Leg:
    return Leg(
        from_account=flow.from_account,
        to_account=flow.to_account,
        category=flow.from_category,
        weight_g=flow.weight_g,
        units=flow.units,
        method=Method(flow.method),
        item=flow.item,
    )


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


def _missing_items(place: Place, gap: Account, found: Sequence[Item]) -> list[Leg]:
    """Book as gone the place's items that were not found; those found must be there."""
    if len(set(found)) < len(found):
        raise ValidationError(_("The same item is there twice."), code="item_twice")
    shelf = Account.stock(place, items=True)
    held = {item.pk: item for item in Item.objects.filter(account__key=shelf.key)}
    for item in found:
        if held.pop(item.pk, None) is None:
            raise ValidationError(
                _("%(item)s is not in this place's books: move it there first."),
                code="item_not_there",
                params={"item": item},
            )
    return [
        Leg(shelf, gap, item.category, item.weight_g, Method.WEIGHED, units=1, item=item)
        for item in held.values()
    ]


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


def _dated(entry: Entry, on: date) -> Entry:
    if on > entry.site.business_date(timezone.now()):
        raise ValidationError(_("This day is still to come."), code="in_the_future")
    return replace(entry, business_date=on)

"""Stock as it is carried: opened, moved, shipped, and weighed again by whoever took it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, lock_site, open_day, post, reverse
from inventory.models import (
    Account,
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

    @property
    def what(self) -> Category:
        if self.item is not None:
            return self.item.category
        assert self.category is not None  # noqa: S101 (a line has one or the other)
        return self.category

    @property
    def bulk(self) -> Account:
        """The bulk it is taken from, or put to; only once it is ``placed``."""
        assert self.place is not None  # noqa: S101
        return Account.stock(self.place)


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
    lines = placed(entry, lines)
    return post(
        entry=entry,
        legs=[
            Leg(
                from_account=opening,
                to_account=line.bulk,
                category=line.what,
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

    Raises ValidationError ``already_there``, or what ``post`` raises.
    """
    legs = [departing(entry, line, None, to_place=to_place) for line in placed(entry, lines)]
    if any(leg.from_account.key == leg.to_account.key for leg in legs):
        raise ValidationError(_("It is already in this place."), code="already_there")
    return post(entry=entry, legs=legs)


@transaction.atomic
def ship(*, entry: Entry, departure: Departure, lines: Sequence[StockLine]) -> Shipment:
    """Book what leaves for a fate: its weight as known now, the partner's own may follow.

    Raises ValidationError as ``post`` does.
    """
    exit_account = Account.exit(entry.site, departure.fate, departure.partner)
    legs = [departing(entry, line, exit_account) for line in placed(entry, lines)]
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


@transaction.atomic
def clear(
    *, entry: Entry, heaps: Sequence[tuple[Departure, Sequence[StockLine]]]
) -> list[Shipment]:
    """Clear unsold goods in one act, a departure for each heap; what is given away is a gift.

    Raises ValidationError as ``ship`` does.
    """
    return [
        ship(
            entry=replace(entry, verb=Verb.GIVE if to.fate == Kind.REUSE else Verb.SHIP),
            departure=to,
            lines=lines,
        )
        for to, lines in heaps
    ]


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
        verb=Verb(original.verb),  # a gift stays a gift
        submission=entry.submission,
        author=entry.author,
        occurred_at=original.occurred_at,
        business_date=open_day(original.business_date, closed_through),
        note=entry.note,
    )
    movement = post(entry=confirmed, legs=legs)
    return ShipmentWeights.objects.create(shipment=shipment, reversal=reversal, movement=movement)


def placed(entry: Entry, lines: Sequence[StockLine]) -> list[StockLine]:
    """The lines, those without a place in the site's main one."""
    if all(line.place or line.item for line in lines):
        return list(lines)
    main = Place.objects.main(entry.site)
    return [line if line.place or line.item else replace(line, place=main) for line in lines]


def departing(
    entry: Entry, line: StockLine, target: Account | None, *, to_place: Place | None = None
) -> Leg:
    """From where the line lies to ``target``, or to its like in ``to_place``."""
    if line.item is None:
        start = line.bulk
        weight_g, method = line.weight_g, line.method
    else:
        start = where_of(entry, line.item)
        weight_g, method = line.item.weight_g, Method(line.item.method)
    if target is None:
        assert to_place is not None  # noqa: S101 (one of the two is given)
        target = Account.stock(to_place, items=line.item is not None)
    return Leg(
        from_account=start,
        to_account=target,
        category=line.what,
        weight_g=weight_g,
        method=method,
        units=line.units if line.item is None else 1,
        item=line.item,
    )


def where_of(entry: Entry, item: Item) -> Account:
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
    flows = movement.flows.select_related("from_account", "to_account", "from_category")
    for flow in flows.order_by("pk"):
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

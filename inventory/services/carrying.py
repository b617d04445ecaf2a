"""Stock as it is carried: opened, moved, shipped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Category,
    Container,
    EcoOrganisme,
    Item,
    Kind,
    Method,
    Movement,
    Packing,
    Partner,
    Place,
    Shipment,
    TreatmentCode,
    Verb,
    WasteCode,
)


@dataclass(frozen=True, slots=True)
class Packed:
    """In how many of which container a line leaves; ``gross_g`` where it was weighed with them."""

    container: Container
    bins: int = 1
    gross_g: int | None = None

    @property
    def load_g(self) -> int:
        """Net grams: tares taken off, or that many usual loads.

        Raises ValidationError ``container_heavier_than_load``, ``container_average_unknown``.
        """
        if self.gross_g is None:
            return estimated_load_g(self.container, self.bins)
        net_g = self.gross_g - self.bins * self.container.tare_g
        if net_g <= 0:
            raise ValidationError(
                _("The container weighs as much as the load, or more: check which one it is."),
                code="container_heavier_than_load",
            )
        return net_g


@dataclass(frozen=True, slots=True)
class StockLine:
    """Grams of a category, in a place or in the site's main one; or one whole item."""

    category: Category | None = None
    weight_g: int = 0
    units: int = 0
    is_estimated: bool = False
    place: Place | None = None
    item: Item | None = None
    packed: Packed | None = None

    @property
    def method(self) -> Method:
        if self.is_estimated:
            return Method.ESTIMATED
        return Method.NET_OF_TARE if self.packed else Method.WEIGHED

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
    eco_organisme: EcoOrganisme | None = None
    is_crate: bool = False


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

    Raises ValidationError ``bsd_required``, or as ``post`` does.
    """
    _require_bsd(departure)
    exit_account = Account.exit(entry.site, departure.fate, departure.partner)
    legs = [departing(entry, line, exit_account) for line in placed(entry, lines)]
    movement = post(entry=entry, legs=legs)
    _write_packings(movement, lines)
    return Shipment.objects.create(
        movement=movement,
        fate=departure.fate,
        partner=departure.partner,
        waste_code=departure.waste_code,
        treatment_code=departure.treatment_code,
        carrier=departure.carrier,
        bsd=departure.bsd,
        eco_organisme=departure.eco_organisme,
        is_crate=departure.is_crate,
    )


def _require_bsd(departure: Departure) -> None:
    """Refuse dangerous waste without the number of its tracking slip."""
    waste_code = departure.waste_code
    if waste_code is not None and waste_code.is_hazardous and not departure.bsd.strip():
        raise ValidationError(
            _("%(code)s is dangerous waste: write the number of its tracking slip (BSD)."),
            code="bsd_required",
            params={"code": waste_code.code},
        )


def _write_packings(movement: Movement, lines: Sequence[StockLine]) -> None:
    packings = [
        Packing(
            flow=flow,
            container=line.packed.container,
            bins=line.packed.bins,
            gross_g=line.packed.gross_g,
        )
        for flow, line in zip(movement.lines, lines, strict=True)
        if line.packed
    ]
    Packing.objects.bulk_create(packings)


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

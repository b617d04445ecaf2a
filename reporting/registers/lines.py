"""Waste that left, line by line: one line for each waste code of a departure and its taker."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import groupby, islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.models import (
    Carrier,
    EcoOrganisme,
    Flow,
    Kind,
    Method,
    Movement,
    Partner,
    Shipment,
    TreatmentCode,
    WasteCode,
)
from reporting.periods import Period
from reporting.scopes import Scope

WASTE = (Kind.RECYCLING, Kind.OTHER_RECOVERY, Kind.ENERGY, Kind.DISPOSAL)
WEIGHED = (Method.WEIGHED, Method.NET_OF_TARE)
LONGEST_ID = 36
CHUNK = 200
SHIPMENT = tuple(
    f"shipment__{name}"
    for name in (
        "waste_code",
        "treatment_code",
        "eco_organisme",
        "weights__movement__reversed_by",
    )
)
FLOW = (
    "to_account__partner__waste_code",
    "to_account__partner__treatment_code",
    "to_account__partner__carrier",
    "to_account__partner__eco_organisme",
    "from_category__waste_code",
    "from_category__parent__waste_code",
    "from_category__parent__parent__waste_code",
)
Spot = tuple[int, int]  # an exit account and a waste code, 0 where nobody knows it


@dataclass(slots=True)
class WasteLine:
    """What left of one waste code with one departure, towards one taker and fate.

    ``sent_g`` is what the books had at the door, ``weighed_g`` what the partner weighed, if it
    did. A departure's own papers come first; where it says nothing, those its partner usually has.
    """

    movement: Movement
    shipment: Shipment | None
    fate: Kind
    partner: Partner | None
    waste_code: WasteCode | None
    carrier: Carrier | None = None
    names: list[str] = field(default_factory=list)
    sent_g: int = 0
    weighed_g: int | None = None
    units: int = 0
    is_estimated: bool = False

    @property
    def weight_g(self) -> int:
        """The partner's weight where it is known."""
        return self.sent_g if self.weighed_g is None else self.weighed_g

    @property
    def name(self) -> str:
        return ", ".join(self.names)

    @property
    def day(self) -> date:
        """The day on which it left, by the site's clock."""
        return self.movement.site.business_date(self.movement.occurred_at)

    @property
    def is_cancelled(self) -> bool:
        if self.shipment is not None:
            return self.shipment.state == Shipment.State.CANCELLED
        return getattr(self.movement, "reversed_by", None) is not None

    @property
    def state(self) -> str:
        if self.shipment is not None:
            return str(self.shipment.state.label)
        return str(Shipment.State.CANCELLED.label if self.is_cancelled else "")

    @property
    def treatment_code(self) -> TreatmentCode | None:
        own = self.shipment and self.shipment.treatment_code
        return own or (self.partner.treatment_code if self.partner else None)

    @property
    def eco_organisme(self) -> EcoOrganisme | None:
        own = self.shipment and self.shipment.eco_organisme
        return own or (self.partner.eco_organisme if self.partner else None)

    @property
    def carrier_said(self) -> str:
        """What the departure calls its carrier; its card's own name where it is known."""
        return self.carrier.name if self.carrier else self.shipment.carrier if self.shipment else ""

    @property
    def bsd(self) -> str:
        return self.shipment.bsd.strip() if self.shipment else ""

    @property
    def has_pops(self) -> bool:
        """Whether its taker's card says that it holds persistent organic pollutants."""
        return self.partner is not None and self.partner.takes_pops

    @property
    def is_dangerous(self) -> bool:
        """By its code, or by what it holds."""
        return self.has_pops or (self.waste_code is not None and self.waste_code.is_hazardous)

    @property
    def is_traced(self) -> bool:
        """Whether the national register follows it by its slip already."""
        return self.is_dangerous and bool(self.bsd) and not self.is_cancelled

    @property
    def public_id(self) -> str:
        """The same for as long as the books stand: the departure's number and the waste code."""
        number = self.movement.number
        digits = self.waste_code.code.replace(" ", "").rstrip("*") if self.waste_code else "0"
        if len(number) + len(digits) >= LONGEST_ID:
            number = sha256(number.encode()).hexdigest()[:24]
        return f"{number}.{digits}"


@dataclass(frozen=True)
class Outgoing:
    """Waste that left the scope's sites in a period, in the order in which it left.

    Departures, and what the gate sent straight to a bin; not what was given or sold.
    """

    scope: Scope
    period: Period

    def movements(self) -> QuerySet[Movement]:
        """Acts that let waste leave; their reversals, and weights that came later, go with them."""
        to_waste = Flow.objects.filter(
            movement=OuterRef("pk"), month=OuterRef("month"), to_account__kind__in=WASTE
        )
        rows = Movement.objects.using("report").filter(
            Exists(to_waste),
            site__in=self.scope.sites,
            business_date__range=(self.period.start, self.period.end),
            reverses=None,
            shipment_weights=None,
        )
        links = ("site__organisation", "reversed_by", *SHIPMENT)
        return rows.select_related(*links).order_by("business_date", "pk")

    def page(
        self, limit: int, after: tuple[date, int] | None = None
    ) -> tuple[list[WasteLine], tuple[date, int] | None]:
        """The lines of up to ``limit`` acts, and the spot after which the next ones are."""
        rows = self.movements()
        if after:
            day, key = after
            rows = rows.filter(Q(business_date__gt=day) | Q(business_date=day, pk__gt=key))
        found = list(rows[: limit + 1])
        more = len(found) > limit
        last = found[limit - 1] if more else None
        lines = list(self.told(found[:limit]))
        return lines, (last.business_date, last.pk) if last else None

    def lines(self) -> Iterator[WasteLine]:
        """Every line, read some hundred acts at a time."""
        rows = self.movements().iterator(chunk_size=CHUNK)
        while some := list(islice(rows, CHUNK)):
            yield from self.told(some)

    def told(self, movements: Sequence[Movement]) -> Iterator[WasteLine]:
        """The lines of these acts, in their order."""
        confirmed = {w.movement_id: m for m in movements if (w := _weights(m))}
        found = _flows({m.pk for m in movements} | confirmed.keys())
        later = {confirmed[pk].pk: flows for pk, flows in found.items() if pk in confirmed}
        for movement in movements:
            yield from self._of(movement, found.get(movement.pk, []), later.get(movement.pk))

    def _of(
        self, movement: Movement, sent: Sequence[Flow], weighed: Sequence[Flow] | None
    ) -> Iterator[WasteLine]:
        lines: dict[Spot, WasteLine] = {}
        for flow in sent:
            line = self._line(lines, movement, flow)
            line.sent_g += flow.weight_g
        for flow in sent if weighed is None else weighed:
            line = self._line(lines, movement, flow)
            line.units += flow.units
            line.is_estimated |= flow.method not in WEIGHED
            if weighed is not None:
                line.weighed_g = (line.weighed_g or 0) + flow.weight_g
        if weighed is not None:
            for line in lines.values():
                line.weighed_g = line.weighed_g or 0
        yield from lines.values()

    def _line(self, lines: dict[Spot, WasteLine], movement: Movement, flow: Flow) -> WasteLine:
        shipment, account = getattr(movement, "shipment", None), flow.to_account
        waste_code = waste_code_of(shipment, flow)
        spot = account.pk, waste_code.pk if waste_code else 0
        if spot not in lines:
            lines[spot] = WasteLine(
                movement=movement,
                shipment=shipment,
                fate=Kind(account.kind),
                partner=account.partner,
                waste_code=waste_code,
                carrier=self._carrier(shipment, account.partner),
            )
        line = lines[spot]
        if flow.from_category.name not in line.names:
            line.names.append(flow.from_category.name)
        return line

    def _carrier(self, shipment: Shipment | None, partner: Partner | None) -> Carrier | None:
        """The carrier that the departure names; the partner's usual one where it names none."""
        if shipment is not None and (said := shipment.carrier.strip()):
            return self._carriers.get((shipment.movement.site.organisation_id, said.casefold()))
        return partner.carrier if partner else None

    @cached_property
    def _carriers(self) -> dict[tuple[int, str], Carrier]:
        owners = {site.organisation_id for site in self.scope.sites}
        rows = list(Carrier.objects.using("report").filter(organisation__in=owners))
        by_code = {(row.organisation_id, row.code.casefold()): row for row in rows}
        return by_code | {(row.organisation_id, row.name.casefold()): row for row in rows}


def waste_code_of(shipment: Shipment | None, flow: Flow) -> WasteCode | None:
    """The departure's own, else the category's, else the partner's usual one."""
    if shipment is not None and shipment.waste_code:
        return shipment.waste_code
    for category in flow.from_category.lineage:
        if category.waste_code:
            return category.waste_code
    partner = flow.to_account.partner
    return partner.waste_code if partner else None


def _weights(movement: Movement) -> Any:
    shipment = getattr(movement, "shipment", None)
    return getattr(shipment, "weights", None)


def _flows(movements: Iterable[int]) -> dict[int, list[Flow]]:
    rows = Flow.objects.using("report").filter(
        movement__in=list(movements), to_account__kind__in=WASTE
    )
    found = rows.select_related(*FLOW).order_by("movement_id", "pk")
    return {pk: list(flows) for pk, flows in groupby(found, lambda flow: flow.movement_id)}

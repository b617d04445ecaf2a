"""Departures over HTTP: shipped, weighed by the partner, cleared from the shelves."""

from typing import Annotated, Literal, Self

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.acts import CREATED, Act, Load, entry_of, unique_weights
from inventory.api.documents import (
    SHOWN_WITH_A_SHIPMENT,
    DocumentOut,
    ShipmentOut,
    router,
    with_flows,
)
from inventory.models import (
    Category,
    Container,
    EcoOrganisme,
    Item,
    Kind,
    Movement,
    Partner,
    Place,
    TreatmentCode,
    Verb,
    WasteCode,
)
from inventory.services import Departure, Packed, StockLine
from organisation.doors import May, Permitted, require
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    READ_ERRORS,
    WRITE_ERRORS,
    Flag,
    Id,
    Name,
    Shape,
    Slip,
    Text,
    Units,
)
from organisation.submissions import once

Fate = Literal["reuse", "recycling", "other_recovery", "energy", "disposal"]
CLEARINGS = "/api/v1/inventory/clearings"
SHIPMENT_LINKS = tuple(f"shipment__{name}" for name in SHOWN_WITH_A_SHIPMENT)
WAYS_TO_SHIP: tuple[tuple[set[str], set[str]], ...] = (  # what a line needs, what it may add
    ({"item"}, set()),
    ({"category", "weight_g"}, {"units", "estimated", "from_place"}),
    ({"category", "bins", "container"}, {"estimated", "from_place"}),
    ({"category", "gross_g", "container"}, {"bins", "units", "estimated", "from_place"}),
)


class ShipmentLine(Shape):
    category: Permitted[Category] | None = None
    weight_g: Load | None = None
    gross_g: Load | None = Field(None, description="With the containers, whose tare is taken off.")
    units: Units | None = None
    estimated: Flag = False
    from_place: Permitted[Place] | None = None
    bins: Annotated[int, Field(strict=True, gt=0, le=1_000)] | None = None
    container: Permitted[Container] | None = None
    item: Permitted[Item] | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        said = {name for name, value in self if value}
        if not any(needed <= said <= needed | more for needed, more in WAYS_TO_SHIP):
            raise PydanticCustomError("bad_line", "")
        return self

    def stock_line(self) -> StockLine:
        packed = Packed(self.container, self.bins or 1, self.gross_g) if self.container else None
        return StockLine(
            self.category,
            packed.load_g if packed else self.weight_g or 0,
            self.units or 0,
            self.estimated or (packed is not None and self.gross_g is None),
            self.from_place,
            self.item,
            packed,
        )


class Taker(Shape):
    """Who takes what leaves, towards which fate, under which papers."""

    partner: Permitted[Partner] | None = None
    public: Flag = False
    fate: Fate
    waste_code: Permitted[WasteCode] | None = None
    treatment_code: Permitted[TreatmentCode] | None = None
    carrier: Name = ""
    bsd: Slip = ""
    eco_organisme: Permitted[EcoOrganisme] | None = None
    lines: Annotated[list[ShipmentLine], Field(min_length=1, max_length=MAX_LINES)]

    @model_validator(mode="after")
    def goes_to_someone(self) -> Self:
        if (self.partner is not None) == self.public:
            raise PydanticCustomError("partner_or_public", "")
        return self

    def departure(self) -> Departure:
        return Departure(
            fate=Kind(self.fate),
            partner=self.partner,
            waste_code=self.waste_code,
            treatment_code=self.treatment_code,
            carrier=self.carrier,
            bsd=self.bsd,
            eco_organisme=self.eco_organisme,
        )


class ShipmentIn(Taker, Act):  # pydantic takes the fields of the last base first: the site
    """A departure."""


@router.post(
    "shipments",
    auth=May("ship"),
    response={201: ShipmentOut, 200: ShipmentOut, **WRITE_ERRORS},
)
def create_shipment(request: CallerRequest, payload: ShipmentIn) -> HttpResponse:
    """Book what leaves for a fate."""

    def record(submission: Submission) -> ShipmentOut:
        entry = entry_of(request, submission, Verb.SHIP, payload)
        lines = [line.stock_line() for line in payload.lines]
        shipment = services.ship(entry=entry, departure=payload.departure(), lines=lines)
        return ShipmentOut.of(shipment.movement, request.user)

    return once(request, payload.id, record)


class WeightsLine(Shape):
    category: Permitted[Category]
    weight_g: Load


class WeightsIn(Shape):
    id: Id
    number: Name | None = Field(
        None, description="Which departure, where a clearing made several under one id."
    )
    lines: Annotated[list[WeightsLine], Field(min_length=1, max_length=MAX_LINES)]
    comment: Text = ""


@router.post(
    "shipments/{shipment}/weights",
    auth=May("ship"),
    response=CREATED,
)
def create_shipment_weights(
    request: CallerRequest, shipment: Id, payload: WeightsIn
) -> HttpResponse:
    """Give the partner's own weights of a departure."""
    left = departed(request, shipment, payload.number)
    weights = unique_weights(payload.lines)

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.REVERSE, payload, left.site)
        confirmed = services.confirm_weights(entry=entry, shipment=left.shipment, weights=weights)
        return DocumentOut.of(confirmed.movement, request.user)

    return once(request, payload.id, record)


def departed(request: CallerRequest, uuid: Id, number: str | None = None) -> Movement:
    """The departure, or gift, recorded under an id. Raises Http404, ValidationError."""
    rows = Movement.objects.within(request).filter(submission__uuid=uuid, shipment__isnull=False)
    rows = rows.filter(number=number) if number else rows
    found = list(rows.select_related("site__organisation", "shipment")[:2])
    if not found:
        raise Http404
    require(request, found[0].site)
    if len(found) > 1:
        raise ValidationError(
            _("A clearing made several departures under this id: say the number of one."),
            code="several_departures",
        )
    return found[0]


class ClearingIn(Act):
    to: Annotated[list[Taker], Field(min_length=1, max_length=20)]


class ClearingOut(Schema):
    """Unsold goods cleared in one act: a departure, or a gift, for each taker."""

    id: str
    site: str
    weight_g: int
    departures: list[ShipmentOut]

    @classmethod
    def of(cls, movements: list[Movement], request: CallerRequest) -> Self:
        with_flows(movements)
        told = [ShipmentOut.of(movement, request.user) for movement in movements]
        return cls(
            id=told[0].id,
            site=told[0].site,
            weight_g=sum(departure.weight_g for departure in told),
            departures=told,
        )


@router.post(
    "clearings",
    auth=May("ship"),
    response={201: ClearingOut, 200: ClearingOut, **WRITE_ERRORS},
)
def create_clearing(request: CallerRequest, payload: ClearingIn) -> HttpResponse:
    """Clear unsold goods at once: to the free shelf, partners, sorters and the bin."""

    def record(submission: Submission) -> ClearingOut:
        entry = entry_of(request, submission, Verb.SHIP, payload)
        heaps = [(to.departure(), [line.stock_line() for line in to.lines]) for to in payload.to]
        cleared = services.clear(entry=entry, heaps=heaps)
        return ClearingOut.of([shipment.movement for shipment in cleared], request)

    return once(request, payload.id, record)


@router.get("clearings/{id}", auth=May("read_stock"), response={200: ClearingOut, **READ_ERRORS})
def get_clearing(request: CallerRequest, id: Id) -> ClearingOut:
    """One clearing by the id its sender gave it."""
    rows = Movement.objects.within(request).filter(
        submission__uuid=id, submission__endpoint=CLEARINGS, shipment__isnull=False
    )
    links = ("submission", "site__organisation", "author", "reversed_by", *SHIPMENT_LINKS)
    movements = list(rows.select_related(*links).order_by("pk"))
    if not movements:
        raise Http404
    require(request, movements[0].site)
    return ClearingOut.of(movements, request)

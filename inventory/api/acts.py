"""Acts on stock: each parses its payload, calls one service and answers with the document."""

from typing import Annotated, Any, Literal, Self

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.documents import DocumentOut, ShipmentOut, document, router
from inventory.ledger import Entry
from inventory.models import (
    Category,
    Container,
    Item,
    Kind,
    Movement,
    Partner,
    Place,
    TreatmentCode,
    Verb,
    WasteCode,
)
from inventory.services import Departure, StockLine
from organisation.doors import May, Permitted
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    WRITE_ERRORS,
    Day,
    Flag,
    Grams,
    GramsOrNone,
    Id,
    Name,
    PastInstant,
    Shape,
    Slip,
    Text,
    Units,
)
from organisation.submissions import once

Fate = Literal["reuse", "recycling", "other_recovery", "energy", "disposal"]
Reason = Literal["loss", "theft", "drying", "weighing_error", "found", "reclassify"]
# One line of an act: above 100 t a key was pressed once too often.
Load = Annotated[int, Field(strict=True, gt=0, le=Site.SCALE_LIMIT_MAX_G)]
LoadOrNone = Annotated[int, Field(strict=True, ge=0, le=Site.SCALE_LIMIT_MAX_G)]


class Act(Shape):
    """What every act says: its id, its site, and when it happened if not now."""

    id: Id
    site: Permitted[Site]
    occurred_at: PastInstant | None = None
    comment: Text = ""


def entry_of(
    request: CallerRequest, submission: Submission, verb: Verb, act: Any, site: Site | None = None
) -> Entry:
    """Who, where and when, from a request and its payload. Raises PermissionDenied."""
    entry = Entry(
        site=site or act.site,
        verb=verb,
        submission=submission,
        author=request.user,
        occurred_at=getattr(act, "occurred_at", None) or timezone.now(),
        note=getattr(act, "comment", "") or getattr(act, "reason", ""),
    )
    services.require_may_date(entry)
    return entry


class OpeningLine(Shape):
    category: Permitted[Category]
    weight_g: Grams
    units: Units | None = None
    estimated: Flag = False


class OpeningIn(Act):
    place: Permitted[Place] | None = None
    lines: Annotated[list[OpeningLine], Field(min_length=1, max_length=MAX_LINES)]


CREATED: dict[Any, Any] = {201: DocumentOut, 200: DocumentOut, **WRITE_ERRORS}


@router.post("opening-stock", auth=May("open_stock"), response=CREATED)
def create_opening_stock(request: CallerRequest, payload: OpeningIn) -> HttpResponse:
    """Book what was in the hangar on day one."""
    lines = [
        StockLine(line.category, line.weight_g, line.units or 0, line.estimated, payload.place)
        for line in payload.lines
    ]

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.OPEN, payload)
        return DocumentOut.of(services.open_stock(entry=entry, lines=lines))

    return once(request, payload.id, record)


class MoveLine(Shape):
    category: Permitted[Category]
    weight_g: Load
    from_place: Permitted[Place] | None = None


class MoveIn(Act):
    to_place: Permitted[Place]
    lines: Annotated[list[MoveLine], Field(max_length=MAX_LINES)] = []
    items: Annotated[list[Permitted[Item]], Field(max_length=MAX_LINES)] = []


@router.post("moves", auth=May("move"), response=CREATED)
def create_move(request: CallerRequest, payload: MoveIn) -> HttpResponse:
    """Carry bulk or items to another place of the site."""
    lines = [StockLine(m.category, m.weight_g, place=m.from_place) for m in payload.lines]
    lines += [StockLine(item=item) for item in payload.items]

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.MOVE, payload)
        return DocumentOut.of(services.move(entry=entry, to_place=payload.to_place, lines=lines))

    return once(request, payload.id, record)


WAYS_TO_SHIP: tuple[tuple[set[str], set[str]], ...] = (  # what a line needs, what it may add
    ({"item"}, set()),
    ({"category", "weight_g"}, {"units", "estimated", "from_place"}),
    ({"category", "bins", "container"}, {"estimated", "from_place"}),
)


class ShipmentLine(Shape):
    category: Permitted[Category] | None = None
    weight_g: Load | None = None
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
        if self.bins and self.container:
            load_g = services.estimated_load_g(self.container, self.bins)
            return StockLine(self.category, load_g, 0, True, self.from_place)
        return StockLine(
            self.category,
            self.weight_g or 0,
            self.units or 0,
            self.estimated,
            self.from_place,
            self.item,
        )


class ShipmentIn(Act):
    partner: Permitted[Partner] | None = None
    public: Flag = False
    fate: Fate
    waste_code: Permitted[WasteCode] | None = None
    treatment_code: Permitted[TreatmentCode] | None = None
    carrier: Name = ""
    bsd: Slip = ""
    lines: Annotated[list[ShipmentLine], Field(min_length=1, max_length=MAX_LINES)]

    @model_validator(mode="after")
    def goes_to_someone(self) -> Self:
        if (self.partner is not None) == self.public:
            raise PydanticCustomError("partner_or_public", "")
        return self


@router.post(
    "shipments",
    auth=May("ship"),
    response={201: ShipmentOut, 200: ShipmentOut, **WRITE_ERRORS},
)
def create_shipment(request: CallerRequest, payload: ShipmentIn) -> HttpResponse:
    """Book what leaves for a fate."""
    departure = Departure(
        fate=Kind(payload.fate),
        partner=payload.partner,
        waste_code=payload.waste_code,
        treatment_code=payload.treatment_code,
        carrier=payload.carrier,
        bsd=payload.bsd,
    )

    def record(submission: Submission) -> ShipmentOut:
        entry = entry_of(request, submission, Verb.SHIP, payload)
        lines = [line.stock_line() for line in payload.lines]
        shipment = services.ship(entry=entry, departure=departure, lines=lines)
        return ShipmentOut.of(shipment.movement)

    return once(request, payload.id, record)


class WeightsLine(Shape):
    category: Permitted[Category]
    weight_g: Load


class WeightsIn(Shape):
    id: Id
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
    departed = document(request, shipment, Verb.SHIP)
    weights = unique_weights(payload.lines)

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.REVERSE, payload, departed.site)
        confirmed = services.confirm_weights(
            entry=entry, shipment=departed.shipment, weights=weights
        )
        return DocumentOut.of(confirmed.movement)

    return once(request, payload.id, record)


def unique_weights(lines: list[Any], field: str = "weight_g") -> dict[Category, int]:
    """Category → grams. Raises ValidationError ``category_twice``."""
    weights = {line.category: getattr(line, field) for line in lines}
    if len(weights) < len(lines):
        raise ValidationError(_("The same category is there twice."), code="category_twice")
    return weights


class CountLine(Shape):
    category: Permitted[Category]
    weight_g: LoadOrNone


class CountIn(Act):
    place: Permitted[Place] | None = None
    lines: Annotated[list[CountLine], Field(max_length=MAX_LINES)] = []
    items: Annotated[list[Permitted[Item]], Field(max_length=2_000)] | None = None
    reason: Reason

    @model_validator(mode="after")
    def reclassifies_bulk_alone(self) -> Self:
        if self.reason == "reclassify" and self.items is not None:
            raise PydanticCustomError("reclassify_bulk", "")
        return self


@router.post("counts", auth=May("count"), response=CREATED)
def create_count(request: CallerRequest, payload: CountIn) -> HttpResponse:
    """Bring a place's books to what was counted there."""
    weights = unique_weights(payload.lines)

    def record(submission: Submission) -> DocumentOut:
        movement = services.count(
            entry=entry_of(request, submission, Verb.COUNT, payload),
            place=payload.place or Place.objects.main(payload.site),
            weights=weights,
            items=payload.items,
            reason=payload.reason,
        )
        return DocumentOut.of(movement)

    return once(request, payload.id, record)


class SettlementLine(Shape):
    category: Permitted[Category]
    closing_weight_g: GramsOrNone


class SettlementIn(Shape):
    id: Id
    site: Permitted[Site]
    on: Day
    lines: Annotated[list[SettlementLine], Field(min_length=1, max_length=MAX_LINES)]
    as_: Literal["reuse"] = Field(alias="as")
    comment: Text = ""


@router.post("settlements", auth=May("settle"), response=CREATED)
def create_settlement(request: CallerRequest, payload: SettlementIn) -> HttpResponse:
    """Book as reused what the bulk books hold beyond what is counted: the *solde*."""
    closing_g = unique_weights(payload.lines, "closing_weight_g")

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.SETTLE, payload)
        return DocumentOut.of(services.settle(entry=entry, on=payload.on, closing_g=closing_g))

    return once(request, payload.id, record)


class ReversalIn(Shape):
    id: Id
    movement: Permitted[Movement]
    reason: Text


@router.post("reversals", auth=May("undo"), response=CREATED)
def create_reversal(request: CallerRequest, payload: ReversalIn) -> HttpResponse:
    """Cancel a document: one's own within the minute, any for a manager."""

    def record(submission: Submission) -> DocumentOut:
        site = payload.movement.site
        entry = entry_of(request, submission, Verb.REVERSE, payload, site)
        return DocumentOut.of(services.cancel(entry=entry, movement=payload.movement))

    return once(request, payload.id, record)

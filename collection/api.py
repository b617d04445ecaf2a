"""The in-door's API: arrivals, refusals at the gate, where arrivals come from."""

from typing import Annotated, Any, Literal, Self

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Query, Schema
from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from collection import services
from collection.models import MAX_POINTS, Donor, Intake, Refusal
from collection.receipts import record_donor
from inventory.api.acts import Act, entry_of
from inventory.api.departures import Fate
from inventory.api.documents import DocumentFilters, Documents, document, documents
from inventory.api.items import ITEM, Code, Condition, ItemOut, Price
from inventory.models import (
    Category,
    CollectionMode,
    Container,
    Item,
    Kind,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.services import Draft
from inventory.trace import by
from organisation.doors import Doors, May, Permitted, SitePage, caller
from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    READ_ERRORS,
    WRITE_ERRORS,
    Answer,
    Flag,
    Grams,
    Id,
    Name,
    Page,
    Shape,
    Units,
    Why,
    keyset,
)
from organisation.submissions import once

router = Doors(tags=["collection"])


class OriginOut(Schema):
    code: str
    name: str
    insee_code: str


class Origins(Schema):
    items: list[OriginOut]
    next: str | None


class ModeOut(Schema):
    code: str
    name: str
    waste_status: str
    is_round: bool


class Modes(Schema):
    items: list[ModeOut]
    next: str | None


@router.get("origins", auth=May("look_up"), response={200: Origins, **READ_ERRORS})
def list_origins(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Where arrivals come from, by code."""
    rows = Origin.objects.within(request).offered()
    return keyset(rows, page, "code")


@router.get("modes", auth=May("look_up"), response={200: Modes, **READ_ERRORS})
def list_modes(request: CallerRequest, page: Annotated[Page, Query()]) -> dict[str, Any]:
    """How arrivals come, by code."""
    rows = CollectionMode.objects.within(request).offered()
    return keyset(rows, page, "code")


class DestinationIn(Shape):
    place: Permitted[Place] | None = None
    fate: Fate | None = None
    partner: Permitted[Partner] | None = None

    @model_validator(mode="after")
    def is_one_thing(self) -> Self:
        if (self.place is None) == (self.fate is None) or (self.partner and not self.fate):
            raise PydanticCustomError("bad_destination", "")
        return self

    def target(self) -> services.Destination:
        fate = Kind(self.fate) if self.fate else None
        return services.Destination(place=self.place, fate=fate, partner=self.partner)


def _place_code(value: Any) -> Any:
    """A destination written as a text is the code of a place."""
    return {"place": value} if isinstance(value, str) else value


class LineIn(Shape):
    category: Permitted[Category]
    weight_g: Grams | None = None
    gross_g: Grams | None = None
    container: Permitted[Container] | None = None
    units: Units | None = None
    estimated: Flag = False
    destination: Annotated[DestinationIn, BeforeValidator(_place_code)] | None = None

    @model_validator(mode="after")
    def has_one_weight(self) -> Self:
        if self.weight_g is not None and self.gross_g is not None:
            raise PydanticCustomError("weight_twice", "")
        if (self.gross_g is None) != (self.container is None):
            raise PydanticCustomError("gross_needs_container", "")
        if self.weight_g is None and self.gross_g is None and self.units is None:
            raise PydanticCustomError("weight_missing", "")
        return self

    def line(self) -> services.Line:
        return services.Line(
            category=self.category,
            weight_g=self.weight_g,
            gross_g=self.gross_g,
            container=self.container,
            units=self.units or 0,
            is_estimated=self.estimated,
            destination=self.destination.target() if self.destination else None,
        )


class IntakeIn(Act):
    mode: Permitted[CollectionMode]
    origin: Permitted[Origin] | None = None
    waste_status: Literal["product", "waste"] | None = None
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MAX_LINES)]


class IntakeLineOut(Answer):
    """A weighing. ``line`` names it where an item is labelled from it."""

    line: str
    category: str
    weight_g: int
    method: str
    units: int
    to: str


class IntakeOut(Answer):
    id: str
    number: str
    site: str
    mode: str
    origin: str
    waste_status: str
    occurred_at: str
    weight_g: int
    reversed_by: str | None
    lines: list[IntakeLineOut]

    @classmethod
    def of(cls, intake: Intake) -> Self:
        """Lay out an arrival and its weighings, in the order of weighing."""
        movement = intake.movement
        lines = [
            IntakeLineOut(
                line=f"{movement.number}.{n}",
                category=flow.from_category.code,
                weight_g=flow.weight_g,
                method=flow.method,
                units=flow.units,
                to=flow.to_account.key.partition("/")[2],
            )
            for n, flow in enumerate(movement.lines, start=1)
        ]
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            site=movement.site.code,
            mode=intake.mode.code,
            origin=intake.origin.code,
            waste_status=intake.waste_status,
            occurred_at=movement.occurred_at.isoformat(),
            weight_g=sum(line.weight_g for line in lines),
            reversed_by=getattr(getattr(movement, "reversed_by", None), "number", None),
            lines=lines,
        )


@router.post(
    "intakes", auth=May("collect"), response={201: IntakeOut, 200: IntakeOut, **WRITE_ERRORS}
)
def create_intake(request: CallerRequest, payload: IntakeIn) -> HttpResponse:
    """Weigh an arrival."""
    arrival = services.Arrival(
        mode=payload.mode,
        origin=payload.origin or Origin.objects.not_asked(payload.site.organisation_id),
        waste_status=payload.waste_status or "",
    )
    lines = [line.line() for line in payload.lines]

    def record(submission: Submission) -> IntakeOut:
        entry = entry_of(request, submission, Verb.COLLECT, payload)
        return IntakeOut.of(services.record_intake(entry=entry, arrival=arrival, lines=lines))

    return once(request, payload.id, record)


@router.get("intakes", auth=May("read_stock"), response={200: Documents, **READ_ERRORS})
def list_intakes(request: CallerRequest, filters: DocumentFilters) -> dict[str, Any]:
    """Arrivals, newest first."""
    return documents(request, filters, Verb.COLLECT)


LATEST = 20


class DayOf(Shape):
    site: Permitted[Site]


class ArrivalOut(Schema):
    """An arrival in a list: ``what`` it was in words, and who weighed it."""

    id: str
    number: str
    occurred_at: str
    weight_g: int
    what: str
    by: str

    @classmethod
    def of(cls, intake: Intake, reader: User) -> Self:
        movement = intake.movement
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            occurred_at=movement.occurred_at.isoformat(),
            weight_g=intake.weight_g,
            what=", ".join(dict.fromkeys(flow.from_category.name for flow in movement.flows.all())),
            by=by(movement, reader),
        )


class DayOut(Schema):
    """What came in on a site's day, so far, and the latest arrivals, newest first."""

    day: str
    arrivals: int
    weight_g: int
    latest: list[ArrivalOut]


@router.get("day", auth=May("collect"), response={200: DayOut, **READ_ERRORS})
def get_day(request: CallerRequest, day: Annotated[DayOf, Query()]) -> DayOut:
    """Arrivals of today."""
    today = day.site.business_date(timezone.now())
    arrivals = Intake.objects.on({day.site: today})
    latest = [ArrivalOut.of(each, caller(request)) for each in arrivals.latest_first()[:LATEST]]
    return DayOut(day=today.isoformat(), **arrivals.totals(), latest=latest)


@router.get("intakes/{id}", auth=May("read_stock"), response={200: IntakeOut, **READ_ERRORS})
def get_intake(request: CallerRequest, id: Id) -> IntakeOut:
    """One arrival by the id its sender gave it."""
    return IntakeOut.of(document(request, id, Verb.COLLECT).intake)


class GivenBackIn(Act):
    """An object that had left and is given back: what is known of it, where that has changed."""

    item: Permitted[Item]
    mode: Permitted[CollectionMode]
    origin: Permitted[Origin] | None = None
    weight_g: Grams | None = None
    title: Name | None = None
    price_cents: Price | None = None
    condition: Condition | None = None
    code: Code | None = None

    def draft(self) -> Draft:
        return Draft(
            category=self.item.category,
            weight_g=self.weight_g or self.item.weight_g,
            code=self.code or "",
            title=self.item.title if self.title is None else self.title,
            price_cents=self.price_cents,
            condition=self.condition or "",
            former=self.item,
        )


@router.post("given-back", auth=May("collect"), response=ITEM)
def create_given_back(request: CallerRequest, payload: GivenBackIn) -> HttpResponse:
    """Take back an object that had left: a new arrival, a new item that names its former life."""
    owner = payload.site.organisation_id
    arrival = services.Arrival(
        mode=payload.mode, origin=payload.origin or Origin.objects.not_asked(owner)
    )

    def record(submission: Submission) -> ItemOut:
        entry = entry_of(request, submission, Verb.COLLECT, payload)
        item = services.take_back(entry=entry, arrival=arrival, draft=payload.draft())
        return ItemOut.named(item.own_code, owner)

    return once(request, payload.id, record)


class RefusalIn(Act):
    category: Permitted[Category] | None = None
    reason: Literal["dirty", "unsellable", "full", "dangerous", "not_ours", "other"]
    count: Units


class RefusalOut(Schema):
    id: str
    site: str
    category: str | None
    reason: str
    count: int
    occurred_at: str

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        return cls(
            id=str(refusal.submission.uuid),
            site=refusal.site.code,
            category=refusal.category.code if refusal.category else None,
            reason=refusal.reason,
            count=refusal.count,
            occurred_at=refusal.occurred_at.isoformat(),
        )


class Refusals(Schema):
    items: list[RefusalOut]
    next: str | None


@router.post(
    "refusals", auth=May("collect"), response={201: RefusalOut, 200: RefusalOut, **WRITE_ERRORS}
)
def create_refusal(request: CallerRequest, payload: RefusalIn) -> HttpResponse:
    """Note objects turned away at the gate."""

    def record(submission: Submission) -> RefusalOut:
        entry = entry_of(request, submission, Verb.COLLECT, payload)  # dated as an arrival is
        refusal = Refusal(
            submission=submission,
            site=payload.site,
            category=payload.category,
            reason=payload.reason,
            count=payload.count,
            occurred_at=entry.occurred_at,
            author=caller(request),
            comment=payload.comment,
        )
        return RefusalOut.of(services.record_refusal(refusal=refusal))

    return once(request, payload.id, record)


@router.get("refusals", auth=May("read_stock"), response={200: Refusals, **READ_ERRORS})
def list_refusals(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """What was turned away, newest first."""
    sites = Site.objects.permitted(request.user, "read_stock")
    rows = Refusal.objects.filter(site__in=[page.site] if page.site else sites)
    rows = rows.select_related("submission", "site", "category")
    found = keyset(rows, page, "-pk")
    return {**found, "items": [RefusalOut.of(refusal) for refusal in found["items"]]}


MAX_STROKES = 400
Stroke = Annotated[
    list[Annotated[int, Field(strict=True, ge=0, le=Donor.WIDTH)]], Field(max_length=2 * MAX_POINTS)
]


class DonorIn(Shape):
    """Who brought the arrival that was sent as ``intake``, and how they signed."""

    id: Id
    intake: Id
    name: Why
    signature: Annotated[list[Stroke], Field(max_length=MAX_STROKES)] = []


class DonorOut(Schema):
    id: str
    number: str
    name: str


@router.post("donors", auth=May("collect"), response={201: DonorOut, 200: DonorOut, **WRITE_ERRORS})
def create_donor(request: CallerRequest, payload: DonorIn) -> HttpResponse:
    """Note who brought an arrival, for its slip and the register."""
    intake = document(request, payload.intake, Verb.COLLECT).intake

    def record(submission: Submission) -> DonorOut:
        donor = Donor(
            submission=submission,
            intake=intake,
            name=payload.name,
            strokes=payload.signature,
            author=caller(request),
        )
        record_donor(donor=donor)
        return DonorOut(id=str(payload.id), number=intake.movement.number, name=donor.name)

    return once(request, payload.id, record)

"""Acts on stock: each parses its payload, calls one service and answers with the document."""

from typing import Annotated, Any, Literal, Self

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.documents import DocumentOut, router
from inventory.ledger import Entry
from inventory.models import (
    Category,
    Item,
    Movement,
    Place,
    Verb,
)
from inventory.services import StockLine
from organisation.doors import May, Permitted, Together, require
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
    PastInstant,
    Shape,
    Text,
    Units,
)
from organisation.submissions import once

Reason = Literal["loss", "theft", "drying", "weighing_error", "found", "reclassify"]
# One line of an act: above 100 t a key was pressed once too often.
Load = Annotated[int, Field(strict=True, gt=0, le=Site.SCALE_LIMIT_MAX_G)]
MOST_ITEMS = 2_000  # of a count: one place holds no more
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
        return DocumentOut.of(services.open_stock(entry=entry, lines=lines), request.user)

    return once(request, payload.id, record)


class MoveLine(Shape):
    category: Permitted[Category]
    weight_g: Load
    from_place: Permitted[Place] | None = None


class MoveIn(Act):
    to_place: Permitted[Place]
    lines: Annotated[list[MoveLine], Field(max_length=MAX_LINES)] = []
    items: Annotated[
        list[Permitted[Item]], Field(max_length=MAX_LINES), Together(Item, MAX_LINES)
    ] = []


@router.post("moves", auth=May("move"), response=CREATED)
def create_move(request: CallerRequest, payload: MoveIn) -> HttpResponse:
    """Carry bulk or items to another place of the site."""
    lines = [StockLine(m.category, m.weight_g, place=m.from_place) for m in payload.lines]
    lines += [StockLine(item=item) for item in payload.items]

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.MOVE, payload)
        return DocumentOut.of(
            services.move(entry=entry, to_place=payload.to_place, lines=lines), request.user
        )

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
    items: (
        Annotated[list[Permitted[Item]], Field(max_length=MOST_ITEMS), Together(Item, MOST_ITEMS)]
        | None
    ) = None
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
        return DocumentOut.of(movement, request.user)

    return once(request, payload.id, record)


class FindIn(Act):
    item: Permitted[Item]
    place: Permitted[Place] | None = None


@router.post("finds", auth=May("count"), response=CREATED)
def create_find(request: CallerRequest, payload: FindIn) -> HttpResponse:
    """Put an item that a count had missed back on a shelf."""

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.COUNT, payload)
        place = payload.place or Place.objects.main(payload.site)
        made = services.find_again(entry=entry, place=place, item=payload.item)
        return DocumentOut.of(made, request.user)

    return once(request, payload.id, record)


class LossIn(Act):
    item: Permitted[Item]
    reason: Literal["loss", "theft"] = "loss"


@router.post("losses", auth=May("count"), response=CREATED)
def create_loss(request: CallerRequest, payload: LossIn) -> HttpResponse:
    """Book one item as missing, without counting the whole place."""

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.COUNT, payload)
        made = services.lose(entry=entry, item=payload.item, reason=payload.reason)
        return DocumentOut.of(made, request.user)

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
        return DocumentOut.of(
            services.settle(entry=entry, on=payload.on, closing_g=closing_g), request.user
        )

    return once(request, payload.id, record)


class ReversalIn(Shape):
    """``movement``, or ``of``: the id under which all of an act was sent.

    ``occurred_at``: when undo was touched, where it waited for a network since.
    """

    id: Id
    movement: Permitted[Movement] | None = None
    of: Id | None = None
    reason: Text
    occurred_at: PastInstant | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        if (self.movement is None) == (self.of is None):
            raise PydanticCustomError("movement_or_of", "")
        return self


@router.post("reversals", auth=May("undo"), response=CREATED)
def create_reversal(request: CallerRequest, payload: ReversalIn) -> HttpResponse:
    """Cancel a document: one's own within the minute, any for a manager."""
    movement = payload.movement or _sent_as(request, payload.of)

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.REVERSE, payload, movement.site)
        cancel = services.cancel if payload.movement else services.cancel_act
        return DocumentOut.of(cancel(entry=entry, movement=movement), request.user)

    return once(request, payload.id, record)


def _sent_as(request: CallerRequest, uuid: Any) -> Movement:
    """The first document that was recorded from the request of this id. Raises Http404."""
    rows = Movement.objects.within(request).filter(submission__uuid=uuid, reverses=None)
    movement = rows.select_related("site__organisation").order_by("pk").first()
    if movement is None:
        raise Http404
    require(request, movement.site)
    return movement

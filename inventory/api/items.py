"""Items over HTTP: codes drawn ahead, labelling, what is known of one, its parts."""

from typing import Annotated, Any, Literal, Self

from django.http import Http404, HttpResponse
from ninja import Field, Schema
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from inventory import codes, epcis, services
from inventory.api.acts import Act, Load, entry_of
from inventory.api.documents import DocumentOut, router
from inventory.models import Category, Flow, Item, ItemCode, Place, Verb
from inventory.services import Draft, Part
from inventory.trace import events_of
from organisation.doors import May, Permitted, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    MAX_PRICE_CENTS,
    READ_ERRORS,
    WRITE_ERRORS,
    Flag,
    Id,
    Name,
    Shape,
)
from organisation.submissions import once

Condition = Literal["new", "good", "worn", "to_repair"]
Price = Annotated[int, Field(strict=True, ge=0, le=MAX_PRICE_CENTS)]


def _code(value: str) -> str:
    """Read a code as it is typed or scanned; its check must fit."""
    if not codes.is_valid(codes.normalise(value)):
        raise PydanticCustomError("bad_code", "")
    return codes.normalise(value)


Code = Annotated[str, Field(max_length=200), AfterValidator(_code)]


class CodesIn(Shape):
    id: Id
    site: Permitted[Site]
    count: Annotated[int, Field(strict=True, gt=0, le=1_000)]


class CodesOut(Schema):
    id: str
    site: str
    codes: list[str]


@router.post("codes", auth=May("label"), response={201: CodesOut, 200: CodesOut, **WRITE_ERRORS})
def create_codes(request: CallerRequest, payload: CodesIn) -> HttpResponse:
    """Draw unused codes, for labels printed ahead and for labelling without a network."""

    def record(submission: Submission) -> CodesOut:
        drawn = services.draw_codes(organisation=payload.site.organisation, count=payload.count)
        return CodesOut(id=str(payload.id), site=payload.site.code, codes=drawn)

    return once(request, payload.id, record)


class CodeOut(Schema):
    """A code of the structure: on an object, or on a blank label that waits for one."""

    code: str
    is_blank: bool


@router.get("codes/{code}", auth=May("read_stock"), response={200: CodeOut, **READ_ERRORS})
def get_code(request: CallerRequest, code: Permitted[ItemCode]) -> CodeOut:
    """Whether an object wears a code that was scanned, or may be labelled with it."""
    return CodeOut(code=code.code, is_blank=code.item is None)


class ItemIn(Act):
    category: Permitted[Category]
    weight_g: Load
    code: Code | None = None
    place: Permitted[Place] | None = None
    title: Name = ""
    price_cents: Price | None = None
    condition: Condition | None = None
    from_category: Permitted[Category] | None = None
    intake_line: Permitted[Flow] | None = Field(
        None, description="The line of an arrival it came with, such as AP-canal-12.3."
    )
    former: Permitted[Item] | None = Field(
        None, description="The item it was before it was sold or given, and given back."
    )
    estimated: Flag = False

    def draft(self) -> Draft:
        return Draft(
            category=self.category,
            weight_g=self.weight_g,
            code=self.code or "",
            title=self.title,
            price_cents=self.price_cents,
            condition=self.condition or "",
            from_category=self.from_category,
            arrival=self.intake_line,
            former=self.former,
            is_estimated=self.estimated,
        )


class ItemOut(Schema):
    """An item as the caller's structure knows it; its price is told to where it lies or left."""

    code: str
    category: str
    weight_g: int
    title: str
    price_cents: int | None
    condition: str
    state: Item.State
    site: str | None
    place: str | None
    since: str
    intake_line: str | None
    former: str | None
    part_of: str | None

    @classmethod
    def of(cls, item: Any, organisation_id: int | None) -> Self:
        """Lay out an item; ``own_code`` is the caller's code for it."""
        account = item.account
        is_ours = account is None or account.organisation_id == organisation_id
        linked = [pk for pk in (item.former_id, item.part_of_id) if pk]
        names = Item.objects.codes_of(linked, organisation_id) if linked else {}
        return cls(
            code=item.own_code,
            category=item.category.code,
            weight_g=item.weight_g,
            title=item.title,
            price_cents=item.price_cents if is_ours else None,
            condition=item.condition,
            state=item.state,
            site=account and account.site.code,
            place=account.place.code if is_ours and account and account.place else None,
            since=item.since.isoformat(),
            intake_line=item.arrival and item.arrival.line_name,
            former=names.get(item.former_id),
            part_of=names.get(item.part_of_id),
        )

    @classmethod
    def named(cls, code: str, organisation_id: int | None) -> Self:
        """Lay out the item that a structure knows by ``code``. Raises Http404."""
        rows = Item.objects.known_to(organisation_id).named(code)
        item = rows.select_related("arrival__movement").first()
        if item is None:
            raise Http404
        return cls.of(item, organisation_id)


ITEM: dict[Any, Any] = {201: ItemOut, 200: ItemOut, **WRITE_ERRORS}


@router.post("items", auth=May("label"), response=ITEM)
def create_item(request: CallerRequest, payload: ItemIn) -> HttpResponse:
    """Label an object: its weight is drawn out of bulk stock."""
    owner = payload.site.organisation_id

    def record(submission: Submission) -> ItemOut:
        entry = entry_of(request, submission, Verb.LABEL, payload)
        [item] = services.label(entry=entry, place=payload.place, drafts=[payload.draft()])
        return ItemOut.named(item.own_code, owner)

    return once(request, payload.id, record)


@router.get("items/{code}", auth=May("read_stock"), response={200: ItemOut, **READ_ERRORS})
def get_item(request: CallerRequest, code: Permitted[Item]) -> ItemOut:
    """What is known of an item."""
    return ItemOut.of(code, request.user.organisation_id)


class ItemChange(Shape):
    title: Name | None = None
    price_cents: Price | None = None
    condition: Condition | Literal[""] | None = None

    def changes(self) -> dict[str, Any]:
        """What was said, empty texts for null."""
        said = self.model_dump(exclude_unset=True)
        return {name: "" if v is None and name != "price_cents" else v for name, v in said.items()}


@router.patch("items/{code}", auth=May("label"), response={200: ItemOut, **WRITE_ERRORS})
def change_item(request: CallerRequest, code: Permitted[Item], payload: ItemChange) -> ItemOut:
    """Change an item's title, price or condition."""
    if code.account is not None:
        require(request, code.account.site)
    services.describe(item=code, changes=payload.changes())
    return ItemOut.named(code.own_code, request.user.organisation_id)


class EventOut(Schema):
    at: str
    verb: str
    number: str
    site: str
    from_: str = Field(alias="from")
    to: str
    weight_g: int
    by: str | None
    reversed_by: str | None


class Trace(Schema):
    code: str
    events: list[EventOut]


@router.get(
    "items/{code}/trace",
    auth=May("read_stock"),
    response={200: Trace, **READ_ERRORS},
    by_alias=True,
)
def get_trace(request: CallerRequest, code: Permitted[Item]) -> dict[str, Any]:
    """The life of an item, from the arrival it came with to where it is or left to."""
    events = [event.told() for event in events_of(code, request.user)]
    return {"code": code.own_code, "events": events}


@router.get(
    "items/{code}/epcis",
    auth=May("read_stock"),
    response=READ_ERRORS,
    openapi_extra={"responses": {200: {"description": "OK", "content": {epcis.TYPE: {}}}}},
)
def get_epcis(request: CallerRequest, code: Permitted[Item]) -> HttpResponse:
    """The life of an item as an EPCIS 2.0 document, in JSON-LD."""
    return epcis.answer(code, request.user)


class PartIn(Shape):
    category: Permitted[Category]
    weight_g: Load
    title: Name = ""
    price_cents: Price | None = None
    label: Flag = False


class DismantlingIn(Act):
    item: Permitted[Item]
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=MAX_LINES)]


CREATED: dict[Any, Any] = {201: DocumentOut, 200: DocumentOut, **WRITE_ERRORS}


@router.post("dismantlings", auth=May("sort"), response=CREATED)
def create_dismantling(request: CallerRequest, payload: DismantlingIn) -> HttpResponse:
    """Take an item apart; parts may be labelled in the same act."""
    parts = [
        Part(part.category, part.weight_g, part.title, part.price_cents, part.label)
        for part in payload.parts
    ]

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.DISMANTLE, payload)
        return DocumentOut.of(
            services.dismantle(entry=entry, item=payload.item, parts=parts), request.user
        )

    return once(request, payload.id, record)

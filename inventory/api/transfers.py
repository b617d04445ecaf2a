"""Transfers over HTTP: sent by one site, received by another; both structures see them."""

from typing import Annotated, Any, Self

from django.http import Http404, HttpResponse
from ninja import Field, Query, Schema
from ninja.errors import ValidationError as ShapeError
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.acts import Act, Load, entry_of
from inventory.api.documents import DocumentOut, Filters, router
from inventory.api.items import Code
from inventory.models import Category, Item, Place, Transfer, Verb
from inventory.services import StockLine
from organisation.doors import Destination, May, Permitted, caller, require
from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    READ_ERRORS,
    WRITE_ERRORS,
    Flag,
    Id,
    PastInstant,
    Shape,
    Text,
    Units,
    keyset,
)
from organisation.submissions import once


class CarriedLine(Shape):
    """Grams of a category, or one item."""

    category: Permitted[Category] | None = None
    weight_g: Load | None = None
    units: Units | None = None
    estimated: Flag = False
    item: Any = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        said = {name for name, value in self if value} - {"from_place", "place"}
        is_bulk = {"category", "weight_g"} <= said and "item" not in said
        if not is_bulk and said != {"item"}:
            raise PydanticCustomError("bad_line", "")
        return self

    def stock_line(self, place: Place | None, item: Item | None) -> StockLine:
        return StockLine(
            self.category, self.weight_g or 0, self.units or 0, self.estimated, place, item
        )


class SentLine(CarriedLine):
    from_place: Permitted[Place] | None = None
    item: Permitted[Item] | None = None


class TransferIn(Act):
    to_site: Destination
    lines: Annotated[list[SentLine], Field(min_length=1, max_length=MAX_LINES)]


class Remainder(Schema):
    category: str
    weight_g: int
    item: str | None


class TransferOut(DocumentOut):
    to_site: str
    state: Transfer.State
    remaining_g: int
    remaining: list[Remainder]
    receipts: list[str]

    @classmethod
    def of_transfer(cls, transfer: Transfer, reader: User) -> Self:
        """Lay out a transfer, with what of it is still on the road."""
        rest = services.on_the_road(transfer)
        worn = {item.pk: code for code, item in _by_label(transfer, rest).items()}
        remaining = [
            Remainder(category=category.code, weight_g=grams, item=None)
            for category, grams in rest.bulk_g.items()
        ]
        remaining += [
            Remainder(category=item.category.code, weight_g=item.weight_g, item=worn[pk])
            for pk, item in rest.items.items()
        ]
        return cls(
            **DocumentOut.of(transfer.movement, reader).model_dump(),
            to_site=transfer.to_site.code,
            state=transfer.state,
            remaining_g=rest.weight_g,
            remaining=remaining,
            receipts=[receipt.movement.number for receipt in transfer.standing_receipts],
        )


class TransferRow(Schema):
    """A transfer in a list."""

    id: str
    number: str
    site: str
    to_site: str
    state: Transfer.State
    occurred_at: str
    weight_g: int

    @classmethod
    def of(cls, transfer: Any) -> Self:
        movement = transfer.movement
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            site=movement.site.code,
            to_site=transfer.to_site.code,
            state=transfer.state,
            occurred_at=movement.occurred_at.isoformat(),
            weight_g=transfer.weight_g,
        )


class Transfers(Schema):
    items: list[TransferRow]
    next: str | None


@router.post(
    "transfers",
    auth=May("transfer"),
    response={201: TransferOut, 200: TransferOut, **WRITE_ERRORS},
)
def create_transfer(request: CallerRequest, payload: TransferIn) -> HttpResponse:
    """Send stock to another site, of one's structure or of a network it shares."""
    lines = [line.stock_line(line.from_place, line.item) for line in payload.lines]

    def record(submission: Submission) -> TransferOut:
        entry = entry_of(request, submission, Verb.TRANSFER, payload)
        sent = services.send(entry=entry, to_site=payload.to_site, lines=lines)
        return TransferOut.of_transfer(sent, caller(request))

    return once(request, payload.id, record)


class TransferFilters(Filters):
    """A page of transfers: sent from here, or coming here."""

    incoming: bool = False


@router.get("transfers", auth=May("read_stock"), response={200: Transfers, **READ_ERRORS})
def list_transfers(request: CallerRequest, page: Annotated[TransferFilters, Query()]) -> Any:
    """Transfers sent, or with ``incoming`` those that come here, newest first."""
    sites = [page.site] if page.site else Site.objects.permitted(request.user, "read_stock")
    end = "to_site__in" if page.incoming else "movement__site__in"
    rows = Transfer.objects.listed().filter(**{end: sites})
    if page.from_:
        rows = rows.filter(movement__business_date__gte=page.from_)
    if page.to:
        rows = rows.filter(movement__business_date__lte=page.to)
    found = keyset(rows, page, "-pk")
    return {**found, "items": [TransferRow.of(transfer) for transfer in found["items"]]}


@router.get("transfers/{id}", auth=May("read_stock"), response={200: TransferOut, **READ_ERRORS})
def get_transfer(request: CallerRequest, id: Id) -> TransferOut:
    """One transfer by the id its sender gave it, for either end."""
    transfer = _transfer(request, id)
    if not request.user.may(request.act, transfer.to_site):
        require(request, transfer.movement.site)
    return TransferOut.of_transfer(transfer, request.user)


def _transfer(request: CallerRequest, uuid: Id) -> Transfer:
    """Raises Http404."""
    rows = Transfer.objects.within(request).submitted_as(uuid)
    transfer = rows.order_by("pk").first()
    if transfer is None:
        raise Http404
    return transfer


class ReceivedLine(CarriedLine):
    place: Permitted[Place] | None = None
    item: Code | None = Field(None, description="The code that its label wears.")


class ReceiptIn(Shape):
    id: Id
    site: Permitted[Site] | None = Field(None, description="Only where a line names a place.")
    lines: Annotated[list[ReceivedLine], Field(max_length=MAX_LINES)] = []
    final: Flag = False
    occurred_at: PastInstant | None = None
    comment: Text = ""


class ReceiptOut(DocumentOut):
    transfer: str
    final: bool
    missing: str | None
    state: Transfer.State
    remaining_g: int


@router.post(
    "transfers/{transfer}/receipt",
    auth=May("transfer"),
    response={201: ReceiptOut, 200: ReceiptOut, **WRITE_ERRORS},
)
def create_receipt(request: CallerRequest, transfer: Id, payload: ReceiptIn) -> HttpResponse:
    """Receive a transfer, in part or for good."""
    sent = _transfer(request, transfer)
    require(request, sent.to_site)
    if payload.site not in (None, sent.to_site):
        raise _fault("wrong_site", "site")

    def record(submission: Submission) -> ReceiptOut:
        lines = _received(sent, payload.lines)
        entry = entry_of(request, submission, Verb.RECEIVE, payload, sent.to_site)
        receipt = services.receive(entry=entry, transfer=sent, lines=lines, is_final=payload.final)
        after = Transfer.objects.listed().get(pk=sent.pk)
        return ReceiptOut(
            **DocumentOut.of(receipt.movement, caller(request)).model_dump(),
            transfer=sent.movement.number,
            final=receipt.is_final,
            missing=receipt.missing.number if receipt.missing else None,
            state=after.state,
            remaining_g=services.on_the_road(after).weight_g,
        )

    return once(request, payload.id, record)


def _received(transfer: Transfer, lines: list[ReceivedLine]) -> list[StockLine]:
    """The lines with their items, by the codes that the sender's labels wear."""
    sent = _by_label(transfer, services.on_the_road(transfer))
    for n, line in enumerate(lines):
        if line.item and line.item not in sent:
            raise _fault("unknown_item", "lines", n, "item")
    return [line.stock_line(line.place, sent[line.item] if line.item else None) for line in lines]


def _by_label(transfer: Transfer, rest: services.OnTheRoad) -> dict[str, Item]:
    """The code on the label → the item on the road."""
    sender = transfer.movement.site.organisation_id
    codes = Item.objects.codes_of(rest.items, sender)
    return {code: rest.items[pk] for pk, code in codes.items()}


def _fault(kind: str, *where: Any) -> ShapeError:
    return ShapeError([{"type": kind, "loc": ["body", *where]}])

"""Refunds over HTTP: part of a ticket given back, line by line."""

from typing import Annotated, Self

from django.http import HttpResponse
from ninja import Field, Schema
from ninja.errors import ValidationError as ShapeError
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory.ledger import Entry
from organisation.doors import Permitted
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES, WRITE_ERRORS, Id, Shape, Units, Why
from sales import services
from sales.api.leases import Counter, TillAct, once_at
from sales.api.shapes import MethodName
from sales.api.tickets import router, sale_of
from sales.models import Kind, Method, Refund, Till


class RefundLineIn(Shape):
    line: Annotated[int, Field(strict=True, gt=0, le=MAX_LINES)]
    quantity: Units = 1


class RefundIn(TillAct):
    till: Permitted[Till]
    lines: Annotated[list[RefundLineIn], Field(min_length=1, max_length=MAX_LINES)]
    method: MethodName
    reason: Why

    @model_validator(mode="after")
    def names_lines_once(self) -> Self:
        if len({line.line for line in self.lines}) < len(self.lines):
            raise PydanticCustomError("line_twice", "")
        return self


class RefundLineOut(Schema):
    line: int
    quantity: int
    amount_cents: int
    weight_g: int | None


class RefundOut(Schema):
    id: str
    number: str
    sale: str
    till: str
    site: str
    occurred_at: str
    method: Method
    reason: str
    total_cents: int
    hash: str
    voucher: str | None = Field(description="The voucher that was given in the place of money.")
    lines: list[RefundLineOut]

    @classmethod
    def of(cls, refund: Refund) -> Self:
        movement = refund.movement
        return cls(
            id=str(movement.submission.uuid),
            number=refund.number,
            sale=refund.sale.number,
            till=refund.till.code,
            site=movement.site.code,
            occurred_at=movement.occurred_at.isoformat(),
            method=Method(refund.method),
            reason=movement.note,
            total_cents=refund.total_cents,
            hash=refund.event.printed_hash,
            voucher=refund.voucher.code if refund.voucher else None,
            lines=[
                RefundLineOut(
                    line=back.line.position,
                    quantity=back.quantity,
                    amount_cents=back.amount_cents,
                    weight_g=back.weight_g,
                )
                for back in refund.lines.select_related("line").order_by("line__position")
            ],
        )


@router.post(
    "sales/{sale}/refunds",
    auth=Counter("sell"),
    response={201: RefundOut, 200: RefundOut, **WRITE_ERRORS},
)
def create_refund(request: CallerRequest, sale: Id, payload: RefundIn) -> HttpResponse:
    """Give back part of a ticket, line by line; what comes back returns to stock."""
    sold = sale_of(request, sale)
    lines = {line.position: line for line in sold.lines.all()}
    for n, back in enumerate(payload.lines):
        if back.line not in lines:
            where = ["body", "lines", n, "line"]
            raise ShapeError([{"type": "unknown_line", "loc": where}])

    def record(entry: Entry) -> RefundOut:
        refund = services.refund_sale(
            entry=entry,
            till=payload.till,
            sale=sold,
            quantities={lines[back.line]: back.quantity for back in payload.lines},
            method=Method(payload.method),
        )
        return RefundOut.of(refund)

    return once_at(request, payload.till, payload, Kind.REFUND, record)

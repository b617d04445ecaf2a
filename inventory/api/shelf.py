"""The free shelf over HTTP: a crate goes out, its rest comes back."""

from typing import Annotated, Self

from django.http import HttpResponse
from ninja import Field
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.acts import CREATED, Act, Load, LoadOrNone, entry_of
from inventory.api.departures import departed
from inventory.api.documents import DocumentOut, ShipmentOut, router
from inventory.models import Category, Container, Place, Verb
from inventory.services import Packed, StockLine
from organisation.doors import May, Permitted
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.shapes import WRITE_ERRORS, Flag, Id, PastInstant, Shape, Text
from organisation.submissions import once


class CrateIn(Act):
    """One crate of one category, weighed alone or with its container."""

    category: Permitted[Category]
    weight_g: Load | None = None
    gross_g: Load | None = Field(None, description="With the container, whose tare is taken off.")
    container: Permitted[Container] | None = None
    estimated: Flag = False
    from_place: Permitted[Place] | None = None

    @model_validator(mode="after")
    def has_one_weight(self) -> Self:
        if (self.weight_g is None) == (self.gross_g is None):
            raise PydanticCustomError(
                "weight_missing" if self.weight_g is None else "weight_twice", ""
            )
        if (self.gross_g is None) != (self.container is None):
            raise PydanticCustomError("gross_needs_container", "")
        return self

    def stock_line(self) -> StockLine:
        packed = Packed(self.container, 1, self.gross_g) if self.container else None
        weight_g = packed.load_g if packed else self.weight_g or 0
        return StockLine(self.category, weight_g, 0, self.estimated, self.from_place, packed=packed)


@router.post(
    "crates", auth=May("ship"), response={201: ShipmentOut, 200: ShipmentOut, **WRITE_ERRORS}
)
def create_crate(request: CallerRequest, payload: CrateIn) -> HttpResponse:
    """Put a crate on the free shelf: all of it is given, until its rest is weighed back."""

    def record(submission: Submission) -> ShipmentOut:
        entry = entry_of(request, submission, Verb.GIVE, payload)
        crate = services.put_out(entry=entry, line=payload.stock_line())
        return ShipmentOut.of(crate.movement, request.user)

    return once(request, payload.id, record)


class RestIn(Shape):
    id: Id
    weight_g: Annotated[LoadOrNone, Field(description="0 where everything was taken.")]
    occurred_at: PastInstant | None = None
    comment: Text = ""


@router.post("crates/{crate}/rest", auth=May("ship"), response=CREATED)
def create_crate_rest(request: CallerRequest, crate: Id, payload: RestIn) -> HttpResponse:
    """Weigh back what nobody took of a crate."""
    out = departed(request, crate)

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.REST, payload, out.site)
        rest = services.weigh_back(entry=entry, crate=out.shipment, weight_g=payload.weight_g)
        return DocumentOut.of(rest.movement, request.user)

    return once(request, payload.id, record)

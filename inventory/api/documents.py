"""Documents: what an act leaves behind, listed and shown."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404
from ninja import Field, Query, Schema

from inventory.models import Flow, Movement, Shipment, Verb
from inventory.trace import signed
from organisation.doors import Doors, May, Permitted, SitePage, require
from organisation.models import Site, User
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Day, Id, keyset

router = Doors()


class FlowOut(Schema):
    category: str
    to_category: str
    from_account: str
    to_account: str
    weight_g: int
    units: int
    method: str
    origin: str | None
    item: str | None


class DocumentOut(Schema):
    """A movement as others see it. Accounts are named ``stock/principal/bulk``."""

    id: str
    number: str
    verb: str
    site: str
    occurred_at: str
    business_date: date
    weight_g: int
    by: str | None
    reverses: str | None
    reversed_by: str | None
    note: str
    lines: list[FlowOut]

    @classmethod
    def of(cls, movement: Movement, reader: User) -> Self:
        """Lay out a movement and its flows, as ``reader`` may see them."""
        if not hasattr(movement, "told"):
            with_flows([movement])
        lines = [_flow_out(flow, reader) for flow in movement.told]  # type: ignore[attr-defined]
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            verb=movement.verb,
            site=movement.site.code,
            occurred_at=movement.occurred_at.isoformat(),
            business_date=movement.business_date,
            weight_g=sum(line.weight_g for line in lines),
            by=signed(movement, reader),
            reverses=movement.reverses.number if movement.reverses else None,
            reversed_by=getattr(getattr(movement, "reversed_by", None), "number", None),
            note=movement.note,
            lines=lines,
        )


def with_flows(movements: Sequence[Movement]) -> None:
    """Read the flows of all of ``movements`` at once, into ``told``."""
    ends = ("from_account", "to_account", "from_category", "to_category", "origin")
    flows = Flow.objects.select_related(*ends).prefetch_related("item__codes").order_by("pk")
    prefetch_related_objects(list(movements), Prefetch("flows", flows, to_attr="told"))


def _flow_out(flow: Any, reader: User) -> FlowOut:
    worn = sorted(flow.item.codes.all(), key=lambda c: c.pk) if flow.item else []
    worn.sort(key=lambda c: c.organisation_id != reader.organisation_id)  # ours first
    return FlowOut(
        category=flow.from_category.code,
        to_category=flow.to_category.code,
        from_account=flow.from_account.key.partition("/")[2],
        to_account=flow.to_account.key.partition("/")[2],
        weight_g=flow.weight_g,
        units=flow.units,
        method=flow.method,
        origin=flow.origin and flow.origin.code,
        item=worn[0].code if worn else None,
    )


class Documents(Schema):
    items: list[DocumentOut]
    next: str | None


class Filters(SitePage):
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


DocumentFilters = Annotated[Filters, Query()]


def movements(request: CallerRequest, filters: Filters, *verbs: Verb) -> QuerySet[Movement]:
    """The caller's documents of the given kinds, between the days asked for."""
    sites = Site.objects.permitted(request.user, "read_stock")
    rows = Movement.objects.filter(site__in=[filters.site] if filters.site else sites)
    rows = rows.select_related("submission", "site", "author", "reverses", "reversed_by")
    if verbs:
        rows = rows.filter(verb__in=verbs)
    if filters.from_:
        rows = rows.filter(business_date__gte=filters.from_)
    if filters.to:
        rows = rows.filter(business_date__lte=filters.to)
    return rows


def documents(request: CallerRequest, filters: Filters, *verbs: Verb) -> dict[str, Any]:
    """A page of the caller's documents of the given kinds, newest first."""
    found = keyset(movements(request, filters, *verbs), filters, "-pk")
    with_flows(found["items"])
    return {**found, "items": [DocumentOut.of(row, request.user) for row in found["items"]]}


def document(request: CallerRequest, uuid: Id, verb: Verb) -> Movement:
    """The movement that the caller's structure recorded under ``uuid``. Raises Http404."""
    rows = Movement.objects.within(request).submitted_as(uuid, verb)
    rows = rows.select_related("submission", "site__organisation", "author", "reverses")
    if verb == Verb.SHIP:  # the partner's later weights are another; of a clearing, the first
        rows = rows.filter(shipment__isnull=False)
    movement = rows.first()
    if movement is None:
        raise Http404
    require(request, movement.site)
    return movement


@router.get("movements", auth=May("read_stock"), response={200: Documents, **READ_ERRORS})
def list_movements(request: CallerRequest, filters: DocumentFilters) -> dict[str, Any]:
    """Everything that moved, newest first."""
    return documents(request, filters)


@router.get(
    "movements/{number}", auth=May("read_stock"), response={200: DocumentOut, **READ_ERRORS}
)
def get_movement(request: CallerRequest, number: Permitted[Movement]) -> DocumentOut:
    """One movement by its public number."""
    return DocumentOut.of(number, request.user)


def _paper_trail(path: str, verb: Verb) -> None:
    """Serve the list and the detail of one kind of document under ``path``."""
    many: dict[Any, Any] = {200: Documents, **READ_ERRORS}
    one: dict[Any, Any] = {200: DocumentOut, **READ_ERRORS}

    def listed(request: CallerRequest, filters: DocumentFilters) -> dict[str, Any]:
        """Documents of this kind, newest first."""
        return documents(request, filters, verb)

    def shown(request: CallerRequest, id: Id) -> DocumentOut:
        """One document by the id its sender gave it."""
        return DocumentOut.of(document(request, id, verb), request.user)

    listed.__name__ = f"list_{path.replace('-', '_')}"
    shown.__name__ = f"get_{path.replace('-', '_')}"
    router.get(path, auth=May("read_stock"), response=many)(listed)
    if verb != Verb.SORT:  # of which more is told
        router.get(f"{path}/{{id}}", auth=May("read_stock"), response=one)(shown)


SHOWN_WITH_A_SHIPMENT = (
    "partner",
    "waste_code",
    "treatment_code",
    "eco_organisme",
    "weights__movement__reversed_by",
)


class ShipmentOut(DocumentOut):
    fate: str
    partner: str | None
    waste_code: str | None
    treatment_code: str | None
    carrier: str
    bsd: str
    eco_organisme: str | None
    state: Shipment.State
    weights: str | None

    @classmethod
    def of(cls, movement: Movement, reader: User) -> Self:
        """Lay out a departure; ``weights`` is the number of the partner's own weights."""
        shipment = movement.shipment
        confirmed = getattr(shipment, "weights", None)
        base = DocumentOut.of(movement, reader)
        return cls(
            **base.model_dump(),
            fate=shipment.fate,
            partner=shipment.partner.code if shipment.partner else None,
            waste_code=shipment.waste_code.code if shipment.waste_code else None,
            treatment_code=shipment.treatment_code.code if shipment.treatment_code else None,
            carrier=shipment.carrier,
            bsd=shipment.bsd,
            eco_organisme=shipment.eco_organisme.code if shipment.eco_organisme else None,
            state=shipment.state,
            weights=confirmed and confirmed.movement.number,
        )


_paper_trail("opening-stock", Verb.OPEN)
_paper_trail("sortings", Verb.SORT)
_paper_trail("moves", Verb.MOVE)
_paper_trail("counts", Verb.COUNT)
_paper_trail("settlements", Verb.SETTLE)
_paper_trail("dismantlings", Verb.DISMANTLE)
_paper_trail("reversals", Verb.REVERSE)


class Shipments(Schema):
    items: list[ShipmentOut]
    next: str | None


@router.get("shipments", auth=May("read_stock"), response={200: Shipments, **READ_ERRORS})
def list_shipments(request: CallerRequest, filters: DocumentFilters) -> dict[str, Any]:
    """Departures, newest first; the partner's later weights are found among the movements."""
    rows = movements(request, filters, Verb.SHIP).filter(shipment__isnull=False)
    rows = rows.select_related(*(f"shipment__{name}" for name in SHOWN_WITH_A_SHIPMENT))
    found = keyset(rows, filters, "-pk")
    with_flows(found["items"])
    return {**found, "items": [ShipmentOut.of(row, request.user) for row in found["items"]]}


@router.get("shipments/{id}", auth=May("read_stock"), response={200: ShipmentOut, **READ_ERRORS})
def get_shipment(request: CallerRequest, id: Id) -> ShipmentOut:
    """One departure by the id its sender gave it."""
    return ShipmentOut.of(document(request, id, Verb.SHIP), request.user)

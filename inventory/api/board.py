"""What the departures' screen shows of a site: its day, what is still open, what stayed unsold."""

from datetime import date, timedelta
from typing import Annotated, Any

from django.db.models import Count, Sum
from django.utils import timezone
from ninja import Query, Schema

from inventory.api.documents import router
from inventory.forms.choices import Offer
from inventory.models import Balance, Category, Flow, Item, Shipment
from organisation.doors import May, Permitted
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape, Weeks

MOST = 200  # rows of a list that somebody goes through by touch


class OfSite(Shape):
    site: Permitted[Site]


class DepartureDayOut(Schema):
    """What left a site today, so far; crates of the free shelf as they went out."""

    day: date
    departures: int
    departed_g: int


@router.get("departures/day", auth=May("ship"), response={200: DepartureDayOut, **READ_ERRORS})
def get_departures_day(request: CallerRequest, of: Annotated[OfSite, Query()]) -> dict[str, Any]:
    """Departures of today."""
    today = of.site.business_date(timezone.now())
    rows = Shipment.objects.filter(
        movement__site=of.site, movement__business_date=today, movement__reversed_by=None
    )
    sums = rows.aggregate(
        departures=Count("pk", distinct=True), departed_g=Sum("movement__flows__weight_g")
    )
    return {"day": today, "departures": sums["departures"], "departed_g": sums["departed_g"] or 0}


class Heap(Schema):
    category: str
    name: str
    icon: str
    colour: str
    weight_g: int


class CrateOut(Heap):
    id: str
    number: str
    since: str


class WaitingOut(Schema):
    """A departure that waits for its partner's weights, and what it left with in bulk."""

    id: str
    number: str
    partner: str
    fate: str
    day: date
    days: int
    weight_g: int
    lines: list[Heap]


class OpenOut(Schema):
    crates: list[CrateOut]
    waiting: list[WaitingOut]


@router.get("departures/open", auth=May("ship"), response={200: OpenOut, **READ_ERRORS})
def get_departures_open(request: CallerRequest, of: Annotated[OfSite, Query()]) -> dict[str, Any]:
    """Crates on the free shelf, and departures that wait for a partner's weights."""
    waiting = Shipment.objects.waiting([of.site]).select_related("movement__submission")[:MOST]
    shipments = [*Shipment.objects.crates_out(of.site)[:MOST], *waiting]
    heaps = _heaps_of(shipments)
    today = of.site.business_date(timezone.now())
    return {
        "crates": [_crate(one, heaps[one.movement_id]) for one in shipments if one.is_crate],
        "waiting": [
            _waiting(one, heaps[one.movement_id], today) for one in shipments if not one.is_crate
        ],
    }


def _heap(category: Category, weight_g: int) -> dict[str, Any]:
    icon, colour = category.look
    return {
        "category": category.code,
        "name": category.name,
        "icon": icon,
        "colour": colour,
        "weight_g": weight_g,
    }


def _heaps_of(shipments: list[Shipment]) -> dict[int, list[dict[str, Any]]]:
    """Movement key → what left in bulk with it, per category."""
    movements: dict[int, dict[Category, int]] = {one.movement_id: {} for one in shipments}
    flows = Flow.objects.filter(movement__in=movements, item=None).order_by("pk")
    for flow in flows.select_related("from_category__parent__parent"):
        held = movements[flow.movement_id]
        held[flow.from_category] = held.get(flow.from_category, 0) + flow.weight_g
    return {
        pk: [_heap(category, weight_g) for category, weight_g in held.items()]
        for pk, held in movements.items()
    }


def _crate(shipment: Shipment, heaps: list[dict[str, Any]]) -> dict[str, Any]:
    movement = shipment.movement
    return {
        **heaps[0],
        "id": str(movement.submission.uuid),
        "number": movement.number,
        "since": movement.occurred_at.isoformat(),
    }


def _waiting(shipment: Shipment, heaps: list[dict[str, Any]], today: date) -> dict[str, Any]:
    movement = shipment.movement
    return {
        "id": str(movement.submission.uuid),
        "number": movement.number,
        "partner": shipment.partner.name if shipment.partner else "",
        "fate": shipment.fate,
        "day": movement.business_date,
        "days": (today - movement.business_date).days,
        "weight_g": sum(heap["weight_g"] for heap in heaps),
        "lines": heaps,
    }


class Stale(OfSite):
    weeks: Weeks = 8


class UnsoldItem(Schema):
    code: str
    title: str
    icon: str
    colour: str
    weight_g: int
    price_cents: int | None
    weeks: int


class UnsoldOut(Schema):
    """Labelled objects that stayed, the oldest first; then what lies there in bulk."""

    place: str | None
    items: list[UnsoldItem]
    bulk: list[Heap]


@router.get("unsold", auth=May("ship"), response={200: UnsoldOut, **READ_ERRORS})
def get_unsold(request: CallerRequest, stale: Annotated[Stale, Query()]) -> dict[str, Any]:
    """What stayed in the site's shop for longer than so many weeks."""
    offer = Offer(stale.site)
    today = stale.site.business_date(timezone.now())
    rows = Item.objects.within(request).lying_in(offer.shop)
    rows = rows.filter(since__lt=today - timedelta(weeks=stale.weeks))
    rows = rows.select_related("category__parent__parent").order_by("since", "pk")
    heaps = Balance.objects.bulk_in(offer.shop).select_related("category__parent__parent")
    return {
        "place": offer.shop.code if offer.places else None,
        "items": [_unsold(item, today) for item in rows[:MOST]],
        "bulk": [_heap(row.category, row.weight_g) for row in heaps[:MOST]],
    }


def _unsold(item: Any, today: date) -> dict[str, Any]:
    icon, colour = item.category.look
    return {
        "code": item.own_code,
        "title": str(item),
        "icon": icon,
        "colour": colour,
        "weight_g": item.weight_g,
        "price_cents": item.price_cents,
        "weeks": (today - item.since).days // 7,
    }

"""What a tablet keeps to sort without a network: heaps, arrivals, labelled objects."""

from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Schema

from inventory import lots
from inventory.models import Balance, Item
from organisation.doors import Doors, May, Permitted
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape

router = Doors()
MOST_OBJECTS = 5_000


class Of(Shape):
    site: Permitted[Site]


class HeapOut(Schema):
    """Bulk of a category in a place."""

    place: str
    category: str
    name: str
    weight_g: int


class BroughtOut(HeapOut):
    """A line of an arrival, of which so much is not labelled yet."""

    line: str
    number: str
    at: str


class LotsOut(Schema):
    """What may be sorted, and what was sorted on this day of the site."""

    day: str
    sorted_g: int
    heaps: list[HeapOut]
    arrivals: list[BroughtOut]


@router.get("lots", auth=May("sort"), response={200: LotsOut, **READ_ERRORS})
def get_lots(request: CallerRequest, of: Annotated[Of, Query()]) -> dict[str, Any]:
    """Heaps of a site, and the lines that came in today."""
    today = of.site.business_date(timezone.now())
    return {
        "day": today.isoformat(),
        "sorted_g": lots.sorted_g(of.site, today),
        "heaps": [_heap(row) for row in Balance.objects.heaps(of.site)],
        "arrivals": list(lots.brought(of.site, today)),
    }


def _heap(row: Balance) -> dict[str, Any]:
    assert row.account.place is not None  # noqa: S101 (a stock account has one: a constraint)
    return {
        "place": row.account.place.code,
        "category": row.category.code,
        "name": row.category.name,
        "weight_g": row.weight_g,
    }


class ObjectOut(Schema):
    code: str
    title: str
    category: str = Field(alias="kind")
    weight_g: int
    price_cents: int | None
    condition: str
    place: str


class ObjectsOut(Schema):
    """The newest objects of a site; ``more``: older ones were left out."""

    items: list[ObjectOut]
    more: bool


@router.get("objects", auth=May("sort"), response={200: ObjectsOut, **READ_ERRORS})
def get_objects(request: CallerRequest, of: Annotated[Of, Query()]) -> dict[str, Any]:
    """Labelled objects in stock of a site, the newest first."""
    rows = Item.objects.known_to(of.site.organisation_id).in_stock([of.site])
    found = rows.newest(MOST_OBJECTS + 1)
    return {"items": found[:MOST_OBJECTS], "more": len(found) > MOST_OBJECTS}

"""What a tablet keeps to sort without a network: heaps, and the arrivals they were made of."""

from typing import Annotated, Any, Self

from django.utils import timezone
from ninja import Query, Schema

from inventory import lots
from inventory.models import Balance
from organisation.doors import Doors, May, Permitted
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape

router = Doors()


class Of(Shape):
    site: Permitted[Site]


class HeapOut(Schema):
    """Bulk of a category in a place."""

    place: str
    category: str
    name: str
    weight_g: int

    @classmethod
    def of(cls, row: Balance) -> Self:
        assert row.account.place is not None  # noqa: S101 (a stock account has one: a constraint)
        return cls(
            place=row.account.place.code,
            category=row.category.code,
            name=row.category.name,
            weight_g=row.weight_g,
        )


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
        "heaps": [HeapOut.of(row) for row in Balance.objects.heaps(of.site)],
        "arrivals": list(lots.brought(of.site, today)),
    }

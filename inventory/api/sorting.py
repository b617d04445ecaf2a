"""Sorting over HTTP: bulk shared out by hand, or spread by estimated shares."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Field

from inventory import services
from inventory.api.acts import CREATED, Act, Load, entry_of, unique_weights
from inventory.api.documents import DocumentOut, router
from inventory.models import Category, Place, Verb
from inventory.services import StockLine
from organisation.doors import May, Permitted
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES, Flag, Shape, Units
from organisation.submissions import once


class Taken(Shape):
    place: Permitted[Place] | None = None
    category: Permitted[Category]
    weight_g: Load


class Sorted(Taken):
    units: Units | None = None
    estimated: Flag = False


class SortingIn(Act):
    from_: Taken = Field(alias="from")
    to: Annotated[list[Sorted], Field(min_length=1, max_length=MAX_LINES)]


@router.post("sortings", auth=May("sort"), response=CREATED)
def create_sorting(request: CallerRequest, payload: SortingIn) -> HttpResponse:
    """Share out bulk over categories and places; a gap within the site's tolerance is booked."""
    taken = StockLine(payload.from_.category, payload.from_.weight_g, place=payload.from_.place)
    parts = [
        StockLine(part.category, part.weight_g, part.units or 0, part.estimated, part.place)
        for part in payload.to
    ]

    def record(submission: Submission) -> DocumentOut:
        entry = entry_of(request, submission, Verb.SORT, payload)
        return DocumentOut.of(services.sort(entry=entry, taken=taken, parts=parts), request.user)

    return once(request, payload.id, record)


class Share(Shape):
    category: Permitted[Category]
    share: Annotated[int, Field(strict=True, gt=0, le=100)]


class SpreadIn(Act):
    place: Permitted[Place] | None = None
    category: Permitted[Category]
    weight_g: Load | None = None
    shares: Annotated[list[Share], Field(min_length=1, max_length=100)]


@router.post("spreads", auth=May("count"), response=CREATED)
def create_spread(request: CallerRequest, payload: SpreadIn) -> HttpResponse:
    """Spread unsorted bulk over categories by shares of 100: an estimate, and marked as one."""
    shares = unique_weights(payload.shares, "share")

    def record(submission: Submission) -> DocumentOut:
        movement = services.spread(
            entry=entry_of(request, submission, Verb.SORT, payload),
            place=payload.place or Place.objects.main(payload.site),
            category=payload.category,
            shares=shares,
            weight_g=payload.weight_g,
        )
        return DocumentOut.of(movement, request.user)

    return once(request, payload.id, record)

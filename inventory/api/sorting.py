"""Sorting over HTTP: bulk shared out by hand, or spread by estimated shares."""

from typing import Annotated, Self

from django.db.models import Q
from django.http import Http404, HttpResponse
from ninja import Field
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory import services
from inventory.api.acts import CREATED, Act, Load, entry_of, unique_weights
from inventory.api.departures import Fate
from inventory.api.documents import DocumentOut, router
from inventory.lots import SORTINGS
from inventory.models import Category, Kind, Movement, Partner, Place, Verb
from inventory.services import Departure, StockLine
from organisation.doors import May, Permitted, require
from organisation.models import Submission, User
from organisation.permissions import CallerRequest
from organisation.shapes import MAX_LINES, READ_ERRORS, WRITE_ERRORS, Flag, Id, Shape, Units
from organisation.submissions import once


class Taken(Shape):
    place: Permitted[Place] | None = None
    category: Permitted[Category]
    weight_g: Load


class Sorted(Taken):
    """A part: it stays in stock, in a place, or leaves at once for a fate."""

    units: Units | None = None
    estimated: Flag = False
    fate: Fate | None = None
    partner: Permitted[Partner] | None = None

    @model_validator(mode="after")
    def goes_one_way(self) -> Self:
        if (self.place and self.fate) or (self.partner and not self.fate):
            raise PydanticCustomError("bad_destination", "")
        return self

    def stock_line(self) -> StockLine:
        return StockLine(self.category, self.weight_g, self.units or 0, self.estimated, self.place)


class SortingIn(Act):
    from_: Taken = Field(alias="from")
    to: Annotated[list[Sorted], Field(min_length=1, max_length=MAX_LINES)]

    def kept(self) -> list[StockLine]:
        return [part.stock_line() for part in self.to if part.fate is None]

    def heaps(self) -> list[tuple[Departure, list[StockLine]]]:
        """What leaves at once, a heap for each taker."""
        found: dict[Departure, list[StockLine]] = {}
        for part in self.to:
            if part.fate:
                to = Departure(fate=Kind(part.fate), partner=part.partner)
                found.setdefault(to, []).append(part.stock_line())
        return list(found.items())


class SortingOut(DocumentOut):
    """A sorting, and the numbers of what left in the same act. Where nothing stayed to be sorted,
    the document is the first of these departures."""

    departures: list[str]

    @classmethod
    def told(cls, movements: list[Movement], reader: User) -> Self:
        base = DocumentOut.of(movements[0], reader)
        left = [row.number for row in movements if row.verb != Verb.SORT]
        return cls(**base.model_dump(), departures=left)


@router.post(
    "sortings",
    auth=May("sort"),
    response={201: SortingOut, 200: SortingOut, **WRITE_ERRORS},
)
def create_sorting(request: CallerRequest, payload: SortingIn) -> HttpResponse:
    """Share out bulk over categories, places and fates; a gap the site tolerates is booked."""
    taken = StockLine(payload.from_.category, payload.from_.weight_g, place=payload.from_.place)

    def record(submission: Submission) -> SortingOut:
        entry = entry_of(request, submission, Verb.SORT, payload)
        made = services.share_out(
            entry=entry, taken=taken, kept=payload.kept(), heaps=payload.heaps()
        )
        return SortingOut.told(made, request.user)

    return once(request, payload.id, record)


@router.get("sortings/{id}", auth=May("read_stock"), response={200: SortingOut, **READ_ERRORS})
def get_sorting(request: CallerRequest, id: Id) -> SortingOut:
    """One sorting, with what left in the same act, by the id its sender gave it."""
    rows = Movement.objects.within(request).filter(submission__uuid=id, reverses=None)
    rows = rows.filter(Q(verb=Verb.SORT) | Q(submission__endpoint=SORTINGS))
    links = ("submission", "site__organisation", "author", "reverses", "reversed_by")
    movements = list(rows.select_related(*links).order_by("pk"))
    if not movements:
        raise Http404
    require(request, movements[0].site)
    return SortingOut.told(movements, request.user)


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

"""What things sell for: count, median and quartiles of a structure's own latest sales."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from django.db.models import Exists, OuterRef

from inventory.models import Category
from organisation.models import Organisation
from sales.models import SaleLine
from sales.models.lines import SaleLineQuerySet

ENOUGH_SALES = 5  # fewer say nothing of a price


@dataclass(frozen=True, slots=True)
class Prices:
    """What one of a category was sold for; no figure but the count where too few were.

    ``proposed_cents`` are the quartiles and the median as people write prices, each once.
    """

    count: int
    lower_quartile_cents: int | None = None
    median_cents: int | None = None
    upper_quartile_cents: int | None = None
    proposed_cents: tuple[int, ...] = ()


def prices_of(organisation: Organisation, kinds: Iterable[Category]) -> Prices:
    """The structure's own prices of these categories: one, with those below it."""
    return _prices(SaleLine.objects.unit_prices(organisation, kinds))


def suggestions_of(organisation: Organisation) -> list[tuple[Category, Prices]]:
    """Each category that sold often enough, with what is below it; leaves first, tops last.

    The same figures as ``prices_of`` each, in two queries for all.
    """
    below: dict[Category, list[tuple[int, int]]] = {}
    sold = sold_by(organisation)
    sales = SaleLine.objects.unit_prices_by_kind(organisation, sold)
    for kind in sold:
        for above in kind.lineage:
            below.setdefault(above, []).extend(sales.get(kind.pk, ()))
    found = [(kind, _prices(_latest(lines))) for kind, lines in below.items()]
    told = [(kind, prices) for kind, prices in found if prices.count >= ENOUGH_SALES]
    return sorted(told, key=lambda row: (-len(row[0].lineage), row[0].position, row[0].code))


def sold_by(organisation: Organisation) -> list[Category]:
    """Categories of which the structure ever sold something: one look into an index for each."""
    lines = SaleLine.objects.filter(organisation=organisation, category=OuterRef("pk"))
    rows = Category.objects.of(organisation.pk).filter(Exists(lines))
    return list(rows.select_related("parent__parent"))


def within(category: Category, sold: Iterable[Category]) -> list[Category]:
    """Of what was sold: the category, and what is below it."""
    return [row for row in sold if category in row.lineage]


def written(cents: int) -> int:
    """A price as people write it: to 50 cents below 10 €, to whole euros from there on.

    What costs less than 50 cents keeps its tens: a cup at 20 cents is not one at 50.
    """
    step = 10 if cents < 50 else 50 if cents < 1_000 else 100
    return (cents + step // 2) // step * step


def _prices(cents: list[int]) -> Prices:
    if len(cents) < ENOUGH_SALES:
        return Prices(len(cents))
    low, usual, high = (int(each + 0.5) for each in quantiles(cents, n=4, method="inclusive"))
    proposed = {written(low), written(usual), written(high)} - {0}  # nothing is no price
    return Prices(len(cents), low, usual, high, tuple(sorted(proposed)))


def _latest(lines: list[tuple[int, int]]) -> list[int]:
    newest = sorted(lines, reverse=True)[: SaleLineQuerySet.NEWEST]
    return [cents for _line, cents in newest]

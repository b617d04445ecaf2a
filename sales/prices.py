"""What things sell for: count, median and quartiles of a structure's own latest sales."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from inventory.models import Category
from organisation.models import Organisation
from sales.models import SaleLine

ENOUGH_SALES = 5  # fewer say nothing of a price


@dataclass(frozen=True, slots=True)
class Prices:
    """What one of a category was sold for; no figure but the count where too few were."""

    count: int
    lower_quartile_cents: int | None = None
    median_cents: int | None = None
    upper_quartile_cents: int | None = None


def prices_of(organisation: Organisation, kinds: Iterable[Category]) -> Prices:
    """The structure's own prices of these categories: one, with those below it."""
    found = SaleLine.objects.unit_prices(organisation, kinds)
    if len(found) < ENOUGH_SALES:
        return Prices(len(found))
    return Prices(len(found), *map(_whole, quantiles(found, n=4, method="inclusive")))


def _whole(cents: float) -> int:
    return int(cents + 0.5)

"""How long what stands in stock has been there: Σ grams × days ÷ Σ grams of ``aging.ages``."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from reporting.aging import Age, average_days
from reporting.indicators.masses import indicator
from reporting.indicators.measure import Key, Unit, Value
from reporting.indicators.reading import Reading


def _age(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    found: dict[Key, list[Age]] = {} if by else {(): []}
    for age in reading.ages:
        if age.site is not None:  # on the road: the stock of no site
            found.setdefault(tuple(getattr(age, name) for name in by), []).append(age)
    for key, stood in found.items():
        yield Value(key, average_days(stood), None, not all(age.is_exact for age in stood))


AGE = (
    indicator(
        12,
        "stock_age",
        _("Average age of the stock"),
        _age,
        unit=Unit.DAYS,
        formula=_(
            "Σ g · days ÷ Σ g; objects from their arrival or label, bulk first in, first out"
        ),
        dimensions=("category", "site"),
        adds_up=False,
    ),
)

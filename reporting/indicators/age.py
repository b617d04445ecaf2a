"""How long what stands in stock has been there: Σ grams × days ÷ Σ grams of ``aging.ages``."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from reporting import rounding
from reporting.indicators.masses import indicator
from reporting.indicators.measure import Key, Unit, Value
from reporting.indicators.reading import Reading


def _age(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    days: Counter[Key] = Counter()
    grams: Counter[Key] = Counter() if by else Counter({(): 0})
    attributed: set[Key] = set()
    for age in reading.ages:
        if age.site is None:  # on the road: the stock of no site
            continue
        key: Key = tuple(getattr(age, name) for name in by)
        grams[key] += age.weight_g
        days[key] += age.weight_g * age.days
        attributed |= set() if age.is_exact else {key}
    for key, weight_g in grams.items():
        yield Value(key, rounding.ratio(days[key], weight_g), None, key in attributed)


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

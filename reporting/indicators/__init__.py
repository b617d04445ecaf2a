"""The indicators; ``docs/indicators.md`` says what each means, a test holds the two together."""

from reporting.indicators.age import AGE
from reporting.indicators.balance import (
    INDICATORS,
    QUALITY,
    WEIGHTED,
    Tally,
    daily,
    diversion,
    figures,
)
from reporting.indicators.carbon import CARBON
from reporting.indicators.masses import MASSES
from reporting.indicators.measure import Group, Indicator, Unit, Value
from reporting.indicators.people import PEOPLE
from reporting.indicators.reading import Reading
from reporting.indicators.shop import SHOP
from reporting.indicators.territory import TERRITORY

ALL: dict[str, Indicator] = {
    each.code: each
    for each in sorted((*MASSES, *TERRITORY, *AGE, *SHOP, *PEOPLE, *CARBON), key=lambda i: i.number)
}

__all__ = [
    "ALL",
    "INDICATORS",
    "QUALITY",
    "WEIGHTED",
    "Group",
    "Indicator",
    "Reading",
    "Tally",
    "Unit",
    "Value",
    "daily",
    "diversion",
    "figures",
]

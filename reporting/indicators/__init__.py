"""The indicators; ``docs/indicators.md`` says what each means, a test holds the two together."""

from reporting.indicators.balance import (
    INDICATORS,
    QUALITY,
    WEIGHTED,
    Tally,
    daily,
    diversion,
    figures,
)
from reporting.indicators.masses import MASSES
from reporting.indicators.measure import Indicator, Unit, Value
from reporting.indicators.reading import Reading

ALL: dict[str, Indicator] = {each.code: each for each in sorted(MASSES, key=lambda i: i.number)}

__all__ = [
    "ALL",
    "INDICATORS",
    "QUALITY",
    "WEIGHTED",
    "Indicator",
    "Reading",
    "Tally",
    "Unit",
    "Value",
    "daily",
    "diversion",
    "figures",
]

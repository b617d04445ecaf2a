"""Cells with a type: kilograms to the gram, euros to the cent, hundredths, days, text."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.indicators import Unit

TEXT, KG, EUROS, COUNT, SHARE, RATE, DAY, MONTH, MOMENT, HUNDREDTHS = (
    "text",
    "kg",
    "euros",
    "count",
    "share",
    "rate",
    "day",
    "month",
    "moment",
    "hundredths",
)
FORMATS = {
    TEXT: "@",
    KG: "#,##0.000",
    EUROS: '#,##0.00\\ "€"',
    COUNT: "#,##0",
    HUNDREDTHS: "#,##0.00",
    SHARE: "0\\ %",
    RATE: "0.0\\ %",
    DAY: "dd/mm/yyyy",
    MONTH: "mmmm yyyy",
    MOMENT: "dd/mm/yyyy hh:mm",
}


class Measure(NamedTuple):
    """How amounts of a unit stand in a spreadsheet: how many make one, shown how, called what."""

    per: int
    kind: str
    word: Any = ""


MEASURES = {
    Unit.GRAMS: Measure(1000, KG, "kg"),
    Unit.GRAMS_PER_HEAD: Measure(1000, KG, gettext_lazy("kg per inhabitant")),
    Unit.PERCENT: Measure(100, RATE, "%"),
    Unit.HUNDREDTHS: Measure(100, SHARE, "%"),
    Unit.CENTS: Measure(100, EUROS, "€"),
    Unit.CENTS_PER_KG: Measure(100, EUROS, gettext_lazy("€ per kg")),
    Unit.COUNT: Measure(1, COUNT),
    Unit.DAYS: Measure(1, COUNT, gettext_lazy("days")),
    Unit.MINUTES: Measure(1, COUNT, gettext_lazy("minutes")),
    Unit.FTE: Measure(100, HUNDREDTHS, gettext_lazy("FTE")),
    Unit.FTE_PER_KT: Measure(100, HUNDREDTHS, gettext_lazy("FTE per 1,000 t")),
    Unit.GRAMS_CO2E: Measure(1000, KG, "kg CO₂e"),
}
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


class Cell(NamedTuple):
    """A value and the kind it is shown as."""

    value: Any
    kind: str = TEXT

    @property
    def is_day(self) -> bool:
        return isinstance(self.value, date)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Heads and rows of cells; where ``has_total``, the last row adds up the others."""

    title: str
    heads: list[str]
    rows: list[list[Cell]]
    has_total: bool = True

    @property
    def name(self) -> str:
        """The title as spreadsheets allow it."""
        return NOT_IN_NAMES.sub(" ", self.title)[:LONGEST_NAME].strip("' ")


def text(value: Any) -> Cell:
    return Cell(str(value))


def kg(grams: int) -> Cell:
    return Cell(grams / 1000, KG)


def euros(cents: int | None) -> Cell:
    return missing() if cents is None else Cell(cents / 100, EUROS)


def count(number: int) -> Cell:
    return Cell(number, COUNT)


def share(hundredths: int | None) -> Cell:
    return missing() if hundredths is None else Cell(hundredths / 100, SHARE)


def rate(percent: str | None) -> Cell:
    """A printed rate such as ``"91.1"``."""
    return missing() if percent is None else Cell(_ratio(percent), RATE)


def _ratio(percent: str) -> float:
    """0.559 of ``"55.9"``, not a neighbour of it."""
    return float(Decimal(percent) / 100)


def amount(unit: Unit, value: int | str | None) -> Cell:
    """An indicator's amount as a number; rates are text such as ``"91.1"``."""
    if value is None:
        return missing()
    measure = MEASURES[unit]
    if isinstance(value, str):
        return Cell(_ratio(value), measure.kind)
    return Cell(value if measure.per == 1 else value / measure.per, measure.kind)


def missing() -> Cell:
    """What has no value is told, not left as a zero or a hole."""
    return Cell(_("n/a"))

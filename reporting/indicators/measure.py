"""What an indicator is: a number, a unit, a formula, a source, and how it is reckoned."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reporting.attribution import require_told
from reporting.indicators.reading import Reading

Key = tuple[str | None, ...]
MOST_DIMENSIONS = 2  # a table has rows and columns


class Unit(StrEnum):
    """What one is of an amount: always a whole number of these, but rates are text."""

    GRAMS = "g"
    GRAMS_PER_HEAD = "g/inhabitant"
    PERCENT = "%"  # text with one decimal, half up: "91.1"
    HUNDREDTHS = "hundredths"  # published shares: whole, together 100
    CENTS = "cents"
    CENTS_PER_KG = "cents/kg"
    COUNT = "n"
    DAYS = "days"
    MINUTES = "minutes"
    FTE = "hundredths of FTE"
    FTE_PER_KT = "hundredths of FTE/kt"
    GRAMS_CO2E = "g CO2e"


class Group(StrEnum):
    """What an indicator speaks of; the order of reports."""

    MATTER = "matter"
    SHOP = "shop"
    PEOPLE = "people"
    ENVIRONMENT = "environment"


class Value(NamedTuple):
    """An amount under a code of each dimension asked for; None where there is none (n. d.).

    ``note`` is what must be read beside it.
    """

    key: Key
    amount: int | str | None
    units: int | None = None
    is_attributed: bool = False
    note: str = ""


Reckon = Callable[[Reading, Sequence[str]], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """``number`` is its place in docs/indicators.md; ``dimensions`` are what it may be told by.

    Where ``adds_up``, the values under one dimension make the whole. Some are each member's own:
    a network is not told them.
    """

    number: int
    code: str
    name: Any
    unit: Unit
    formula: Any
    source: Any
    reckon: Reckon
    dimensions: tuple[str, ...] = ()
    adds_up: bool = True
    group: Group = Group.MATTER
    is_for_networks: bool = True

    def values(self, reading: Reading, by: Sequence[str] = ()) -> list[Value]:
        """Its amounts ``by`` some of its dimensions, in the order of their codes.

        Raises ValidationError ``unknown_dimension`` or ``not_for_networks``.
        """
        if len(by) > MOST_DIMENSIONS or set(by) - set(self.dimensions):
            raise ValidationError(
                _("“%(indicator)s” is not told by %(by)s."),
                code="unknown_dimension",
                params={"indicator": self.name, "by": ", ".join(by)},
            )
        require_told(reading.scope, by)
        if reading.scope.network is not None and not self.is_for_networks:
            raise ValidationError(
                _("Each member of a network keeps this figure to itself."), code="not_for_networks"
            )
        found = list(self.reckon(reading, tuple(by)))
        return sorted(found, key=lambda value: tuple(code or "" for code in value.key))


class Sum:
    """Grams and units that add up under one key."""

    __slots__ = ("grams", "is_attributed", "units")

    def __init__(self) -> None:
        self.grams, self.units, self.is_attributed = 0, 0, False

    def add(self, row: dict[str, Any]) -> None:
        self.grams += row["weight_g"]
        self.units += row["units"]
        self.is_attributed |= row["basis"] == "attributed"


def summed(rows: Iterable[dict[str, Any]], by: Sequence[str]) -> dict[Key, Sum]:
    """Rows of flows added up under the codes of ``by``; without any, under the empty key."""
    sums: dict[Key, Sum] = defaultdict(Sum)
    if not by:
        sums[()] = Sum()
    for row in rows:
        sums[tuple(row[name] for name in by)].add(row)
    return sums

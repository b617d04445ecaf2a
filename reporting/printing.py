"""How figures are written: in kilograms while small, in tonnes once large, adding up as printed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import get_language

from inventory.units import format_kg, format_tonnes

LARGE_G = 10_000_000


def write_day(day: date) -> str:
    """Return a day as it is read: in French the first of a month is *1er*."""
    text = date_format(day, "j F Y")
    is_first = day.day == 1 and (get_language() or "fr").startswith("fr")
    return f"1er{text[1:]}" if is_first else text


class Unit(NamedTuple):
    """A unit of mass and the smallest step that is printed in it."""

    word: str
    step_g: int
    write: Callable[[int], str]

    def split(self, parts_g: Sequence[int], total_g: int | None = None) -> list[int]:
        """Round grams to whole steps (still in grams) so that they add up to the rounded total.

        ``total_g``, if given, is within a step of their sum.
        """
        total = (2 * (sum(parts_g) if total_g is None else total_g) + self.step_g) // (
            2 * self.step_g
        )
        steps = [part // self.step_g for part in parts_g]
        by_claim = sorted(range(len(parts_g)), key=lambda i: parts_g[i] % self.step_g, reverse=True)
        for i in by_claim[: total - sum(steps)]:
            steps[i] += 1
        return [step * self.step_g for step in steps]


KILOGRAMS = Unit("kg", 100, format_kg)
TONNES = Unit("t", 10_000, format_tonnes)


def unit_for(masses_g: Iterable[int]) -> Unit:
    """Tonnes where the largest of the masses passes ten of them, else kilograms."""
    largest = max((abs(grams) for grams in masses_g), default=0)
    return TONNES if largest >= LARGE_G else KILOGRAMS

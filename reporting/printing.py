"""How figures are written: in kilograms while small, in tonnes once large, adding up as printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.months import month_of
from inventory.units import NO_BREAK, format_kg, format_tonnes
from reporting.periods import Period
from reporting.rounding import FATES

LARGE_G = 10_000_000


def write_day(day: date) -> str:
    """Return a day as it is read: in French the first of a month is *1er*."""
    text = date_format(day, "j F Y")
    is_first = day.day == 1 and (get_language() or "fr").startswith("fr")
    return f"1er{text[1:]}" if is_first else text


def period_name(period: Period) -> str:
    """A year, a month, or the two days."""
    if month_of(period.start) == month_of(period.end):
        return date_format(period.start, "F Y")
    if period == Period.this_year(period.start):
        return str(period.start.year)
    days = {"start": date_format(period.start, "j N Y"), "end": date_format(period.end, "j N Y")}
    return _("%(start)s to %(end)s") % days


def heads(period: Period, compared: Period) -> tuple[str, str]:
    """What the columns of two periods are called: short, and never the same."""
    pair = period, compared
    if period == compared:
        return _("this period"), _("compared")
    if all(each == Period.this_year(each.start) for each in pair):
        return str(period.start.year), str(compared.start.year)
    if all(each == Period.this_month(each.start) for each in pair):
        return date_format(period.start, "N Y"), date_format(compared.start, "N Y")
    return _("this period"), _("compared")


class Unit(NamedTuple):
    """A unit of mass and the smallest step that is printed in it."""

    word: str
    step_g: int
    write: Callable[[int], str]

    def say(self, printed_g: int) -> str:
        """A mass with its unit, as a sentence has it: ``1,2 t``."""
        return f"{self.write(printed_g)}{NO_BREAK}{self.word}"

    def split(
        self,
        parts_g: Sequence[int],
        total_g: int | None = None,
        debts_g: Sequence[int] | None = None,
    ) -> list[int]:
        """Round grams to whole steps (still in grams) so that they add up to the rounded total.

        ``total_g``, if given, is within a step of their sum. A part to which ``debts_g`` says
        grams are owed is rounded up before others.
        """
        total = (2 * (sum(parts_g) if total_g is None else total_g) + self.step_g) // (
            2 * self.step_g
        )
        owed = debts_g or [0] * len(parts_g)
        steps = [part // self.step_g for part in parts_g]
        rests = [part % self.step_g for part in parts_g]
        by_claim = sorted(
            range(len(parts_g)), key=lambda i: (rests[i] > 0, rests[i] + owed[i]), reverse=True
        )
        for i in by_claim[: total - sum(steps)]:
            steps[i] += 1
        return [step * self.step_g for step in steps]

    def grid(self, rows_g: Sequence[Sequence[int]], totals_g: Sequence[int]) -> list[list[int]]:
        """Round a table so that each column adds up to its total as printed.

        What rounding took from a row is owed to it in the next column, so that the sum of what
        is printed in a row stays near its own.
        """
        debts_g, columns = [0] * len(rows_g), []
        for column, total_g in enumerate(totals_g):
            parts_g = [row[column] for row in rows_g]
            printed = self.split(parts_g, total_g, debts_g)
            debts_g = [d + g - p for d, g, p in zip(debts_g, parts_g, printed, strict=True)]
            columns.append(printed)
        return [list(row) for row in zip(*columns, strict=True)]


KILOGRAMS = Unit("kg", 100, format_kg)
TONNES = Unit("t", 10_000, format_tonnes)


def unit_for(masses_g: Iterable[int]) -> Unit:
    """Tonnes where the largest of the masses passes ten of them, else kilograms."""
    largest = max((abs(grams) for grams in masses_g), default=0)
    return TONNES if largest >= LARGE_G else KILOGRAMS


BALANCE = (
    ("opening_stock_g", 1, ""),
    ("opened_g", 1, "+"),
    ("collected_g", 1, "+"),
    ("received_g", 1, "+"),
    ("adjusted_g", 1, "±"),
    ("reclassified_g", 1, "±"),
    ("sent_g", -1, "−"),
    ("outgoing_g", -1, "−"),
)


def printed_balance(figures: Mapping[str, int], unit: Unit) -> dict[str, int]:
    """The mass balance in grams as printed in ``unit``: what is printed adds up, fates too."""
    parts = [sign * figures[name] for name, sign, _mark in BALANCE]
    printed = {
        name: sign * grams
        for (name, sign, _mark), grams in zip(BALANCE, unit.split(parts), strict=True)
    }
    closing_g = sum(sign * printed[name] for name, sign, _mark in BALANCE)
    fates = unit.split([figures[f"{fate}_g"] for fate in FATES], printed["outgoing_g"])
    [on_road] = unit.split([figures["in_transit_g"]])
    return printed | {
        "closing_stock_g": closing_g,
        "in_transit_g": on_road,
        **{f"{fate}_g": grams for fate, grams in zip(FATES, fates, strict=True)},
    }

"""The tables of a report in grams, period and compared period side by side.

The page writes them in one unit, rounded to add up; the workbook writes them to the gram.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from inventory.models import Category
from inventory.months import first_day, last_day, month_of
from reporting.breakdown import Breakdown, Sides, Tallies
from reporting.indicators import Tally
from reporting.intakes import UNKNOWN
from reporting.names import NONE, names_of
from reporting.periods import Period
from reporting.printing import period_name
from reporting.scopes import FATES

OUT = frozenset({*FATES, "outgoing_g"})
IN_AND_OUT = OUT | {"collected_g"}
TWO_YEARS = 200  # between months written YYYYMM; longer periods are shown year by year
TITLES = {
    "months": (gettext_lazy("Month by month"), gettext_lazy("Month")),
    "categories": (gettext_lazy("By category"), gettext_lazy("Category")),
    "stream": (gettext_lazy("By EPR stream"), gettext_lazy("EPR stream")),
    "mode": (gettext_lazy("By mode of arrival"), gettext_lazy("Mode")),
    "origin": (gettext_lazy("By origin"), gettext_lazy("Origin")),
    "partner": (gettext_lazy("By partner"), gettext_lazy("Partner")),
}
# Which figures of a row the list of movements can tell; bulk that is shared out has no list.
OPENS = {"mode": frozenset({"collected_g"}), "origin": frozenset[str](), "partner": OUT}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its masses in the period and in the compared one, and how its list is asked for."""

    label: Any
    now: Tally
    was: Tally
    narrow: Mapping[str, str] = field(default_factory=dict)
    opens: frozenset[str] = IN_AND_OUT
    period: Period | None = None
    compared: Period | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that add up to the report; ``is_compared`` where each has its counterpart."""

    name: str
    rows: list[Row]
    is_compared: bool

    @property
    def title(self) -> Any:
        return TITLES[self.name][0]

    @property
    def first(self) -> Any:
        """What its rows are."""
        return TITLES[self.name][1]

    @property
    def has_collected(self) -> bool:
        """Partners are whom things went to."""
        return self.name != "partner"

    @property
    def is_attributed(self) -> bool:
        return any(row.now.attributed or row.was.attributed for row in self.rows)


def tables(sides: Sides, organisation_id: int | None) -> list[Table]:
    """Every table that has something to tell, in the order of the page."""
    found = [_months(sides), _categories(sides)]
    found += [_summed(sides, name, organisation_id) for name in ("stream", "mode")]
    found += [_summed(sides, name, organisation_id) for name in ("origin", "partner")]
    return [table for table in found if table.rows]


def _months(sides: Sides) -> Table:
    """Month by month, or year by year; compared where both periods have as many of them."""
    steps = _steps(sides.period)
    others = _steps(sides.compared) if sides.compared else []
    is_compared = len(steps) == len(others) and _is_long(steps) == _is_long(others)
    now = _placed(sides.now, steps)
    was = _placed(sides.was, others) if sides.was and is_compared else [Tally() for _ in steps]
    held = [n for n in range(len(steps)) if _has_any(now[n]) or _has_any(was[n])]
    rows = [
        Row(
            label=period_name(steps[n]),
            now=now[n],
            was=was[n],
            period=steps[n],
            compared=others[n] if is_compared else None,
        )
        for n in range(min(held, default=0), max(held, default=0) + 1)
    ]
    return Table("months", rows if len(rows) > 1 else [], is_compared)


def _categories(sides: Sides) -> Table:
    """In the catalogue's order."""
    now, was = sides.now.categories, sides.was.categories if sides.was else {}
    known = Category.objects.using("report").in_bulk([*now, *was]).values()
    rows = [
        Row(
            label=category.name,
            now=now.get(category.pk, Tally()),
            was=was.get(category.pk, Tally()),
            narrow={"category": category.code},
            category=category,
        )
        for category in sorted(known, key=lambda category: (category.position, category.code))
    ]
    told = [row for row in rows if _has_any(row.now) or _has_any(row.was)]
    return Table("categories", told, sides.was is not None)


def _summed(sides: Sides, name: str, organisation_id: int | None) -> Table:
    """By the codes of a dimension; not shown where every one is unknown, or none."""
    now: Tallies = sides.now.sums.get(name, {})
    was: Tallies = sides.was.sums.get(name, {}) if sides.was else {}
    told = _telling(now, name) | _telling(was, name)
    if not told - {None, UNKNOWN}:
        return Table(name, [], is_compared=False)
    names = names_of(name, organisation_id)
    rows = [
        Row(
            label=names.get(code, code),
            now=now.get(code, Tally()),
            was=was.get(code, Tally()),
            narrow={name: code or NONE},
            opens=frozenset() if code == UNKNOWN else OPENS.get(name, IN_AND_OUT),
        )
        for code in sorted(told, key=lambda code: _rank(name, code, list(names), now))
    ]
    return Table(name, rows, sides.was is not None)


def _telling(tallies: Tallies, name: str) -> set[str | None]:
    """The codes under which there is anything that the table shows."""
    shown = OUT if name == "partner" else IN_AND_OUT
    return {code for code, tally in tallies.items() if _has_any(tally, shown)}


def _rank(
    name: str, code: str | None, order: list[str | None], now: Tallies
) -> tuple[bool, int, str]:
    """Modes and streams as in the settings, origins and partners by weight, the unknown last."""
    if name in ("mode", "stream"):
        place = order.index(code) if code in order else len(order)
    else:
        tally = now.get(code, Tally())
        place = -tally["collected_g" if name == "origin" else "outgoing_g"]
    return code in (None, UNKNOWN), place, code or ""


def _steps(period: Period) -> list[Period]:
    """The months that the period touches, or the years where there are many."""
    first, last = month_of(period.start), month_of(period.end)
    if last - first < TWO_YEARS:
        days = [(first_day(month), last_day(month)) for month in period.touched]
    else:
        years = range(period.start.year, period.end.year + 1)
        days = [(date(year, 1, 1), date(year, 12, 31)) for year in years]
    return [Period(max(start, period.start), min(end, period.end)) for start, end in days]


def _is_long(steps: list[Period]) -> bool:
    return bool(steps) and month_of(steps[-1].end) - month_of(steps[0].start) >= TWO_YEARS


def _placed(found: Breakdown, steps: list[Period]) -> list[Tally]:
    """What the months of each step make together."""
    tallies = [Tally() for _step in steps]
    for step, tally in zip(steps, tallies, strict=True):
        for month in step.touched:
            if month in found.months:
                tally.merge(found.months[month])
    return tallies


def _has_any(tally: Tally, figures: Iterable[str] = IN_AND_OUT) -> bool:
    return any(tally[figure] for figure in figures)

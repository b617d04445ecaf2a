"""The indicators of a report as they are read: those with something to tell, group by group."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from inventory.units import MINUS, NO_BREAK, exact_euros, format_kg, format_tonnes
from reporting.bilan.side import Figure, missing
from reporting.forms import Question
from reporting.indicators import ALL, Group, Indicator, Reading, Unit, Value
from reporting.listing import COUNTED, RECOVERED, RECYCLED, STOCK
from reporting.periods import Period
from reporting.scopes import GIVEN, Scope
from reporting.templatetags.figures import percent

TITLES = {
    Group.MATTER: _("Matter"),
    Group.SHOP: _("Shop"),
    Group.PEOPLE: _("People"),
    Group.ENVIRONMENT: _("Environment"),
}
NOTHING = (None, 0, "0.0")
OPENS = {  # indicator → the figure on whose rows it opens; a rate on those of what it is a share of
    "collected": "collected_g",
    "reused": "reuse_g",
    "recycled": RECYCLED,
    "energy": "energy_g",
    "disposed": "disposal_g",
    "diverted": RECOVERED,
    "given": f"{GIVEN}_g",
    "stock": STOCK,
    "reuse_rate": "reuse_g",
    "recycling_rate": RECYCLED,
    "recovery_rate": RECOVERED,
    "reuse_of_collected": "reuse_g",
    "quality": COUNTED,
}


def _whole(amount: Any) -> str:
    return number_format(amount, force_grouping=True)


def _hundredths(amount: Any) -> str:
    return number_format(Decimal(amount) / 100, 2, force_grouping=True)


def _hours(amount: Any) -> str:
    return number_format(Decimal(amount) / 60, 1, force_grouping=True)


def _plain_percent(amount: Any) -> str:
    """The figure alone: its unit stands in a column of its own."""
    return percent(str(amount)).removesuffix(f"{NO_BREAK}%")


WRITTEN: dict[Unit, tuple[Callable[[Any], str], Any]] = {
    Unit.GRAMS: (format_tonnes, "t"),
    Unit.GRAMS_PER_HEAD: (lambda grams: format_kg(grams, 2), _("kg per inhabitant")),
    Unit.PERCENT: (_plain_percent, "%"),
    Unit.HUNDREDTHS: (_whole, "%"),
    Unit.CENTS: (exact_euros, "€"),
    Unit.CENTS_PER_KG: (exact_euros, _("€ per kg")),
    Unit.COUNT: (_whole, ""),
    Unit.DAYS: (_whole, _("days")),
    Unit.MINUTES: (_hours, _("hours")),
    Unit.FTE: (_hundredths, _("FTE")),
    Unit.FTE_PER_KT: (_hundredths, _("FTE per 1,000 t")),
    Unit.GRAMS_CO2E: (format_tonnes, _("t CO₂e")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator, this period and the one it is compared with; ``href`` is what is behind it."""

    indicator: Indicator
    now: Value
    was: Value | None
    href: str = ""

    @property
    def unit(self) -> Any:
        return WRITTEN[self.indicator.unit][1]

    @property
    def cells(self) -> Iterator[str]:
        yield Figure(self._written(self.now), "" if self.now.amount in NOTHING else self.href).link
        if self.was is not None:
            yield self._written(self.was)

    @property
    def tells(self) -> bool:
        """Whether either period has an amount that is not nothing."""
        amounts = [value.amount for value in (self.now, self.was) if value]
        return any(amount not in NOTHING for amount in amounts)

    def _written(self, value: Value) -> str:
        if value.amount is None:
            return missing().text
        text = WRITTEN[self.indicator.unit][0](value.amount)
        return f"≈{NO_BREAK}{text}" if value.is_attributed else text.replace("-", MINUS)


@dataclass(frozen=True, slots=True)
class Section:
    """Indicators of one group."""

    title: Any
    rows: list[Row]


def sections(asked: Question) -> list[Section]:
    """The groups in which something is told, read in one snapshot."""
    with transaction.atomic(using="report"):
        rows = all_rows(asked)
    found = [
        Section(title, [row for row in rows if row.indicator.group == group and row.tells])
        for group, title in TITLES.items()
    ]
    return [section for section in found if section.rows]


def all_rows(asked: Question) -> list[Row]:
    """Every indicator that the scope may be told. Callers hold the transaction of ``report``."""
    now = _told(asked, asked.period)
    was = _told(asked, asked.compared) if asked.compared else {}
    return [
        Row(each, now[code], was.get(code), behind(asked, each))
        for code, each in ALL.items()
        if code in now
    ]


def behind(asked: Question, indicator: Indicator) -> str:
    """The address of what an indicator adds up; none of a network's, nor of what has no list."""
    if asked.network_asked is not None:
        return ""
    if figure := OPENS.get(indicator.code):
        period = Period.until(asked.period.end) if figure == STOCK else asked.period
        return f"{reverse('rows')}?{asked.address(period, figure=figure, compare='')}"
    if indicator.code == "sales" and asked.category_asked is None:
        return f"{reverse('takings-behind')}?{asked.address(compare='')}"
    if indicator.group == Group.PEOPLE:
        return f"{reverse('activities')}?year={asked.period.end.year}"
    return ""


def _told(asked: Question, period: Period) -> dict[str, Value]:
    """A network is not told what each member keeps."""
    scope: Scope = asked.scope
    reading = Reading(scope, period, asked.category_asked)
    open_to = [each for each in ALL.values() if scope.network is None or each.is_for_networks]
    found = {each.code: list(each.values(reading)) for each in open_to}
    return {code: values[0] for code, values in found.items() if values}

"""How amounts and codes are written in a report."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory.models import Category
from inventory.units import MINUS, NO_BREAK, exact_euros
from organisation.models import Organisation
from reporting.bilan.side import KNOWN
from reporting.indicators import Unit
from reporting.models.activities import Contract, Exit, Public
from reporting.names import LISTS, NOT_KNOWN, names_of
from reporting.printing import Unit as Mass
from reporting.printing import unit_for
from reporting.scopes import Scope
from reporting.shops import WORDS

Names = dict[str | None, Any]
CHOICES = {"contract": Contract, "exit": Exit, "public": Public}


def write(unit: Unit, amount: int | str | None, mass: Mass | None = None) -> str:
    """An amount with its unit, as texts say it: ``354,34 t``, ``91,1 %``, ``n. d.``."""
    if amount is None:
        return _("n/a")
    if unit == Unit.GRAMS:
        mass = mass or unit_for([int(amount)])
        return f"{mass.write(int(amount))}{NO_BREAK}{mass.word}"
    return NO_BREAK.join(filter(None, (bare(unit, amount), symbol(unit))))


def bare(unit: Unit, amount: int | str) -> str:
    """The same without its unit; grams are written by their table, in one unit for all."""
    if isinstance(amount, str):
        whole = number_format(amount.lstrip("-"))
        return f"{MINUS}{whole}" if amount.startswith("-") else whole
    if unit in (Unit.CENTS, Unit.CENTS_PER_KG):
        return exact_euros(amount)
    if unit in (Unit.FTE, Unit.FTE_PER_KT):
        return exact_euros(amount)  # hundredths, as euros have them
    if unit == Unit.GRAMS_PER_HEAD:
        return number_format(f"{amount / 1000:.1f}")
    if unit == Unit.GRAMS_CO2E:
        return number_format(f"{amount / 1_000_000:.1f}")
    if unit == Unit.MINUTES:
        return number_format(round(amount / 60), force_grouping=True)
    return number_format(amount, use_l10n=True, force_grouping=True)


def symbol(unit: Unit) -> str:
    """The unit as readers know it."""
    symbols = {
        Unit.PERCENT: "%",
        Unit.HUNDREDTHS: "%",
        Unit.CENTS: "€",
        Unit.CENTS_PER_KG: _("€/kg"),
        Unit.DAYS: _("days"),
        Unit.MINUTES: _("h"),
        Unit.FTE: _("FTE"),
        Unit.FTE_PER_KT: _("FTE/1,000 t"),
        Unit.GRAMS_PER_HEAD: _("kg/inhabitant"),
        Unit.GRAMS_CO2E: _("t CO₂e"),
    }
    return symbols.get(unit, "")


def labels(dimension: str, scope: Scope, organisation: Organisation) -> Names:
    """Code → what a structure calls it, in the order of its settings."""
    if dimension == "site":
        return {site.code: site.name for site in scope.sites}
    if dimension == "category":
        rows = Category.objects.using("report").filter(parent=None).order_by("position", "code")
        return {category.code: category.name for category in rows}
    if dimension in LISTS:
        return names_of(dimension, organisation.pk)
    if dimension in CHOICES:
        return dict(CHOICES[dimension].choices)
    told: dict[str, Any] = {"channel": WORDS, "method": KNOWN}
    return dict(told.get(dimension, {}))


def label(dimension: str, code: str | None, names: Mapping[str | None, Any]) -> str:
    if dimension == "month" and code:
        year, month = map(int, code.split("-"))
        return str(date_format(date(year, month, 1), "F Y"))
    if code in names:
        return str(capfirst(str(names[code])))
    return str(code or NOT_KNOWN)

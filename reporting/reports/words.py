"""How amounts and codes are written in a report."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory.models import Category
from inventory.units import MINUS, NO_BREAK
from organisation.models import Organisation
from reporting.bilan.indicators import WRITTEN
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
        return (mass or unit_for([int(amount)])).say(int(amount))
    return NO_BREAK.join(filter(None, (bare(unit, amount), symbol(unit))))


def bare(unit: Unit, amount: int | str) -> str:
    """The same without its unit, as on the Bilan; grams are written by their table."""
    return WRITTEN[unit][0](amount).replace("-", MINUS)


def symbol(unit: Unit) -> str:
    """The unit as readers know it; that of grams is their table's."""
    if unit == Unit.MINUTES:
        return _("h")  # behind a name that says hours
    return "" if unit == Unit.GRAMS else str(WRITTEN[unit][1])


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

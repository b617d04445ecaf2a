"""``{% shares_of figures base as shares %}`` for the shares bar; ``|percent``, ``|day``."""

from typing import Any

from django import template
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

from inventory.units import MINUS, NO_BREAK
from reporting import charts
from reporting.printing import Unit, write_day

register = template.Library()
register.filter("day", write_day)


@register.simple_tag
def shares_of(
    figures: dict[str, Any], base: str = "outgoing", unit: Unit | None = None
) -> dict[str, Any]:
    """Return the drawing, the printed parts and their unit; ``bar`` is None where n. d."""
    return charts.shares(figures, base or "outgoing", unit or None)


@register.filter
def grouped(number: int) -> str:
    """A whole number, its thousands apart."""
    return number_format(number, force_grouping=True)


@register.filter
def percent(rate: str | None) -> str:
    """A rate such as ``"91.1"`` or ``"-2.6"`` as it is printed, or n/a where it has no base."""
    if not rate:
        return _("n/a")
    text = rate.replace(".", get_format("DECIMAL_SEPARATOR")).replace("-", MINUS)
    return f"{text}{NO_BREAK}%"

"""``|kg`` and ``|tonnes``, thin over ``inventory.units``; ``|localised`` for printed rates."""

from django import template
from django.utils.formats import get_format

from inventory.units import format_kg, format_tonnes

register = template.Library()
register.filter("kg", format_kg)
register.filter("tonnes", format_tonnes)


@register.filter
def localised(rate: str) -> str:
    """A printed rate such as ``"91.1"`` with the reader's decimal sign."""
    return rate.replace(".", get_format("DECIMAL_SEPARATOR"))

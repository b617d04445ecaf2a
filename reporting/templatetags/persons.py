"""``|day``: the day of an instant as files write it, as people read it."""

from django import template
from django.utils.dateparse import parse_date
from django.utils.formats import date_format

register = template.Library()


@register.filter
def day(text: str) -> str:
    """``2026-11-27T10:00:00+00:00`` as ``27/11/2026``."""
    found = parse_date(text[:10])
    return date_format(found, "d/m/Y") if found else text

"""``|kg``, ``|tonnes`` and ``|price``, thin over ``inventory.units``; ``|age`` of a day; rates."""

from datetime import date

from django import template
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.units import exact_kg, format_euros, format_kg, format_tonnes

register = template.Library()
register.filter("kg", format_kg)
register.filter("exact_kg", exact_kg)
register.filter("tonnes", format_tonnes)
register.filter("price", format_euros)


@register.filter
def localised(rate: str) -> str:
    """A printed rate such as ``"91.1"`` with the reader's decimal sign."""
    return rate.replace(".", get_format("DECIMAL_SEPARATOR"))


@register.filter
def age(since: date) -> str:
    """How long ago a day was, in the largest unit that still tells: days, weeks, months, years."""
    days = max((timezone.localdate() - since).days, 0)
    if days == 0:
        return _("today")
    if days < 14:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if days < 63:
        return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}
    if days < 730:
        return ngettext("%(n)s month", "%(n)s months", days // 30) % {"n": days // 30}
    return ngettext("%(n)s year", "%(n)s years", days // 365) % {"n": days // 365}

"""``|kg`` and ``|tonnes``, thin over ``inventory.units``."""

from django import template

from inventory.units import format_kg, format_tonnes

register = template.Library()
register.filter("kg", format_kg)
register.filter("tonnes", format_tonnes)

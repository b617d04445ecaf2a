"""``{% shares_of figures base as shares %}``: what the shares bar of a report needs."""

from typing import Any

from django import template

from reporting import charts

register = template.Library()


@register.simple_tag
def shares_of(figures: dict[str, Any], base: str = "outgoing") -> dict[str, Any]:
    """Return the drawing, the printed parts and their unit; ``bar`` is None where n. d."""
    return charts.shares(figures, base or "outgoing")

"""What every screen of the floor lays out: the site's categories, and the other screens."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from inventory.models import Category, UnitWeight
from organisation.models import Site

SCREENS = ("weigh", "ship-station")  # names of the pages that stand at SHELL's addresses


def screens_of(site: Site) -> list[str]:
    """Addresses of the screens that a tablet of the site keeps for when there is no network."""
    return [reverse(name, args=[site.code]) for name in SCREENS]


def tiles_of(
    site: Site, bounds_g: Mapping[int, int] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Top categories in the site's order, each with its leaves and what one unit weighs.

    ``bounds_g`` are what the site's own lines say of plausible weights, by category.
    """
    offered = list(Category.objects.of(site.organisation_id).filter(is_active=True))
    averages = UnitWeight.objects.averages(site, offered)
    leaves: dict[int, list[dict[str, Any]]] = {}
    for category in offered:
        if category.top_id:
            leaves.setdefault(category.top_id, []).append(_tile(category, averages, bounds_g))
    return [
        {
            **_tile(top, averages, bounds_g),
            "icon": top.look[0],
            "colour": top.look[1],
            "leaves": leaves.get(top.pk, []),
        }
        for top in offered
        if top.parent_id is None
    ]


def _tile(
    category: Category, averages: dict[int, int], bounds_g: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": category.name,
        "unit_weight_g": averages.get(category.pk),
        "plausible_max_g": bounds_g.get(category.pk, category.plausible_max_g),
    }

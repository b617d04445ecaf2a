"""What every screen of the floor lays out: the site's categories, and the other screens."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from inventory.models import Category, Tile, UnitWeight
from organisation.models import Site

SCREENS = ("weigh",)  # names of the pages that stand at SHELL's addresses


def screens_of(site: Site) -> list[str]:
    """Addresses of the screens that a tablet of the site keeps for when there is no network."""
    return [reverse(name, args=[site.code]) for name in SCREENS]


def tiles_of(
    site: Site, bounds_g: Mapping[int, int] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Top categories in the site's order, each with its leaves and what one unit weighs.

    ``bounds_g`` are what the site's own lines say of plausible weights, by category. Those that
    the site has chosen to show first are marked so.
    """
    offered = list(Category.objects.of(site.organisation_id).filter(is_active=True))
    ranks = Tile.objects.ranks(site)
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
            "first": top.pk in ranks,
        }
        for top in in_order(offered, ranks)
    ]


def in_order(offered: Iterable[Category], ranks: Mapping[int, int]) -> list[Category]:
    """The tops among these, those of ``ranks`` first, then as the catalogue has them."""
    tops = [category for category in offered if category.parent_id is None]
    return sorted(tops, key=lambda top: ranks.get(top.pk, Tile.MOST))


def _tile(
    category: Category, averages: dict[int, int], bounds_g: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "code": category.code,
        "name": category.name,
        "unit_weight_g": averages.get(category.pk),
        "plausible_max_g": bounds_g.get(category.pk, category.plausible_max_g),
    }

"""What every screen of the floor lays out: the site's categories, and the other screens."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from inventory.models import EXITS, Category, Partner, Place, Tile, UnitWeight
from organisation.models import Site

# names of the pages that stand at SHELL's addresses
SCREENS = ("weigh", "sort-station", "ship-station", "track", "count-shelf")


def screens_of(site: Site) -> list[dict[str, str]]:
    """The screens that a tablet of the site keeps for when there is no network: path and act."""
    paths = [reverse(name, args=[site.code]) for name in SCREENS]
    return [{"path": path, "act": resolve(path).func.act} for path in paths]  # type: ignore[attr-defined]


def destinations_of(site: Site) -> list[dict[str, Any]]:
    """Places where the site has several, then the fates its partners take things to."""
    places = list(Place.objects.filter(site=site, is_active=True)) if site.tracks_places else []
    found = [
        {"kind": "place", "code": place.code, "name": place.name, "use": place.use}
        for place in places
        if not place.is_main
    ]
    fates = {fate.value: fate.label for fate in EXITS}
    for partner in Partner.objects.filter(organisation=site.organisation_id, is_active=True):
        if partner.default_fate in fates:
            found.append(
                {
                    "kind": "fate",
                    "code": f"{partner.default_fate}/{partner.code}",
                    "name": partner.name,
                    "fate": partner.default_fate,
                    "partner": partner.code,
                }
            )
    return found + [
        {"kind": "fate", "code": fate, "name": str(name), "fate": fate}
        for fate, name in (("recycling", _("Recycling")), ("disposal", _("Bin")))
        if not any(other.get("fate") == fate for other in found)
    ]


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

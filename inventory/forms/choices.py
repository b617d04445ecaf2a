"""The lists that the stockroom's forms let one choose from."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms

from inventory.models import Balance, Category, Container, EcoOrganisme, Partner, Place
from inventory.units import format_kg
from organisation.models import Site


class Offer:
    """What a site's forms let one choose, each list read once for all the lines."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def categories(self) -> dict[str, Category]:
        """By code, those no longer offered too: they may still be in stock."""
        rows = Category.objects.of(self.site.organisation_id)
        return {row.code: row for row in rows.select_related("parent__parent")}

    @cached_property
    def bulk_g(self) -> dict[int, int]:
        """Category key → grams in bulk here now; a top's own and its leaves' too."""
        return Balance.objects.bulk_with_tops(self.site)

    @cached_property
    def tops(self) -> list[Category]:
        return [row for row in self.categories.values() if row.parent_id is None]

    @property
    def held(self) -> list[tuple[Category, int]]:
        """Tops in bulk here, those below zero too."""
        return [(top, self.bulk_g[top.pk]) for top in self.tops if self.bulk_g.get(top.pk)]

    @cached_property
    def grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Categories as a select shows them: under their top, each with what is in stock."""
        groups: dict[int, list[tuple[str, str]]] = {}
        below = [row for row in self.categories.values() if row.parent_id]
        for row in [*self.tops, *below]:
            if row.is_active or self.bulk_g.get(row.pk):
                groups.setdefault(row.top_id or row.pk, []).append((row.code, self._option(row)))
        return [(top.name, groups[top.pk]) for top in self.tops if top.pk in groups]

    def _option(self, row: Category) -> str:
        held_g = self.bulk_g.get(row.pk, 0)
        return f"{row.name} · {format_kg(held_g)} kg" if held_g else row.name

    @cached_property
    def places(self) -> dict[str, Place]:
        """Places to choose from; none where the site keeps only one."""
        rows = {row.code: row for row in self.site.places.filter(is_active=True)}
        return rows if self.site.tracks_places and len(rows) > 1 else {}

    @cached_property
    def shop(self) -> Place:
        """Where goods wait for their buyer: the site's shop, or its main place."""
        shops = [place for place in self.places.values() if place.use == Place.Use.SHOP]
        return next(iter(shops), None) or Place.objects.main(self.site)

    @cached_property
    def partners(self) -> dict[str, Partner]:
        return self._owned(Partner)

    @cached_property
    def eco_organismes(self) -> dict[str, EcoOrganisme]:
        return self._owned(EcoOrganisme)

    @cached_property
    def containers(self) -> dict[str, Container]:
        return self._owned(Container)

    def _owned(self, model: Any) -> dict[str, Any]:
        rows = model.objects.filter(organisation=self.site.organisation_id, is_active=True)
        return {row.code: row for row in rows}


def place_of(offer: Offer, label: Any) -> forms.TypedChoiceField:
    """One of the site's places, at first the main one."""
    main = next((code for code, place in offer.places.items() if place.is_main), None)
    return one_of(offer.places, label, empty=None, initial=main)


def one_of(
    rows: Mapping[str, Any], label: Any, *, choices: Any = None, empty: Any = "—", **options: Any
) -> forms.TypedChoiceField:
    """A select of codes, cleaned to the object; ``None`` where nothing is chosen."""
    listed = [(code, str(row)) for code, row in rows.items()] if choices is None else choices
    options.setdefault("required", False)

    def named(code: str) -> Any:
        if code not in rows:
            raise ValueError(code)
        return rows[code]

    return forms.TypedChoiceField(
        label=label,
        choices=listed if empty is None else [("", empty), *listed],
        coerce=named,
        empty_value=None,
        **options,
    )

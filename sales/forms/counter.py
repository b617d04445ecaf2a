"""What a till offers: its site's price grid, categories, and the objects that were scanned."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from inventory.forms.choices import Offer
from inventory.models import Category, Item
from sales.models import PriceKey, Till, TillSession
from sales.reductions import Today

FIRST_TILES = 7  # the others are one tap away


@dataclass(frozen=True, slots=True)
class Panel:
    """What a category's tile opens: its keys of the grid, and what is sold at a typed price."""

    top: Category
    keys: list[PriceKey]
    leaves: list[Category]


class Counter(Offer):
    """What a till sells: the site's grid and categories, each list read once."""

    def __init__(self, till: Till, codes: Iterable[str] = ()) -> None:
        super().__init__(till.site)
        self.till, self.codes = till, list(codes)

    @cached_property
    def keys(self) -> dict[str, PriceKey]:
        rows = PriceKey.objects.at([self.site]).select_related("category__parent__parent")
        return {row.code: row for row in rows}

    @cached_property
    def session(self) -> TillSession | None:
        return TillSession.objects.open_at(self.till)

    @cached_property
    def today(self) -> Today:
        """What the day of the till's session takes off by itself."""
        now = self.site.business_date(timezone.now())
        return Today(self.site, self.session.business_date if self.session else now)

    @cached_property
    def items(self) -> dict[str, Item]:
        """The objects on the ticket, by code."""
        if not self.codes:
            return {}
        known: Any = Item.objects.known_to(self.site.organisation_id)
        rows = known.filter(own__code__in=self.codes)
        return {
            row.own_code: row
            for row in rows.select_related("account__site", "category__parent__parent")
        }

    @cached_property
    def panels(self) -> list[Panel]:
        keys: dict[int, list[PriceKey]] = {}
        for key in self.keys.values():
            if key.category:
                keys.setdefault(key.category.top_id or key.category.pk, []).append(key)
        offered = [row for row in self.categories.values() if row.is_active]
        return [
            Panel(top, keys.get(top.pk, []), [row for row in offered if row.top_id == top.pk])
            for top in offered
            if top.parent_id is None
        ]

    @property
    def first_panels(self) -> list[Panel]:
        """Those shown at once: all of them where they fit."""
        return self.panels[: FIRST_TILES if len(self.panels) > FIRST_TILES + 1 else None]

    @property
    def other_panels(self) -> list[Panel]:
        return self.panels[len(self.first_panels) :]

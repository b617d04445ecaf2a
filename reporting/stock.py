"""What stood in stock at the end of a day: all until then, or today's balances less all since."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from inventory.models import Balance, Category, Kind
from inventory.months import month_of
from reporting import cube
from reporting.cube import Categories, Change
from reporting.periods import Period
from reporting.scopes import Border


class Spot(NamedTuple):
    """A site's bulk, or its labelled items, of a top category; on the road ``site`` is None.

    Apart, because items on the shelf must not hide bulk that stands below zero.
    """

    site: int | None
    top: int
    is_bulk: bool


def standing(border: Border, period: Period, categories: Categories = None) -> Counter[Spot]:
    """Grams per spot at the end of the period's last day, by the shorter way: from the first
    record on, or back from today's balances.
    """
    first, last = cube.first_recorded(), cube.last_recorded()
    if month_of(period.end) - first < last - month_of(period.end):
        return _added(border, cube.until(border, period.end, categories))
    stock = _balances(border, categories)
    stock.subtract(_added(border, cube.after(border, period.end, categories)))
    return stock


def bulk_below_zero(standing: Counter[Spot]) -> dict[Spot, int]:
    """Grams of the spots of bulk that stand below zero: something was not counted, or twice."""
    return {spot: grams for spot, grams in standing.items() if spot.is_bulk and grams < 0}


def _added(border: Border, changes: Iterable[Change]) -> Counter[Spot]:
    """What changes add to each spot."""
    tops, stock = _top_of_each(), Counter[Spot]()
    for account, category, grams in changes:
        side = border.side(account)
        stock[Spot(_place(side.kind, side.site), tops[category], side.is_bulk)] += grams
    return stock


def _top_of_each() -> dict[int, int]:
    """Category → the top category it belongs to, itself included."""
    rows = Category.objects.using("report").values_list("pk", "top_id")
    return {pk: top or pk for pk, top in rows}


def _balances(border: Border, categories: Categories) -> Counter[Spot]:
    rows = Balance.objects.using("report").filter(account__site__in=border.sites)
    if categories is not None:
        rows = rows.filter(category__in=categories)
    inside = Q(account__kind=Kind.STOCK)
    inside |= Q(account__kind=Kind.TRANSIT, account__to_site__in=border.sites)
    sums = (
        rows.filter(inside)
        .values_list(
            "account__kind",
            "account__site_id",
            "account__holds_items",
            Coalesce("category__top_id", "category"),
        )
        .annotate(grams=Sum("weight_g"))
    )
    stock: Counter[Spot] = Counter()
    for kind, site, holds_items, top, grams in sums:
        is_bulk = kind == Kind.STOCK and not holds_items
        stock[Spot(_place(kind, site), top, is_bulk)] += grams
    return stock


def _place(kind: str, site: int) -> int | None:
    return site if kind == Kind.STOCK else None

"""What stood in stock at the end of a day: today's balances, less everything since."""

from collections import Counter
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from inventory.models import Balance, Category, Kind
from reporting import cube
from reporting.cube import Categories
from reporting.periods import Period
from reporting.scopes import Border


class Spot(NamedTuple):
    """A site's stock of a top category; ``site`` is None on the road inside the scope."""

    site: int | None
    top: int


def standing(border: Border, period: Period, categories: Categories = None) -> Counter[Spot]:
    """Grams per spot at the end of the period's last day."""
    stock = _balances(border, categories)
    tops = top_of_each()
    for cell in cube.after(border, period, categories):
        for account, category, grams in (
            (cell.from_account_id, cell.from_category_id, cell.grams),
            (cell.to_account_id, cell.to_category_id, -cell.grams),
        ):
            side = border.side(account)
            if side.is_stock and (categories is None or category in categories):
                stock[Spot(_place(side.kind, side.site), tops[category])] += grams
    return stock


def top_of_each() -> dict[int, int]:
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
        .values_list("account__kind", "account__site_id", Coalesce("category__top_id", "category"))
        .annotate(grams=Sum("weight_g"))
    )
    stock: Counter[Spot] = Counter()
    for kind, site, top, grams in sums:
        stock[Spot(_place(kind, site), top)] += grams
    return stock


def _place(kind: str, site: int) -> int | None:
    return site if kind == Kind.STOCK else None

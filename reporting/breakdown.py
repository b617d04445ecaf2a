"""The same figures month by month and category by category, from one snapshot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.models import Category
from reporting import cube
from reporting.indicators import Tally, below, diversion
from reporting.periods import Period
from reporting.scopes import Border, Scope
from reporting.stock import top_of_each


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A report, its months (YYYYMM) and its categories (keys), each tallied on its own."""

    figures: dict[str, Any]
    months: dict[int, Tally]
    categories: dict[int, Tally]


def breakdown(*, scope: Scope, period: Period, category: Category | None = None) -> Breakdown:
    """The indicators of a scope and period, and what each month and category adds to them.

    Categories are the top ones, or those below ``category``.
    """
    with transaction.atomic(using="report"):
        border, categories = Border(scope), below(category)
        tops = top_of_each()
        by_month = cube.within(border, period, ("month",), categories)
        by_category = cube.within(border, period, ("from_category_id",), categories)
        return Breakdown(
            figures=diversion(scope=scope, period=period, category=category),
            months=_tallies(border, by_month, lambda cell: cell.month),
            categories=_tallies(
                border,
                by_category,
                lambda cell: cell.from_category_id if categories else tops[cell.from_category_id],
            ),
        )


def _tallies(border: Border, cells: Iterable[Any], key: Callable[[Any], int]) -> dict[int, Tally]:
    """Cells that cross the border, tallied by ``key``: what stays in stock is nobody's figure."""
    tallies: dict[int, Tally] = {}
    for cell in cells:
        if border.effects(cell.from_account_id, cell.to_account_id):
            tallies.setdefault(key(cell), Tally()).add(border, [cell])
    return tallies

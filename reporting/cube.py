"""Where figures are read from: the monthly cube for whole months, the flows for the days around.

Everything here reads through the alias ``report``; callers hold its transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum

from inventory.models import Category, Flow, MonthlyFlow
from inventory.models.ledger import on_days
from inventory.months import first_day, span
from reporting.periods import Period, since
from reporting.scopes import Border

Categories = frozenset[int] | None
Change = tuple[int, int, int]  # a stock account, a category, and the grams added to it
CELL = ("from_account_id", "to_account_id", "month", "method", "from_category_id")
PAIRS = ("from_category_id", "to_category_id")
NO_MONTH = 200001


class Cell(NamedTuple):
    """A month's grams and units from one account to another of one category."""

    from_account_id: int
    to_account_id: int
    month: int
    method: str
    from_category_id: int
    grams: int
    pieces: int


def within(
    border: Border, period: Period, by: Sequence[str] = (), categories: Categories = None
) -> Iterator[Any]:
    """Sums of the period's flows from the scope's accounts, per account pair and method.

    ``by`` adds ``month``, ``from_category`` or ``to_category``; grams are in ``grams``.
    """
    yield from _whole_months(border, period.months, by, categories)
    yield from _days(border, period.edges, by, categories)


def cells(border: Border, period: Period, like: Mapping[int, int]) -> list[Cell]:
    """The period's sums by month and category of what crosses the border.

    ``like`` says which category each is counted as. Months are told row by row: to have them
    summed by the database takes longer than to add them up.
    """
    sums: defaultdict[tuple[int, int, int, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for start, end, month, method, category, grams, units in _rows(border, period):
        if border.effects(start, end):
            held = sums[start, end, month, method, like[category]]
            held[0] += grams
            held[1] += units
    return [Cell(*key, *held) for key, held in sums.items()]


def after(border: Border, day: date, categories: Categories = None) -> Iterator[Change]:
    """What everything later than ``day`` added to each stock and category."""
    month, days = since(day + timedelta(days=1))
    yield from _changes(border, span(month, last_recorded()), [days] if days else [], categories)


def until(border: Border, day: date, categories: Categories = None) -> Iterator[Change]:
    """What everything up to the end of ``day`` added to each stock and category."""
    period = Period(min(first_day(first_recorded()), day), day)
    yield from _changes(border, period.months, period.edges, categories)


def first_recorded() -> int:
    """The first month that holds anything; one before all others where none does."""
    return _months().order_by("month").first() or NO_MONTH


def last_recorded() -> int:
    """The last month that holds anything; one before all others where none does."""
    return _months().order_by("-month").first() or NO_MONTH


def _months() -> QuerySet[MonthlyFlow, int]:
    return MonthlyFlow.objects.using("report").values_list("month", flat=True)


def flows(border: Border, periods: Iterable[Period]) -> QuerySet[Flow]:
    """The flows themselves, from the scope's accounts, on the days of ``periods``."""
    days = Q(pk__in=[])
    for period in periods:
        days |= on_days(period.start, period.end)
    return Flow.objects.using("report").filter(
        days, movement__site__in=_neighbours(border), from_account__in=border.accounts.values("pk")
    )


def below(category: Category | None) -> Categories:
    """The keys of ``category`` and of everything under it; None for all categories."""
    if category is None:
        return None
    under = Category.objects.using("report").under(category)
    return frozenset(under.values_list("pk", flat=True))


def _rows(border: Border, period: Period) -> Iterator[Any]:
    """What ``cells`` adds up."""
    if months := _clipped(period.months):
        rows = _monthly(border, months)
        yield from rows.values_list(*CELL, "weight_g", "units").iterator(chunk_size=2000)
    if period.edges:
        days = flows(border, period.edges)
        sums = days.order_by().values(*CELL).annotate(grams=Sum("weight_g"), pieces=Sum("units"))
        yield from sums.values_list(*CELL, "grams", "pieces").iterator(chunk_size=2000)


def _changes(
    border: Border, months: Sequence[int], days: Sequence[Period], categories: Categories
) -> Iterator[Change]:
    """Stock account, category and grams, below zero for what left it."""
    stock = [pk for pk, side in border.sides.items() if side.is_stock]
    read: list[QuerySet[Any]] = [_monthly(border, clipped)] if (clipped := _clipped(months)) else []
    read += [flows(border, days)] if days else []
    for rows in read:
        for end, sign in (("to", 1), ("from", -1)):
            moved = rows.filter(**{f"{end}_account__in": stock}).order_by()
            if categories is not None:
                moved = moved.filter(**{f"{end}_category__in": categories})
            sums = moved.values_list(f"{end}_account_id", f"{end}_category_id")
            for account, category, grams in sums.annotate(Sum("weight_g")):
                yield account, category, sign * grams


def _monthly(border: Border, months: Sequence[int]) -> QuerySet[MonthlyFlow]:
    return MonthlyFlow.objects.using("report").filter(
        month__in=months, from_account__in=border.accounts.values("pk")
    )


def _whole_months(
    border: Border, months: Sequence[int], by: Sequence[str], categories: Categories
) -> Iterable[Any]:
    months = _clipped(months)
    if not months:
        return ()
    # Month by month, sums come off the index in its own order: a third of the work.
    return _summed(_of(_monthly(border, months), categories), by or ("month",))


def _days(
    border: Border, periods: Sequence[Period], by: Sequence[str], categories: Categories
) -> Iterable[Any]:
    if not periods:
        return ()
    rows = flows(border, periods)
    return _summed(_of(rows, categories), by)


def _summed(rows: QuerySet[Any], by: Sequence[str]) -> Iterator[Any]:
    keys = ("from_account_id", "to_account_id", "method", *by)
    sums = rows.order_by().values(*keys).annotate(grams=Sum("weight_g"), pieces=Sum("units"))
    cells = sums.values_list(*keys, "grams", "pieces", named=True)
    yield from cells.iterator(chunk_size=2000)


def _of(rows: QuerySet[Any], categories: Categories) -> QuerySet[Any]:
    if categories is None:
        return rows
    return rows.filter(Q(from_category__in=categories) | Q(to_category__in=categories))


def _clipped(months: Sequence[int]) -> Sequence[int]:
    """Of these months, those between the first and the last that hold anything."""
    if not months:
        return []
    first, last = first_recorded(), last_recorded()
    return [month for month in months if first <= month <= last]


def _neighbours(border: Border) -> list[int]:
    """Sites whose movements can touch the scope: its own, and those at the end of its roads.

    Keys, not a subquery: with those, SQLite reads the index of a site's days.
    """
    ends = {side.site for side in border.sides.values()}
    ends |= {side.to_site for side in border.sides.values() if side.to_site}
    return sorted((ends | border.sites.keys()) - {0})

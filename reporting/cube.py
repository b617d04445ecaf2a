"""Where figures are read from: the monthly cube for whole months, the flows for the days around.

Everything here reads through the alias ``report``; callers hold its transaction.
"""

from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When

from inventory.models import Category, Flow, MonthlyFlow
from inventory.months import first_day
from reporting.months import span
from reporting.periods import Period, since
from reporting.scopes import Border

Categories = frozenset[int] | None
Like = Mapping[int, int]  # category → the one it is summed as
PAIRS = ("from_category_id", "to_category_id")
NO_MONTH = 200001


def within(
    border: Border,
    period: Period,
    by: Sequence[str] = (),
    categories: Categories = None,
    like: Like | None = None,
) -> Iterator[Any]:
    """Sums of the period's flows from the scope's accounts, per account pair and method.

    ``by`` adds ``month``, ``from_category_id`` or ``to_category_id``; grams are in ``grams``.
    """
    yield from _whole_months(border, period.months, by, categories, like)
    yield from _days(border, period.edges, by, categories, like)


def after(
    border: Border, day: date, categories: Categories = None, like: Like | None = None
) -> Iterator[Any]:
    """Sums of everything later than ``day``, per account pair and category pair."""
    month, days = since(day + timedelta(days=1))
    _first, last = recorded()
    yield from _whole_months(border, span(month, last), PAIRS, categories, like)
    yield from _days(border, [days] if days else [], PAIRS, categories, like)


def until(
    border: Border, day: date, categories: Categories = None, like: Like | None = None
) -> Iterator[Any]:
    """Sums of everything up to the end of ``day``, per account pair and category pair."""
    first, _last = recorded()
    period = Period(min(first_day(first), day), day)
    yield from within(border, period, PAIRS, categories, like)


def recorded() -> tuple[int, int]:
    """The first and the last month that hold anything; twice the same where none does."""
    months = MonthlyFlow.objects.using("report").values_list("month", flat=True)
    first = months.order_by("month").first() or NO_MONTH
    return first, months.order_by("-month").first() or NO_MONTH


def flows(border: Border, periods: Iterable[Period]) -> QuerySet[Flow]:
    """The flows themselves, from the scope's accounts, on the days of ``periods``."""
    days = Q(pk__in=[])
    for period in periods:
        days |= Q(movement__business_date__range=(period.start, period.end))
    return Flow.objects.using("report").filter(
        days, movement__site__in=_neighbours(border), from_account__in=border.accounts.values("pk")
    )


def below(category: Category | None) -> Categories:
    """The keys of ``category`` and of everything under it; None for all categories."""
    if category is None:
        return None
    under = Category.objects.using("report").under(category)
    return frozenset(under.values_list("pk", flat=True))


def alike(field: str, like: Like | None) -> Case | F:
    """The category of a row, or the one that it is summed as."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for category, other in (like or {}).items():
        if category != other:
            found[other].append(category)
    if not found:
        return F(field)
    cases = [When(**{f"{field}__in": keys}, then=Value(other)) for other, keys in found.items()]
    return Case(*cases, default=F(field), output_field=BigIntegerField())


def _whole_months(
    border: Border,
    months: Sequence[int],
    by: Sequence[str],
    categories: Categories,
    like: Like | None,
) -> Iterable[Any]:
    months = _clipped(months)
    if not months:
        return ()
    rows = MonthlyFlow.objects.using("report").filter(
        month__in=months, from_account__in=border.accounts.values("pk")
    )
    # Month by month, sums come off the index in its own order: a third of the work.
    return _summed(_of(rows, categories), by or ("month",), like)


def _days(
    border: Border,
    periods: Sequence[Period],
    by: Sequence[str],
    categories: Categories,
    like: Like | None,
) -> Iterable[Any]:
    if not periods:
        return ()
    rows = flows(border, periods).annotate(month=F("movement__month"))
    return _summed(_of(rows, categories), by, like)


def _summed(rows: QuerySet[Any], by: Sequence[str], like: Like | None) -> Iterator[Any]:
    """One cell per combination; its categories are those that others are summed as."""
    names = ("from_account_id", "to_account_id", "method", *by)
    keys = {name: f"{name}_key" if name in PAIRS else name for name in names}
    merged = {keys[name]: alike(name, like) for name in names if name in PAIRS}
    sums = rows.order_by().annotate(**merged).values(*keys.values())
    sums = sums.annotate(grams=Sum("weight_g"), pieces=Sum("units"))
    cell = namedtuple("cell", (*names, "grams", "pieces"))  # type: ignore[misc]  # as asked
    found = sums.values_list(*keys.values(), "grams", "pieces")
    yield from map(cell._make, found.iterator(chunk_size=2000))


def _of(rows: QuerySet[Any], categories: Categories) -> QuerySet[Any]:
    if categories is None:
        return rows
    return rows.filter(Q(from_category__in=categories) | Q(to_category__in=categories))


def _clipped(months: Sequence[int]) -> Sequence[int]:
    """Of these months, those between the first and the last that hold anything."""
    first, last = recorded() if months else (0, 0)
    return [month for month in months if first <= month <= last]


def _neighbours(border: Border) -> list[int]:
    """Sites whose movements can touch the scope: its own, and those at the end of its roads.

    Keys, not a subquery: with those, SQLite reads the index of a site's days.
    """
    ends = {side.site for side in border.sides.values()}
    ends |= {side.to_site for side in border.sides.values() if side.to_site}
    return sorted((ends | border.sites.keys()) - {0})

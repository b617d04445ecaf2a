"""How long what stands in stock has been there, to the gram.

Items are exact: since the arrival that is known, else since their label. Bulk forgets: by
category and site, what stands is taken to be what came in last (first in, first out). Grams came
in on the day they entered the bulk of their category at their site: by arrival, transfer, return,
count, or by being sorted into it. What is on the road is told likewise, from the day it was sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Min, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Item, Kind
from inventory.months import add_months, first_day, last_day, month_of
from organisation.shapes import LAST_DAY
from reporting import cube, rounding, stock
from reporting.periods import Period
from reporting.scopes import Border, Scope

CLASSES = (  # the last day of each, and its name
    (91, _("up to 3 months")),
    (182, _("3 to 6 months")),
    (365, _("6 to 12 months")),
    (None, _("more than a year")),
)
AT_ONCE = 500
SEASONS = (4, 13)  # months: most of what stands came in the last of them
CAME = (
    "movement__business_date",
    "is_new",
    *(f"{end}_{what}_id" for end in ("from", "to") for what in ("account", "category")),
)

Pot = tuple[int | None, int]  # a site, or None on the road, and a top category


class Age(NamedTuple):
    """Grams of a top category that have stood ``days`` at a site, or None on the road: by codes.

    ``is_exact``: of objects; what is told of bulk is taken from what came in last.
    """

    site: str | None
    category: str
    days: int
    weight_g: int
    is_exact: bool


def ages(
    scope: Scope,
    day: date,
    category: Category | None = None,
    standing: Mapping[stock.Spot, int] | None = None,
) -> list[Age]:
    """What stood at the end of ``day`` by age: together the stock, less what stood below zero.

    ``standing`` is the stock at that time, where it is known. Callers hold the transaction of
    ``report``.
    """
    border, categories = Border(scope), cube.below(category)
    found: Counter[tuple[Pot, int, bool]] = Counter()
    pots: Counter[Pot] = Counter()
    if standing is None:
        standing = stock.standing(border, Period(day, day), categories)
    for spot, grams in standing.items():
        if spot.is_bulk or spot.site is None:
            pots[spot.site, spot.top] += grams
    rows = Category.objects.using("report").values_list("pk", "top_id", "code")
    known = {pk: (top or pk, code) for pk, top, code in rows}
    books = _Books(border, {pk: top for pk, (top, _code) in known.items()}, categories)
    for is_exact, stood in ((True, books.items(day)), (False, books.bulk(day, +pots))):
        for pot, since, grams in stood:
            found[pot, max((day - since).days, 0), is_exact] += grams
    return _told(scope, {pk: code for pk, (_top, code) in known.items()}, found)


def by_class(found: Iterable[Age]) -> list[int]:
    """Grams in each of ``CLASSES``."""
    sums = [0] * len(CLASSES)
    for age in found:
        sums[class_of(age.days)] += age.weight_g
    return sums


def average_days(found: Iterable[Age]) -> int | None:
    """Σ grams × days ÷ Σ grams of what stands at sites, half up; None where nothing does."""
    here = [age for age in found if age.site is not None]
    days = sum(age.days * age.weight_g for age in here)
    return rounding.ratio(days, sum(age.weight_g for age in here))


def class_of(days: int) -> int:
    """The place in ``CLASSES`` of what has stood so long."""
    return next(n for n, (last, _name) in enumerate(CLASSES) if last is None or days <= last)


def _told(
    scope: Scope, codes: Mapping[int, str], found: Mapping[tuple[Pot, int, bool], int]
) -> list[Age]:
    sites = {site.pk: site.code for site in scope.sites}
    told = [
        Age(None if site is None else sites[site], codes[top], days, grams, is_exact)
        for ((site, top), days, is_exact), grams in found.items()
    ]
    return sorted(told, key=lambda age: (age.site or "", age.category, age.days))


def _windows(first: date, day: date) -> Iterator[Period]:
    """Backwards from ``day``: a season, the rest of a year, and all that was before."""
    month = month_of(day)
    ends = [day, *(last_day(add_months(month, -months)) for months in SEASONS)]
    starts = [*(first_day(add_months(month, 1 - months)) for months in SEASONS), first]
    for start, end in zip(starts, ends, strict=True):
        if first <= end:
            yield Period(max(start, first), end)


class _Books:
    """Reads items and what came into bulk; ``tops`` says under what a category counts."""

    def __init__(
        self, border: Border, tops: Mapping[int, int], categories: cube.Categories
    ) -> None:
        self.border, self.tops, self.categories = border, tops, categories
        stocks = {pk: side for pk, side in border.sides.items() if side.is_stock}
        self.shelves = {
            pk: side.site
            for pk, side in stocks.items()
            if side.kind == Kind.STOCK and not side.is_bulk
        }
        self.heaps = {
            pk: side.site if side.is_bulk else None
            for pk, side in stocks.items()
            if pk not in self.shelves
        }

    def items(self, day: date) -> Iterator[tuple[Pot, date, int]]:
        """The objects that were on the shelves, with the day they came."""
        held = self._held(day)
        keys = sorted({item for (item, _account), grams in held.items() if grams > 0})
        known = {row[0]: row[1:] for row in self._since(keys)}
        for (item, account), grams in held.items():
            category, since = known.get(item, (0, day))
            if grams > 0 and (self.categories is None or category in self.categories):
                yield (self.shelves[account], self.tops[category]), since, grams

    def bulk(self, day: date, pots: Mapping[Pot, int]) -> Iterator[tuple[Pot, date, int]]:
        """What stood in bulk and on the road, of what came in last."""
        rest, debts = dict(pots), Counter[Pot]()
        first = first_day(cube.first_recorded())
        for period in _windows(first, day):
            if not rest:
                return
            came = self._came(period, rest)
            for since, pot in sorted(came, reverse=True, key=lambda key: key[0]):
                grams = came[since, pot] - debts[pot]
                debts[pot] = max(-grams, 0)  # what was cancelled had come in earlier
                taken = min(max(grams, 0), rest.get(pot, 0))
                if taken:
                    yield pot, since, taken
                    rest[pot] -= taken
            rest = +Counter(rest)
        for pot, grams in rest.items():
            yield pot, first, grams  # older than the books

    def _held(self, day: date) -> Counter[tuple[int, int]]:
        """Grams by item and shelf at the end of ``day``: today's, less what came after."""
        rows = Item.objects.using("report").filter(account__in=self.shelves)
        held = Counter(
            {(pk, account): g for pk, account, g in rows.values_list("pk", "account", "weight_g")}
        )
        for start, end, item, grams in self._later(day):
            if end in self.shelves:
                held[item, end] -= grams
            if start in self.shelves:
                held[item, start] += grams
        return held

    def _later(self, day: date) -> Iterator[tuple[int, int, int, int]]:
        if not self.shelves or day >= LAST_DAY:
            return
        rows = cube.flows(self.border, [Period(day + timedelta(days=1), LAST_DAY)])
        keys = ("from_account_id", "to_account_id", "item_id", "weight_g")
        yield from rows.filter(item__isnull=False).values_list(*keys).iterator(chunk_size=2000)

    def _since(self, keys: Sequence[int]) -> Iterator[Any]:
        """Item, category, and the day of its arrival or of its label."""
        for n in range(0, len(keys), AT_ONCE):
            rows = Item.objects.using("report").filter(pk__in=keys[n : n + AT_ONCE])
            labelled = Min("flows__movement__business_date")
            since = Coalesce("arrival__movement__business_date", labelled)
            yield from rows.annotate(came=since).values_list("pk", "category_id", "came")

    def _came(self, period: Period, pots: Mapping[Pot, int]) -> Counter[tuple[date, Pot]]:
        """Grams by day that came into these pots, less what was cancelled of it."""
        heaps = [pk for pk, site in self.heaps.items() if any(site == pot[0] for pot in pots)]
        new = Q(to_account__in=heaps, movement__reverses=None)
        undone = Q(from_account__in=heaps, movement__reverses__isnull=False)
        rows = cube.flows(self.border, [period]).filter(new | undone).order_by()
        rows = rows.annotate(is_new=Q(movement__reverses=None))
        came: Counter[tuple[date, Pot]] = Counter()
        for day, is_new, *ends, grams in rows.values_list(*CAME).annotate(Sum("weight_g")):
            start, end = self._pot(*ends[:2]), self._pot(*ends[2:])
            pot = end if is_new else start
            if start != end and pot is not None and pot in pots:
                came[day, pot] += grams if is_new else -grams
        return came

    def _pot(self, account: int, category: int) -> Pot | None:
        """Whose bulk this is, among the categories asked for."""
        if account not in self.heaps:
            return None
        if self.categories is not None and category not in self.categories:
            return None
        return self.heaps[account], self.tops[category]

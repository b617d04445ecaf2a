"""How long what stands in stock has been there: Σ grams × days ÷ Σ grams.

An object's days are known: from its arrival, or from the day it was labelled. Bulk forgets, so
the first in is taken for the first out: what stands is what came last. Months are dated at their
middle, and what is older than the books from their first day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from inventory.models import Flow, Item, Kind
from inventory.months import add_months, first_day, last_day, month_of
from organisation.shapes import LAST_DAY
from reporting import cube, rounding, stock
from reporting.indicators.masses import indicator
from reporting.indicators.measure import Key, Unit, Value
from reporting.indicators.reading import Reading
from reporting.periods import Period

YEAR = 12
ONE_DAY = timedelta(days=1)
HELD = ("pk", "account", "category", "weight_g")
MOVED = ("item", "weight_g", "from_account", "from_category", "to_account", "to_category")
Heap = tuple[int, int]  # the bulk of a site and a top category
Came = dict[Heap, Counter[int]]


class Stood(NamedTuple):
    """Grams that stand somewhere, and since when."""

    site: int
    top: int
    grams: int
    since: date
    is_exact: bool


def _age(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    sites = {site.pk: site.code for site in reading.scope.sites}
    kept, end = reading.ground.kept, reading.period.end
    days: Counter[Key] = Counter()
    grams: Counter[Key] = Counter() if by else Counter({(): 0})
    attributed: set[Key] = set()
    for stood in (*_items(reading), *_bulk(reading)):
        codes = {"site": sites[stood.site], "category": kept[stood.top].top_code}
        key: Key = tuple(codes[name] for name in by)
        grams[key] += stood.grams
        days[key] += stood.grams * max((end - stood.since).days, 0)
        attributed |= set() if stood.is_exact else {key}
    for key, weight_g in grams.items():
        yield Value(key, rounding.ratio(days[key], weight_g), None, key in attributed)


def _items(reading: Reading) -> Iterator[Stood]:
    """Objects that stood in stock at the end of the last day."""
    ground = reading.ground
    since, held = _held(reading)
    for item, spots in held.items():
        for (site, category), grams in spots.items():
            is_asked = ground.categories is None or category in ground.categories
            if grams > 0 and is_asked:
                yield Stood(site, ground.kept[category].top, grams, since[item], is_exact=True)


def _held(reading: Reading) -> tuple[dict[int, date], dict[int, Counter[tuple[int, int]]]]:
    """Object → since when; object → grams by site and category: today's, set back to the day."""
    border, day = reading.ground.border, reading.period.end
    shelves = {pk: side.site for pk, side in border.sides.items() if side.is_shelf}
    later = [Period(day + ONE_DAY, LAST_DAY)] if day < LAST_DAY else []
    moved = cube.flows(border, later).filter(item__isnull=False).order_by()
    rows = Item.objects.using("report").filter(
        Q(account__in=shelves) | Q(pk__in=moved.using(None).values("item"))
    )
    first = Flow.objects.filter(item=OuterRef("pk")).order_by("pk")
    labelled = Subquery(first.values("movement__business_date")[:1])
    born = Coalesce("arrival__movement__business_date", labelled)
    since: dict[int, date] = {}
    held: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for item, account, category, grams, start in rows.values_list(*HELD, born):
        since[item] = start
        if account in shelves:
            held[item][shelves[account], category] += grams
    for item, grams, *ends in moved.values_list(*MOVED):
        for account, category, sign in ((*ends[:2], 1), (*ends[2:], -1)):
            if account in shelves:
                held[item][shelves[account], category] += sign * grams
    return since, held


def _bulk(reading: Reading) -> Iterator[Stood]:
    """What stands in bulk, month by month, the latest first, until all of it is found."""
    end = reading.period.end
    left = {
        (spot.site, spot.top): grams
        for spot, grams in reading.standing().items()
        if spot.is_bulk and spot.site is not None and grams > 0
    }
    first, _last = cube.recorded()
    month = month_of(end)
    while any(left.values()) and month >= first:
        start = max(add_months(month, 1 - YEAR), first)
        came = _came(reading, Period(first_day(start), min(last_day(month), end)))
        for heap in left:
            for when in sorted(came[heap], reverse=True):
                grams = min(max(came[heap][when], 0), left[heap])
                left[heap] -= grams
                if grams:
                    yield Stood(*heap, grams, _middle(when, end), is_exact=False)
        month = add_months(start, -1)
    for heap, grams in left.items():
        if grams:
            yield Stood(*heap, grams, min(first_day(first), end), is_exact=False)


def _came(reading: Reading, period: Period) -> Came:
    """Grams that came to each heap, by month; those sent back where they came from taken off."""
    border, categories = reading.ground.border, reading.ground.categories
    tops = stock.top_of_each()
    came: Came = defaultdict(Counter)
    for cell in cube.within(border, period, ("month", *cube.PAIRS), categories):
        start, end = border.side(cell.from_account_id), border.side(cell.to_account_id)
        left = (start.site, tops[cell.from_category_id])
        entered = (end.site, tops[cell.to_category_id])
        is_within = start.is_bulk and left == entered
        if end.is_bulk and not is_within:
            came[entered][cell.month] += cell.grams
        if start.is_bulk and end.kind in (Kind.SOURCE, Kind.OPENING):
            came[left][cell.month] -= cell.grams
    return came


def _middle(month: int, end: date) -> date:
    first = first_day(month)
    return first + (min(last_day(month), end) - first) // 2


AGE = (
    indicator(
        12,
        "stock_age",
        _("Average age of the stock"),
        _age,
        unit=Unit.DAYS,
        formula=_(
            "Σ g · days ÷ Σ g; objects from their arrival or label, bulk first in, first out"
        ),
        dimensions=("category", "site"),
        adds_up=False,
    ),
)

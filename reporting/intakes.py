"""What a site took in, by mode and origin: the key by which bulk is shared out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from inventory.models import (
    UNSORTED,
    Category,
    EprStream,
    Kind,
    MonthlyFlow,
    MonthlyOrigin,
    Origin,
)
from inventory.months import add_months, span
from inventory.shares import shares
from reporting.scopes import Border

UNKNOWN = "unknown"
YEAR = 12

Way = tuple[str | None, str | None]  # a mode and an origin
Spot = tuple[int, int, int | None]  # a site, a month and a top category, or all of them
Sums = dict[Any, list[int]]


class Kept(NamedTuple):
    """What a category counts under."""

    top: int
    top_code: str
    stream: str | None
    is_unsorted: bool


class Taken(NamedTuple):
    """Ways in which a site took goods in, and the grams of each."""

    ways: Sequence[Way]
    weights: Sequence[int]


NOBODY_KNOWS = Taken([(UNKNOWN, UNKNOWN)], [1])


class Intakes:
    """Grams per site, month, top category, mode and origin, of the months that were asked for.

    A month is read once, for every period and table that goes back to it.
    """

    def __init__(
        self, border: Border, kept: Mapping[int, Kept], modes: Mapping[int, str | None]
    ) -> None:
        self.border, self.kept, self.modes = border, kept, modes
        self._read: set[int] = set()
        self._came: dict[int, Sums] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        self._tops: dict[tuple[int, int], dict[int, dict[Way, int]]] = defaultdict(dict)
        self._years: dict[Spot, Counter[Way]] = {}
        self._known: dict[Spot, Taken] = {}

    def reach(self, months: Collection[int]) -> None:
        """Read these months and the year before each, as far as they are not known yet."""
        window = span(add_months(min(months), 1 - YEAR), max(months)) if months else []
        self._add([month for month in window if month not in self._read])

    def came(self, months: Sequence[int]) -> Iterator[tuple[int, str, int, int]]:
        """Source, origin, grams and units of what came in with an origin in these months."""
        self.reach(months)
        for month in months:
            for (account, origin), (grams, units) in self._came[month].items():
                yield account, origin, grams, units

    def taken(self, site: int, month: int, kept: Kept) -> Taken:
        """Ways and their grams in the twelve months up to ``month``; unknown where none."""
        top = None if kept.is_unsorted else kept.top
        found = self._taken(site, month, top)
        if not found.ways:
            found = self._taken(site, month, None)
        return found if found.ways else NOBODY_KNOWS

    def _taken(self, site: int, month: int, top: int | None) -> Taken:
        spot = site, month, top
        if spot not in self._known:
            sums = self._year(site, month, top)
            ways = [way for way, grams in sums.items() if grams > 0]
            ways.sort(key=lambda way: tuple(name or "" for name in way))
            self._known[spot] = Taken(ways, [sums[way] for way in ways])
        return self._known[spot]

    def _year(self, site: int, month: int, top: int | None) -> Counter[Way]:
        """Twelve months up to ``month``; from the year before it by one month, where known."""
        sums = Counter(self._years.get((site, add_months(month, -1), top), ()))
        if sums:
            sums.subtract(self._month(site, add_months(month, -YEAR), top))
            sums.update(self._month(site, month, top))
        else:
            for when in span(add_months(month, 1 - YEAR), month):
                sums.update(self._month(site, when, top))
        self._years[site, month, top] = sums
        return sums

    def _month(self, site: int, month: int, top: int | None) -> dict[Way, int]:
        tops = self._tops.get((site, month), {})
        if top is not None:
            return tops.get(top, {})
        whole: Counter[Way] = Counter()
        for sums in tops.values():
            whole.update(sums)
        return whole

    def _add(self, months: Collection[int]) -> None:
        """Those without an origin are what remains of what was collected."""
        if not months:
            return
        self._read.update(months)
        modes, tops = self.modes, {pk: kept.top for pk, kept in self.kept.items()}
        rest = _collected(self.border, months, tops)
        spots = {entry: self._spot(*entry) for entry in rest}
        for month, account, category, origin, grams, units in _with_origin(self.border, months):
            entry, way = (month, account, tops[category]), (modes[account], origin)
            held = self._came[month][account, origin]
            held[0] += grams
            held[1] += units
            rest[entry] -= grams
            sums = spots[entry]
            sums[way] = sums.get(way, 0) + grams
        for entry, grams in rest.items():
            without: Way = (modes[entry[1]], None)
            sums = spots[entry]
            sums[without] = sums.get(without, 0) + grams

    def _spot(self, month: int, account: int, top: int) -> dict[Way, int]:
        """The sums to which a source's arrivals of a month and top category add."""
        tops = self._tops[self.border.side(account).site, month]
        return tops.setdefault(top, {})


def split(weights: Sequence[int], amount: int) -> list[int]:
    """Share grams or units out by weight, by largest remainder: the parts add up exactly."""
    if not amount:
        return [0] * len(weights)
    sign = -1 if amount < 0 else 1
    return [sign * part for part in shares(weights, abs(amount)) or []]


def _collected(
    border: Border, months: Collection[int], tops: Mapping[int, int]
) -> dict[tuple[int, int, int], int]:
    """What came in less what was cancelled, by month, source and top category."""
    sources = border.accounts.filter(kind=Kind.SOURCE).values("pk")
    rows = MonthlyFlow.objects.using("report").filter(month__in=months)
    sums: dict[tuple[int, int, int], int] = defaultdict(int)
    for side, sign in (("from", 1), ("to", -1)):
        keys = ("month", f"{side}_account_id", "from_category_id", "weight_g")
        found = rows.filter(**{f"{side}_account__in": sources}).values_list(*keys)
        for month, account, category, grams in found.iterator(chunk_size=2000):
            sums[month, account, tops[category]] += sign * grams
    return sums


def _with_origin(
    border: Border, months: Collection[int]
) -> Iterator[tuple[int, int, int, str, int, int]]:
    """Month, source, category, origin, grams and units; summed by the database it takes longer."""
    codes = dict(Origin.objects.using("report").values_list("pk", "code"))
    keys = ("month", "account_id", "category_id", "origin_id", "weight_g", "units")
    rows = monthly_origins(border, months).values_list(*keys)
    for month, account, category, origin, grams, units in rows.iterator(chunk_size=2000):
        yield month, account, category, codes[origin], grams, units


def monthly_origins(border: Border, months: Collection[int]) -> QuerySet[MonthlyOrigin]:
    """What came in with an origin in whole months."""
    return MonthlyOrigin.objects.using("report").filter(
        month__in=months, account__in=border.accounts.values("pk")
    )


def kept_under() -> dict[int, Kept]:
    """Category key → its top, and the EPR stream it inherits."""
    streams = dict(EprStream.objects.using("report").values_list("pk", "code"))
    rows = {category.pk: category for category in Category.objects.using("report").all()}

    def kept(category: Category) -> Kept:
        top = rows[category.top_id or category.pk]
        stream, above = category.epr_stream_id, category
        while stream is None and above.parent_id:
            above = rows[above.parent_id]
            stream = above.epr_stream_id
        return Kept(top.pk, top.code, streams.get(stream or 0), category.code == UNSORTED)

    return {pk: kept(category) for pk, category in rows.items()}


def alike_ones(kept: Mapping[int, Kept]) -> dict[int, int]:
    """Category key → the first that counts under the same: they may be summed as one."""
    first: dict[Kept, int] = {}
    return {pk: first.setdefault(what, pk) for pk, what in sorted(kept.items())}


def add(sums: Sums, key: Any, grams: int, units: int) -> None:
    """Add to the grams and units kept under ``key``."""
    held = sums.setdefault(key, [0, 0])
    held[0] += grams
    held[1] += units

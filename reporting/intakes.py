"""What a site took in, by mode and origin: the key by which bulk is shared out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from inventory.models import UNSORTED, Category, EprStream, Kind, MonthlyFlow, MonthlyOrigin
from inventory.months import add_months
from reporting.months import span
from reporting.rounding import shares
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
    """Grams per site, month, top category, mode and origin, over the years that are asked for."""

    def __init__(
        self,
        border: Border,
        months: Collection[int],
        kept: Mapping[int, Kept],
        modes: Mapping[int, str | None],
    ) -> None:
        self._tops: dict[tuple[int, int], dict[int, Counter[Way]]] = {}
        self._years: dict[Spot, Counter[Way]] = {}
        self._known: dict[Spot, Taken] = {}
        if not months:
            return
        window = span(add_months(min(months), 1 - YEAR), max(months))
        for month, account, category, origin, grams in _intakes(border, window):
            tops = self._tops.setdefault((border.side(account).site, month), {})
            tops.setdefault(kept[category].top, Counter())[modes[account], origin] += grams

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

    def _month(self, site: int, month: int, top: int | None) -> Counter[Way]:
        tops = self._tops.get((site, month), {})
        if top is not None:
            return tops.get(top, Counter())
        whole: Counter[Way] = Counter()
        for sums in tops.values():
            whole.update(sums)
        return whole


def split(weights: Sequence[int], amount: int) -> list[int]:
    """Share grams or units out by weight, by largest remainder: the parts add up exactly."""
    if not amount:
        return [0] * len(weights)
    sign = -1 if amount < 0 else 1
    return [sign * part for part in shares(weights, abs(amount)) or []]


def _intakes(
    border: Border, months: Sequence[int]
) -> Iterator[tuple[int, int, int, str | None, int]]:
    """Month, source, category, origin and grams; those without an origin are what remains."""
    sums = _collected(border, months)
    for month, account, category, origin, grams, _units in monthly_origins(border, months):
        sums[month, account, category] -= grams
        yield month, account, category, origin, grams
    for (month, account, category), grams in sums.items():
        yield month, account, category, None, grams


def _collected(border: Border, months: Sequence[int]) -> dict[tuple[int, int, int], int]:
    sources = border.accounts.filter(kind=Kind.SOURCE).values("pk")
    rows = MonthlyFlow.objects.using("report").filter(month__in=months)
    sums: dict[tuple[int, int, int], int] = defaultdict(int)
    for side, sign in (("from", 1), ("to", -1)):
        keys = ("month", f"{side}_account_id", "from_category_id", "weight_g")
        for month, account, category, grams in rows.filter(
            **{f"{side}_account__in": sources}
        ).values_list(*keys):
            sums[month, account, category] += sign * grams
    return sums


def monthly_origins(border: Border, months: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Month, source, category, origin code, grams and units of whole months."""
    rows = MonthlyOrigin.objects.using("report").filter(
        month__in=months, account__in=border.accounts.values("pk")
    )
    yield from rows.values_list(
        "month", "account_id", "category_id", "origin__code", "weight_g", "units"
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


def add(sums: Sums, key: Any, grams: int, units: int) -> None:
    """Add to the grams and units kept under ``key``."""
    held = sums.setdefault(key, [0, 0])
    held[0] += grams
    held[1] += units

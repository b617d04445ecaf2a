"""A period's flows with what is known of each, part by part.

What left straight from the gate, or as an item whose arrival is known, is *exact*; the rest is
*attributed*: shared out over what the site took in, see ``attribution``.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import F, Sum

from inventory.models import Category, Item, Kind
from inventory.models.ledger import EXITS
from reporting import cube
from reporting.cube import below
from reporting.intakes import (
    Intakes,
    Kept,
    Sums,
    Way,
    add,
    alike_ones,
    kept_under,
    monthly_origins,
    split,
)
from reporting.periods import Period
from reporting.scopes import FATES, Border, Scope

ANY = 0  # the month or category of what is not told apart by it


class Gone(NamedTuple):
    """A month, the account at the border, a category for all that count alike, and how it left.

    What came in has no channel.
    """

    month: int
    account: int
    category: int
    channel: str | None = None


class Head(NamedTuple):
    """What grams that left or came together have in common, whichever way they had come."""

    direction: str
    basis: str
    month: str
    category: str
    stream: str | None
    site: str
    partner: str | None
    fate: str | None
    channel: str | None


class Part(NamedTuple):
    """Grams and units of one head: of each way, so many."""

    head: Head
    ways: Sequence[Way]
    weight_g: Sequence[int]
    units: Sequence[int]


class Ground:
    """What every period of a scope stands on: its border, what accounts and categories are called,
    and what came in, each read once.

    ``first`` is the category by which all those that count alike are told.
    """

    def __init__(self, scope: Scope, category: Category | None = None) -> None:
        self.border, self.categories = Border(scope), below(category)
        self.kept = {**kept_under(), ANY: Kept(ANY, "", None, is_unsorted=False)}
        self.first = alike_ones(self.kept)
        rows = self.border.accounts.using("report")
        named = list(rows.values_list("pk", "mode__code", "partner__code"))
        self.modes = {pk: mode for pk, mode, _partner in named}
        self.partners = {pk: partner for pk, _mode, partner in named}
        self.intakes = Intakes(self.border, self.kept, self.modes)

    def cells(self, period: Period) -> list[Any]:
        """The period's sums by month and category, those that count alike as one."""
        if self.categories is None:
            return cube.cells(self.border, period, self.first)
        by = ("month", *cube.PAIRS)
        return list(cube.within(self.border, period, by, self.categories))


class Books:
    """The flows that cross the border in a period: read once, then told part by part.

    ``cells`` are the period's, of ``Ground.cells``.
    """

    def __init__(self, ground: Ground, period: Period, cells: Iterable[Any]) -> None:
        self.ground, self.border, self.period = ground, ground.border, period
        self.arrived: Sums = {}
        self.straight: Sums = {}
        self.left: Sums = {}
        for cell in cells:
            self._add(cell)

    def parts(self, names: Collection[str], *, is_traced: bool) -> Iterator[Part]:
        """Every part; how it came is looked for only where it is asked.

        What came in is told as far as ``names`` need it: of the rest of its head nothing is asked.
        """
        if is_traced:
            yield from self._in_by_origin(frozenset(names))
            yield from self._traced()
            return
        for gone, (grams, units) in (*self.arrived.items(), *self.left.items()):
            yield Part(self._head(gone, "exact"), [(None, None)], [grams], [units])

    def _add(self, cell: Any) -> None:
        start, end = cell.from_account_id, cell.to_account_id
        for figure, sign in self.border.effects(start, end):
            is_in = figure == "collected_g"
            outer, other = (start, end) if is_in == (sign > 0) else (end, start)
            grams, units = sign * cell.grams, sign * cell.pieces
            category = self.ground.first[cell.from_category_id]
            if is_in:
                add(self.arrived, Gone(cell.month, outer, category), grams, units)
            elif figure in FATES:
                gone = Gone(cell.month, outer, category, self.border.channel(outer, cell.method))
                add(self.left, gone, grams, units)
                if self.border.side(other).kind == Kind.SOURCE:
                    add(self.straight, (gone, other), grams, units)

    def _in_by_origin(self, names: frozenset[str]) -> Iterator[Part]:
        """What came in, as if without an origin; then what each origin takes of it."""
        modes = self.ground.modes
        for arrival, (grams, units) in self.arrived.items():
            yield Part(
                self._head(arrival, "exact"), [(modes[arrival.account], None)], [grams], [units]
            )
        for arrival, origin, grams, units in self._origins_in(names):
            mode = modes[arrival.account]
            ways = [(mode, origin), (mode, None)]
            yield Part(self._head(arrival, "exact"), ways, [grams, -grams], [units, -units])

    def _head(self, gone: Gone, basis: str) -> Head:
        side, kept = self.border.side(gone.account), self.ground.kept[gone.category]
        return Head(
            "out" if gone.channel else "in",
            basis,
            f"{gone.month // 100}-{gone.month % 100:02}",
            kept.top_code,
            kept.stream,
            self.border.sites[side.site].code,
            self.ground.partners[gone.account],
            side.kind if gone.channel else None,
            gone.channel,
        )

    def _traced(self) -> Iterator[Part]:
        rest = {gone: list(sums) for gone, sums in self.left.items()}
        for gone, way, grams, units in (*self._known_straight(), *self._known_items()):
            rest[gone][0] -= grams
            rest[gone][1] -= units
            yield Part(self._head(gone, "exact"), [way], [grams], [units])
        kept, intakes = self.ground.kept, self.ground.intakes
        intakes.reach({gone.month for gone in rest})
        for gone, (grams, units) in rest.items():
            if grams or units:
                site = self.border.side(gone.account).site
                ways, weights = intakes.taken(site, gone.month, kept[gone.category])
                head = self._head(gone, "attributed")
                yield Part(head, ways, split(weights, grams), split(weights, units))

    def _known_straight(self) -> Iterator[tuple[Gone, Way, int, int]]:
        """What left straight from the gate: its mode from the account, its origin from flows."""
        left = {key: list(sums) for key, sums in self.straight.items()}
        if left:
            rows = cube.flows(self.border, [self.period]).filter(
                origin__isnull=False,
                from_account__kind__in=(Kind.SOURCE, *EXITS),
                to_account__kind__in=(Kind.SOURCE, *EXITS),
            )
            for gone, other, origin, grams, units in self._net(rows, F("origin__code")):
                if (gone, other) in left:
                    left[gone, other][0] -= grams
                    left[gone, other][1] -= units
                    yield gone, (self.ground.modes[other], origin), grams, units
        for (gone, source), (grams, units) in left.items():
            yield gone, (self.ground.modes[source], None), grams, units

    def _known_items(self) -> Iterator[tuple[Gone, Way, int, int]]:
        """What left as an item whose arrival is known."""
        if not Item.objects.using("report").filter(arrival__isnull=False).exists():
            return
        arrival = "item__arrival__from_account__mode__code"
        rows = cube.flows(self.border, [self.period]).filter(item__arrival__isnull=False)
        found = self._net(rows, F(arrival), F("item__arrival__origin__code"))
        for gone, _other, mode, origin, grams, units in found:
            yield gone, (mode, origin), grams, units

    def _net(self, rows: Any, *known: F) -> Iterator[tuple[Any, ...]]:
        """Sums of flows that leave, less those that come back, with what is known of each."""
        if self.ground.categories is not None:
            rows = rows.filter(from_category__in=self.ground.categories)
        keys = ("movement__month", "from_account_id", "to_account_id", "from_category_id", "method")
        sums = rows.order_by().values_list(*keys, *known)
        sums = sums.annotate(grams=Sum("weight_g"), pieces=Sum("units"))
        for month, start, end, category, method, *more, grams, units in sums:
            for figure, sign in self.border.effects(start, end):
                if figure in FATES:
                    account, other = (end, start) if sign > 0 else (start, end)
                    channel = self.border.channel(account, method)
                    gone = Gone(month, account, self.ground.first[category], channel)
                    yield gone, other, *more, sign * grams, sign * units

    def _origins_in(self, names: frozenset[str]) -> Iterator[tuple[Gone, str, int, int]]:
        """Arrivals with an origin; by month and category only where ``names`` ask for these."""
        is_split = bool(names & {"month", "category", "stream"})
        if is_split or self.ground.categories is not None:
            yield from self._origins_of_months()
        else:
            for account, origin, grams, units in self.ground.intakes.came(self.period.months):
                yield self._arrival(account), origin, grams, units
        if self.period.edges:
            yield from self._origins_of_days(is_split)

    def _origins_of_months(self) -> Iterator[tuple[Gone, str, int, int]]:
        rows = monthly_origins(self.border, self.period.months)
        if self.ground.categories is not None:
            rows = rows.filter(category__in=self.ground.categories)
        keys = ("account_id", "month", "category_id", "origin__code", "weight_g", "units")
        for *arrival, origin, grams, units in rows.values_list(*keys).iterator(chunk_size=2000):
            yield self._arrival(*arrival), origin, grams, units

    def _origins_of_days(self, is_split: bool) -> Iterator[tuple[Gone, str, int, int]]:
        rows = cube.flows(self.border, self.period.edges).filter(origin__isnull=False).order_by()
        if self.ground.categories is not None:
            rows = rows.filter(from_category__in=self.ground.categories)
        # by month first in any case: SQLite would read every flow of an account to sum by accounts
        keys = ("movement__month", "from_category_id", "from_account_id", "to_account_id")
        sums = rows.values_list(*keys, "origin__code").annotate(Sum("weight_g"), Sum("units"))
        for *spot, start, end, origin, grams, units in sums:
            for figure, sign in self.border.effects(start, end):
                if figure == "collected_g":
                    source = start if sign > 0 else end
                    arrival = self._arrival(source, *(spot if is_split else ()))
                    yield arrival, origin, sign * grams, sign * units

    def _arrival(self, account: int, month: int = ANY, category: int = ANY) -> Gone:
        return Gone(month, account, self.ground.first[category])

"""Grams and units by month, category, mode, origin, partner, stream and fate.

Bulk stock forgets how its grams came. What left straight from the gate, or as an item whose
arrival is known, is *exact*; the rest is *attributed*: shared out over what the site took in of
that top category in the twelve months that end with the month of leaving, by largest remainder.
Unsorted stock, and a category that took nothing in, follow all that the site took in; where that
is nothing too, how it came is unknown. Everything adds up to the totals of ``diversion``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Item, Kind
from inventory.models.ledger import EXITS
from reporting import cube
from reporting.indicators import below
from reporting.intakes import Intakes, Kept, Sums, Way, add, kept_under, monthly_origins, split
from reporting.periods import Period
from reporting.scopes import FATES, Border, Scope

DIMENSIONS = ("month", "category", "mode", "origin", "partner", "stream", "fate")
WHENCE = frozenset({"mode", "origin"})


class Gone(NamedTuple):
    """A month, the account at the border, and a category."""

    month: int
    account: int
    category: int


@dataclass(frozen=True, slots=True)
class Part:
    """Grams that share every dimension, and whether how they came is known or shared out."""

    direction: str
    basis: str
    month: int
    category: Kept
    way: Way
    partner: str | None
    fate: str | None
    weight_g: int
    units: int

    def value(self, dimension: str) -> str | None:
        return _READ[dimension](self)


_READ: dict[str, Callable[[Part], str | None]] = {
    "month": lambda part: f"{part.month // 100}-{part.month % 100:02}",
    "category": lambda part: part.category.top_code,
    "mode": lambda part: part.way[0],
    "origin": lambda part: part.way[1],
    "partner": lambda part: part.partner,
    "stream": lambda part: part.category.stream,
    "fate": lambda part: part.fate,
}


def flows(
    *, scope: Scope, period: Period, by: Sequence[str], category: Category | None = None
) -> list[dict[str, Any]]:
    """What came in and went out, summed ``by`` some of ``DIMENSIONS``: grams, units, basis.

    Raises ValidationError ``not_for_networks`` where a network is asked about others' partners.
    """
    if scope.network is not None and {"partner", "origin"} & set(by):
        raise ValidationError(
            _("A network's figures do not tell its members' partners and origins."),
            code="not_for_networks",
        )
    with transaction.atomic(using="report"):
        parts = _Books(Border(scope), period, category).parts(is_traced=bool(WHENCE & set(by)))
        rows: Sums = defaultdict(lambda: [0, 0])
        for part in parts:
            key = (part.direction, *(part.value(name) for name in by), part.basis)
            rows[key][0] += part.weight_g
            rows[key][1] += part.units
    return [
        {"direction": key[0], **dict(zip(by, key[1:-1], strict=True))}
        | {"weight_g": grams, "units": units, "basis": key[-1]}
        for key, (grams, units) in sorted(rows.items(), key=_in_order)
        if grams or units
    ]


def _in_order(row: tuple[tuple[Any, ...], list[int]]) -> tuple[str, ...]:
    return tuple(value or "" for value in row[0])


class _Books:
    """A period's flows with what is known of each: read once, then told part by part."""

    def __init__(self, border: Border, period: Period, category: Category | None) -> None:
        self.border, self.period = border, period
        self.categories = below(category)
        self.kept = kept_under()
        rows = border.accounts.using("report").values_list("pk", "mode__code", "partner__code")
        named = list(rows)
        self.modes = {pk: mode for pk, mode, _partner in named}
        self.partners = {pk: partner for pk, _mode, partner in named}
        self.arrived: Sums = defaultdict(lambda: [0, 0])
        self.straight: Sums = defaultdict(lambda: [0, 0])
        self.left: Sums = defaultdict(lambda: [0, 0])
        self._read()

    def parts(self, *, is_traced: bool) -> Iterator[Part]:
        """Every part; how it came is looked for only where it is asked."""
        yield from self._in(is_traced)
        for gone, (grams, units) in self.left.items():
            if not is_traced:
                yield self._out(gone, "exact", (None, None), grams, units)
        if is_traced:
            yield from self._traced()

    def _read(self) -> None:
        by = ("month", "from_category_id")
        for cell in cube.within(self.border, self.period, by, self.categories):
            start, end = cell.from_account_id, cell.to_account_id
            for figure, sign in self.border.effects(start, end):
                is_in = figure == "collected_g"
                outer, other = (start, end) if is_in == (sign > 0) else (end, start)
                key = Gone(cell.month, outer, cell.from_category_id)
                grams, units = sign * cell.grams, sign * cell.pieces
                if is_in:
                    add(self.arrived, key, grams, units)
                elif figure in FATES:
                    add(self.left, key, grams, units)
                    if self.border.side(other).kind == Kind.SOURCE:
                        add(self.straight, (key, other), grams, units)

    def _in(self, is_traced: bool) -> Iterator[Part]:
        origins = self._origins_in() if is_traced else {}
        for arrival, (grams, units) in self.arrived.items():
            mode = self.modes[arrival.account]
            for origin, (known_g, known_units) in origins.get(arrival, {}).items():
                yield self._arrival(arrival, (mode, origin), known_g, known_units)
                grams, units = grams - known_g, units - known_units
            yield self._arrival(arrival, (mode, None), grams, units)

    def _arrival(self, arrival: Gone, way: Way, grams: int, units: int) -> Part:
        kept = self.kept[arrival.category]
        return Part("in", "exact", arrival.month, kept, way, None, None, grams, units)

    def _out(self, gone: Gone, basis: str, way: Way, grams: int, units: int) -> Part:
        fate, partner = self.border.side(gone.account).kind, self.partners[gone.account]
        kept = self.kept[gone.category]
        return Part("out", basis, gone.month, kept, way, partner, fate, grams, units)

    def _traced(self) -> Iterator[Part]:
        rest = {gone: list(sums) for gone, sums in self.left.items()}
        for gone, way, grams, units in (*self._known_straight(), *self._known_items()):
            rest[gone][0] -= grams
            rest[gone][1] -= units
            yield self._out(gone, "exact", way, grams, units)
        intakes = Intakes(self.border, {gone.month for gone in rest}, self.kept, self.modes)
        for gone, (grams, units) in rest.items():
            if grams or units:
                site = self.border.side(gone.account).site
                ways = intakes.ways(site, gone.month, self.kept[gone.category])
                for way, part_g, part_units in split(ways, grams, units):
                    yield self._out(gone, "attributed", way, part_g, part_units)

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
                    yield gone, (self.modes[other], origin), grams, units
        for (gone, source), (grams, units) in left.items():
            yield gone, (self.modes[source], None), grams, units

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
        if self.categories is not None:
            rows = rows.filter(from_category__in=self.categories)
        sums = (
            rows.order_by()
            .values_list(
                "movement__month", "from_account_id", "to_account_id", "from_category_id", *known
            )
            .annotate(grams=Sum("weight_g"), pieces=Sum("units"))
        )
        for month, start, end, category, *more, grams, units in sums:
            for figure, sign in self.border.effects(start, end):
                if figure in FATES:
                    account, other = (end, start) if sign > 0 else (start, end)
                    gone = Gone(month, account, category)
                    yield gone, other, *more, sign * grams, sign * units

    def _origins_in(self) -> dict[Gone, dict[str, list[int]]]:
        """Of each month's arrivals, those with an origin, by its code."""
        found: dict[Gone, dict[str, list[int]]] = defaultdict(dict)
        for month, account, category, origin, grams, units in self._origin_sums():
            if (key := Gone(month, account, category)) in self.arrived:
                add(found[key], origin, grams, units)
        return found

    def _origin_sums(self) -> Iterator[tuple[Any, ...]]:
        yield from monthly_origins(self.border, self.period.months)
        if self.period.edges:
            rows = cube.flows(self.border, self.period.edges).filter(origin__isnull=False)
            sums = rows.values_list(
                "movement__month",
                "from_account_id",
                "to_account_id",
                "from_category_id",
                "origin__code",
            ).annotate(grams=Sum("weight_g"), pieces=Sum("units"))
            for month, start, end, category, origin, grams, units in sums.order_by():
                for figure, sign in self.border.effects(start, end):
                    if figure == "collected_g":
                        account = start if sign > 0 else end
                        yield month, account, category, origin, sign * grams, sign * units

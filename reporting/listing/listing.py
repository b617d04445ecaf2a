"""What is behind a figure, newest first, a page at a time: rows of the cube, then their flows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Sum

from inventory.models import Category, Flow, Kind, Method
from inventory.models.ledger import EXITS
from inventory.months import month_of
from reporting import cube
from reporting.cube import PAIRS, below
from reporting.indicators import QUALITY
from reporting.intakes import kept_under
from reporting.listing.figures import CHANNEL_OF, CROSSING, MADE_OF, RECLASSIFIED, ROAD, STOCK
from reporting.listing.rows import Leaf, Row, spot_of
from reporting.names import NONE
from reporting.periods import Period
from reporting.scopes import FATES, Border, Scope

GRAIN = ("month", *PAIRS)
ENDS = ("site", "place", "partner", "mode", "to_site")
SHOWN = (
    "movement__site",
    "movement__reverses",
    "movement__reversed_by",
    "origin",
    "from_category",
    "to_category",
    *(f"{side}_account__{end}" for side in ("from", "to") for end in ENDS),
)


@dataclass(frozen=True)
class Listing:
    """What a figure of a scope and period is made of.

    ``known`` keeps to one way of weighing; ``mode``, ``partner`` and ``stream`` to a code each,
    or to what has none; ``row`` to one of the rows that the figure is made of.
    """

    scope: Scope
    period: Period
    figure: str
    category: Category | None = None
    known: str = ""
    mode: str = ""
    partner: str = ""
    stream: str = ""
    row: Row | None = None

    @cached_property
    def border(self) -> Border:
        return Border(self.scope)

    @cached_property
    def categories(self) -> frozenset[int] | None:
        chosen = below(self.category)
        if not self.stream:
            return chosen
        code = None if self.stream == NONE else self.stream
        held = frozenset(pk for pk, kept in kept_under().items() if kept.stream == code)
        return held if chosen is None else held & chosen

    @cached_property
    def through(self) -> list[frozenset[int]]:
        """Sets of accounts, of each of which its flows touch one."""
        accounts, found = self.border.accounts.using("report"), []
        if self.mode:
            found.append(accounts.filter(mode__code=self.mode))
        if self.partner == NONE:
            found.append(accounts.filter(partner=None, kind__in=EXITS))
        elif self.partner:
            found.append(accounts.filter(partner__code=self.partner))
        return [frozenset(rows.values_list("pk", flat=True)) for rows in found]

    @cached_property
    def cells(self) -> list[Any]:
        """The monthly sums that the figure is made of; of a row, that row."""
        if self.row is not None:
            return self._rows_of(self.row.month)
        by = GRAIN if self.categories is not None else ("month",)
        found = cube.within(self.border, self.period, by, self.categories)
        return [cell for cell in found if self.sign(cell)]

    @property
    def total_g(self) -> int:
        return sum(self.sign(cell) * cell.grams for cell in self.cells)

    def sign(self, flow: Any) -> int:
        """How often a flow, or a sum of flows, counts in the figure: mostly 1, 0 or −1."""
        if self.known and QUALITY[Method(flow.method)] != self.known:
            return 0
        pair = flow.from_account_id, flow.to_account_id
        if not all(accounts.intersection(pair) for accounts in self.through):
            return 0
        if self.figure in (STOCK, ROAD, RECLASSIFIED):
            return self._stock_sign(flow, *pair)
        if self.figure == CROSSING:
            return len(self.border.effects(*pair))
        if self.figure in CHANNEL_OF:
            return self._channel_sign(flow, *pair)
        made_of = MADE_OF.get(self.figure, frozenset({self.figure}))
        return sum(sign for name, sign in self.border.effects(*pair) if name in made_of)

    def rows(self, limit: int, cursor: str = "") -> Leaf:
        """Up to ``limit`` rows of the cube after the cursor, newest month first."""
        months, last = self._months(), Row.named(cursor)
        found: list[tuple[Any, int]] = []
        newer_g = 0
        for month in sorted(months, reverse=True):
            if last and month > last.month:
                newer_g += months.pop(month)
            elif len(found) <= limit:
                grams = months.pop(month)
                rows = [(cell, self.sign(cell) * cell.grams) for cell in self._rows_of(month)]
                if last and month == last.month:
                    rows = [(cell, g) for cell, g in rows if Row.of(cell) > last]
                    newer_g += grams - sum(g for _cell, g in rows)
                found += rows
        older_g = months.total() + sum(grams for _cell, grams in found[limit:])
        after = Row.of(found[limit - 1][0]).name if len(found) > limit else ""
        return Leaf(found[:limit], newer_g, older_g, after)

    def leaf(self, limit: int, cursor: str = "") -> Leaf:
        """A page of its flows; what other pages hold is summed in the ledger, not in the cube."""
        rows, after = self.page(limit, cursor)
        newer_g = self._booked_g() - self._booked_g(cursor) if spot_of(cursor) else 0
        return Leaf([*rows], newer_g, self._booked_g(after) if after else 0, after)

    def page(self, limit: int, cursor: str = "") -> tuple[list[tuple[Flow, int]], str]:
        """Up to ``limit`` flows with the grams each adds, and the cursor of those that follow."""
        found: list[tuple[Flow, int]] = []
        for flow in self.flows(cursor):
            if len(found) == limit:
                last = found[-1][0]
                return found, f"{last.movement.business_date.isoformat()}.{last.pk}"
            found.append((flow, self.sign(flow) * flow.weight_g))
        return found, ""

    def flows(self, cursor: str = "") -> Iterator[Flow]:
        """Every flow of the figure after the cursor, newest first, read a month at a time."""
        start = spot_of(cursor)
        until = month_of(start[0] if start else self.period.end)
        for month in sorted((each for each in self._months() if each <= until), reverse=True):
            rows = self._booked(self.period.in_month(month), cursor)
            shown = rows.select_related(*SHOWN).order_by("-movement__business_date", "-pk")
            yield from (flow for flow in shown.iterator(chunk_size=200) if self.sign(flow))

    def _months(self) -> Counter[int]:
        """Grams of each month that has any rows."""
        months: Counter[int] = Counter()
        for cell in self.cells:
            months[cell.month] += self.sign(cell) * cell.grams
        return months

    def _rows_of(self, month: int) -> list[Any]:
        """A month's rows of the cube, in the order of their names."""
        days = self.period.in_month(month)
        found = cube.within(self.border, days, GRAIN, self.categories) if days else ()
        rows = sorted((cell for cell in found if self.sign(cell)), key=Row.of)
        return [cell for cell in rows if self.row in (None, Row.of(cell))]

    def _booked_g(self, cursor: str = "") -> int:
        """What its flows after the cursor add up to."""
        by = ("from_account_id", "to_account_id", "method", *PAIRS)
        rows = self._booked(self.period, cursor).order_by().values(*by)
        sums = rows.annotate(grams=Sum("weight_g")).values_list(*by, "grams", named=True)
        return sum(self.sign(each) * each.grams for each in sums.iterator())

    def _booked(self, period: Period | None, cursor: str = "") -> QuerySet[Flow]:
        """Flows between the accounts of its rows, on the days of ``period`` after the cursor."""
        if self.row is not None and period is not None:
            period = period.in_month(self.row.month)
        rows = cube.flows(self.border, [period] if period else []).filter(
            from_account__in={cell.from_account_id for cell in self.cells},
            to_account__in={cell.to_account_id for cell in self.cells},
        )
        if start := spot_of(cursor):
            earlier = Q(movement__business_date__lt=start[0])
            rows = rows.filter(earlier | Q(movement__business_date=start[0], pk__lt=start[1]))
        if self.row is not None:
            return rows.filter(**self.row.ends)
        if self.categories is not None:
            chosen = Q(from_category__in=self.categories) | Q(to_category__in=self.categories)
            rows = rows.filter(chosen)
        return rows

    def _channel_sign(self, flow: Any, begins: int, ends: int) -> int:
        signs = [sign for name, sign in self.border.effects(begins, ends) if name in FATES]
        left = [(sign, ends if sign > 0 else begins) for sign in signs]
        channel = CHANNEL_OF[self.figure]
        return sum(s for s, to in left if self.border.channel(to, flow.method) == channel)

    def _stock_sign(self, flow: Any, begins: int, ends: int) -> int:
        start, end = self.border.side(begins), self.border.side(ends)
        leaves, enters = start.is_stock, end.is_stock
        if self.figure == RECLASSIFIED and not (leaves and enters):
            return 0
        if self.figure == ROAD:
            leaves = leaves and start.kind == Kind.TRANSIT
            enters = enters and end.kind == Kind.TRANSIT
        if self.categories is not None:
            leaves = leaves and flow.from_category_id in self.categories
            enters = enters and flow.to_category_id in self.categories
        return enters - leaves

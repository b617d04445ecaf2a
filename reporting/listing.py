"""The flows behind a figure, newest first, a page at a time; they add up to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Flow, Kind, Method
from inventory.models.ledger import EXITS
from inventory.months import first_day, last_day
from reporting import cube
from reporting.cube import below
from reporting.indicators import QUALITY, WEIGHTED
from reporting.intakes import kept_under
from reporting.names import NONE
from reporting.periods import Period
from reporting.scopes import BALANCE, CHANNELS, FATES, GIVEN, SHIPPED, SOLD, UNTOLD, Border, Scope

STOCK = "stock_g"
ROAD = "in_transit_g"
RECLASSIFIED = "reclassified_g"
COUNTED = "counted_g"
LABELS = {
    STOCK: _("Stock"),
    "opened_g": _("Opening stock taken in"),
    "collected_g": _("Collected"),
    "received_g": _("Received from other sites"),
    "adjusted_g": _("Discrepancies"),
    RECLASSIFIED: _("Reclassified"),
    "outgoing_g": _("Gone out"),
    "reuse_g": _("Reuse"),
    "recycling_g": _("Recycling"),
    "other_recovery_g": _("Other recovery"),
    "energy_g": _("Energy"),
    "disposal_g": _("Disposal"),
    "sent_g": _("Sent to other sites"),
    ROAD: _("On the road"),
    COUNTED: _("Collected and gone out"),
    f"{SOLD}_g": _("Sold"),
    f"{GIVEN}_g": _("Given"),
    f"{BALANCE}_g": _("Deduced by balance"),
    f"{UNTOLD}_g": _("Sold or given, not told which"),
    f"{SHIPPED}_g": _("Shipped"),
}
NARROWS = ("mode", "partner", "stream")
CHANNEL_OF = {f"{channel}_g": channel for channel in CHANNELS}
CROSSING = "crossing"  # everything that adds to a figure, whichever
MADE_OF = {"outgoing_g": frozenset(FATES), COUNTED: WEIGHTED}
CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")
ENDS = ("place", "partner", "mode", "to_site")
SHOWN = (
    "movement__site",
    "origin",
    "from_category",
    "to_category",
    *(f"{side}_account__{end}" for side in ("from", "to") for end in ENDS),
)


@dataclass(frozen=True)
class Listing:
    """What a figure of a scope and period is made of.

    ``known`` keeps to one way of weighing; ``mode``, ``partner`` and ``stream`` to a code each,
    or to what has none.
    """

    scope: Scope
    period: Period
    figure: str
    category: Category | None = None
    known: str = ""
    mode: str = ""
    partner: str = ""
    stream: str = ""

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
        """The monthly sums that the figure is made of."""
        is_filtered = self.categories is not None
        by = ("month", "from_category_id", "to_category_id") if is_filtered else ("month",)
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
        start = _spot(cursor)
        until = start[0] if start else self.period.end
        for month in sorted({cell.month for cell in self.cells}, reverse=True):
            first, last = max(first_day(month), self.period.start), min(last_day(month), until)
            if first > last:
                continue
            rows = self._rows(Period(first, last))
            if start:
                earlier = Q(movement__business_date__lt=until)
                rows = rows.filter(earlier | Q(movement__business_date=until, pk__lt=start[1]))
            yield from (flow for flow in rows.iterator(chunk_size=200) if self.sign(flow))

    def _rows(self, period: Period) -> QuerySet[Flow]:
        rows = cube.flows(self.border, [period]).filter(
            from_account__in={cell.from_account_id for cell in self.cells},
            to_account__in={cell.to_account_id for cell in self.cells},
        )
        if self.categories is not None:
            chosen = Q(from_category__in=self.categories) | Q(to_category__in=self.categories)
            rows = rows.filter(chosen)
        return rows.select_related(*SHOWN).order_by("-movement__business_date", "-pk")

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


def _spot(cursor: str) -> tuple[date, int] | None:
    """The day and key a page ended on; None, the beginning, for what is no cursor of ours."""
    found = CURSOR.fullmatch(cursor)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None

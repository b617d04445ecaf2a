"""Whose figures: a site or several, a structure, a network; and what its border makes of a flow."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet

from inventory.models import Account, Kind, Method, ledger
from inventory.models.ledger import EXITS
from organisation.models import Network, Site

FATES = tuple(f"{kind.value}_g" for kind in EXITS)
ENTRIES = {
    Kind.SOURCE: "collected_g",
    Kind.OPENING: "opened_g",
    Kind.ADJUSTMENT: "adjusted_g",
}
LEAVES = {kind: f"{kind.value}_g" for kind in EXITS}
SOLD, GIVEN, BALANCE, UNTOLD, SHIPPED = CHANNELS = (
    "sold",
    "given",
    "balance",
    "untold",
    "shipped",
)
REUSED = (SOLD, GIVEN, BALANCE, UNTOLD)

Effects = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The sites whose grams are added up as if they were one."""

    sites: tuple[Site, ...]
    network: Network | None = None

    @classmethod
    def of_sites(cls, sites: Iterable[Site]) -> Self:
        """Sites of one structure."""
        return cls(tuple(sorted(set(sites), key=lambda site: site.code)))

    @classmethod
    def of_network(cls, network: Network, sites: Iterable[Site] | None = None) -> Self:
        """Every site of the network's members: what they pass to each other stays inside.

        ``sites`` are those of its members of another day.
        """
        if sites is None:
            rows = Site.objects.filter(organisation__networks=network)
            sites = rows.select_related("organisation")
        return cls(tuple(sorted(sites, key=lambda site: site.code)), network)

    def describe(self) -> dict[str, Any]:
        """Return the codes that name this scope."""
        named: dict[str, Any] = {"sites": [site.code for site in self.sites]}
        if self.network is not None:
            return {"organisation": None, "network": self.network.code, **named}
        return {"organisation": self.sites[0].organisation.code if self.sites else None, **named}


class Side(NamedTuple):
    """What one end of a flow is, seen from the scope."""

    kind: str
    site: int
    to_site: int | None
    is_stock: bool
    is_bulk: bool = False
    reason: str = ""


OUTSIDE = Side("", 0, None, False)


class Border:
    """Says what each pair of accounts means for a scope. Reads the accounts once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sites = {site.pk: site for site in scope.sites}
        self._effects: dict[tuple[int, int], Effects] = {}

    @property
    def accounts(self) -> QuerySet[Account]:
        """The scope's own accounts, and the roads that lead to it."""
        return Account.objects.filter(Q(site__in=self.sites) | Q(to_site__in=self.sites))

    @cached_property
    def sides(self) -> dict[int, Side]:
        rows = self.accounts.using("report").values_list(
            "pk", "kind", "site_id", "to_site_id", "holds_items", "reason"
        )
        return {row[0]: self._side(*row[1:]) for row in rows}

    def side(self, account: int) -> Side:
        return self.sides.get(account, OUTSIDE)

    def effects(self, start: int, end: int) -> Effects:
        """The figures that a flow between these accounts adds to, each with its sign."""
        known = self._effects.get((start, end))
        if known is None:
            known = self._effects[start, end] = _effects(self.side(start), self.side(end))
        return known

    def stock_change(self, start: int, end: int) -> int:
        """1 where such a flow adds to the scope's stock, −1 where it takes away."""
        return self.side(end).is_stock - self.side(start).is_stock

    def channel(self, account: int, method: str) -> str:
        """How what leaves to this account leaves: one of ``CHANNELS``."""
        side = self.side(account)
        if side.kind != Kind.REUSE:
            return SHIPPED
        if side.reason == ledger.SALE:
            return SOLD
        if method == Method.BY_BALANCE:
            return BALANCE
        return UNTOLD if side.reason == ledger.UNTOLD else GIVEN

    def _side(
        self, kind: str, site: int, to_site: int | None, holds_items: bool, reason: str
    ) -> Side:
        is_ours = site in self.sites
        if kind == Kind.TRANSIT:
            # a road inside the scope is stock on wheels; one that crosses its border is not
            return Side(kind, site, to_site, is_ours and to_site in self.sites)
        if not is_ours:
            return OUTSIDE
        is_stock = kind == Kind.STOCK
        return Side(kind, site, None, is_stock, is_stock and not holds_items, reason)


def _effects(start: Side, end: Side) -> Effects:
    if start.is_stock and end.is_stock:
        return ()
    if start.is_stock:
        return _crossing(start, end, 1)
    if end.is_stock:
        return _crossing(end, start, -1)
    if start.kind == Kind.SOURCE and end.kind in LEAVES:
        return (("collected_g", 1), (LEAVES[Kind(end.kind)], 1))
    if end.kind == Kind.SOURCE and start.kind in LEAVES:
        return (("collected_g", -1), (LEAVES[Kind(start.kind)], -1))
    return ()


def _crossing(stock: Side, other: Side, out: int) -> Effects:
    """What it means when stock goes to ``other`` (``out`` = 1) or comes from it (−1)."""
    if other.kind in LEAVES:
        return ((LEAVES[Kind(other.kind)], out),)
    if other.kind in ENTRIES:
        return ((ENTRIES[Kind(other.kind)], -out),)
    if other.kind == Kind.TRANSIT and other.to_site == stock.site:
        return (("received_g", -out),)
    return (("sent_g", out),)

"""The sums kept beside the ledger: balances, monthly cubes, what one unit weighs at a site."""

from collections.abc import Iterable
from typing import Any

from inventory.models import (
    Balance,
    Flow,
    Kind,
    Method,
    MonthlyFlow,
    MonthlyOrigin,
    Movement,
    UnitWeight,
)
from inventory.rows import Sums, add

CUBE_KEY = (
    "month",
    "from_account_id",
    "to_account_id",
    "method",
    "from_category_id",
    "to_category_id",
)
ON_A_SCALE = (Method.WEIGHED, Method.NET_OF_TARE)


def add_up(movement: Movement, flows: Iterable[Flow]) -> None:
    """Add a movement's flows to every sum, in the database."""
    balances: Sums = {}
    cube: Sums = {}
    origins: Sums = {}
    averages: Sums = {}
    for flow in flows:
        grams, units = flow.weight_g, flow.units
        _sum(balances, (flow.from_account_id, flow.from_category_id), -grams, -units)
        _sum(balances, (flow.to_account_id, flow.to_category_id), grams, units)
        _sum(cube, (movement.month, *(getattr(flow, name) for name in CUBE_KEY[1:])), grams, units)
        sign = (flow.from_account.kind == Kind.SOURCE) - (flow.to_account.kind == Kind.SOURCE)
        source = flow.from_account_id if sign > 0 else flow.to_account_id
        if sign and flow.origin_id:
            key = (movement.month, source, flow.origin_id, flow.from_category_id)
            _sum(origins, key, sign * grams, sign * units)
        if sign and units and flow.method in ON_A_SCALE:
            _sum(averages, (movement.site_id, flow.from_category_id), sign * grams, sign * units)
    add(Balance, ("account_id", "category_id"), balances)
    add(MonthlyFlow, CUBE_KEY, cube)
    add(MonthlyOrigin, ("month", "account_id", "origin_id", "category_id"), origins)
    add(UnitWeight, ("site_id", "category_id"), averages)


def _sum(sums: Sums, key: tuple[Any, ...], weight_g: int, units: int) -> None:
    held = sums.setdefault(key, [0, 0])
    held[0] += weight_g
    held[1] += units

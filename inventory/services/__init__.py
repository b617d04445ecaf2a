"""What people do with stock, beyond the doors: open, move, ship, count, settle, cancel.

Each act reads what it needs, lays out its legs and lets the ledger book them.
"""

from inventory.services.carrying import (
    Departure,
    StockLine,
    confirm_weights,
    estimated_load_g,
    move,
    open_stock,
    ship,
)
from inventory.services.correcting import cancel, may_cancel, require_may_date
from inventory.services.counting import (
    RECLASSIFY,
    bulk_at_end_of,
    bulk_g,
    count,
    settle,
    settlement,
)

__all__ = [
    "RECLASSIFY",
    "Departure",
    "StockLine",
    "bulk_at_end_of",
    "bulk_g",
    "cancel",
    "confirm_weights",
    "count",
    "estimated_load_g",
    "may_cancel",
    "move",
    "open_stock",
    "require_may_date",
    "settle",
    "settlement",
    "ship",
]

"""What people do with stock, beyond the doors: open, sort, label, move, ship, transfer, count.

Each act reads what it needs, lays out its legs and lets the ledger book them.
"""

from inventory.services.carrying import (
    Departure,
    Packed,
    StockLine,
    clear,
    estimated_load_g,
    move,
    open_stock,
    ship,
    where_of,
)
from inventory.services.confirming import confirm_weights
from inventory.services.correcting import cancel, cancel_act, may_cancel, require_may_date
from inventory.services.counting import (
    RECLASSIFY,
    bulk_at_end_of,
    bulk_g,
    count,
    find_again,
    lose,
    settle,
    settlement,
)
from inventory.services.labelling import (
    Draft,
    Part,
    describe,
    dismantle,
    draw_codes,
    label,
)
from inventory.services.lives import require_not_back
from inventory.services.shelf import put_out, weigh_back
from inventory.services.sorting import HUNDRED, share_out, sort, spread
from inventory.services.transferring import OnTheRoad, on_the_road, receive, send
from inventory.services.workshop import keep_photo, note_repair, remove_photo

__all__ = [
    "HUNDRED",
    "RECLASSIFY",
    "Departure",
    "Draft",
    "OnTheRoad",
    "Packed",
    "Part",
    "StockLine",
    "bulk_at_end_of",
    "bulk_g",
    "cancel",
    "cancel_act",
    "clear",
    "confirm_weights",
    "count",
    "describe",
    "dismantle",
    "draw_codes",
    "estimated_load_g",
    "find_again",
    "keep_photo",
    "label",
    "lose",
    "may_cancel",
    "move",
    "note_repair",
    "on_the_road",
    "open_stock",
    "put_out",
    "receive",
    "remove_photo",
    "require_may_date",
    "require_not_back",
    "send",
    "settle",
    "settlement",
    "share_out",
    "ship",
    "sort",
    "spread",
    "weigh_back",
    "where_of",
]

"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api import (
    acts,
    board,
    codes,
    departures,
    documents,
    items,
    shelf,
    sorting,
    transfers,
    workshop,
)
from organisation.doors import Doors

__all__ = [
    "acts",
    "board",
    "codes",
    "departures",
    "documents",
    "items",
    "router",
    "shelf",
    "sorting",
    "transfers",
    "workshop",
]

router = Doors(tags=["inventory"])
router.add_router("", codes.router)
router.add_router("", documents.router)  # acts join it: one path has one home

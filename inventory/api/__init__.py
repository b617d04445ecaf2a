"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api import (
    acts,
    board,
    codes,
    departures,
    documents,
    dots,
    items,
    labels,
    lots,
    shelf,
    sorting,
    tracking,
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
    "dots",
    "items",
    "labels",
    "lots",
    "router",
    "shelf",
    "sorting",
    "tracking",
    "transfers",
    "workshop",
]

router = Doors(tags=["inventory"])
router.add_router("", codes.router)
router.add_router("", lots.router)
router.add_router("", tracking.router)
router.add_router("", documents.router)  # acts join it: one path has one home

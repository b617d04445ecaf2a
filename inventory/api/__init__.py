"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api import (
    acts,
    codes,
    departures,
    documents,
    dots,
    items,
    lots,
    sorting,
    transfers,
    workshop,
)
from organisation.doors import Doors

__all__ = [
    "acts",
    "codes",
    "departures",
    "documents",
    "dots",
    "items",
    "lots",
    "router",
    "sorting",
    "transfers",
    "workshop",
]

router = Doors(tags=["inventory"])
router.add_router("", codes.router)
router.add_router("", lots.router)
router.add_router("", documents.router)  # acts join it: one path has one home

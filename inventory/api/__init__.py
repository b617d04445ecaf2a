"""The stockroom's API: lists of codes, acts on stock, and the documents they leave."""

from inventory.api import acts, codes, departures, documents, items, sorting, tracking, transfers
from organisation.doors import Doors

__all__ = [
    "acts",
    "codes",
    "departures",
    "documents",
    "items",
    "router",
    "sorting",
    "tracking",
    "transfers",
]

router = Doors(tags=["inventory"])
router.add_router("", codes.router)
router.add_router("", tracking.router)
router.add_router("", documents.router)  # acts join it: one path has one home

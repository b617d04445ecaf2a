"""The shop's API: tills and prices, tickets, refunds."""

from organisation.doors import Doors
from sales.api import drawer, leases, refunds, shop, tickets

__all__ = ["drawer", "leases", "refunds", "router", "shop", "tickets"]

router = Doors(tags=["sales"])
router.add_router("", shop.router)
router.add_router("", drawer.router)
router.add_router("", leases.router)
router.add_router("", tickets.router)  # refunds join it: one path has one home

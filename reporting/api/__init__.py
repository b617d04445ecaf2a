"""The figures over HTTP."""

from organisation.doors import Doors
from reporting.api import closings, figures, ledger

__all__ = ["closings", "figures", "ledger", "router"]

router = Doors(tags=["reporting"])
router.add_router("", closings.router)
router.add_router("", figures.router)
router.add_router("", ledger.router)

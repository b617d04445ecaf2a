"""The figures over HTTP."""

from organisation.doors import Doors
from reporting.api import closings, figures, indicators, reports

__all__ = ["closings", "figures", "indicators", "reports", "router"]

router = Doors(tags=["reporting"])
router.add_router("", closings.router)
router.add_router("", figures.router)
router.add_router("", indicators.router)
router.add_router("", reports.router)

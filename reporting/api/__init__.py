"""The figures over HTTP."""

from organisation.doors import Doors
from reporting.api import (
    activities,
    closings,
    declarations,
    figures,
    indicators,
    ledger,
    registers,
    reports,
)

__all__ = [
    "activities",
    "closings",
    "declarations",
    "figures",
    "indicators",
    "ledger",
    "registers",
    "reports",
    "router",
]

router = Doors(tags=["reporting"])
router.add_router("", activities.router)
router.add_router("", closings.router)
router.add_router("", declarations.router)
router.add_router("", figures.router)
router.add_router("", indicators.router)
router.add_router("", ledger.router)
router.add_router("", registers.router)
router.add_router("", reports.router)

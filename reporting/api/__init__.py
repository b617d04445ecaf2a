"""The figures over HTTP."""

from organisation.doors import Doors
from reporting.api import closings, figures

__all__ = ["closings", "figures", "router"]

router = Doors(tags=["reporting"])
router.add_router("", closings.router)
router.add_router("", figures.router)

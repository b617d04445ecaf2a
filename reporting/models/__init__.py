"""What reporting itself keeps."""

from reporting.models.activities import (
    AMOUNTS,
    TOLD,
    Activity,
    ActivityKind,
    Contract,
    Exit,
    Population,
    Public,
)
from reporting.models.closings import MonthClosing, MonthClosingQuerySet
from reporting.models.settings import FigureSettings

__all__ = [
    "AMOUNTS",
    "TOLD",
    "Activity",
    "ActivityKind",
    "Contract",
    "Exit",
    "FigureSettings",
    "MonthClosing",
    "MonthClosingQuerySet",
    "Population",
    "Public",
]

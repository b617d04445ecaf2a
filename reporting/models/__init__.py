"""What reporting itself keeps."""

from reporting.models.closings import MonthClosing, MonthClosingQuerySet
from reporting.models.targets import Target, TargetQuerySet

__all__ = ["MonthClosing", "MonthClosingQuerySet", "Target", "TargetQuerySet"]

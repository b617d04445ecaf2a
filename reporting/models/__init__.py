"""What reporting itself keeps."""

from reporting.models.closings import MonthClosing, MonthClosingQuerySet

__all__ = ["MonthClosing", "MonthClosingQuerySet"]

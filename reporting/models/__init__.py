"""What reporting itself keeps."""

from reporting.models.audits import AuditLink, AuditLinkQuerySet
from reporting.models.closings import MonthClosing, MonthClosingQuerySet

__all__ = ["AuditLink", "AuditLinkQuerySet", "MonthClosing", "MonthClosingQuerySet"]

"""What reporting itself keeps."""

from reporting.models.closings import MonthClosing, MonthClosingQuerySet
from reporting.models.mailings import Mailing
from reporting.models.reports import (
    Logo,
    PartnerOutlet,
    PublicPage,
    Report,
    ReportTemplate,
    TemplateVersion,
)

__all__ = [
    "Logo",
    "Mailing",
    "MonthClosing",
    "MonthClosingQuerySet",
    "PartnerOutlet",
    "PublicPage",
    "Report",
    "ReportTemplate",
    "TemplateVersion",
]

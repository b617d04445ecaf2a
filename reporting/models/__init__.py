"""What reporting itself keeps."""

from reporting.models.claims import ClaimedFlow, ClaimRelease, EprClaim, EprClaimQuerySet
from reporting.models.closings import MonthClosing, MonthClosingQuerySet
from reporting.models.mailings import Mailing
from reporting.models.registers import (
    Declaration,
    DeclarationFile,
    DeclarationFileQuerySet,
    FileWithdrawal,
)
from reporting.models.reports import (
    Logo,
    PartnerOutlet,
    PublicPage,
    Report,
    ReportTemplate,
    TemplateVersion,
)

__all__ = [
    "ClaimRelease",
    "ClaimedFlow",
    "Declaration",
    "DeclarationFile",
    "DeclarationFileQuerySet",
    "EprClaim",
    "EprClaimQuerySet",
    "FileWithdrawal",
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

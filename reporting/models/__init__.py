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
from reporting.models.audits import AuditLink, AuditLinkQuerySet
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
from reporting.models.settings import FigureSettings
from reporting.models.targets import Target, TargetQuerySet

__all__ = [
    "AMOUNTS",
    "TOLD",
    "Activity",
    "ActivityKind",
    "AuditLink",
    "AuditLinkQuerySet",
    "ClaimRelease",
    "ClaimedFlow",
    "Contract",
    "Declaration",
    "DeclarationFile",
    "DeclarationFileQuerySet",
    "EprClaim",
    "EprClaimQuerySet",
    "Exit",
    "FigureSettings",
    "FileWithdrawal",
    "Logo",
    "Mailing",
    "MonthClosing",
    "MonthClosingQuerySet",
    "PartnerOutlet",
    "Population",
    "Public",
    "PublicPage",
    "Report",
    "ReportTemplate",
    "Target",
    "TargetQuerySet",
    "TemplateVersion",
]

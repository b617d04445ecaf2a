"""What reporting itself keeps."""

from reporting.models.claims import ClaimedFlow, ClaimRelease, EprClaim, EprClaimQuerySet
from reporting.models.closings import MonthClosing, MonthClosingQuerySet
from reporting.models.registers import (
    Declaration,
    DeclarationFile,
    DeclarationFileQuerySet,
    FileWithdrawal,
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
    "MonthClosing",
    "MonthClosingQuerySet",
]

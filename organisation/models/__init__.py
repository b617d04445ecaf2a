"""Structures, their sites and people, their tablets, and the requests they have sent us."""

from organisation.models.held import HeldEntry
from organisation.models.people import Membership, Token, User
from organisation.models.stations import PinFailures, Station
from organisation.models.structures import (
    Addressed,
    Network,
    Organisation,
    Site,
    code_validator,
    validate_siret,
    validate_timezone,
)
from organisation.models.submissions import Submission

__all__ = [
    "Addressed",
    "HeldEntry",
    "Membership",
    "Network",
    "Organisation",
    "PinFailures",
    "Site",
    "Station",
    "Submission",
    "Token",
    "User",
    "code_validator",
    "validate_siret",
    "validate_timezone",
]

"""The erasure of one person: each room empties its own, in one transaction."""

from django.db import transaction

from collection.donors import erase_donors
from organisation.models import User
from reporting.persons.reading import Found
from sales.services import erase_buyer


@transaction.atomic
def erase(*, found: Found, by: User) -> None:
    """Empty the contact data, names and signatures that were found; numbers and sums stay."""
    for buyer in found.buyers:
        erase_buyer(buyer=buyer, by=by)
    erase_donors(brought=found.arrivals, held=found.held, by=by)

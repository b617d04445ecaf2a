"""What happens around tickets, and is noted in the journal."""

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from sales.journal import technical
from sales.journal.technical import Code
from sales.models import JournalEntry, Till
from sales.services.sessions import require_in_use


class Opening(models.TextChoices):
    """Why a drawer is opened without a sale."""

    CHANGE = "change", _("to give change")
    COUNT = "count", _("to count")
    MISTAKE = "mistake", _("a mistake put right")
    OTHER = "other", _("other")


@transaction.atomic
def open_drawer(*, entry: Entry, till: Till, reason: Opening) -> JournalEntry:
    """Note that the drawer was opened without a sale. Raises ValidationError ``till_retired``."""
    require_in_use(till)
    return technical.note(entry=entry, code=Code.DRAWER, till=till, facts={"reason": reason.value})


@transaction.atomic
def abandon(*, entry: Entry, till: Till, lines: int, total_cents: int) -> JournalEntry:
    """Note that a ticket under way was given up. Raises ValidationError ``till_retired``."""
    require_in_use(till)
    facts = {"lines": lines, "total_cents": total_cents}
    return technical.note(entry=entry, code=Code.ABANDONED, till=till, facts=facts)

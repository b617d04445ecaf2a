"""Entries that a tablet could not have recorded: kept once, decided once."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.models import HeldEntry, User


@transaction.atomic
def hold(*, entry: HeldEntry) -> HeldEntry:
    """Keep an entry for somebody to decide on; the same one is kept once."""
    if known := HeldEntry.objects.filter(site=entry.site, uuid=entry.uuid).first():
        return known
    entry.received_at = timezone.now()
    entry.full_clean(exclude=["station", "person", "decided_by"])
    entry.save()
    return entry


@transaction.atomic
def decide(*, entry: HeldEntry, outcome: HeldEntry.Outcome, by: User, note: str = "") -> None:
    """Note what became of an entry. Raises ValidationError ``already_decided``."""
    rows = HeldEntry.objects.filter(pk=entry.pk, decided_at=None)
    done = rows.update(outcome=outcome, decided_at=timezone.now(), decided_by=by, note=note)
    if not done:
        raise ValidationError(_("Somebody has decided on this already."), code="already_decided")

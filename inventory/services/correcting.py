"""Who may date an entry back, who may cancel one, and the cancelling."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, reverse
from inventory.models import Movement, Verb
from inventory.services.lives import free_codes, require_not_back, require_unlabelled
from inventory.services.shelf import require_no_rest
from inventory.services.transferring import take_back
from organisation.models import User

UNDO_TIME = timedelta(seconds=75)  # the screen offers a minute; the network takes some of it
QUEUE_LIFE = timedelta(hours=24)  # a tablet keeps its entries that long without a network


@transaction.atomic
def cancel(*, entry: Entry, movement: Movement) -> Movement:
    """Reverse a movement: one's own within the minute, any for those who may.

    The minute ends by the hour of ``entry``: a tablet without a network says when undo was touched.
    An item that it had made is unmade, and its code is free again. An arrival that was labelled
    in the same act, as a second life is, goes with its label; what left in the same act as a
    sorting goes with it.
    Raises PermissionDenied, or ValidationError ``already_back``, ``labels_first``,
    ``moved_since``, ``rest_first``, or as ``reverse`` and ``take_back`` do.
    """
    if entry.author is None or not may_cancel(
        user=entry.author, movement=movement, at=entry.occurred_at
    ):
        raise PermissionDenied(_("Only a manager may cancel this now."))
    if movement.verb in (Verb.TRANSFER, Verb.RECEIVE):
        return take_back(entry=entry, movement=movement)
    return _unmake_all(entry, movement, _made_with(movement))


# What goes with a document of each kind, where one act made them together.
TOGETHER = {
    Verb.COLLECT: (Verb.LABEL,),
    Verb.LABEL: (Verb.COLLECT,),
    Verb.SORT: (Verb.SHIP, Verb.GIVE),
}


@transaction.atomic
def cancel_act(*, entry: Entry, movement: Movement) -> Movement:
    """Reverse all that was recorded together with ``movement``, its first document.

    Raises as ``cancel`` does.
    """
    mirror = cancel(entry=entry, movement=movement)
    if movement.verb in (Verb.SHIP, Verb.GIVE):  # several departures in one act
        for other in _recorded_with(movement).order_by("-pk"):
            _unmake(entry, other)
    return mirror


def _recorded_with(movement: Movement) -> QuerySet[Movement]:
    """What the same request recorded and still stands, ``movement`` aside."""
    rows = Movement.objects.filter(submission=movement.submission_id, reverses=None)
    return rows.filter(reversed_by=None).exclude(pk=movement.pk).select_related("site")


def _made_with(movement: Movement) -> QuerySet[Movement]:
    return _recorded_with(movement).filter(verb__in=TOGETHER.get(Verb(movement.verb), ()))


def _unmake_all(entry: Entry, movement: Movement, others: Iterable[Movement]) -> Movement:
    """Unmake them, the latest first; return the mirror of ``movement``."""
    rows = sorted([movement, *others], key=lambda row: -row.pk)
    mirrors = {row.pk: _unmake(entry, row) for row in rows}
    return mirrors[movement.pk]


def _unmake(entry: Entry, movement: Movement) -> Movement:
    require_no_rest(movement)
    require_not_back(movement.flows.exclude(item=None).values_list("item", flat=True))
    mirror = reverse(entry=entry, movement=movement)
    free_codes(movement)
    require_unlabelled(movement)
    return mirror


def may_cancel(*, user: User, movement: Movement, at: datetime | None = None) -> bool:
    """Whether ``user`` may cancel ``movement`` at this hour (now), if it can be at all."""
    is_own = movement.author_id == user.pk
    is_fresh = (at or timezone.now()) - movement.recorded_at <= UNDO_TIME
    return (is_own and is_fresh) or user.may("reverse", movement.site)


def require_may_date(entry: Entry) -> None:
    """Refuse a date older than a tablet's queue to someone who may not date entries.

    Raises PermissionDenied.
    """
    if timezone.now() - entry.occurred_at <= QUEUE_LIFE:
        return
    if entry.author is None or not entry.author.may("backdate", entry.site):
        raise PermissionDenied(_("Only a manager may date an entry before yesterday."))

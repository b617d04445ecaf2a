"""What a tablet did at the till it holds: its envelope judged, in order, before its act is booked.

Nothing that was sold is refused for what the books say meanwhile.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from inventory.models import Verb
from organisation.models import Station, Submission, User
from sales import journal
from sales.journal import Event, canonical
from sales.journal.sealed import RECIPE, Sealed, bad_envelope, hash_of
from sales.journal.technical import Code
from sales.models import Envelope, JournalEntry, Kind, Till, TillLease
from sales.models.leases import where_it_stands
from sales.services.leasing import require_lease

FAST = timedelta(minutes=5)  # a clock that far ahead is wrong
SLOW = timedelta(minutes=5)  # what comes later than that had no network
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
NUMBERED = (Kind.SALE, Kind.REFUND)
KEYS = frozenset(
    ("at", "id", "kind", "lease", "number", "operator", "payload", "prev", "seq", "till")
) | {"total_cents", "v"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came from a tablet: its id, what it says, and its envelope."""

    uuid: UUID
    kind: Kind
    content: Mapping[str, Any]
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that was found right, and when the tablet says it was."""

    sealed: Sealed
    at: datetime


class EnvelopeDiffersError(ValidationError):
    """Another history than the one that came before: refused, and journaled."""

    def __init__(self, sent_hash: str, known_hash: str) -> None:
        super().__init__(
            _("The tablet tells this act another way than it did before."),
            code="envelope_differs",
        )
        self.facts = {"sent": sent_hash, "known": known_hash}


@transaction.atomic
def open_envelope(*, till: Till, station: Station | None, sent: Sent) -> Opened:
    """Judge an envelope, holding the till: it must be the next one of the tablet that holds it.

    Raises ValidationError ``not_leased``, ``till_leased``, ``bad_envelope``, ``resend_from`` or
    ``envelope_differs``.
    """
    journal.hold(till)
    if not TillLease.objects.filter(till=till).exists():
        raise ValidationError(
            _("No tablet holds this till: the server numbers it."), code="not_leased"
        )
    lease = require_lease(till, station)
    said = _read(till, lease, sent)
    stands = where_it_stands(till)
    if said["seq"] != stands["next_seq"]:
        raise _resend(stands["next_seq"])
    if said["prev"] != stands["prev_hash"]:
        raise EnvelopeDiffersError(said["prev"], stands["prev_hash"])
    if said["number"] != (stands["next_number"] if sent.kind in NUMBERED else None):
        raise bad_envelope()
    number, cents = said["number"], said["total_cents"]
    sealed = Sealed(lease, said["seq"], number, sent.kind, cents, sent.body, sent.hash)
    return Opened(sealed, _moment(said["at"]))


def _resend(expected: int) -> ValidationError:
    return ValidationError(
        _("Something is missing before this: number %(expected)s comes next."),
        code="resend_from",
        params={"expected": expected, "loc": ("envelope", "seq", expected)},
    )


def _read(till: Till, lease: TillLease, sent: Sent) -> dict[str, Any]:
    """What an envelope says, written the one way. Raises ValidationError ``bad_envelope``."""
    try:
        said = json.loads(sent.body)
        is_right = canonical(said) == sent.body and _is_whole(said)
        is_right = is_right and hash_of(said["prev"], sent.body.encode()) == sent.hash
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise bad_envelope() from None
    about = {
        "v": RECIPE,
        "till": till.code,
        "lease": str(lease.uuid),
        "kind": sent.kind.value,
        "id": str(sent.uuid),
    }
    if not is_right or any(said[key] != value for key, value in about.items()):
        raise bad_envelope()
    if canonical(said["payload"]) != canonical(sent.content):
        raise bad_envelope()
    return dict(said)


def _is_whole(said: Any) -> bool:
    """Whether every key is there, and of its own type."""
    return (
        isinstance(said, dict)
        and said.keys() == KEYS
        and all(type(said[key]) is str for key in ("at", "id", "kind", "lease", "prev", "till"))
        and type(said["seq"]) is int
        and type(said["total_cents"]) in (int, type(None))
        and isinstance(said["number"], str | None)
        and (type(said["operator"]) in (int, type(None)) or _is_short(said["operator"]))
    )


def _is_short(said: Any) -> bool:
    return isinstance(said, str) and len(said) <= 64


def _moment(said: str) -> datetime:
    """When it was, by the tablet's clock; by ours where that cannot be. Nothing is refused for it.

    Raises ValidationError ``bad_envelope`` where it is no moment at all.
    """
    try:
        at = datetime.strptime(said, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise bad_envelope() from None
    now = timezone.now()
    return at if FIRST <= at <= now + FAST else now


def note_spell(*, entry: Entry, till: Till) -> None:
    """Journal that a tablet had no network, once for all that comes of it: since when, until when.

    It ends as the first of it comes: all that waited comes at once. What comes later, and waited
    for another time, is of another spell; a clock that is always late makes but one.
    """
    now = timezone.now()
    wait = now - entry.occurred_at
    came, waited = _last_came(till)
    is_same = came and waited > SLOW and (now - came <= SLOW or abs(wait - waited) <= SLOW)
    if wait <= SLOW or is_same:
        return
    data = {
        "code": Code.OFFLINE.value,
        "what": "offline",
        "since": journal.stamp(entry.occurred_at),
        "until": journal.stamp(now),
    }
    event = Event(Kind.JET, data, uuid=uuid4())
    journal.append(head=journal.hold(till), entry=entry, event=event)


def _last_came(till: Till) -> tuple[datetime | None, timedelta]:
    """When the envelope before came, and how long it had waited."""
    last = Envelope.objects.filter(till=till).select_related("event").order_by("-seq").first()
    if last is None:
        return None, timedelta(0)
    came = _moment(json.loads(last.event.body)["at"])
    return came, came - _moment(json.loads(last.body)["at"])


def require_same_envelope(till: Till, sent: Sent) -> None:
    """Refuse another envelope for what is recorded already.

    Raises EnvelopeDiffersError.
    """
    known = Envelope.objects.filter(till=till).sent_as(sent.uuid)
    if known and known.hash != sent.hash:
        raise EnvelopeDiffersError(sent.hash, known.hash)


@transaction.atomic
def note_difference(*, till: Till, by: User | None, refusal: EnvelopeDiffersError) -> None:
    """Journal, once, that a tablet told another history than before: what it sent was refused."""
    uuid = uuid5(NAMESPACE_URL, f"{till.pk}/{refusal.facts['sent']}/{refusal.facts['known']}")
    head = journal.hold(till)
    if JournalEntry.objects.filter(uuid=uuid).exists():
        return
    claim = Submission(organisation=till.site.organisation, uuid=uuid)
    entry = Entry(till.site, Verb.SELL, claim, by, timezone.now())
    data = {**refusal.facts, "code": Code.DEFECT.value, "what": "envelope_differs"}
    journal.append(head=head, entry=entry, event=Event(Kind.JET, data, uuid=uuid))

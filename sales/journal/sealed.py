"""What a tablet wrote of an act at the till it holds: read, and judged by itself alone.

Recipe 1 of an envelope: its body is written as the journal writes (``journal.canonical``); its
hash is SHA-256 over the recipe's name, the hash of the envelope before, and the body.
"""

import hashlib
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from sales.models.leases import Envelope, TillLease

RECIPE = 1
DOMAIN = f"tracerie/envelope/{RECIPE}"


def hash_of(prev_hash: str, body: bytes) -> str:
    """SHA-256, in hexadecimal, of an envelope that follows ``prev_hash``."""
    return hashlib.sha256(f"{DOMAIN}\n{prev_hash}\n".encode() + body).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope that was found right, before its event is written."""

    lease: TillLease
    seq: int
    number: str | None
    kind: str
    total_cents: int | None
    body: str
    hash: str

    def fits(self, kind: str, total_cents: int | None) -> bool:
        """Whether it tells of such an event, of so much money."""
        return self.kind == kind and self.total_cents == total_cents

    def row(self) -> Envelope:
        """What is kept of it, once its event is written."""
        return Envelope(
            lease=self.lease,
            till_id=self.lease.till_id,
            seq=self.seq,
            number=self.number,
            body=self.body,
            hash=self.hash,
        )


@dataclass(frozen=True, slots=True)
class LeasedEntry(Entry):
    """Who books what, where and when, as the tablet that holds the till says it."""

    sealed: Sealed = field(kw_only=True)


def held_by(lease: TillLease) -> ValidationError:
    """The refusal of whoever is not the tablet that holds a till."""
    return ValidationError(
        _("The till “%(till)s” is held by the tablet “%(tablet)s”: sell there."),
        code="till_leased",
        params={"till": lease.till, "tablet": lease.station},
    )


def bad_envelope() -> ValidationError:
    """The refusal of an envelope that is not written as it should, or tells of something else."""
    return ValidationError(
        _("What the tablet wrote down does not fit what it sent."), code="bad_envelope"
    )


def require_all_came(sealed: Sealed, last_seq: int | None) -> None:
    """Refuse to close a till while its tablet has more than it sent.

    Raises ValidationError ``queue_not_empty``.
    """
    before = sealed.seq - 1
    if last_seq != before:
        raise ValidationError(
            _("The tablet has not sent everything: close once its queue is empty."),
            code="queue_not_empty",
            params={"loc": ("last_seq", before)},
        )

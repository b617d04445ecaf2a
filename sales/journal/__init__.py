"""The fiscal journal: what the till law asks to be unalterable, chained and provable.

Recipe 1: a body is UTF-8 JSON with sorted keys, no spaces, NFC text, and integers only; its hash is
SHA-256 over the recipe's name, the hash before, and the body. The bytes are kept as they were
hashed. Law: CGI art. 286 I 3° bis; BOI-TVA-DECLA-30-10-30. See docs/fiscal.md.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from inventory.ledger import Entry
from organisation.models import Site
from sales import FISCAL_VERSION
from sales.journal.sealed import LeasedEntry, Sealed, bad_envelope, held_by
from sales.models import AT_TILL, Chain, Envelope, JournalEntry, Kind, Till, TillLease

RECIPE = 1
DOMAIN = f"tracerie/journal/{RECIPE}"
SITE = "SITE"  # what a site's own chain is called; no till is
LARGEST = 2**53  # beyond it JavaScript no longer counts exactly


def canonical(value: Any) -> str:
    """The one way to write ``value`` down. Raises ValueError where it has none."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text.encode()  # a lone surrogate is no text
    return text


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, int):
        if abs(value) >= LARGEST:
            raise ValueError(f"{value} is too large")
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    raise ValueError(f"{type(value).__name__} has no place in a body")


def hash_of(prev_hash: str, body: bytes) -> str:
    """SHA-256, in hexadecimal, of an event that follows ``prev_hash``."""
    return hashlib.sha256(f"{DOMAIN}\n{prev_hash}\n".encode() + body).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as its body says it; ``amount_cents`` is what it adds to all ever sold.

    ``uuid`` is the sender's, but for what a till does by itself on the way.
    """

    kind: Kind
    data: Mapping[str, Any]
    amount_cents: int = 0
    uuid: UUID | None = None


def hold(till: Till) -> Chain:
    """The head of a till's chain, held until the transaction ends; made at its first event.

    Whoever writes at a till takes it first: one at a time, and all in the same order.
    """
    return _held(till.site, till)


def hold_site(site: Site) -> Chain:
    """The head of a site's own chain: what is done with the journal itself."""
    return _held(site, None)


def _held(site: Site, till: Till | None) -> Chain:
    name = f"{site.organisation.code}/{site.code}/{till.code if till else SITE}"
    heads = Chain.objects.select_for_update().filter(name=name)
    head = heads.first()
    if head is None:
        made = {"organisation": site.organisation, "site": site, "till": till}
        Chain.objects.get_or_create(name=name, defaults=made)
        head = heads.get()
    head.till, head.site = till, site
    return head


def append(*, head: Chain, entry: Entry, event: Event) -> JournalEntry:
    """Write the next event of the chain that is held, and move its head.

    Raises ValidationError ``till_leased`` or ``bad_envelope``.
    """
    sealed = _sealed(head, entry, event)
    head.last_seq += 1
    head.perpetual_cents += event.amount_cents
    head.perpetual_abs_cents += abs(event.amount_cents)
    uuid = event.uuid or entry.submission.uuid
    data = {**event.data, "envelope": sealed.hash} if sealed else event.data
    body = canonical({**_envelope(head, entry, event.kind, uuid), "data": data})
    row = JournalEntry.objects.create(
        chain=head,
        seq=head.last_seq,
        uuid=uuid,
        kind=event.kind,
        body=body,
        prev_hash=head.last_hash,
        hash=hash_of(head.last_hash, body.encode()),
    )
    head.last_hash = row.hash
    head.save(force_update=True)
    row._state.fields_cache["envelope"] = sealed and _kept(sealed, row)
    return row


def _kept(sealed: Sealed, event: JournalEntry) -> Envelope:
    row = sealed.row()
    row.event = event
    row.save(force_insert=True)
    return row


def _sealed(head: Chain, entry: Entry, event: Event) -> Sealed | None:
    """The tablet's envelope of an event; none where no tablet holds the till, or asked for it."""
    till = head.till
    if event.kind not in AT_TILL or till is None or head.name.rpartition("/")[2] != till.code:
        return None
    if not isinstance(entry, LeasedEntry):
        if lease := TillLease.objects.live_at(till):
            raise held_by(lease)
        return None
    if event.uuid:  # what the till does by itself, on the way
        return None
    is_ticket = event.kind in (Kind.SALE, Kind.REFUND)
    if not entry.sealed.fits(event.kind, event.data["total_cents"] if is_ticket else None):
        raise bad_envelope()
    return entry.sealed


def _envelope(head: Chain, entry: Entry, kind: Kind, uuid: UUID) -> dict[str, Any]:
    """What every event says: which, where, when by this server's clock, and who, without a name."""
    return {
        "v": RECIPE,
        "chain": head.name,
        "seq": head.last_seq,
        "kind": kind,
        "uuid": str(uuid),
        "at": stamp(timezone.now()),
        "business_date": entry.day.isoformat(),
        "till": head.till.code if head.till else None,
        "site": head.site.code,
        "operator": entry.author.pk if entry.author else None,
        "software": f"tracerie/{FISCAL_VERSION}",
        "perpetual_cents": head.perpetual_cents,
        "perpetual_abs_cents": head.perpetual_abs_cents,
    }


def stamp(at: datetime) -> str:
    """An instant as events write it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

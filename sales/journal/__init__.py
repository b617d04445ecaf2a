"""The fiscal journal: what the till law asks to be unalterable, chained and provable.

Recipe 1: a body is UTF-8 JSON with sorted keys, no spaces, NFC text, and integers only; its hash is
SHA-256 over the recipe's name, the hash before, and the body. The bytes are kept as they were
hashed. Law: CGI art. 286 I 3° bis; BOI-TVA-DECLA-30-10-30. See docs/fiscal.md.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.utils import timezone

from inventory.ledger import Entry
from sales import FISCAL_VERSION
from sales.models import Chain, JournalEntry, Kind, Till

RECIPE = 1
DOMAIN = f"tracerie/journal/{RECIPE}"
LARGEST = 2**53  # beyond it JavaScript no longer counts exactly
STAMP = "%Y-%m-%dT%H:%M:%SZ"


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


def append(
    *, till: Till, kind: Kind, entry: Entry, data: Mapping[str, Any], amount_cents: int = 0
) -> JournalEntry:
    """Write the next event of a till's chain, inside the caller's transaction.

    ``amount_cents`` is what it adds to, or takes from, all that was ever sold.
    """
    head = _locked(till)
    head.last_seq += 1
    head.perpetual_cents += amount_cents
    head.perpetual_abs_cents += abs(amount_cents)
    body = canonical({**_envelope(head, till, kind, entry), "data": data})
    event = JournalEntry.objects.create(
        chain=head,
        seq=head.last_seq,
        uuid=entry.submission.uuid,
        kind=kind,
        body=body,
        prev_hash=head.last_hash,
        hash=hash_of(head.last_hash, body.encode()),
    )
    head.last_hash = event.hash
    head.save(force_update=True)
    return event


def _locked(till: Till) -> Chain:
    """The head of a till's chain, held until the transaction ends; made at its first event."""
    site = till.site
    name = f"{site.organisation.code}/{site.code}/{till.code}"
    heads = Chain.objects.select_for_update().filter(name=name)
    if head := heads.first():
        return head
    made = {"organisation": site.organisation, "site": site, "till": till}
    Chain.objects.get_or_create(name=name, defaults=made)
    return heads.get()


def _envelope(head: Chain, till: Till, kind: Kind, entry: Entry) -> dict[str, Any]:
    """What every event says: which, where, when by this server's clock, and who, without a name."""
    return {
        "v": RECIPE,
        "chain": head.name,
        "seq": head.last_seq,
        "kind": kind,
        "uuid": str(entry.submission.uuid),
        "at": timezone.now().astimezone(UTC).strftime(STAMP),
        "business_date": entry.day.isoformat(),
        "till": till.code,
        "site": till.site.code,
        "operator": entry.author.pk if entry.author else None,
        "software": f"tracerie/{FISCAL_VERSION}",
        "perpetual_cents": head.perpetual_cents,
        "perpetual_abs_cents": head.perpetual_abs_cents,
    }

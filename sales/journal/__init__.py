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

from django.db import connection
from django.utils import timezone

from inventory.ledger import Entry
from inventory.rows import keep
from organisation.models import Site
from organisation.prepared import Prepared
from sales import FISCAL_VERSION
from sales.models import Chain, JournalEntry, Kind, Till

RECIPE = 1
SOFTWARE = f"tracerie/{FISCAL_VERSION}"
DOMAIN = f"tracerie/journal/{RECIPE}"
SITE = "SITE"  # what a site's own chain is called; no till is
TRAINING = "-ECOLE"  # what the chain of a till's training is called behind its till
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


def hold_training(till: Till) -> Chain:
    """The head of a till's training: what is sold there counts nowhere."""
    return _held(till.site, till, is_training=True)


def _held(site: Site, till: Till | None, *, is_training: bool = False) -> Chain:
    place = f"{till.code if till else SITE}{TRAINING if is_training else ''}"
    name = f"{site.organisation.code}/{site.code}/{place}"
    head = _HEAD.row(name)
    if head is None:
        made: dict[str, Any] = {"organisation": site.organisation, "site": site, "till": till}
        made["is_training"] = is_training
        Chain.objects.get_or_create(name=name, defaults=made)
        head = _HEAD.row(name)
        assert head is not None  # noqa: S101 (it was made, here or by another)
    head.till, head.site = till, site
    return head


_HEAD = Prepared(lambda name: Chain.objects.select_for_update().filter(name=name), "?")


def append(*, head: Chain, entry: Entry, event: Event) -> JournalEntry:
    """Write the next event of the chain that is held, and move its head."""
    head.last_seq += 1
    head.perpetual_cents += event.amount_cents
    head.perpetual_abs_cents += abs(event.amount_cents)
    head.operator = entry.author.pk if entry.author else head.operator
    head.software = SOFTWARE
    uuid = event.uuid or entry.submission.uuid
    body = canonical({**_envelope(head, entry, event.kind, uuid), "data": event.data})
    row = JournalEntry(
        chain=head,
        seq=head.last_seq,
        uuid=uuid,
        kind=event.kind,
        body=body,
        prev_hash=head.last_hash,
        hash=hash_of(head.last_hash, body.encode()),
    )
    keep(row)
    head.last_hash = row.hash
    _move(head)
    return row


def _move(head: Chain) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sales_chain SET last_seq = %s, last_hash = %s, perpetual_cents = %s,"
            " perpetual_abs_cents = %s, operator = %s, software = %s WHERE name = %s",
            [
                head.last_seq,
                head.last_hash,
                head.perpetual_cents,
                head.perpetual_abs_cents,
                head.operator,
                head.software,
                head.name,
            ],
        )


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
        "software": SOFTWARE,
        "perpetual_cents": head.perpetual_cents,
        "perpetual_abs_cents": head.perpetual_abs_cents,
    }


def stamp(at: datetime) -> str:
    """An instant as events write it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

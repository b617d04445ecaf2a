"""Closings are signed: the body of the event itself, and all that it follows.

The key that signed is named in it, so that a closing is checked alone; that key must be one of
those that the site's own chain names (``Kind.KEY``).
"""

import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from inventory.ledger import Entry
from sales import journal
from sales.journal import keys, technical
from sales.models import Chain, JournalEntry, Kind

DOMAIN = "tracerie/closing/1"
PARTS = ("key", "signature")  # what signing adds to what a closing says


def signed(prev_hash: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a closing, with the key that signs it and its signature."""
    named = {**body, "data": {**body["data"], "key": keys.public_hex()}}
    signature = keys.sign(_text(prev_hash, named)).hex()
    return {**named, "data": {**named["data"], "signature": signature}}


def fault_of(prev_hash: str, body: Mapping[str, Any], known: Collection[str]) -> str | None:
    """What is wrong with the signature of a closing: ``key`` or ``signature``."""
    data = dict(body["data"])
    try:
        signature, public = bytes.fromhex(data.pop("signature")), bytes.fromhex(data["key"])
    except (LookupError, TypeError, ValueError):
        return "signature"
    if data["key"] not in known:
        return "key"
    text = _text(prev_hash, {**body, "data": data})
    return None if keys.is_signed(public, text, signature) else "signature"


def _text(prev_hash: str, body: Mapping[str, Any]) -> bytes:
    return f"{DOMAIN}\n{prev_hash}\n{journal.canonical(body)}".encode()


def unsigned(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a closing says, without what signing added."""
    return {name: value for name, value in data.items() if name not in PARTS}


def said_by(event: JournalEntry, what: str) -> Any:
    """What an event says under a name; nothing where it cannot be read."""
    try:
        return json.loads(bytes(event.raw))["data"][what]
    except (ValueError, TypeError, LookupError):
        return None


def keys_of(chain: Chain, using: str) -> frozenset[str]:
    """The keys that the own chain of a chain's site names."""
    rows = JournalEntry.objects.using(using).filter(chain__site=chain.site_id, kind=Kind.KEY)
    return frozenset(str(said_by(row, "key")) for row in rows.raw_bodies())


def name_key(entry: Entry) -> None:
    """Write the public key into the site's own chain, where it is not the last one named there.

    Takes the site before its chain, as everybody does.
    """
    site = entry.site
    named = JournalEntry.objects.filter(chain__site=site, kind=Kind.KEY).order_by("-pk")
    pem = keys.public_pem()
    last = named.first()
    if last and json.loads(last.body)["data"]["public_key"] == pem:
        return
    head = journal.hold_site(site)
    technical.arrive(head=head, entry=entry)
    event = journal.Event(Kind.KEY, {"public_key": pem, "key": keys.public_hex()}, uuid=uuid4())
    journal.append(head=head, entry=entry, event=event)

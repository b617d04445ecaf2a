"""The archive of a site's tills: what an inspector takes away and checks without us.

All of it is written from the events of the journal, so an archive asked for again is the same to
the byte; the event that made it keeps its manifest's hash.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from organisation.models import Site
from sales import journal
from sales.archive.tables import tables
from sales.archive.verifier import raw_key
from sales.journal import SOFTWARE, Event, canonical, stamp, technical
from sales.journal.keys import public_pem, sign
from sales.models import Chain, Closing, Envelope, JournalEntry, Kind, PeriodClosing
from sales.models.journal import GENESIS
from sales.models.leases import EnvelopeQuerySet

HERE = Path(__file__).parent
TOOLS = ("LISEZMOI.txt", "verifier.py")  # of this version, and no part of what was frozen
FIRST = (1980, 1, 1, 0, 0, 0)  # zip's own beginning: a file's date says nothing here

Part = dict[str, Any]  # of a chain: where it begins and ends, and the hash before it


@transaction.atomic
def make_archive(*, entry: Entry, start: date, end: date) -> JournalEntry:
    """Freeze the closed sessions of a site's tills between two business days, in the journal.

    Raises ValidationError ``nothing_to_archive``.
    """
    head = journal.hold_site(entry.site)
    technical.arrive(head=head, entry=entry)
    chains = [part for chain in _chains(entry.site) if (part := _part(chain, start, end))]
    if not chains:
        raise ValidationError(
            _("No till of this site was closed between these days."), code="nothing_to_archive"
        )
    if part := _part_of_site(head, start):
        chains.append(part)
    organisation = entry.site.organisation
    told = {
        "recipe": journal.DOMAIN,
        "software": SOFTWARE,
        "structure": organisation.code,
        "siret": organisation.siret,
        "site": entry.site.code,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "made_at": stamp(entry.occurred_at),
        "chains": chains,
        "training": _training(entry.site, start, end),
        "public_key": public_pem(),
        "keys": _keys(head),
    }
    digest = hashlib.sha256(Archive(told).manifest).hexdigest()
    data = {**told, "manifest_sha256": digest}
    return journal.append(head=head, entry=entry, event=Event(Kind.ARCHIVE, data))


def _chains(site: Site) -> Iterable[Chain]:
    return Chain.objects.filter(site=site, till__isnull=False, is_training=False).order_by("name")


def _part(chain: Chain, start: date, end: date) -> Part | None:
    """The events of a chain behind the closing before a period, up to its own last closing.

    What is noted between a closing and the next opening so lies in an archive, too.
    """
    days = {"session__till": chain.till_id, "session__business_date__range": (start, end)}
    closings = Closing.objects.filter(**days).select_related("event", "session")
    first = closings.order_by("session__number").first()
    last = closings.order_by("-session__number").first()
    if first is None or last is None:
        return None
    number = first.session.number - 1
    rows = Closing.objects.filter(session__till=chain.till_id, session__number=number)
    before = rows.select_related("event").first()
    part = {
        "name": chain.name,
        "first_seq": before.event.seq + 1 if before else 1,
        "last_seq": last.event.seq,
        "before_hash": before.event.hash if before else GENESIS,
        "last_hash": last.event.hash,
        "before_perpetual_cents": before.figures["perpetual_cents"] if before else 0,
    }
    return {**part, "envelopes": _sealed(part)}


def _sealed(part: Part) -> dict[str, Any] | None:
    """From which envelope to which a tablet wrote what is in a part; none where none did."""
    rows = _sealed_in(part)
    first, last = rows.first(), rows.last()
    if first is None or last is None:
        return None
    return {
        "first_seq": first.seq,
        "last_seq": last.seq,
        "before_hash": json.loads(first.body)["prev"],
        "last_hash": last.hash,
    }


def _training(site: Site, start: date, end: date) -> list[Part]:
    """What was sold to learn between two days: chains apart, that no total and no Z knows."""
    rows = Chain.objects.filter(site=site, is_training=True).order_by("name")
    return [part for chain in rows if (part := _lessons(chain, start, end))]


def _lessons(chain: Chain, start: date, end: date) -> Part | None:
    days = [
        (event, json.loads(event.body)["business_date"]) for event in chain.entries.order_by("seq")
    ]
    found = [event for event, day in days if start.isoformat() <= day <= end.isoformat()]
    if not found:
        return None
    return {
        "name": chain.name,
        "first_seq": found[0].seq,
        "last_seq": found[-1].seq,
        "before_hash": found[0].prev_hash,
        "last_hash": found[-1].hash,
        "before_perpetual_cents": 0,
    }


def _part_of_site(head: Chain, start: date) -> Part | None:
    """The events of the site's own chain since the last month closed before a period."""
    rows = PeriodClosing.objects.months().filter(site=head.site_id, last_day__lt=start)
    before = rows.select_related("event").last()
    if not head.last_seq or (before and before.event.seq == head.last_seq):
        return None
    return {
        "name": head.name,
        "first_seq": before.event.seq + 1 if before else 1,
        "last_seq": head.last_seq,
        "before_hash": before.event.hash if before else GENESIS,
        "last_hash": head.last_hash,
        "before_perpetual_cents": 0,
    }


def _keys(head: Chain) -> list[str]:
    """All the keys that ever signed here, as the site's own chain names them."""
    rows = JournalEntry.objects.filter(chain=head.name, kind=Kind.KEY).order_by("seq")
    return [json.loads(body)["data"]["key"] for body in rows.values_list("body", flat=True)]


@dataclass(frozen=True)
class Archive:
    """The files of an archive, from what its event told."""

    told: dict[str, Any]

    @classmethod
    def of(cls, event: JournalEntry) -> "Archive":
        told = json.loads(event.body)["data"]
        told.pop("manifest_sha256")
        return cls(told)

    def zipped(self) -> bytes:
        """The archive: the same bytes each time."""
        files = {
            **self.files,
            **{name: (HERE / name).read_bytes() for name in TOOLS},
            "manifest.json": self.manifest,
            "manifest.sig": base64.b64encode(sign(self.manifest)) + b"\n",
            "public_key.pem": self.told["public_key"].encode(),
        }
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(files.items()):
                archive.writestr(_entry(name), content)
        return into.getvalue()

    @cached_property
    def manifest(self) -> bytes:
        """What is in it: the heads of its chains and the hash of each file."""
        said = {
            **self.told,
            "public_key": raw_key(self.told["public_key"]).hex(),
            "files": {
                name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()
            },
        }
        return canonical(said).encode()

    @cached_property
    def files(self) -> dict[str, bytes]:
        journaled = list(_events(self.told["chains"]))
        return {
            "journal.ndjson": b"".join(map(_line, journaled)),
            "enveloppes.ndjson": b"".join(map(_sealed_line, _envelopes(self.told["chains"]))),
            "entrainement.ndjson": b"".join(map(_line, _events(self.told["training"]))),
            **tables([(event, json.loads(event.body)) for event in journaled]),
        }


def _events(parts: Sequence[Part]) -> Iterator[JournalEntry]:
    for part in parts:
        seqs = (part["first_seq"], part["last_seq"])
        rows = JournalEntry.objects.filter(chain=part["name"], seq__range=seqs)
        yield from rows.order_by("seq")


def _envelopes(parts: Sequence[Part]) -> Iterator[Envelope]:
    for part in parts:
        yield from _sealed_in(part)


def _sealed_in(part: Part) -> EnvelopeQuerySet:
    """What tablets wrote of the events of a part."""
    seqs = (part["first_seq"], part["last_seq"])
    rows = Envelope.objects.filter(event__chain=part["name"], event__seq__range=seqs)
    return rows.select_related("event").order_by("seq")


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, FIRST)
    found.compress_type = zipfile.ZIP_DEFLATED
    found.external_attr = 0o644 << 16
    return found


def _line(event: JournalEntry) -> bytes:
    told = {
        "chain": event.chain_id,
        "seq": event.seq,
        "prev_hash": event.prev_hash,
        "hash": event.hash,
        "body": event.body,
    }
    return _ndjson(told)


def _sealed_line(row: Envelope) -> bytes:
    """``of``: the rank of the event that names it, in the same chain."""
    told = {
        "chain": row.event.chain_id,
        "of": row.event.seq,
        "seq": row.seq,
        "hash": row.hash,
        "body": row.body,
    }
    return _ndjson(told)


def _ndjson(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

"""The archive of a site's tills: what an inspector takes away and checks without us.

All of it is written from the events of the journal, so an archive asked for again is the same to
the byte; the event that made it keeps its manifest's hash.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
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
from organisation.papers.cells import table
from sales import journal
from sales.archive.verifier import raw_key
from sales.journal import SOFTWARE, Event, canonical, stamp, technical
from sales.journal.keys import public_pem, sign
from sales.models import Chain, Closing, JournalEntry, Kind, PeriodClosing
from sales.models.journal import GENESIS

HERE = Path(__file__).parent
TOOLS = ("LISEZMOI.txt", "verifier.py")  # of this version, and no part of what was frozen
FIRST = (1980, 1, 1, 0, 0, 0)  # zip's own beginning: a file's date says nothing here


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
        "public_key": public_pem(),
        "keys": _keys(head),
    }
    digest = hashlib.sha256(Archive(told).manifest).hexdigest()
    data = {**told, "manifest_sha256": digest}
    return journal.append(head=head, entry=entry, event=Event(Kind.ARCHIVE, data))


def _chains(site: Site) -> Iterable[Chain]:
    return Chain.objects.filter(site=site, till__isnull=False, is_training=False).order_by("name")


def _part(chain: Chain, start: date, end: date) -> dict[str, Any] | None:
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
    return {
        "name": chain.name,
        "first_seq": before.event.seq + 1 if before else 1,
        "last_seq": last.event.seq,
        "before_hash": before.event.hash if before else GENESIS,
        "last_hash": last.event.hash,
        "before_perpetual_cents": before.figures["perpetual_cents"] if before else 0,
    }


def _part_of_site(head: Chain, start: date) -> dict[str, Any] | None:
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
        told = [(event, json.loads(event.body)) for event in self._events()]
        return {
            "journal.ndjson": b"".join(_line(event) for event, _body in told),
            "tickets.csv": _csv(TICKETS, (row for each in told for row in _tickets(*each))),
            "lignes.csv": _csv(LINES, (row for each in told for row in _lines(*each))),
            "paiements.csv": _csv(PAYMENTS, (row for each in told for row in _payments(*each))),
            "clotures.csv": _csv(CLOSINGS, (row for each in told for row in _closings(*each))),
        }

    def _events(self) -> Iterator[JournalEntry]:
        for part in self.told["chains"]:
            seqs = (part["first_seq"], part["last_seq"])
            rows = JournalEntry.objects.filter(chain=part["name"], seq__range=seqs)
            yield from rows.order_by("seq")


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
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# Tables for people: the journal in rows. Heads are French, as the inspector reads.

TICKETS = (
    "caisse", "rang", "numéro", "nature", "heure (UTC)", "jour", "rembourse", "total (centimes)",
    "rendu (centimes)", "empreinte",
)  # fmt: skip
LINES = (
    "numéro", "ligne", "nature", "objet", "catégorie", "libellé", "quantité", "prix (centimes)",
    "mode de prix", "lot", "remise (centimes)", "motif de la remise",
    "part de la remise du ticket (centimes)", "total (centimes)", "TVA (centièmes de %)",
    "poids (g)", "poids connu par",
)  # fmt: skip
PAYMENTS = ("numéro", "moyen", "montant (centimes)")
CLOSINGS = (
    "période", "caisse", "rang", "n° de Z", "premier jour", "dernier jour", "tickets",
    "remboursements", "total (centimes)", "total de l'année (centimes)",
    "total perpétuel (centimes)", "attendu (centimes)", "compté (centimes)", "oubliée", "empreinte",
)  # fmt: skip


PERIODS = {Kind.CLOSE_MONTH.value: "mois", Kind.CLOSE_YEAR.value: "année"}


def _tickets(event: JournalEntry, body: Any) -> Iterator[tuple[Any, ...]]:
    data = body["data"]
    if body["kind"] in (Kind.SALE, Kind.REFUND):
        way, nature = (1, "vente") if body["kind"] == Kind.SALE else (-1, "remboursement")
        yield (
            body["till"], event.seq, data["number"], nature, data["occurred_at"],
            data["business_date"], data.get("of", ""), way * data["total_cents"],
            data.get("change_cents", 0), event.hash,
        )  # fmt: skip


def _lines(_event: JournalEntry, body: Any) -> Iterator[tuple[Any, ...]]:
    data = body["data"]
    if body["kind"] == Kind.SALE:
        for line in data["lines"]:
            yield (
                data["number"], line["n"], line["nature"], line["item"] or "",
                line["category"] or "", line["label"], line["quantity"],
                line["price_cents"], line["price_mode"], int(line["lot"]), line["discount_cents"],
                line["discount_reason"], line["shared_cents"],
                line["total_cents"], _known(line["vat_bp"]), _known(line["weight_g"]),
                line["weight_source"],
            )  # fmt: skip
    elif body["kind"] == Kind.REFUND:
        for line in data["lines"]:
            yield (
                data["number"], line["n"], line["nature"], "", line["category"] or "",
                f"rendu sur {data['of']}", -line["quantity"], "", "", "", "", "", "",
                -line["amount_cents"], "", _known(line["weight_g"], -1), "",
            )  # fmt: skip


def _known(grams: int | None, sign: int = 1) -> Any:
    return "" if grams is None else sign * grams


def _payments(_event: JournalEntry, body: Any) -> Iterator[tuple[Any, ...]]:
    data = body["data"]
    if body["kind"] == Kind.SALE:
        for method, cents, *_of in data["payments"]:
            yield data["number"], method, cents
        if data["change_cents"]:
            yield data["number"], "cash", -data["change_cents"]
    elif body["kind"] == Kind.REFUND:
        yield data["number"], data["method"], -data["total_cents"]


def _closings(event: JournalEntry, body: Any) -> Iterator[tuple[Any, ...]]:
    data = body["data"]
    if body["kind"] == Kind.CLOSE_DAY:
        counted = data["counted_cents"]
        yield (
            "jour", body["till"], event.seq, data["session"], data["business_date"],
            data["business_date"], data["tickets"], data["refunds"], data["total_cents"],
            data["year_cents"], body["perpetual_cents"], data["expected_cents"],
            "" if counted is None else counted, int(data["missed"]), event.hash,
        )  # fmt: skip
    elif body["kind"] in PERIODS:
        tills = [*data["tills"].items(), ("", data)]  # each till, then the site
        for till, told in tills:
            yield (
                PERIODS[body["kind"]], till, event.seq, "", data["first_day"], data["last_day"],
                told["tickets"], told["refunds"], told["total_cents"], told["year_cents"],
                told["perpetual_cents"], "", "", told["missed"], event.hash,
            )  # fmt: skip


def _csv(heads: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    return table(heads, rows).encode()

"""What tablets wrote at the tills they held, proven: every envelope, its order, and its event."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from sales.journal import canonical
from sales.journal.bodies import Data, lease_begun_data, lease_ended_data
from sales.journal.sealed import RECIPE, hash_of
from sales.models import AT_TILL, Envelope, JournalEntry, Kind, TillLease
from sales.models.journal import GENESIS
from sales.models.leases import number_of

How = Literal["altered", "missing", "unverifiable"]
Wrong = tuple[JournalEntry, How, str]
TICKETS = (Kind.SALE, Kind.REFUND)


@dataclass(slots=True)
class Seals:
    """How far the envelopes of a till were read; ``lease`` is the one under way."""

    lease: str | None = None
    seq: int = 0
    hash: str = GENESIS
    tickets: int = 0


def strays(using: str) -> Iterator[str]:
    """Rows that no event stands behind."""
    events = JournalEntry.objects.using(using)
    sealed, lent = events.filter(kind__in=AT_TILL), events.filter(kind=Kind.LEASE)
    for row in Envelope.objects.using(using).exclude(event__in=sealed.values("pk")):
        yield f"{Envelope._meta.verbose_name} {row.pk}"
    known = lent.values("pk")
    gone = ~Q(begun__in=known) | Q(ended__isnull=False) & ~Q(ended__in=known)
    for lease in TillLease.objects.using(using).filter(gone):
        yield f"{TillLease._meta.verbose_name} {lease.pk}"


def unsealed(batch: Sequence[JournalEntry], seals: Seals, using: str) -> Iterator[Wrong]:
    """All that is wrong with the envelopes and the leases of these events, in their order."""
    keys = [event.pk for event in batch]
    rows = Envelope.objects.using(using).filter(event__in=keys).raw_bodies()
    rows = rows.select_related("lease__begun", "till")
    envelopes = {row.event_id: row for row in rows}
    leases = _leases(keys, using)
    for event in batch:
        data = _data(event)
        if event.kind == Kind.LEASE:
            yield from _lent(event, data, leases.get(event.pk), seals)
        elif event.kind in AT_TILL:
            yield from _sealed(event, data, envelopes.get(event.pk), seals)


def _data(event: JournalEntry) -> Data:
    """Nothing where its body cannot be read, which is told elsewhere."""
    try:
        return dict(json.loads(bytes(event.raw))["data"])
    except (ValueError, TypeError, LookupError):
        return {}


def _leases(keys: Sequence[int], using: str) -> dict[int, TillLease]:
    """Event → the lease that it began or ended."""
    rows = TillLease.objects.using(using).filter(Q(begun__in=keys) | Q(ended__in=keys))
    found: dict[int, TillLease] = {}
    for row in rows.select_related("till", "begun"):
        found[row.begun_id] = row
        if row.ended_id:
            found[row.ended_id] = row
    return found


def _lent(
    event: JournalEntry, data: Data, lease: TillLease | None, seals: Seals
) -> Iterator[Wrong]:
    if lease is None:
        yield event, "missing", _("the rows of the event")
        return
    is_beginning = lease.begun_id == event.pk
    told: Callable[[TillLease], Data] = lease_begun_data if is_beginning else lease_ended_data
    if canonical(told(lease)) != canonical(data):
        yield event, "altered", _("rows that say otherwise than it")
    if is_beginning:
        follows = (seals.lease, lease.first_seq) == (None, seals.seq + 1)
        follows = follows and lease.prev_hash == seals.hash
    else:
        follows = (seals.lease, lease.last_seq) == (str(lease.uuid), seals.seq)
    if not follows:
        yield event, "altered", _("a lease that does not follow the envelopes")
    seals.lease = str(event.uuid) if is_beginning else None


def _sealed(event: JournalEntry, data: Data, row: Envelope | None, seals: Seals) -> Iterator[Wrong]:
    if row is None:
        if "envelope" in data:
            yield event, "missing", _("the envelope of the event")
        elif seals.lease and not _is_own_doing(event, data):
            yield event, "altered", _("no envelope, where a tablet held the till")
        return
    if row.hash != data.get("envelope") or seals.lease is None:
        yield event, "altered", _("another envelope than the one it names")
    if hash_of(seals.hash, bytes(row.raw_body)) != row.hash:
        yield event, "altered", _("the hash is not that of the envelope")
    seals.seq, seals.tickets = seals.seq + 1, seals.tickets + (event.kind in TICKETS)
    if not _fits(event, data, row, seals):
        yield event, "altered", _("an envelope that tells of something else")
    seals.hash = row.hash


def _is_own_doing(event: JournalEntry, data: Data) -> bool:
    """Whether the till did it by itself: a day that nobody closed, and the one after it."""
    return bool(data.get("missed")) or (
        event.kind == Kind.SESSION_OPEN and data.get("counted") is False
    )


def _fits(event: JournalEntry, data: Mapping[str, Any], row: Envelope, seals: Seals) -> bool:
    """Whether body, row and event tell the same, as the next of the till."""
    is_ticket = event.kind in TICKETS
    number = number_of(row.till, seals.tickets) if is_ticket else None
    about = {
        "v": RECIPE,
        "till": row.till.code,
        "lease": seals.lease,
        "seq": seals.seq,
        "number": number,
        "kind": event.kind,
        "id": str(event.uuid),
        "prev": seals.hash,
        "total_cents": data.get("total_cents") if is_ticket else None,
    }
    try:
        said = json.loads(bytes(row.raw_body))
        is_told = all(said[key] == value for key, value in about.items())
    except (ValueError, TypeError, LookupError):
        return False
    ends = not is_ticket or str(data.get("number")).endswith(f"-{number}")
    own = (row.seq, row.number, str(row.lease.uuid)) == (seals.seq, number, seals.lease)
    return is_told and ends and own and row.till_id == row.lease.till_id


def unanchored(chain: str, papers: Mapping[str, str], using: str) -> Iterator[tuple[How, str]]:
    """What is on paper otherwise: number of a tablet's ticket → the hash's first characters."""
    rows = Envelope.objects.using(using).filter(event__chain=chain, number__in=papers)
    known = dict(rows.values_list("number", "hash"))
    for number, start in papers.items():
        if number not in known:
            yield "missing", _("ticket %(number)s, which is on paper") % {"number": number}
        elif not known[number].startswith(start):
            yield "altered", _("ticket %(number)s has another hash on paper") % {"number": number}

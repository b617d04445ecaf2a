"""Where the server's clock went back: no fault, as the order is that of the numbers, but told."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sales.models import Chain, JournalEntry


class TurnedBack(NamedTuple):
    """An event that says an earlier moment than the one before it."""

    chain: str
    seq: int
    before: str
    at: str


def turned_back(chains: Iterable[Chain], *, using: str = "report") -> Iterator[TurnedBack]:
    """Each time that the clock went back between two events of a chain."""
    for chain in chains:
        rows = JournalEntry.objects.using(using).filter(chain=chain.name).raw_bodies()
        last = ""
        for event in rows.order_by("seq").iterator():
            at = _moment(event)
            if at and at < last:
                yield TurnedBack(chain.name, event.seq, last, at)
            last = at or last


def _moment(event: JournalEntry) -> str:
    """When an event was written, as UTC in the one form that sorts; nothing where it is no text."""
    try:
        return str(json.loads(bytes(event.raw))["at"])
    except (ValueError, TypeError, LookupError):
        return ""

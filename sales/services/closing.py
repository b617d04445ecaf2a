"""The closing (Z) of a session: its figures, and the drawer as it was counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from inventory.ledger import Entry
from sales import journal
from sales.journal import Event
from sales.journal.bodies import closing_data
from sales.journal.periods import year_start
from sales.journal.signatures import name_key
from sales.journal.totals import totals_of
from sales.models import Chain, Closing, Kind, Method, ShopSettings, TillSession


@dataclass(frozen=True, slots=True)
class Count:
    """What was found at the end of a day: pieces of cash, and the sum of other means."""

    pieces: Mapping[int, int]  # cents of a coin or note → how many
    others: Mapping[Method, int] = field(default_factory=dict)

    @property
    def cash_cents(self) -> int:
        return sum(piece * number for piece, number in self.pieces.items())


def write_closing(head: Chain, entry: Entry, session: TillSession, count: Count | None) -> Closing:
    """Write the Z of a session, on the chain that is held; without a count it was missed."""
    totals = totals_of(session)
    expected_cents = totals.expected_cents(session.float_cents)
    closing = Closing(
        session=session,
        closed_at=entry.occurred_at,
        author=entry.author,
        total_cents=totals.total_cents,
        expected_cents=expected_cents,
        counted_cents=count.cash_cents if count else None,
        note=entry.note if count else "",
    )
    before = Closing.objects.last_of(session.till)
    settings = ShopSettings.objects.of(session.till.organisation_id)
    starts = year_start(session.business_date, settings.year_starts_month)
    data = closing_data(closing, totals, before, _counted(count), starts)
    name_key(replace(entry, business_date=None))
    event = Event(Kind.CLOSE_DAY, data, uuid=None if count else uuid4())
    day = replace(entry, business_date=session.business_date)
    closing.event = journal.append(head=head, entry=day, event=event)
    closing.save(force_insert=True)
    session.closing = closing
    return closing


def _counted(count: Count | None) -> dict[str, Any] | None:
    """What was counted, as the event of a closing says it."""
    if count is None:
        return None
    return {
        "pieces": {str(piece): number for piece, number in count.pieces.items() if number},
        "others": {method.value: cents for method, cents in count.others.items()},
    }

"""Closings reckoned a second time from the events that they add up, to be compared with."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from sales.journal.bodies import Data, closing_data
from sales.journal.periods import period_data
from sales.journal.totals import totals_of
from sales.models import Closing, PeriodClosing

Told = tuple[int, Callable[[], Data]]  # an event's key, and what its rows say


def closings(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Closing.objects.using(using).filter(event__in=keys)
    for closing in rows.select_related("event", "session__event"):
        yield closing.event_id, partial(_reckoned, closing, using)


def _reckoned(closing: Closing, using: str) -> Data:
    """What a Z should say, by the events of its session; nothing where its row says otherwise."""
    session, event = closing.session, closing.event
    totals = totals_of(session, until=event.seq - 1)
    earlier = Closing.objects.using(using).filter(
        session__till=session.till_id, session__number__lt=session.number
    )
    before = earlier.select_related("event", "session").order_by("-session__number").first()
    said = json.loads(event.body)["data"]
    counted = said["counted"]
    in_drawer = totals.expected_cents(session.float_cents)
    found = counted and _cash(counted["pieces"])
    if (closing.total_cents, closing.expected_cents, closing.counted_cents) != (
        totals.total_cents,
        in_drawer,
        found,
    ):
        return {}
    year_from = date.fromisoformat(said["year_from"])
    return closing_data(closing, totals, before, counted, year_from)


def periods(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = PeriodClosing.objects.using(using).filter(event__in=keys)
    for closing in rows.select_related("site"):
        yield closing.event_id, partial(_added_up, closing, using)


def _added_up(closing: PeriodClosing, using: str) -> Data:
    """What the closing of a period should say, by the closings that it cites."""
    data = period_data(closing, using)
    is_right = closing.total_cents == data["total_cents"]
    return data if is_right and closing.kind == closing.event.kind else {}


def _cash(pieces: Mapping[str, int]) -> int:
    return sum(int(piece) * number for piece, number in pieces.items())

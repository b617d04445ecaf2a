"""A till's day: opened with a float, cash in and out, closed with a Z."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, lock_site, open_day
from sales import journal
from sales.journal import Event
from sales.journal.bodies import cash_move_data, closing_data, session_data
from sales.journal.sealed import LeasedEntry, require_all_came
from sales.journal.totals import totals_of
from sales.models import CashMove, Chain, Closing, Kind, Method, Till, TillSession

LONGEST = timedelta(hours=24)
MOST_CENTS = 1_000_000  # 10 000 € in a drawer: a key was pressed once too often
MOST_PIECES = 9_999
PIECES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class Count:
    """What was found at the end of a day: pieces of cash, and the sum of other means."""

    pieces: Mapping[int, int]  # cents of a coin or note → how many
    others: Mapping[Method, int] = field(default_factory=dict)

    @property
    def cash_cents(self) -> int:
        return sum(piece * number for piece, number in self.pieces.items())


@transaction.atomic
def open_session(*, entry: Entry, till: Till, float_cents: int) -> TillSession:
    """Open a till with the cash that was counted in its drawer.

    Raises ValidationError ``till_retired`` or ``session_open``.
    """
    require_in_use(till, entry)
    head = journal.hold(till)
    if session := TillSession.objects.open_at(till):
        raise ValidationError(
            _("This till is open already, since %(day)s."),
            code="session_open",
            params={"day": session.business_date},
        )
    return _open(head, entry, float_cents, is_counted=True)


def _open(head: Chain, entry: Entry, float_cents: int, *, is_counted: bool) -> TillSession:
    till = _till(head)
    last = TillSession.objects.filter(till=till).order_by("-number").first()
    day = _day(entry, last)
    session = TillSession(
        till=till,
        number=last.number + 1 if last else 1,
        business_date=day,
        opened_at=entry.occurred_at,
        author=entry.author,
        float_cents=float_cents,
        is_counted=is_counted,
    )
    own = None if is_counted else uuid4()
    event = Event(Kind.SESSION_OPEN, session_data(session), uuid=own)
    session.event = journal.append(head=head, entry=replace(entry, business_date=day), event=event)
    session.save(force_insert=True)
    return session


def _day(entry: Entry, last: TillSession | None) -> date:
    """The day that a session counts to: the clock's, but never before another or a closed month."""
    day = entry.site.business_date(entry.occurred_at)
    day = open_day(day, lock_site(entry.site))
    return max(day, last.business_date) if last else day


def session_for(head: Chain, entry: Entry) -> TillSession:
    """The session that a ticket belongs to. Of a day that nobody closed, a new one is opened.

    Raises ValidationError ``no_open_session``.
    """
    session = TillSession.objects.open_at(_till(head))
    if session is None and isinstance(entry, LeasedEntry):
        return _open(head, entry, 0, is_counted=False)  # it was sold: nothing refuses it
    if session is None:
        raise ValidationError(
            _("This till is not open: count its float first."), code="no_open_session"
        )
    is_later = entry.site.business_date(entry.occurred_at) > session.business_date
    if is_later and entry.occurred_at - session.opened_at > LONGEST:
        closing = _close(head, entry, session, None)
        return _open(head, entry, max(closing.expected_cents, 0), is_counted=False)
    return session


@transaction.atomic
def move_cash(*, entry: Entry, till: Till, kind: CashMove.Kind, amount_cents: int) -> CashMove:
    """Put cash into the drawer, or take some out (below zero), saying what for.

    Raises ValidationError ``no_open_session`` or ``drawer_too_low``.
    """
    head = journal.hold(till)
    session = session_for(head, entry)
    is_out = amount_cents < 0 and not isinstance(entry, LeasedEntry)  # a tablet tells what was done
    if is_out and totals_of(session).expected_cents(session.float_cents) < -amount_cents:
        raise ValidationError(_("There is less than that in the drawer."), code="drawer_too_low")
    move = CashMove(
        session=session,
        kind=kind,
        amount_cents=amount_cents,
        note=entry.note,
        author=entry.author,
    )
    event = Event(Kind.CASH_MOVE, cash_move_data(move))
    day = replace(entry, business_date=session.business_date)
    move.event = journal.append(head=head, entry=day, event=event)
    move.save(force_insert=True)
    return move


@transaction.atomic
def close_session(
    *, entry: Entry, till: Till, count: Count, last_seq: int | None = None
) -> Closing:
    """End a till's session with what was counted (Z).

    ``last_seq`` is the number of the last event that whoever counts had seen: what was sold
    meanwhile is not in their drawer.
    Raises ValidationError ``no_open_session``, ``sold_meanwhile`` or ``queue_not_empty``.
    """
    head = journal.hold(till)
    session = TillSession.objects.open_at(till)
    if session is None:
        raise ValidationError(_("This till is not open."), code="no_open_session")
    if isinstance(entry, LeasedEntry):
        require_all_came(entry.sealed, last_seq)
    elif last_seq is not None and last_seq != head.last_seq:
        raise ValidationError(
            _("Something was sold at this till meanwhile: count again."), code="sold_meanwhile"
        )
    return _close(head, entry, session, count)


def _close(head: Chain, entry: Entry, session: TillSession, count: Count | None) -> Closing:
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
    data = closing_data(closing, totals, before, _counted(count))
    event = Event(Kind.CLOSE_DAY, data, uuid=None if count else uuid4())
    day = replace(entry, business_date=session.business_date)
    closing.event = journal.append(head=head, entry=day, event=event)
    closing.save(force_insert=True)
    session.closing = closing
    return closing


def close_as_missed(head: Chain, entry: Entry) -> None:
    """End the session of a till whose drawer nobody will count."""
    if session := TillSession.objects.open_at(_till(head)):
        _close(head, entry, session, None)


def _counted(count: Count | None) -> dict[str, Any] | None:
    """What was counted, as the event of a closing says it."""
    if count is None:
        return None
    return {
        "pieces": {str(piece): number for piece, number in count.pieces.items() if number},
        "others": {method.value: cents for method, cents in count.others.items()},
    }


def _till(head: Chain) -> Till:
    assert head.till is not None  # noqa: S101 (``hold`` gave it)
    return head.till


def require_in_use(till: Till, entry: Entry | None = None) -> None:
    """Raises ValidationError ``till_retired``; not for what a tablet did at the till it holds."""
    if not till.is_active and not isinstance(entry, LeasedEntry):
        raise ValidationError(
            _("The till “%(till)s” is no longer in use."),
            code="till_retired",
            params={"till": till},
        )

"""A till's day: float, cash in and out, X, Z; days that nobody closed; clocks that jump."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Verb
from sales.journal.totals import totals_of
from sales.journal.verify import findings
from sales.models import CashMove, Chain, Closing, JournalEntry, Method, Sale, TillSession
from sales.services import (
    PIECES,
    Count,
    Paid,
    close_session,
    move_cash,
    open_session,
    record_sale,
    refund_sale,
)
from sales.zreport import closing_pdf
from tests.sales.conftest import mob
from tests.tills import till_entry

pytestmark = pytest.mark.database


def code_of(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal.value.code


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


@pytest.fixture
def day(sold, counter, entry):
    """100 € float; 45 € paid in cash, 7 € by card, 10 € back in cash, 20 € to the bank."""
    first = sold(mob(1_500, quantity=3, weight_g=900), paid=[Paid(Method.CASH, 5_000)])
    sold(mob(700, weight_g=500), paid=[Paid(Method.CARD, 700)])
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(): 1},
        method=Method.CASH,
    )
    kind = CashMove.Kind.BANK
    move_cash(entry=entry(Verb.SELL), till=counter.till, kind=kind, amount_cents=-2_000)
    return counter.till


def close(till, entry, pieces=None, others=None, **more):
    count = Count(pieces or {}, others or {})
    return close_session(entry=entry(Verb.SELL), till=till, count=count, **more)


# What a Z says


def test_a_z_adds_up_the_day_and_says_the_gap(day, entry):
    z = close(day, entry, {5_000: 2, 500: 1, 200: 1}, {Method.CARD: 700})
    told = z.figures
    assert (told["tickets"], told["refunds"]) == (2, 1)
    assert (told["sales_cents"], told["refunds_cents"], told["total_cents"]) == (
        5_200,
        1_500,
        3_700,
    )
    assert told["methods"] == {"card": 700, "cash": 3_000}
    assert told["categories"] == {"MOB": [3, 3_700, 1_100]}
    assert (told["float_cents"], told["out_cents"], told["expected_cents"]) == (
        10_000,
        2_000,
        11_000,
    )
    assert (told["counted_cents"], z.gap_cents) == (10_700, -300)
    assert told["counted"] == {"pieces": {"200": 1, "500": 1, "5000": 2}, "others": {"card": 700}}
    assert (told["year_cents"], told["perpetual_cents"], told["perpetual_abs_cents"]) == (
        3_700,
        3_700,
        6_700,
    )
    assert (told["first_seq"], told["last_seq"], told["seq"]) == (1, 5, 6)
    assert faults() == []


def test_the_next_z_goes_on_from_the_last(day, entry, sold):
    first = close(day, entry)
    sold(mob(1_000))
    second = close(day, entry)
    assert (first.number, second.number) == ("Z-canal-C1-1", "Z-canal-C1-2")
    assert second.figures["total_cents"] == 1_000
    assert second.figures["year_cents"] == second.figures["perpetual_cents"] == 4_700
    assert second.figures["before_hash"] == first.event.hash
    assert second.figures["first_seq"] == first.event.seq + 1
    assert faults() == []


def test_a_year_begins_at_nothing(entry, counter, sold):
    with time_machine.travel(datetime(2030, 12, 31, 12, tzinfo=UTC), tick=False):
        sold(mob(1_000))
    with time_machine.travel(datetime(2031, 1, 1, 12, tzinfo=UTC), tick=False):
        sold(mob(500))
        z = close(counter.till, entry)
    assert z.figures["year_cents"] == 500
    assert z.figures["perpetual_cents"] == 1_500


def test_an_x_reads_without_closing(day):
    session = TillSession.objects.open_at(day)
    totals = totals_of(session)
    assert (totals.total_cents, totals.expected_cents(session.float_cents)) == (3_700, 11_000)
    assert TillSession.objects.open_at(day) == session


@given(st.dictionaries(st.sampled_from(PIECES), st.integers(0, 500)))
def test_a_count_is_the_sum_of_its_pieces(pieces):
    assert Count(pieces).cash_cents == sum(piece * number for piece, number in pieces.items())


# Who may what, when


def test_nothing_is_sold_or_moved_at_a_till_that_is_not_open(day, entry):
    close(day, entry)
    said = {"till": day, "lines": [mob()], "payments": [Paid(Method.CASH, 1_000)]}
    assert code_of(lambda: record_sale(entry=entry(Verb.SELL), **said)) == "no_open_session"
    kind = CashMove.Kind.CHANGE
    move = {"entry": entry(Verb.SELL), "till": day, "kind": kind, "amount_cents": 5}
    assert code_of(lambda: move_cash(**move)) == "no_open_session"
    assert code_of(lambda: close(day, entry)) == "no_open_session"


def test_a_till_is_opened_once(counter, entry):
    said = {"entry": entry(Verb.SELL), "till": counter.till, "float_cents": 0}
    assert code_of(lambda: open_session(**said)) == "session_open"


def test_no_more_is_taken_out_than_lies_there(day, entry):
    kind = CashMove.Kind.BANK
    move = {"entry": entry(Verb.SELL), "till": day, "kind": kind, "amount_cents": -11_001}
    assert code_of(lambda: move_cash(**move)) == "drawer_too_low"
    move_cash(**{**move, "amount_cents": -11_000})


def test_what_was_sold_while_somebody_counted_is_told(day, entry, sold):
    seen = Chain.objects.get().last_seq
    sold(mob())
    assert code_of(lambda: close(day, entry, last_seq=seen)) == "sold_meanwhile"
    close(day, entry, last_seq=seen + 1)


# Days that nobody closed, and clocks


@pytest.fixture
def at(world, counter):
    """``at(moment, cents)``: a ticket at C1 when the clock says so."""

    def sell(moment, cents=1_000):
        with time_machine.travel(moment, tick=False):
            return record_sale(
                entry=till_entry(world.canal, moment),
                till=counter.till,
                lines=[mob(cents)],
                payments=[Paid(Method.CASH, cents)],
            )

    return sell


def test_a_day_that_nobody_closed_is_closed_at_the_next_ticket_and_marked(at, counter):
    opened = TillSession.objects.get().opened_at
    at(opened + timedelta(minutes=5))
    sale = at(opened + timedelta(days=2), 700)
    first, second = TillSession.objects.order_by("number")
    assert first.closing.figures["missed"] is True
    assert first.closing.counted_cents is None
    assert first.closing.total_cents == 1_000
    assert (second.float_cents, second.is_counted) == (11_000, False)
    assert sale.movement.business_date == second.business_date > first.business_date
    assert faults() == []


def test_a_sale_after_midnight_counts_to_the_day_that_was_opened(at, world):
    session = TillSession.objects.get()
    late = datetime.combine(
        session.business_date + timedelta(days=1), datetime.min.time(), UTC
    ) + timedelta(minutes=30)
    if late - session.opened_at > timedelta(hours=24):
        pytest.skip("opened in the first minutes of a day")
    sale = at(late)
    assert sale.movement.business_date == session.business_date


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=400)])
def test_a_clock_that_goes_back_refuses_nothing_and_reaches_no_closed_day(at, counter, entry, back):
    session = TillSession.objects.get()
    at(session.opened_at + timedelta(minutes=1))
    at(session.opened_at - back)
    z = close(counter.till, entry)
    with time_machine.travel(session.opened_at - back, tick=False):
        again = open_session(entry=till_entry(counter.till.site), till=counter.till, float_cents=0)
    assert again.business_date == session.business_date
    sale = at(session.opened_at - back)
    assert sale.movement.business_date == session.business_date
    assert sale.event.seq > z.event.seq
    assert Sale.objects.count() == 3
    assert faults() == []


# Both nights of summer time, and the leap day, in UTC
NIGHTS = [
    datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    datetime(2027, 10, 31, 0, 59, 59, tzinfo=UTC),
    datetime(2027, 10, 31, 1, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 22, 59, 59, tzinfo=UTC),
    datetime(2028, 3, 1, 12, 0, 1, tzinfo=UTC),
]


def test_summer_time_and_the_leap_day_break_nothing(at):
    for moment in NIGHTS:
        at(moment)
    days = [day.isoformat() for day in TillSession.objects.values_list("business_date", flat=True)]
    assert sorted(days) == days
    assert "2028-02-29" in days
    assert Closing.objects.count() == len(days) - 1
    assert faults() == []


def test_a_month_that_was_closed_meanwhile_takes_no_session(counter, entry, world):
    session = TillSession.objects.get()
    close(counter.till, entry)
    day = session.business_date
    world.canal.books_closed_through = day.year * 100 + day.month
    world.canal.save()
    again = open_session(entry=till_entry(world.canal), till=counter.till, float_cents=0)
    assert again.business_date.day == 1
    assert again.business_date > day


def test_a_closing_that_fails_leaves_nothing(day, entry):
    before = JournalEntry.objects.count()
    with (
        mock.patch.object(Closing, "save", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        close(day, entry)
    assert JournalEntry.objects.count() == before


# Paper


def test_the_paper_bears_the_fingerprint_and_the_figures(day, entry):
    z = close(day, entry, {5_000: 2})
    document = pypdfium2.PdfDocument(closing_pdf(z))
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert z.event.hash[:32] in text
    for said in ("Z-canal-C1-1", "Mobilier", "37,00", "110,00"):
        assert said in text.replace("\u202f", " ")

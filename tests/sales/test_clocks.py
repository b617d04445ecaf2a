"""Clocks that jump, midnights and forgotten days: nothing is refused, no closed day grows."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from inventory import services
from inventory.models import Item, Verb
from inventory.services import Draft
from inventory.verify import differences
from sales.journal.verify import findings
from sales.models import Chain, Closing, JournalEntry, Method, Sale, TillSession
from sales.services import (
    Count,
    Paid,
    Wanted,
    close_session,
    open_session,
    record_sale,
    refund_sale,
)
from tests.sales.conftest import category, mob
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database

PARIS = ZoneInfo("Europe/Paris")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


class Shop:
    """Till C1 under a clock that anybody may turn."""

    def __init__(self, site, till):
        self.site, self.till = site, till

    def entry(self):
        return till_entry(self.site, timezone.now())

    def sell(self, line=None, entry=None):
        return record_sale(
            entry=entry or self.entry(),
            till=self.till,
            lines=[line or mob()],
            payments=[Paid(Method.CASH, 10_000)],
        )

    def close(self):
        return close_session(entry=self.entry(), till=self.till, count=Count({}))

    def open(self):
        return open_session(entry=self.entry(), till=self.till, float_cents=0)

    @property
    def session(self):
        return TillSession.objects.open_at(self.till)


@pytest.fixture
def shop(world, counter):
    return Shop(world.canal, counter.till)


@pytest.fixture
def closed(shop):
    """The shop, its till still to be opened."""
    shop.close()
    return shop


# The midnight before: an ordinary day, a year, both nights of summer time, and the leap day
MIDNIGHTS = [
    datetime(2027, 6, 10, tzinfo=PARIS),
    datetime(2028, 1, 1, tzinfo=PARIS),
    datetime(2027, 3, 28, tzinfo=PARIS),
    datetime(2027, 3, 29, tzinfo=PARIS),
    datetime(2027, 10, 31, tzinfo=PARIS),
    datetime(2027, 11, 1, tzinfo=PARIS),
    datetime(2028, 2, 29, tzinfo=PARIS),
    datetime(2028, 3, 1, tzinfo=PARIS),
]


@pytest.mark.parametrize("midnight", MIDNIGHTS, ids=lambda midnight: midnight.date().isoformat())
def test_midnight_strikes_while_a_ticket_is_written(closed, midnight):
    before, after = midnight.astimezone(UTC) - SECOND, midnight.astimezone(UTC) + SECOND
    with time_machine.travel(before - HOUR, tick=False) as clock:
        closed.open()
        clock.move_to(before)
        begun = closed.entry()
        clock.move_to(after)
        sale = closed.sell(entry=begun)
        z = closed.close()
        assert closed.open().business_date == midnight.date()  # as clocks in Paris have it
    assert sale.movement.business_date == midnight.date() - DAY
    assert z.session.business_date == midnight.date() - DAY
    assert (z.figures["tickets"], z.total_cents) == (1, 1_000)
    assert faults() == []


def test_a_ticket_begun_before_a_closing_counts_to_the_day_after(shop):
    begun = shop.entry()
    z = shop.close()
    with time_machine.travel(timezone.now() + DAY, tick=False):
        session = shop.open()
        sale = shop.sell(entry=begun)
    assert sale.movement.business_date == session.business_date > z.session.business_date
    assert sale.event.seq > z.event.seq
    assert z.figures["tickets"] == 0
    assert faults() == []


@pytest.fixture
def labelled(shop):
    """``labelled()``: a chair that gets its label when the clock says so."""

    def made():
        draft = Draft(category("MOB.CHAI"), 4_200, price_cents=1_500, from_category=category("MOB"))
        entry = till_entry(shop.site, timezone.now())
        [item] = services.label(entry=entry, place=None, drafts=[draft])
        return Item.objects.select_related("account__site", "category").get(pk=item.pk)

    return made


def test_an_object_labelled_on_the_morning_after_a_forgotten_closing_is_sold(closed, labelled):
    with time_machine.travel(datetime(2027, 6, 11, 14, tzinfo=PARIS), tick=False) as clock:
        session = closed.open()
        clock.shift(20 * HOUR)  # ten o'clock: the same session still
        sale = closed.sell(Wanted(item=labelled()))
    assert sale.movement.business_date == session.business_date
    assert faults() == []
    assert differences() == []


@pytest.mark.parametrize("ahead", [HOUR, DAY, 400 * DAY])
def test_an_object_labelled_under_a_clock_ahead_is_sold_once_it_was_set_right(
    shop, labelled, ahead
):
    with time_machine.travel(timezone.now() + ahead, tick=False):
        chair = labelled()
    sale = shop.sell(Wanted(item=chair))
    assert sale.movement.business_date == shop.session.business_date
    assert faults() == []
    assert differences() == []


def test_an_object_comes_back_at_a_till_that_was_opened_the_day_before(closed, labelled, world):
    with time_machine.travel(datetime(2027, 6, 11, 14, tzinfo=PARIS), tick=False) as clock:
        early = open_till(world.canal, "C2", at=timezone.now())
        clock.shift(20 * HOUR)
        closed.open()
        sale = closed.sell(Wanted(item=labelled()))
        refund = refund_sale(
            entry=replace(closed.entry(), verb=Verb.RETURN),
            till=early,
            sale=sale,
            quantities={sale.lines.get(): 1},
            method=Method.CASH,
        )
    assert refund.movement.business_date == sale.movement.business_date - DAY
    assert faults() == []
    assert differences() == []


# By the fall of dice

JUMPS = [SECOND, HOUR, 14 * HOUR, DAY, 3 * DAY, -HOUR, -DAY, -40 * DAY]
NOONS = [midnight.astimezone(UTC) + 12 * HOUR for midnight in MIDNIGHTS]


@pytest.mark.parametrize("seed", range(8))
def test_however_the_clock_jumps_a_day_once_closed_does_not_grow(closed, labelled, seed):
    dice = random.Random(seed)  # noqa: S311
    sold = 0
    with time_machine.travel(dice.choice(NOONS), tick=False) as clock:
        closed.open()
        for _act in range(25):
            act = dice.choices(["sell", "item", "close", "night"], [8, 3, 2, 1])[0]
            if act == "close":
                closed.close()
                clock.shift(dice.choice(JUMPS))
                closed.open()
            elif act == "night":
                clock.move_to(dice.choice(MIDNIGHTS).astimezone(UTC) + dice.choice([-1, 1]) * HOUR)
            else:
                clock.shift(dice.choice(JUMPS))
                sale = closed.sell(Wanted(item=labelled()) if act == "item" else None)
                assert sale.movement.business_date == closed.session.business_date
                sold += 1
        closed.close()
    prove_days(sold)


def prove_days(sold):
    """Each ticket is in one Z, of its own day; days go forward only."""
    days = list(TillSession.objects.order_by("number").values_list("business_date", flat=True))
    assert days == sorted(days)
    assert Sale.objects.count() == sold
    zs = list(Closing.objects.select_related("event", "session").order_by("event__seq"))
    for z in zs:
        told = z.figures
        events = JournalEntry.objects.filter(seq__range=(told["first_seq"], told["last_seq"]))
        tickets = Sale.objects.filter(event__in=events)
        assert tickets.count() == told["tickets"]
        days_of = tickets.values_list("movement__business_date", flat=True)
        assert set(days_of) <= {z.session.business_date}
    assert sum(z.figures["tickets"] for z in zs) == sold
    assert faults() == []
    assert differences() == []

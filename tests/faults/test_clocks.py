"""Clocks that are wrong while people work through the API: nothing is refused for it.

The order of the journal is that of its numbers; where the server's clock went back, it is told.
`tests/sales/test_clocks.py` has the days and their closings.
"""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command

from inventory.models import Movement
from inventory.verify import differences
from organisation.models import Token
from sales.clocks import turned_back
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry
from sales.services import Count, close_session
from tests.faults.hands import Desk, Hand, stock_up
from tests.sales.device import Device, mob
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2027, 6, 10, 12, tzinfo=PARIS)
SPRING = datetime(2027, 3, 28, 1, 50, tzinfo=PARIS)  # the night that has no half past two
AUTUMN = datetime(2027, 10, 31, 0, 50, tzinfo=UTC)  # the night that has two, the second begins
JUMPS = {
    "an hour back": (NOON, -HOUR),
    "a day back": (NOON, -DAY),
    "a day ahead": (NOON, DAY),
    "into summer time": (SPRING, HOUR / 3),
    "out of summer time": (AUTUMN, HOUR / 3),
}


def prove(chain="navette/canal/C1"):
    events = list(JournalEntry.objects.filter(chain=chain).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(before.hash == after.prev_hash for before, after in pairwise(events))
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []
    assert differences() == []


@pytest.mark.parametrize("jump", JUMPS)
def test_a_server_s_clock_that_jumps_refuses_nothing_and_is_told(own_database, jump, capsys):
    start, by = JUMPS[jump]
    with time_machine.travel(start, tick=False) as clock:
        till = stock_up(own_database.canal).code
        token = Token.objects.issue(own_database.anna)[1]
        hand = Hand(token, till, 1)
        for turn in range(24):
            if turn == 12:
                clock.shift(by)
            assert hand.send(Desk(token))
        assert hand.refused == []
        assert Movement.objects.count() == 1 + 24
        prove()
        back = list(turned_back(Chain.objects.all(), using="default"))
        assert len(back) == (by < timedelta(0))
        call_command("caisse_verify", database="default", no_journal=True)
    assert ("reculé" in capsys.readouterr().out) == bool(back)


@pytest.mark.parametrize("off", [-DAY, -HOUR, HOUR, DAY])
def test_a_tablet_s_clock_that_is_off_refuses_no_ticket(own_database, off):
    till = open_till(own_database.canal)
    close_session(entry=till_entry(own_database.canal), till=till, count=Count({}))
    tablet = Device(own_database.canal, own_database.cashier).hold("C1")
    tablet.open()
    for _n in range(5):
        tablet.sale(mob(1_000), total=1_000, at=datetime.now(UTC) + off)
    tickets = tablet.send()[1:]
    assert [ticket["number"] for ticket in tickets] == [f"C1-{n:06}" for n in range(1, 6)]
    prove()


def test_a_journal_whose_clock_never_went_back_tells_nothing(own_database):
    """The control, with one that did: an event is made to say that it came before the last one."""
    open_till(own_database.canal)
    chains = Chain.objects.all()
    assert list(turned_back(chains, using="default")) == []
    with time_machine.travel(datetime.now(UTC) - DAY):
        close_session(entry=till_entry(own_database.canal), till=open_till(own_database.canal),
                      count=Count({}))  # fmt: skip
    [(chain, seq, before, at)] = turned_back(chains, using="default")
    assert (chain, seq) == ("navette/canal/C1", 2)
    said = [json.loads(event.body)["at"] for event in JournalEntry.objects.filter(chain=chain)]
    assert [before, at] == said

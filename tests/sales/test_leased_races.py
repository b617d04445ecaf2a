"""A lent till under several hands at once, on a real database: one holder, one order, no loss."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from inventory import services
from inventory.models import Balance, Category, Item, Kind, Verb
from inventory.services import Draft, StockLine
from inventory.verify import differences
from sales.journal.verify import findings
from sales.models import Chain, Envelope, JournalEntry, Method, Sale, Till, TillLease
from sales.services import Paid, Wanted, record_sale
from tests.databases import at_once
from tests.sales.device import Device, mob
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database


@pytest.fixture
def till(own_database):
    """Till C1 of Canal, closed, and a shelf of 100 kg of furniture."""
    site = own_database.canal
    lines = [StockLine(Category.objects.get(code="MOB"), 100_000)]
    services.open_stock(entry=replace(till_entry(site), verb=Verb.OPEN), lines=lines)
    return Till.objects.create(organisation=site.organisation, site=site, code="C1", name="C1")


def faults():
    return [
        *findings(chains=Chain.objects.all(), anchors={}, using="default"),
        *differences(using="default"),
    ]


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def test_of_four_tablets_that_ask_at_once_one_holds_the_till(own_database, till):
    site, person = own_database.canal, own_database.cashier
    devices = [Device(site, person, f"T{n}") for n in range(4)]
    answers = at_once(*[partial(device.post, "sales/tills/C1/lease") for device in devices])
    assert statuses(answers) == {201: 1, 409: 3}
    assert TillLease.objects.count() == JournalEntry.objects.filter(kind="lease").count() == 1
    assert faults() == []


def test_a_queue_whose_every_envelope_is_sent_four_times_at_once_is_taken_once(own_database, till):
    device = Device(own_database.canal, own_database.cashier).hold("C1")
    entries = [device.open()] + [device.sale(mob(100), total=100) for _n in range(5)]
    for entry in entries:
        answers = at_once(*[partial(device.post_entry, entry)] * 4)
        assert statuses(answers) == {201: 1, 200: 3}
        assert len({answer.content for answer in answers}) == 1
    assert Envelope.objects.count() == 6
    assert faults() == []


def test_envelopes_that_overtake_each_other_come_in_their_order(own_database, till):
    device = Device(own_database.canal, own_database.cashier).hold("C1")
    waiting = [device.open()] + [device.sale(mob(100), total=100) for _n in range(5)]
    while waiting:
        answers = at_once(*[partial(device.post_entry, entry) for entry in waiting])
        assert statuses(answers).keys() <= {201, 409}
        assert statuses(answers)[201] >= 1
        pairs = zip(waiting, answers, strict=True)
        waiting = [entry for entry, answer in pairs if answer.status_code == 409]
    assert [row.seq for row in Envelope.objects.order_by("event__seq")] == [1, 2, 3, 4, 5, 6]
    assert faults() == []


def test_an_object_that_a_tablet_and_a_computer_sell_at_once_conserves_mass(own_database, till):
    site = own_database.canal
    device = Device(site, own_database.cashier).hold("C1")
    device.open()
    device.send()
    other = open_till(site, "C2", "Caisse 2")
    for _round in range(6):
        chair = _chair(site)
        seen = {"category": "MOB.CHAI", "label": "Chaise", "weight_g": 4_200}
        line = {"item": chair.own_code, "price_cents": 1_500, "seen": seen}
        entry = device.sale(line, total=1_500)
        answers = at_once(partial(device.post_entry, entry), partial(_sell, other, chair))
        assert answers[0].status_code == 201, answers[0].content
        flags = [row["flag"] for row in answers[0].json()["lines"]]
        assert flags == ([""] if isinstance(answers[1], Exception) else ["sold"])
    assert Sale.objects.filter(till=till).count() == 6
    stock_g = Balance.objects.filter(account__kind=Kind.STOCK).values_list("weight_g", flat=True)
    assert sum(stock_g) == 100_000 - 6 * 4_200
    assert faults() == []


def _chair(site):
    kinds = {c.code: c for c in Category.objects.filter(code__in=["MOB", "MOB.CHAI"])}
    draft = Draft(kinds["MOB.CHAI"], 4_200, price_cents=1_500, from_category=kinds["MOB"])
    entry = till_entry(site)
    [item] = services.label(entry=replace(entry, verb=Verb.LABEL), place=None, drafts=[draft])
    found = Item.objects.select_related("account__site", "category").get(pk=item.pk)
    found.own_code = item.own_code
    return found


def _sell(till, chair):
    payments = [Paid(Method.CASH, 1_500)]
    return record_sale(
        entry=till_entry(till.site), till=till, lines=[Wanted(item=chair)], payments=payments
    )

"""Tickets of a tablet that holds a till: never refused for what the books say meanwhile."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from inventory.models import Balance, Flow, Item, Kind, Verb
from inventory.verify import differences
from organisation.models import HeldEntry, User
from organisation.services import withdraw
from sales.journal.verify import findings
from sales.models import Chain, Envelope, JournalEntry, Method, Reduction, Refund, Sale, SaleLine
from sales.receipt import Receipt
from sales.services import Count, Paid, Wanted, close_session
from sales.services import record_sale as sell
from tests.conftest import codes
from tests.sales.device import Device, mob, text_of
from tests.tills import open_till

pytestmark = pytest.mark.database


def faults():
    return [
        *findings(chains=Chain.objects.all(), anchors={}, using="default"),
        *differences(using="default"),
    ]


@pytest.fixture
def device(counter, entry, world):
    """The tablet that holds C1, open with 100 €."""
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    device = Device(world.canal, world.cashier).hold("C1")
    device.open()
    device.send()
    return device


def labelled(chair, cents=1_500):
    seen = {"category": "MOB.CHAI", "label": "Chaise bistrot", "weight_g": 4_200}
    return {"item": chair.own_code, "price_cents": cents, "seen": seen}


def sold_elsewhere(world, entry, chair):
    other = open_till(world.canal, "C2", "Caisse 2")
    item = Item.objects.select_related("account__site", "category").get(pk=chair.pk)
    payments = [Paid(Method.CASH, 1_500)]
    return sell(entry=entry(Verb.SELL), till=other, lines=[Wanted(item=item)], payments=payments)


def test_a_ticket_has_the_number_and_the_hash_of_the_tablet(device, chair):
    device.sale(labelled(chair), mob(700, weight_g=900), total=2_200)
    [ticket] = device.send()
    assert ticket["number"] == "C1-000001"
    assert ticket["hash"] == device.prev
    assert [line["flag"] for line in ticket["lines"]] == ["", ""]
    sale = Sale.objects.get()
    assert sale.movement.number == "VE-canal-C1-000001"
    data = json.loads(sale.event.body)["data"]
    assert (data["envelope"], data["number"]) == (device.prev, "VE-canal-C1-000001")
    chair.refresh_from_db()
    assert chair.account.kind == Kind.REUSE
    assert faults() == []


def test_an_item_that_was_sold_elsewhere_meanwhile_is_flagged_and_conserves_mass(
    device, chair, world, entry
):
    sold_elsewhere(world, entry, chair)
    before_g = Balance.objects.filter(account__kind=Kind.STOCK).values_list("weight_g", flat=True)
    stock_g = sum(before_g)
    device.sale(labelled(chair), total=1_500)
    [ticket] = device.send()
    assert [line["flag"] for line in ticket["lines"]] == ["sold"]
    line = SaleLine.objects.get(sale__till__code="C1")
    assert (line.item_id, line.weight_g, line.flow.item_id) == (chair.pk, 4_200, None)
    ends = Flow.objects.filter(movement=line.sale.movement).order_by("pk")
    kinds = ends.values_list("from_account__kind", "to_account__kind", "weight_g")
    assert list(kinds) == [("stock", "reuse", 4_200), ("adjustment", "stock", 4_200)]
    assert sum(before_g.all()) == stock_g
    assert json.loads(line.sale.event.body)["data"]["lines"][0]["flag"] == "sold"
    assert faults() == []


def test_an_item_of_another_site_or_twice_on_a_ticket_is_flagged(device, label, world, chair):
    away = label(site=world.gare)
    lines = [labelled(away), labelled(chair), labelled(chair)]
    device.sale(*lines, total=4_500)
    [ticket] = device.send()
    assert [line["flag"] for line in ticket["lines"]] == ["elsewhere", "", "sold"]
    assert faults() == []


def test_a_label_that_means_nothing_is_sold_as_the_tablet_knew_it(device, chair):
    unknown = {**labelled(chair), "item": "ZZZZZZ"}
    device.sale(unknown, total=1_500)
    [ticket] = device.send()
    [line] = ticket["lines"]
    assert (line["flag"], line["category"], line["weight_g"]) == ("unknown", "MOB.CHAI", 4_200)
    assert line["label"] == "Chaise bistrot (ZZZZZZ)"
    assert faults() == []


def test_a_label_that_means_nothing_needs_what_the_tablet_knew(device):
    answer = device.post_entry(device.sale({"item": "ZZZZZZ", "price_cents": 5}, total=5))
    assert (answer.status_code, codes(answer)) == (422, ["seen_missing"])


@pytest.fixture
def yesterdays(counter, entry, world):
    """The tablet that holds C1, open since yesterday evening."""
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=30)):
        close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
        device = Device(world.canal, world.cashier).hold("C1")
        device.open()
        device.send()
    return device


@pytest.mark.parametrize("days_ago", [2])
def test_an_item_that_was_not_there_on_that_day_is_sold(yesterdays, chair, days_ago):
    """Labelled today, and sold into yesterday, by a clock that says so."""
    device = yesterdays
    device.sale(labelled(chair), total=1_500, at=datetime.now(UTC) - timedelta(hours=29))
    [ticket] = device.send()
    assert [line["flag"] for line in ticket["lines"]] == [""]
    chair.refresh_from_db()
    assert chair.account.kind == Kind.REUSE
    assert faults() == []


def test_the_price_that_was_charged_counts_and_a_key_off_the_grid_sells(device, counter, chair):
    type(counter.assiette).objects.filter(pk=counter.assiette.pk).update(
        is_active=False, price_cents=90
    )
    Item.objects.filter(pk=chair.pk).update(price_cents=9_900)
    device.sale({"key": "assiette", "quantity": 3, "price_cents": 50}, labelled(chair), total=1_650)
    [ticket] = device.send()
    assert ticket["total_cents"] == 1_650
    assert faults() == []


def test_a_key_that_was_sold_by_weight_then_is_sold_by_weight(device, counter):
    """It has a price of its own since."""
    line = {"key": "assiette", "price_cents": 200, "weight_g": 1_500, "seen": {"mode": "per_kg"}}
    device.sale(line, total=300)
    [ticket] = device.send()
    assert ticket["lines"][0]["total_cents"] == 300
    assert faults() == []


def test_what_the_day_takes_off_by_itself_is_the_tablets_to_say(device, world):
    """It knew the day's reductions, or not: what it charged counts."""
    Reduction.objects.create(
        organisation=world.navette, site=world.canal, code="x", name="Moitié prix", percent=50
    )
    device.sale(mob(1_000), total=1_000)
    [ticket] = device.send()
    assert ticket["lines"][0]["discount_cents"] == 0


def test_a_ticket_whose_lines_do_not_come_to_its_total_is_refused(device):
    answer = device.post_entry(device.sale(mob(1_000), total=900))
    assert (answer.status_code, codes(answer)) == (422, ["payments_do_not_cover"])
    device.seq, device.prev, device.count = 2, Envelope.objects.get().hash, 1
    paid = [{"method": "cash", "amount_cents": 1_000}]
    answer = device.post_entry(device.sale(mob(1_000), total=900, paid=paid))
    assert (answer.status_code, codes(answer)) == (422, ["bad_envelope"])
    assert not Sale.objects.exists()
    assert faults() == []


def test_a_month_that_was_closed_meanwhile_takes_the_ticket_on_its_first_open_day(device, world):
    opened = Envelope.objects.get().event.session
    day = opened.business_date
    world.canal.books_closed_through = day.year * 100 + day.month
    world.canal.save()
    ago = datetime.now(UTC) - timedelta(hours=2)
    device.sale(mob(700), total=700, at=ago)
    device.send()
    movement = Sale.objects.get().movement
    assert movement.business_date.day == 1
    assert movement.business_date > day
    assert abs((movement.occurred_at - ago).total_seconds()) < 1
    assert faults() == []


def test_a_ticket_that_comes_days_later_is_taken_and_marked(device):
    device.sale(mob(700), total=700, at=datetime.now(UTC) - timedelta(days=40))
    [ticket] = device.send()
    assert ticket["is_late"] is True
    assert faults() == []


def test_a_ticket_of_somebody_let_go_since_is_theirs(device, world):
    device.sale(mob(700), total=700)
    User.objects.filter(pk=world.cashier.pk).update(is_active=False)
    device.send()
    assert Sale.objects.get().movement.author == world.cashier


def test_a_till_that_was_set_aside_still_takes_what_its_tablet_sold(device, counter):
    counter.till.is_active = False
    counter.till.save()
    device.sale(mob(700), total=700)
    device.send()
    assert Sale.objects.count() == 1


def test_a_refund_has_a_number_of_the_tablet_and_goes_back_to_bulk(device, chair, world, entry):
    sold_elsewhere(world, entry, chair)
    _path, sale = device.sale(labelled(chair), mob(1_000, quantity=2, weight_g=800), total=3_500)
    device.send()
    device.refund(sale["id"], 1, 1_500)
    device.refund(sale["id"], 2, 1_000)
    first, second = device.send()
    assert (first["number"], second["number"]) == ("C1-000002", "C1-000003")
    assert first["sale"] == "C1-000001"
    assert Refund.objects.first().movement.number == "RE-canal-C1-000002"
    assert faults() == []


def test_a_whole_queue_with_retries_and_shuffles_loses_and_doubles_nothing(device):
    rng = random.Random(5)  # noqa: S311
    entries = [device.sale(mob(100 + n, weight_g=10), total=100 + n) for n in range(30)]
    waiting = list(range(30))
    while waiting:
        at = rng.choice(waiting[:4])
        answer = device.post_entry(entries[at])
        if answer.status_code == 201:
            waiting.remove(at)
            if rng.random() < 0.3:
                assert device.post_entry(entries[rng.randrange(at + 1)]).status_code == 200
        else:
            assert codes(answer) == ["resend_from"]
            assert answer.json()["detail"][0]["loc"][-1] == waiting[0] + 2
    numbers = [sale.number for sale in Sale.objects.select_related("movement__site").order_by("pk")]
    assert numbers == [f"C1-{n:06d}" for n in range(1, 31)]
    assert JournalEntry.objects.filter(kind="sale").count() == 30
    assert faults() == []


def test_a_day_of_a_tablet_closes_on_what_it_took(device, chair):
    device.sale(labelled(chair), total=1_500)
    device.sale(mob(2_000), total=2_000, paid=[{"method": "card", "amount_cents": 2_000}])
    device.send()
    device.close({"5000": 2, "1000": 1, "500": 1})
    [z] = device.send()
    assert (z["figures"]["total_cents"], z["gap_cents"]) == (3_500, 0)
    assert faults() == []


def test_what_a_withdrawn_tablet_sold_is_recorded_by_a_manager_in_its_order(device, world):
    """Handed over as it was written: the envelope, and its place in the chain, stay."""
    device.sale(mob(700), total=700)
    device.sale(mob(800), total=800)
    withdraw(station=device.station, is_sure=True)
    for path, content in device.queue:
        assert device.post_entry((path, content)).status_code == 403
        held = {"site": "canal", "entry": content["id"], "path": f"/api/v1/{path}"}
        now = datetime.now(UTC).isoformat()
        answer = device.post("organisation/held", **held, body=text_of(content), occurred_at=now)
        assert answer.status_code == 201, answer.json()
    office = Client()
    office.force_login(world.manager)
    first, second = HeldEntry.objects.order_by("pk")
    office.post(f"/saisies/{second.pk}/", {"do": "record"})
    assert not Sale.objects.exists()  # the one before it first
    for entry in (first, second):
        office.post(f"/saisies/{entry.pk}/", {"do": "record"})
    assert [sale.number for sale in Sale.objects.order_by("pk")] == ["C1-000001", "C1-000002"]
    assert Sale.objects.first().movement.author == world.manager
    assert faults() == []


# At the office


@pytest.fixture
def office(world):
    client = Client()
    client.force_login(world.anna)
    return client


def test_a_ticket_is_found_and_printed_by_the_tablets_number(device, office, chair, world, entry):
    sold_elsewhere(world, entry, chair)
    _path, sale = device.sale(labelled(chair), mob(800), total=2_300)
    device.refund(sale["id"], 2, 800)
    device.send()
    kept = Envelope.objects.get(number="C1-000001").hash
    page = office.get("/tickets/C1-000001/").content.decode()
    assert "C1-000001" in page
    assert kept[:8] in page
    assert "C1-000002" in page
    assert "À tirer au clair" in page or "To look into" in page
    for other in ("VE-canal-C1-000001", "C1-000002", "RE-canal-C1-000002"):
        assert office.get(f"/tickets/{other}/")["Location"] == "/tickets/C1-000001/"
    for typed in ("C1-000001", "c1-000001", "VE-canal-C1-000001", "C1-000002"):
        found = office.get("/caisse/tickets/", {"number": typed})
        assert found["Location"] == "/tickets/C1-000001/"
    assert office.get("/d/VE-canal-C1-000001/", follow=True).status_code == 200
    assert "C1-000001" in office.get("/").content.decode()


def test_paper_bears_what_the_tablet_printed(device):
    device.sale(mob(800), total=800)
    device.send()
    receipt = Receipt(Sale.objects.shown().get().event)
    assert receipt.number == "C1-000001"
    assert device.prev[:8] in receipt.fingerprint
    assert str(receipt.event.seq) not in receipt.fingerprint.split()

"""A till lent to a tablet: who holds it, in which order its envelopes come, what is refused."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from inventory.models import Verb
from organisation.models import User
from organisation.services import withdraw
from sales.journal.verify import findings
from sales.models import (
    Chain,
    Envelope,
    JournalEntry,
    Kind,
    Payment,
    Till,
    TillLease,
    TillSession,
    VoucherIssuer,
)
from sales.services import Count, close_session
from tests.conftest import codes
from tests.inventory.pages import text
from tests.sales.device import Device, mob

pytestmark = pytest.mark.database


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


def said(answer):
    return answer.status_code, codes(answer)


def kinds():
    return list(JournalEntry.objects.order_by("chain", "seq").values_list("kind", flat=True))


@pytest.fixture
def closed(counter, entry):
    """Till C1, closed: the server numbers it."""
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    return counter.till


@pytest.fixture
def device(closed, world):
    """The tablet that holds C1."""
    return Device(world.canal, world.cashier).hold("C1")


# Who holds it


def test_a_till_is_lent_to_one_tablet_and_journaled(device, world):
    assert device.told["next_number"] == "C1-000001"
    assert (device.told["next_seq"], device.told["prev_hash"]) == (1, "0" * 64)
    assert device.told["session"] is None
    other = Device(world.canal, world.cashier, "Autre")
    assert said(other.post("sales/tills/C1/lease")) == (409, ["till_leased"])
    lease = TillLease.objects.get()
    assert device.told["lease"] == str(lease.begun.uuid)
    data = json.loads(lease.begun.body)["data"]
    assert (data["act"], data["station"], data["first_seq"]) == ("begun", device.station.pk, 1)
    assert "Caisse" not in lease.begun.body
    assert faults() == []


def test_a_till_is_lent_to_tablets_of_its_site_only(closed, world, api):
    assert said(api(world.cashier).post("sales/tills/C1/lease")) == (422, ["no_station"])
    away = Device(world.gare, world.anna)
    assert said(away.post("sales/tills/C1/lease")) == (422, ["no_station"])


def test_a_till_that_is_open_is_closed_first(counter, world):
    device = Device(world.canal, world.cashier)
    assert said(device.post("sales/tills/C1/lease")) == (422, ["session_open"])


def test_a_tablet_that_lost_its_memory_is_told_where_the_server_stands(device):
    device.open()
    device.move(-500)
    device.send()
    events = JournalEntry.objects.count()
    told = device.post("sales/tills/C1/lease").json()
    assert (told["lease"], told["next_seq"]) == (device.told["lease"], 3)
    assert told["prev_hash"] == device.prev == Envelope.objects.get(seq=2).hash
    assert told["session"]["float_cents"] == 10_000
    assert told["business_date"] == TillSession.objects.latest("pk").business_date.isoformat()
    assert JournalEntry.objects.count() == events


def test_nobody_else_does_anything_at_a_till_that_is_lent(device, world, api, counter, entry):
    office = api(world.cashier)
    assert said(office.post("sales/tills/C1/sessions", float_cents=0)) == (409, ["till_leased"])
    other = Device(world.canal, world.cashier, "Autre")
    other.till, other.told, other.seq, other.prev, other.count = "C1", device.told, 1, "0" * 64, 1
    assert said(other.post_entry(other.open())) == (409, ["till_leased"])
    device.open()
    device.send()
    assert said(office.post("sales/tills/C1/cash-moves", amount_cents=5, reason="change")) == (
        409,
        ["till_leased"],
    )
    assert faults() == []


def test_a_till_given_back_is_numbered_by_the_server_again(device, world, api):
    device.open()
    device.send()
    assert said(device.post("sales/tills/C1/lease/end")) == (422, ["session_open"])
    device.close()
    device.send()
    other = Device(world.canal, world.cashier, "Autre")
    assert said(other.post("sales/tills/C1/lease/end")) == (409, ["till_leased"])
    answer = device.post("sales/tills/C1/lease/end")
    assert (answer.status_code, answer.json()["last_seq"]) == (201, 2)
    assert said(device.post_entry(device.open())) == (409, ["till_leased"])
    assert api(world.cashier).post("sales/tills/C1/sessions", float_cents=0).status_code == 201
    assert faults() == []


def test_the_next_tablet_goes_on_where_the_last_one_stopped(device, world):
    device.open()
    device.close()
    device.send()
    device.post("sales/tills/C1/lease/end")
    other = Device(world.canal, world.cashier, "Autre").hold()
    assert (other.seq, other.prev) == (3, device.prev)
    other.open()
    other.send()
    assert faults() == []


# In order, once, and the same


def test_the_same_envelope_again_gets_the_same_answer(device):
    entry = device.open()
    first, again = device.post_entry(entry), device.post_entry(entry)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Envelope.objects.count() == 1


def test_a_hole_asks_for_what_is_missing(device):
    device.open()
    device.move(-100)
    late = device.move(-200)
    answer = device.post_entry(late)
    assert said(answer) == (409, ["resend_from"])
    assert answer.json()["detail"][0]["loc"] == ["body", "envelope", "seq", 1]
    device.send()
    assert [row.seq for row in Envelope.objects.order_by("pk")] == [1, 2, 3]
    assert faults() == []


def test_another_envelope_under_the_same_id_is_refused_and_journaled_once(device):
    _path, content = entry = device.open()
    device.send()
    device.seq, device.prev = 1, "0" * 64
    path, other = device.write(
        "session_open",
        {"id": content["id"], "float_cents": 10_000},
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for _time in range(2):
        assert said(device.post_entry((path, other))) == (409, ["envelope_differs"])
    event = JournalEntry.objects.get(kind=Kind.JET, body__contains='"code":90,')
    data = json.loads(event.body)["data"]
    assert (data["code"], data["sent"]) == (90, other["envelope"]["hash"])
    assert data["known"] == content["envelope"]["hash"]
    assert device.post_entry(entry).status_code == 200
    assert faults() == []


def test_another_history_is_refused_and_journaled(device):
    device.open()
    device.send()
    device.prev = "1" * 64
    assert said(device.post_entry(device.move(-5))) == (409, ["envelope_differs"])
    assert Kind.JET in kinds()
    assert Envelope.objects.count() == 1


def test_an_envelope_at_a_till_that_nobody_holds_is_refused(device, world, counter):
    device.post("sales/tills/C1/lease/end")
    other = Till.objects.create(
        organisation=world.navette, site=world.canal, code="C2", name="Caisse 2"
    )
    device.till = other.code
    assert said(device.post_entry(device.open())) == (422, ["not_leased"])


@pytest.mark.parametrize(
    "other",
    [
        {"v": 2},
        {"till": "C2"},
        {"lease": "0" * 8},
        {"kind": "sale"},
        {"id": "5d0c1f0e-0000-4000-8000-000000000001"},
        {"at": "hier"},
        {"at": 5},
        {"seq": "1"},
        {"seq": True},
        {"number": "C1-000001"},
        {"total_cents": 5},
        {"total_cents": 5.5},
        {"operator": [1]},
        {"payload": {"float_cents": 9_999}},
        {"more": None},
    ],
)
def test_an_envelope_that_tells_of_something_else_is_refused(device, other):
    answer = device.post_entry(device.open(spoilt=other))
    assert said(answer) == (422, ["bad_envelope"])
    assert not Envelope.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: " " + body,
        lambda body: body.replace('"v":1', '"v": 1'),
        lambda body: "[]",
        lambda body: "1",
        lambda body: "{",
        lambda body: "[" * 5_000,
        lambda body: body.replace('"operator":null', '"operator":"e\u0301"'),
        lambda body: body.replace('"operator":null', '"operator":"\\u00e9"'),
        lambda body: body.replace('"operator":null', '"operator":"\\ud800"'),
    ],
)
def test_an_envelope_that_is_not_written_the_one_way_is_refused(device, spoil):
    path, content = device.open()
    content["envelope"]["body"] = spoil(content["envelope"]["body"])
    assert said(device.post_entry((path, content))) == (422, ["bad_envelope"])


def test_a_hash_that_is_not_that_of_the_envelope_is_refused(device):
    path, content = device.open()
    content["envelope"]["hash"] = "0" * 64
    assert said(device.post_entry((path, content))) == (422, ["bad_envelope"])


# Clocks and people


@pytest.mark.parametrize("at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_clock_that_cannot_be_is_not_believed_and_refuses_nothing(device, at):
    before = datetime.now(UTC) - timedelta(minutes=1)
    device.open(at=at)
    device.send()
    assert before < TillSession.objects.latest("pk").opened_at < datetime.now(UTC)


def test_a_spell_without_network_is_journaled_once(device):
    device.open()
    device.send()
    ago = datetime.now(UTC) - timedelta(hours=3)
    device.move(-100, at=ago)
    device.move(-200, at=ago + timedelta(hours=1))
    device.send()
    event = JournalEntry.objects.get(kind=Kind.JET, body__contains='"code":70,')
    data = json.loads(event.body)["data"]
    assert (data["code"], data["since"]) == (70, ago.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert faults() == []


def spells():
    events = JournalEntry.objects.filter(kind=Kind.JET, body__contains='"code":70,').order_by("pk")
    return [json.loads(event.body)["data"] for event in events]


def test_a_spell_without_network_says_when_it_began_and_ended(device, browser, world):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        device.open()
        device.send()
    device.move(-100, at=noon + timedelta(hours=1))
    device.move(-200, at=noon + timedelta(hours=2, minutes=59))
    with time_machine.travel(noon + timedelta(hours=3), tick=False):
        device.send()
    [told] = spells()
    assert (told["since"], told["until"]) == ("2026-03-02T13:00:00Z", "2026-03-02T15:00:00Z")
    page = browser(world.manager).get("/caisse/journal/?code=70").content.decode()
    assert "02/03/2026 14:00 – 02/03/2026 16:00" in page
    assert faults() == []


def test_a_network_that_goes_again_before_the_queue_is_empty_is_another_spell(device):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        device.open()
        device.send()
    device.move(-100, at=noon + timedelta(hours=1))
    late = device.move(-200, at=noon + timedelta(hours=2))
    device.queue.pop()
    with time_machine.travel(noon + timedelta(hours=3), tick=False):
        device.send()
    with time_machine.travel(noon + timedelta(hours=6), tick=False):
        device.queue = [late]
        device.send()
    assert [(told["since"][11:13], told["until"][11:13]) for told in spells()] == [
        ("13", "15"),
        ("14", "18"),
    ]


def test_a_clock_that_is_always_late_is_one_spell(device):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for hour in range(4):
        now = noon + timedelta(hours=hour)
        with time_machine.travel(now, tick=False):
            if hour == 0:
                device.open(at=now - timedelta(minutes=20))
            else:
                device.move(-100, at=now - timedelta(minutes=20, seconds=hour))
            device.send()
    assert len(spells()) == 1


def test_another_history_is_listed_in_the_journal(device, browser, world):
    entry = device.open()
    device.send()
    other = {**entry[1], "envelope": {**entry[1]["envelope"], "hash": "0" * 64}}
    device.post_entry((entry[0], other))
    page = browser(world.manager).get("/caisse/journal/?code=90")
    assert page.status_code == 200
    assert "≠ 00000000" in page.content.decode()


def test_what_somebody_did_who_was_let_go_since_is_theirs(device, world):
    device.open()
    User.objects.filter(pk=world.cashier.pk).update(is_active=False)
    device.send()
    assert TillSession.objects.latest("pk").author == world.cashier
    answer = device.post("sales/tills/C1/lease/end")
    assert said(answer) == (403, ["person_withdrawn"])


def test_a_withdrawn_tablet_is_not_believed(device):
    entry = device.open()
    withdraw(station=device.station, is_sure=True)
    assert said(device.post_entry(entry)) == (403, ["station_withdrawn"])


def test_cash_that_was_taken_out_is_taken_out(device):
    device.open(float_cents=100)
    device.move(-500)
    device.send()
    assert faults() == []


# Z


def test_a_z_waits_for_all_that_the_tablet_has(device):
    device.open()
    device.send()
    _path, content = device.close(last_seq=7)
    answer = device.post_entry((_path, content))
    assert said(answer) == (422, ["queue_not_empty"])
    assert answer.json()["detail"][0]["loc"] == ["body", "last_seq", 1]


def test_a_z_of_a_tablet_adds_up(device):
    device.open()
    device.move(-500)
    device.close({"5000": 1, "2000": 2, "500": 1})
    z = device.send()[-1]
    assert (z["figures"]["expected_cents"], z["gap_cents"]) == (9_500, 0)
    assert z["figures"]["counted"]["pieces"] == {"500": 1, "2000": 2, "5000": 1}
    assert faults() == []


# At the office


@pytest.fixture
def office(world):
    client = Client()
    client.force_login(world.anna)
    return client


def test_a_computer_says_which_tablet_holds_the_till(device, office):
    page = text(office.get("/caisse/C1/"))
    assert "est confiée à la tablette « Caisse »" in page
    assert office.get("/caisse/C1/ouvrir/").status_code == 302
    posted = office.post("/caisse/C1/ouvrir/", {"id": str(uuid4()), "float": "100"})
    assert posted.status_code == 422
    assert not TillSession.objects.filter(till__code="C1", number=2).exists()


def test_a_manager_gives_up_a_till_from_its_settings(device, office):
    device.open()
    device.send()
    assert "tablette/" in office.get("/reglages/sites/canal/caisses/C1/").content.decode()
    url = "/reglages/sites/canal/caisses/C1/tablette/"
    assert office.get(url).status_code == 200
    assert office.post(url, {"id": str(uuid4()), "lost": "2"}).status_code == 422
    answer = office.post(url, {"id": str(uuid4()), "lost": "2", "comment": "tombée à l'eau"})
    assert answer.status_code == 302
    lease = TillLease.objects.get()
    assert (lease.hole, lease.reason) == ([2, 3], "tombée à l'eau")
    assert Till.objects.get(code="C1B").is_active
    assert office.get(url).status_code == 302


def test_the_list_of_tills_says_who_holds_them(device, world, api):
    here = device.client.get("/api/v1/sales/tills", headers=device.headers)
    [till] = here.json()["items"]
    assert (till["leased_to"], till["is_mine"]) == ("Caisse", True)
    [till] = api(world.cashier).get("sales/tills").json()["items"]
    assert (till["leased_to"], till["is_mine"]) == ("Caisse", False)


# Lost


@pytest.fixture
def retire(api, world):
    def send(last_seq, by=None, till="C1", reason="volée"):
        path = f"sales/tills/{till}/retirement"
        return api(by or world.anna).post(path, last_seq=last_seq, reason=reason)

    return send


def test_a_lost_tablet_is_given_up_with_its_hole(device, retire, world):
    device.open()
    device.move(-500)
    device.send()
    assert said(retire(3, by=world.cashier)) == (403, ["forbidden"])
    assert said(retire(1)) == (422, ["seq_known"])
    answer = retire(5)
    assert answer.status_code == 201
    assert (answer.json()["hole"], answer.json()["new_till"]) == ([3, 5], "C1B")
    till = Till.objects.get(code="C1")
    assert not till.is_active
    assert TillSession.objects.open_at(till) is None
    assert TillSession.objects.latest("pk").closing.figures["missed"] is True
    data = json.loads(JournalEntry.objects.filter(kind=Kind.LEASE).last().body)["data"]
    assert (data["act"], data["last_seq"], data["lost"]) == ("retired", 2, [3, 5])
    assert "volée" not in JournalEntry.objects.filter(kind=Kind.LEASE).last().body
    assert said(device.post_entry(device.move(-5))) == (409, ["till_leased"])
    assert faults() == []


def test_the_next_of_a_till_given_up_has_a_code_of_its_own(device, retire, world):
    retire(0)
    Device(world.canal, world.cashier, "Autre").hold("C1B")
    assert retire(0, till="C1B").json()["new_till"] == "C1C"
    Till.objects.filter(code="C1").update(is_active=True)
    again = Device(world.canal, world.cashier, "Encore")
    assert said(again.post("sales/tills/C1/lease")) == (422, ["till_retired"])
    assert said(retire(0)) == (422, ["not_leased"])


# The tablet itself


def test_a_tablet_that_holds_a_till_is_not_withdrawn_unawares(device, world, client):
    client.force_login(world.anna)
    page = f"/reglages/tablettes/{device.station.pk}/"
    assert "/caisses/C1/tablette/" in client.get(page).content.decode()
    client.post(page, {"do": "withdraw"})
    device.station.refresh_from_db()
    assert device.station.revoked_at is None
    with pytest.raises(ValidationError) as refusal:
        withdraw(station=device.station)
    assert [error.code for error in refusal.value.error_list] == ["still_holds"]
    client.post(page, {"do": "withdraw", "sure": "on"})
    device.station.refresh_from_db()
    assert device.station.revoked_at


def test_a_tablet_that_gave_its_till_back_is_withdrawn_at_once(device, world, client):
    assert device.post("sales/tills/C1/lease/end").status_code == 201
    client.force_login(world.anna)
    client.post(f"/reglages/tablettes/{device.station.pk}/", {"do": "withdraw"})
    device.station.refresh_from_db()
    assert device.station.revoked_at


def public(device, number, seal, end=""):
    return device.client.get(f"/t/{number}.{seal}/{end}")


def test_a_ticket_of_a_tablet_is_read_at_the_address_that_the_tablet_knows(device, world):
    device.open()
    _path, content = device.sale(mob(700), total=700)
    seal = content["envelope"]["hash"]
    assert public(device, "C1-000001", seal, "image.svg").status_code == 404  # not sent yet
    device.send()
    assert "C1-000001" in text(public(device, "C1-000001", seal))
    picture = public(device, "C1-000001", seal, "image.svg")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert b'xmlns="http://www.w3.org/2000/svg"' in picture.content
    for number, hash_ in (("C1-000002", seal), ("C1-000001", seal[:8]), ("", seal)):
        assert public(device, number, hash_).status_code == 404


def test_a_voucher_of_an_issuer_that_was_set_aside_meanwhile_is_taken(device, world):
    issuer = VoucherIssuer.objects.create(organisation=world.navette, code="ccas", name="CCAS")
    paid = {"method": "voucher", "amount_cents": 700, "issuer": "ccas", "reference": "A17"}
    device.open()
    device.sale(mob(700), total=700, paid=[paid])
    VoucherIssuer.objects.update(is_active=False)
    device.send()
    assert Payment.objects.get().issuer == issuer
    assert faults() == []

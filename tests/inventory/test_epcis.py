"""An object's life as other traceability systems read it: EPCIS 2.0."""

from uuid import uuid4

import pytest

from inventory.models import Category, Place
from organisation.models import Network
from tests.inventory.epcis_rules import broken

pytestmark = pytest.mark.database
BASE = "https://tracerie.example"


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.PUBLIC_URL = f"{BASE}/"


@pytest.fixture
def act(world, api):
    """Post an act of the director's at canal; return the answer."""

    def send(path, by=None, **fields):
        fields = {"site": "canal", **fields}
        answer = api(by or world.anna).post(path, **{k: v for k, v in fields.items() if v})
        assert answer.status_code == 201, answer.json()
        return answer.json()

    return send


@pytest.fixture
def chair(world, act):
    """A chair of 4.2 kg, labelled from an arrival of 48.6 kg."""
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.create(site=world.canal, code="reserve", name="Réserve", use=Place.Use.STORAGE)
    Place.objects.create(site=world.canal, code="boutique", name="Boutique", use=Place.Use.SHOP)
    lines = [{"category": "MOB", "weight_g": 48_600}]
    arrival = act("collection/intakes", mode="home_pickup", origin="75112", lines=lines)
    return act(
        "inventory/items",
        category="MOB.CHAI",
        weight_g=4_200,
        intake_line=f"{arrival['number']}.1",
        from_category="MOB",
    )["code"]


@pytest.fixture
def life(api, world):
    """The events of an object, after every rule was checked."""

    def read(code, by=None):
        answer = api(by or world.anna).get(f"inventory/items/{code}/epcis")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/ld+json"
        assert broken(answer.json()) == []
        return answer.json()["epcisBody"]["eventList"]

    return read


def told(events):
    return [
        (event["type"].removesuffix("Event"), event.get("action"), event["bizStep"],
         event["disposition"])
        for event in events
    ]  # fmt: skip


def test_a_chair_comes_is_labelled_stored_put_on_sale_and_sent(chair, act, life):
    act("inventory/moves", to_place="reserve", items=[chair])
    act("inventory/moves", to_place="boutique", items=[chair])
    act(
        "inventory/shipments",
        fate="recycling",
        partner="gebetex",
        lines=[{"item": chair}],
    )

    events = life(chair)
    assert told(events) == [
        ("Object", "ADD", "collecting", "in_progress"),
        ("Object", "ADD", "commissioning", "active"),
        ("Object", "OBSERVE", "storing", "sellable_not_accessible"),
        ("Object", "OBSERVE", "stocking", "sellable_accessible"),
        ("Object", "DELETE", "shipping", "disposed"),
    ]
    arrival, label, *_moves, sent = events
    assert arrival["quantityList"] == [
        {
            "epcClass": f"{BASE}/api/v1/inventory/categories#MOB",
            "quantity": 48.6,
            "uom": "KGM",
        }
    ]
    assert "epcList" not in arrival
    assert label["epcList"] == [f"{BASE}/o/{chair}"]
    assert (label["tracerie:weight_g"], label["tracerie:known_by"]) == (4_200, "weighed")
    assert sent["destinationList"] == [
        {
            "type": "possessing_party",
            "destination": f"{BASE}/api/v1/inventory/partners#gebetex",
        }
    ]
    assert "bizLocation" in label
    assert "bizLocation" not in sent


def test_given_away_it_is_dispensed(chair, act, life):
    act("inventory/shipments", fate="reuse", public=True, lines=[{"item": chair}])

    assert told(life(chair))[-1] == ("Object", "OBSERVE", "dispensing", "dispensed")


def test_what_was_cancelled_keeps_its_event_and_is_declared_an_error(chair, act, life):
    before = life(chair)[-1]["eventID"]
    move = act("inventory/moves", to_place="reserve", items=[chair])
    act("inventory/reversals", site="", movement=move["number"], reason="wrong shelf")

    *_first, last, undone = life(chair)
    assert last["eventID"] == before
    assert "errorDeclaration" not in last
    assert undone["bizStep"] == "storing"
    assert undone["errorDeclaration"]["reason"] == "did_not_occur"


def test_taken_apart_it_becomes_its_parts(chair, act, life):
    parts = [
        {"category": "MOB", "weight_g": 3_000},
        {"category": "MOB.CHAI", "weight_g": 1_200, "label": True},
    ]
    act("inventory/dismantlings", item=chair, parts=parts)
    [part] = Category.objects.get(code="MOB.CHAI").items.filter(part_of__isnull=False)
    code = part.codes.get().code

    whole = life(chair)[-1]
    assert told([whole]) == [("Transformation", None, "disassembling", "in_progress")]
    assert whole["inputEPCList"] == [f"{BASE}/o/{chair}"]
    assert whole["outputEPCList"] == [f"{BASE}/o/{code}"]
    assert [element["quantity"] for element in whole["outputQuantityList"]] == [3]
    assert [event["eventID"] for event in life(code) if event["type"] != "ObjectEvent"] == [
        whole["eventID"]
    ]


def test_the_workshop_is_told(chair, act, life, api, world):
    for done, result in (("test", "continues"), ("repair", "works"), ("test", "beyond_repair")):
        answer = api(world.anna).post(
            f"inventory/items/{chair}/repairs", id=str(uuid4()), act=done, result=result
        )
        assert answer.status_code == 201

    assert told(life(chair))[2:] == [
        ("Object", "OBSERVE", "inspecting", "in_progress"),
        ("Object", "OBSERVE", "repairing", "available"),
        ("Object", "OBSERVE", "inspecting", "non_conformant"),
    ]


def test_lost_it_does_not_match_the_books(chair, act, life):
    act("inventory/losses", item=chair)

    assert told(life(chair))[-1] == ("Object", "OBSERVE", "stock_taking", "mismatch_quantity")


def test_sent_to_another_structure_it_keeps_its_events_names(chair, act, life, world, api):
    network = Network.objects.create(code="reseau", name="Réseau")
    network.members.add(world.navette, world.port)
    sent = act("inventory/transfers", to_site="quai", lines=[{"item": chair}])
    receipt = {"lines": [{"item": chair}], "final": True}
    answer = api(world.paul).post(f"inventory/transfers/{sent['id']}/receipt", **receipt)
    assert answer.status_code == 201, answer.json()

    ours, theirs = life(chair), life(chair, world.paul)
    assert told(ours)[-2:] == [
        ("Object", "OBSERVE", "shipping", "in_transit"),
        ("Object", "OBSERVE", "receiving", "in_progress"),
    ]
    assert [event["eventID"] for event in ours] == [event["eventID"] for event in theirs]
    assert "bizTransactionList" not in ours[-1]  # their paper


def test_the_same_life_is_told_in_the_same_words(chair, life):
    assert life(chair) == life(chair)


def test_summer_and_winter_have_their_own_offset(chair, life, world):
    world.canal.timezone = "Indian/Reunion"
    world.canal.save()

    assert {event["eventTimeZoneOffset"] for event in life(chair)} == {"+04:00"}


def test_the_page_hands_out_the_same_file(chair, life, browser, world):
    answer = browser(world.auditor).get(f"/o/{chair}/epcis.json")

    assert answer.json()["epcisBody"]["eventList"] == life(chair)
    assert answer["Content-Disposition"] == f'attachment; filename="{chair}-epcis.json"'
    assert browser().get("/o/ZZZZZZ/epcis.json").status_code == 404
    assert f"/o/{chair}/epcis.json" in browser().get(f"/o/{chair}/").content.decode()


def test_the_rules_see_what_is_wrong(chair, life, api, world):
    document = api(world.anna).get(f"inventory/items/{chair}/epcis").json()
    [_arrival, label] = document["epcisBody"]["eventList"]
    label |= {"bizStep": "recycling", "action": "SELL", "eventTimeZoneOffset": "+27:00"}
    del label["epcList"]

    assert len(broken(document)) == 5

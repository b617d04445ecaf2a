"""Transfers over HTTP: sent, on the road, received in part or for good; two structures see them."""

import pytest
from django.utils import timezone

from inventory.models import Balance, Category, Item, ItemCode, Kind, Movement
from organisation.models import Membership, Network, Site, User
from organisation.permissions import Role
from tests.conftest import codes

pytestmark = pytest.mark.database


@pytest.fixture
def network(world):
    """La Navette and Le Port exchange goods; anna and paul read the network's totals."""
    network = Network.objects.create(code="reseau", name="Réseau")
    network.members.add(world.navette, world.port)
    network.readers.add(world.anna, world.paul)
    return network


@pytest.fixture
def ours(api, world):
    """Canal holds 100 kg of furniture and 40 kg of textiles; what its director posts."""
    call = api(world.anna)
    lines = [{"category": "MOB", "weight_g": 100_000}, {"category": "TEX", "weight_g": 40_000}]
    call.post("inventory/opening-stock", site="canal", lines=lines)
    return call


@pytest.fixture
def theirs(api, world):
    return api(world.paul)


def grams(site: str, kind: Kind = Kind.STOCK) -> dict[str, int]:
    """Category → grams of a site's accounts of a kind."""
    rows = Balance.objects.filter(account__site__code=site, account__kind=kind)
    found: dict[str, int] = {}
    for code, weight_g in rows.values_list("category__code", "weight_g"):
        found[code] = found.get(code, 0) + weight_g
    return {code: weight_g for code, weight_g in found.items() if weight_g}


def send(call, to_site, *lines, site="canal", **fields):
    lines = [{"category": code, "weight_g": weight_g} for code, weight_g in lines]
    sent = call.post("inventory/transfers", site=site, to_site=to_site, lines=lines, **fields)
    assert sent.status_code == 201, sent.json()
    return sent.json()


def receive(call, transfer, *lines, final=False, **fields):
    lines = [
        {"item": line} if isinstance(line, str) else {"category": line[0], "weight_g": line[1]}
        for line in lines
    ]
    path = f"inventory/transfers/{transfer['id']}/receipt"
    return call.post(path, lines=lines, final=final, **fields)


def label(call, weight_g=4_200, site="canal", **fields):
    made = call.post("inventory/items", site=site, category="MOB.CHAI", weight_g=weight_g, **fields)
    assert made.status_code == 201, made.json()
    return made.json()["code"]


# Within a structure


def test_what_is_sent_is_on_the_road_until_it_is_received(ours):
    sent = send(ours, "gare", ("MOB", 30_000))

    assert (sent["number"], sent["state"], sent["to_site"]) == (
        "TF-canal-1",
        "on_the_road",
        "gare",
    )
    assert grams("canal") == {"MOB": 70_000, "TEX": 40_000}
    assert grams("canal", Kind.TRANSIT) == {"MOB": 30_000}
    assert grams("gare") == {}

    received = receive(ours, sent, ("MOB", 30_000))

    assert received.status_code == 201, received.json()
    assert (received.json()["state"], received.json()["final"]) == ("received", True)
    assert grams("canal", Kind.TRANSIT) == {}
    assert grams("gare") == {"MOB": 30_000}


def test_a_partial_receipt_leaves_the_rest_on_the_road(ours):
    sent = send(ours, "gare", ("MOB", 30_000), ("TEX", 5_000))

    part = receive(ours, sent, ("MOB", 12_000)).json()

    assert (part["state"], part["remaining_g"], part["final"]) == ("in_part", 23_000, False)
    assert grams("canal", Kind.TRANSIT) == {"MOB": 18_000, "TEX": 5_000}
    assert grams("gare") == {"MOB": 12_000}
    read = ours.get(f"inventory/transfers/{sent['id']}").json()
    assert read["receipts"] == ["RC-gare-1"]
    assert {row["category"]: row["weight_g"] for row in read["remaining"]} == {
        "MOB": 18_000,
        "TEX": 5_000,
    }


def test_the_final_receipt_takes_all_off_the_road_and_books_the_gap(ours):
    sent = send(ours, "gare", ("MOB", 30_000), ("TEX", 5_000), ("LIV", 1_000))
    receive(ours, sent, ("MOB", 12_000))

    last = receive(ours, sent, ("MOB", 17_400), ("TEX", 5_300), final=True).json()

    assert (last["state"], last["remaining_g"]) == ("received", 0)
    assert grams("canal", Kind.TRANSIT) == {}
    assert grams("gare") == {"MOB": 29_400, "TEX": 5_300}
    # 600 g and all the books short, 300 g of textiles over
    assert grams("gare", Kind.ADJUSTMENT) == {"MOB": 600, "TEX": -300, "LIV": 1_000}
    assert grams("canal", Kind.ADJUSTMENT) == {}


def test_nothing_more_is_received_once_it_is_closed(ours):
    sent = send(ours, "gare", ("MOB", 1_000))
    receive(ours, sent, ("MOB", 900), final=True)
    again = receive(ours, sent, ("MOB", 1))
    assert (again.status_code, codes(again)) == (409, ["already_received"])


@pytest.mark.parametrize(
    ("line", "code"), [(("MOB", 1_001), "more_than_sent"), (("TEX", 1), "not_sent")]
)
def test_a_receipt_takes_no_more_than_was_sent(ours, line, code):
    sent = send(ours, "gare", ("MOB", 1_000))
    send(ours, "gare", ("TEX", 9_000), ("MOB", 9_000))  # another on the same road
    refused = receive(ours, sent, line)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert grams("gare") == {}


def test_several_lines_of_a_category_may_go_to_several_places(ours, world):
    from inventory.models import Place

    Place.objects.create(site=world.gare, code="reserve", name="Réserve")
    sent = send(ours, "gare", ("MOB", 10_000))
    lines = [
        {"category": "MOB", "weight_g": 4_000, "place": "reserve"},
        {"category": "MOB", "weight_g": 5_500},
    ]
    done = ours.post(
        f"inventory/transfers/{sent['id']}/receipt", site="gare", lines=lines, final=True
    )
    assert done.status_code == 201, done.json()
    places = Balance.objects.filter(account__site=world.gare, account__kind=Kind.STOCK)
    held = dict(places.values_list("account__place__code", "weight_g"))
    assert held == {"reserve": 4_000, "principal": 5_500}
    assert grams("gare", Kind.ADJUSTMENT) == {"MOB": 500}


def test_items_travel_whole_and_those_that_never_come_are_written_off(ours):
    came, lost = label(ours), label(ours)
    lines = [{"item": came}, {"item": lost}, {"category": "TEX", "weight_g": 2_000}]
    sent = ours.post("inventory/transfers", site="canal", to_site="gare", lines=lines).json()
    assert ours.get(f"inventory/items/{came}").json()["state"] == "in_transit"

    received = receive(ours, sent, came, ("TEX", 2_000), final=True).json()

    assert received["missing"] == "IN-gare-1"
    found = ours.get(f"inventory/items/{came}").json()
    assert (found["state"], found["site"]) == ("in_stock", "gare")
    assert ours.get(f"inventory/items/{lost}").json()["state"] == "lost"
    assert grams("gare", Kind.ADJUSTMENT) == {"MOB.CHAI": 4_200}
    trace = ours.get(f"inventory/items/{lost}/trace").json()["events"]
    assert [event["verb"] for event in trace] == ["label", "transfer", "receive", "count"]


def test_an_item_that_was_not_sent_is_not_received(ours):
    sent_item, other = label(ours), label(ours)
    lines = [{"item": sent_item}]
    sent = ours.post("inventory/transfers", site="canal", to_site="gare", lines=lines).json()
    refused = receive(ours, sent, other)
    assert (refused.status_code, codes(refused)) == (404, ["unknown_item"])
    assert codes(receive(ours, sent, sent_item, sent_item)) == ["item_twice"]


def test_a_transfer_is_cancelled_only_after_its_receipts(ours):
    sent = send(ours, "gare", ("MOB", 10_000))
    part = receive(ours, sent, ("MOB", 4_000)).json()

    refused = ours.post("inventory/reversals", movement=sent["number"], reason="wrong site")
    assert (refused.status_code, codes(refused)) == (422, ["receipts_first"])

    ours.post("inventory/reversals", movement=part["number"], reason="wrong site")
    assert grams("canal", Kind.TRANSIT) == {"MOB": 10_000}
    ours.post("inventory/reversals", movement=sent["number"], reason="wrong site")
    assert grams("canal") == {"MOB": 100_000, "TEX": 40_000}
    assert ours.get(f"inventory/transfers/{sent['id']}").json()["state"] == "cancelled"
    assert codes(receive(ours, sent, ("MOB", 1))) == ["already_reversed"]


def test_a_cancelled_final_receipt_brings_back_what_it_wrote_off(ours):
    code = label(ours)
    lines = [{"item": code}, {"category": "TEX", "weight_g": 2_000}]
    sent = ours.post("inventory/transfers", site="canal", to_site="gare", lines=lines).json()
    last = receive(ours, sent, ("TEX", 1_500), final=True).json()

    undone = ours.post("inventory/reversals", movement=last["number"], reason="it came after all")

    assert undone.status_code == 201, undone.json()
    assert ours.get(f"inventory/items/{code}").json()["state"] == "in_transit"
    assert grams("gare") == grams("gare", Kind.ADJUSTMENT) == {}
    assert receive(ours, sent, code, ("TEX", 2_000)).json()["state"] == "received"


def test_a_receipt_sent_twice_counts_once(ours):
    sent = send(ours, "gare", ("MOB", 10_000))
    body = {
        "id": "0b0e8f3a-98b7-4d0c-9d0a-000000000002",
        "lines": [{"category": "MOB", "weight_g": 4_000}],
    }
    path = f"inventory/transfers/{sent['id']}/receipt"
    first, again = ours.post(path, body), ours.post(path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert grams("gare") == {"MOB": 4_000}


def test_nothing_is_sent_to_where_it_is_nor_to_strangers(ours):
    line = {"category": "MOB", "weight_g": 1}
    for to_site, status, code in (("canal", 422, "same_site"), ("quai", 404, "unknown_site")):
        refused = ours.post("inventory/transfers", site="canal", to_site=to_site, lines=[line])
        assert (refused.status_code, codes(refused)) == (status, [code])


def test_the_receiver_s_team_receives_and_the_sender_s_does_not(ours, api, world):
    sent = send(ours, "gare", ("MOB", 10_000))
    refused = receive(api(world.sorter), sent, ("MOB", 10_000))  # works at canal
    assert refused.status_code == 403
    Membership.objects.create(user=world.sorter, site=world.gare, role=Role.SORTER)
    assert receive(api(world.sorter), sent, ("MOB", 10_000)).status_code == 201


# Between structures


def year_of(call, **scope):
    year = timezone.localdate().year
    asked = {"from": f"{year}-01-01", "to": f"{year}-12-31", **scope}
    return call.get("reporting/diversion", **asked).json()


def test_a_transfer_between_structures_counts_once_in_the_network(network, ours, theirs):
    sent = send(ours, "quai", ("MOB", 30_000))
    on_the_way = year_of(ours, network="reseau")
    assert (on_the_way["sent_g"], on_the_way["received_g"]) == (0, 0)
    assert on_the_way["in_transit_g"] == 30_000
    assert on_the_way["closing_stock_g"] == 140_000

    receive(theirs, sent, ("MOB", 29_000), final=True)

    sender, receiver = year_of(ours), year_of(theirs)
    assert (sender["sent_g"], sender["received_g"], sender["closing_stock_g"]) == (
        30_000,
        0,
        110_000,
    )
    assert (receiver["received_g"], receiver["sent_g"]) == (30_000, 0)
    assert (receiver["adjusted_g"], receiver["closing_stock_g"]) == (-1_000, 29_000)
    whole = year_of(ours, network="reseau")
    assert (whole["sent_g"], whole["received_g"], whole["collected_g"]) == (0, 0, 0)
    assert (whole["adjusted_g"], whole["closing_stock_g"]) == (-1_000, 139_000)


def test_both_structures_read_the_transfer_and_nobody_else(network, ours, theirs, api, world):
    sent = send(ours, "quai", ("MOB", 30_000))
    path = f"inventory/transfers/{sent['id']}"
    seen = theirs.get(path).json()
    assert (seen["number"], seen["site"], seen["to_site"]) == ("TF-canal-1", "canal", "quai")
    assert seen["by"] == "director"  # a role, not a name
    assert theirs.get("inventory/transfers", incoming=True).json()["items"][0]["id"] == sent["id"]
    assert theirs.get("inventory/transfers").json()["items"] == []
    assert ours.get("inventory/transfers").json()["items"][0]["state"] == "on_the_road"
    stranger = User.objects.create(username="zoe", organisation=_third(world))
    Membership.objects.create(user=stranger, role=Role.DIRECTOR, site=None)
    assert api(stranger).get(path).status_code == 404
    assert api(stranger).get("inventory/transfers", incoming=True).json()["items"] == []


def _third(world):
    from organisation.models import Organisation

    organisation = Organisation.objects.create(code="tiers", name="Tiers")
    Site.objects.create(organisation=organisation, code="loin", name="Loin")
    return organisation


def test_an_item_keeps_its_life_and_gets_a_code_at_its_new_home(network, ours, theirs):
    code = label(ours, title="Commode", price_cents=9_000)
    lines = [{"item": code}]
    sent = ours.post("inventory/transfers", site="canal", to_site="quai", lines=lines).json()
    assert theirs.get(f"inventory/items/{code}").status_code == 404  # not theirs yet
    assert [
        row["item"] for row in theirs.get(f"inventory/transfers/{sent['id']}").json()["remaining"]
    ] == [code]

    receive(theirs, sent, code)

    found = theirs.get(f"inventory/items/{code}").json()
    assert (found["state"], found["site"], found["price_cents"]) == ("in_stock", "quai", 9_000)
    events = theirs.get(f"inventory/items/{code}/trace").json()["events"]
    assert [(e["verb"], e["by"]) for e in events] == [
        ("label", "director"),
        ("transfer", "director"),
        ("receive", "paul"),
    ]


def test_the_sender_learns_that_it_was_received_and_no_more(network, ours, theirs):
    code = label(ours)
    sent = ours.post(
        "inventory/transfers", site="canal", to_site="quai", lines=[{"item": code}]
    ).json()
    receive(theirs, sent, code)
    theirs.post(
        "inventory/shipments", site="quai", fate="disposal", public=True, lines=[{"item": code}]
    )

    events = ours.get(f"inventory/items/{code}/trace").json()["events"]

    assert [event["verb"] for event in events] == ["label", "transfer", "receive"]
    assert ours.get(f"inventory/items/{code}").json()["price_cents"] is None
    refused = ours.patch(f"inventory/items/{code}", title="Encore à nous ?")
    assert refused.status_code == 403


def test_a_code_that_is_taken_there_is_replaced_by_a_new_one(network, ours, theirs, world):
    code = label(ours)
    ItemCode.objects.create(organisation=world.port, code=code)  # on a blank label of theirs
    sent = ours.post(
        "inventory/transfers", site="canal", to_site="quai", lines=[{"item": code}]
    ).json()

    received = receive(theirs, sent, code).json()

    [line] = received["lines"]
    assert line["item"] != code
    assert theirs.get(f"inventory/items/{line['item']}").json()["state"] == "in_stock"
    assert ours.get(f"inventory/items/{code}").json()["site"] == "quai"
    assert Item.objects.count() == 1


def test_a_category_of_one_s_own_is_not_sent_to_another_structure(network, ours, world):
    above = Category.objects.get(code="MOB")
    Category.objects.create(organisation=world.navette, parent=above, code="BANCS", name_fr="Bancs")
    lines = [{"category": "BANCS", "weight_g": 1_000}]
    refused = ours.post("inventory/transfers", site="canal", to_site="quai", lines=lines)
    assert (refused.status_code, codes(refused)) == (422, ["category_not_shared"])
    within = ours.post("inventory/transfers", site="canal", to_site="gare", lines=lines)
    assert within.status_code == 201
    assert Movement.objects.filter(verb="transfer").count() == 1

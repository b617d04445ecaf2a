"""What a tablet asks to follow objects: one's life, a shelf's list, a count of what was scanned."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collection.services import Line
from inventory import services
from inventory.models import Flow, Item, Kind, Place, Verb
from inventory.services import Part, StockLine
from inventory.verify import differences
from tests.conftest import codes
from tests.e2e.stockroom import Stockroom, category, fresh


@pytest.fixture
def room(world):
    made = Stockroom(world)
    made.open(StockLine(category("MOB"), 500_000))
    return made


@pytest.fixture
def manager(api, world):
    return api(world.manager)


def life(caller, room, name):
    answer = caller.get(f"inventory/items/{room.codes[name]}/life")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def links(told):
    return {(each["link"], each["code"]) for each in told["relatives"]}


# One life


def test_one_answer_tells_a_life_from_the_arrival_to_the_sale(room, manager, world):
    arrival = room.arrive(Line(category("MOB.CHAI"), 4_200, units=1))
    item = room.label("chair", arrival=arrival.flows.get(), from_category=None)
    room.move(item, room.shop)
    room.sell(room.codes["chair"])

    told = life(manager, room, "chair")

    assert [step["verb"] for step in told["steps"]] == ["collect", "label", "move", "sell"]
    assert [step["weight_g"] for step in told["steps"]] == [4_200] * 4
    assert told["steps"][0]["from"] == "Apport volontaire, Paris 12e"
    assert told["steps"][2]["to"] == "Boutique"
    assert (told["state"], told["fate"]) == ("sold", "reuse")
    assert told["left"]
    assert not told["may_move"]


def test_what_may_be_done_depends_on_who_asks(room, api, world):
    room.label("chair")

    def asked(person):
        told = life(api(person), room, "chair")
        return told["may_move"], told["may_lose"], {door["name"] for door in told["doors"]}

    floor = {"print", "describe", "apart", "give", "ship", "page"}
    assert asked(world.sorter) == (True, False, floor)
    assert asked(world.manager) == (True, True, floor | {"sell"})
    assert asked(world.cashier) == (False, False, {"sell", "page"})
    assert asked(world.auditor) == (False, False, {"page"})


def test_parts_and_whole_tell_of_each_other(room, manager):
    whole = room.label("whole", weight_g=5_000)
    kept = Part(category("PEM"), 2_000, "Bol", None, True)
    parts = [Part(category("PEM"), 3_000), kept]
    services.dismantle(entry=room.entry(Verb.DISMANTLE), item=whole, parts=parts)
    part = Item.objects.get(part_of=whole)
    room.codes["part"] = part.codes.get().code

    assert links(life(manager, room, "whole")) == {("part", room.codes["part"])}
    assert links(life(manager, room, "part")) == {("whole", room.codes["whole"])}
    assert life(manager, room, "whole")["state"] == "dismantled"


def test_a_life_and_the_next_tell_of_each_other(room, manager):
    room.give(room.label("first"))
    back = {"site": "canal", "item": room.codes["first"], "mode": "drop_off"}
    assert "given-back" in {door["name"] for door in life(manager, room, "first")["doors"]}
    answer = manager.post("collection/given-back", **back)
    assert answer.status_code == 201, answer.json()
    second = Item.objects.get(former__isnull=False)
    room.codes["second"] = second.codes.get().code

    assert links(life(manager, room, "first")) == {("next", room.codes["second"])}
    assert links(life(manager, room, "second")) == {("former", room.codes["first"])}
    assert "given-back" not in {door["name"] for door in life(manager, room, "first")["doors"]}


def test_a_sale_that_is_brought_back_stays_one_life(room, manager, world):
    room.label("chair")
    room.sell(room.codes["chair"])
    sale = manager.get("sales/sales", site="canal").json()["items"][0]["id"]
    refund = {"till": "C1", "lines": [{"line": 1, "quantity": 1}], "method": "cash"}
    answer = manager.post(f"sales/sales/{sale}/refunds", **refund, reason="too small")
    assert answer.status_code == 201, answer.json()

    told = life(manager, room, "chair")

    assert [step["verb"] for step in told["steps"]] == ["label", "sell", "return"]
    assert (told["state"], told["may_move"]) == ("in_stock", True)


def test_another_structure_is_told_nothing(room, api, world):
    room.label("chair")
    answer = api(world.paul).get(f"inventory/items/{room.codes['chair']}/life")
    assert (answer.status_code, codes(answer)) == (404, ["unknown_item"])


# A shelf


def test_the_catalogue_lists_what_lies_at_a_site_or_in_one_place(room, manager):
    room.label("here", "Tabouret")
    room.label("there", place=room.shop)
    room.sell(room.codes["there"])
    room.label("shop", "Banc", place=room.shop)

    everything = manager.get("inventory/catalogue", site="canal").json()
    shop = manager.get("inventory/catalogue", site="canal", place="boutique").json()

    assert [each["code"] for each in everything["items"]] == [
        room.codes["shop"],
        room.codes["here"],
    ]
    assert everything["bulk"] == [
        {"place": "principal", "category": "MOB", "name": "Mobilier", "weight_g": 495_800}
    ]
    assert shop["items"] == [
        {
            "code": room.codes["shop"],
            "title": "Banc",
            "category": "MOB.CHAI",
            "weight_g": 4_200,
            "price_cents": 1_500,
            "condition": "",
            "place": "boutique",
            "since": room.world.canal.business_date(timezone.now()).isoformat(),
        }
    ]
    assert (shop["bulk"], shop["more"]) == ([], False)


def test_a_long_catalogue_says_that_it_is_cut(room, manager, monkeypatch):
    for name in "abc":
        room.label(name)
    monkeypatch.setattr("inventory.api.tracking.MOST_OBJECTS", 2)

    cut = manager.get("inventory/catalogue", site="canal").json()

    assert [each["code"] for each in cut["items"]] == [room.codes["c"], room.codes["b"]]
    assert cut["more"]


# Counting what was scanned


def counted(caller, room, *names, **more):
    scanned = [room.codes[name] for name in names]
    body = {"site": "canal", "place": "boutique", "items": scanned, "reason": "loss", **more}
    return caller.post("inventory/counts", **body)


def place_of(room, name):
    account = Item.objects.get(codes__code=room.codes[name]).account
    return account.place.code if account.place else str(account.kind)


def test_a_count_carries_here_what_the_books_had_in_another_place(room, manager, world):
    room.label("known", place=room.shop)
    room.label("missing", place=room.shop)
    room.label("stray", place=room.workshop)

    answer = counted(manager, room, "known", "stray")

    assert answer.status_code == 201, answer.json()
    assert [place_of(room, name) for name in ("known", "stray", "missing")] == [
        "boutique",
        "boutique",
        "adjustment",
    ]
    gaps = Flow.objects.filter(to_account__kind=Kind.ADJUSTMENT).values_list("weight_g", flat=True)
    assert list(gaps) == [4_200]
    assert differences() == []


def test_undoing_such_a_count_puts_everything_back(room, manager):
    room.label("missing", place=room.shop)
    room.label("stray", place=room.workshop)
    sent = counted(manager, room, "stray").json()["id"]

    undone = manager.post("inventory/reversals", of=sent, reason="undo")

    assert undone.status_code == 201, undone.json()
    assert [place_of(room, name) for name in ("missing", "stray")] == ["boutique", "atelier"]
    assert differences() == []


def test_what_was_sold_while_the_shelf_was_counted_stays_sold(room, manager):
    room.label("sold", place=room.shop, days=1)
    room.label("lost", place=room.shop, days=1)
    begun = timezone.now() - timedelta(minutes=5)
    room.sell(room.codes["sold"])

    answer = counted(manager, room, "sold", occurred_at=begun.isoformat())

    assert answer.status_code == 201, answer.json()
    assert [place_of(room, name) for name in ("sold", "lost")] == ["reuse", "adjustment"]


def test_what_is_at_another_site_or_gone_is_refused_with_its_name(room, manager, api, world):
    room.label("shelf", place=room.shop)
    room.give(room.label("gone", "Fauteuil"))
    there = room.label("there", "Banc")
    sent = room.send(StockLine(item=fresh(there)))
    room.receive(sent, StockLine(item=fresh(there)))

    for name, title in (("gone", "Fauteuil"), ("there", "Banc")):
        refused = counted(api(world.anna), room, "shelf", name)
        assert (refused.status_code, codes(refused)) == (409, ["item_not_there"])
        assert title in refused.json()["detail"][0]["msg"]
    assert place_of(room, "shelf") == "boutique"


@pytest.fixture
def queries():
    def spent(act):
        with CaptureQueriesContext(connection) as caught:
            assert act().status_code == 201
        return len(caught)

    return spent


def test_a_count_of_many_objects_asks_no_more_than_one_of_few(room, manager, queries):
    few = [f"few{n}" for n in range(3)]
    many = [f"many{n}" for n in range(40)]
    for name in [*few, *many]:
        room.label(name, place=room.shop)
    counted(manager, room, "few0")  # what is learnt once is learnt
    again = queries(lambda: counted(manager, room, *few[:2]))

    assert queries(lambda: counted(manager, room, *few, *many)) <= again


def test_a_move_of_many_objects_asks_no_more_than_one_of_few(room, manager, queries):
    names = [f"item{n}" for n in range(30)]
    for name in names:
        room.label(name)

    def move(*moved):
        items = [room.codes[name] for name in moved]
        body = {"site": "canal", "to_place": "boutique", "items": items}
        return manager.post("inventory/moves", **body)

    move(names[0])
    few = queries(lambda: move(*names[1:3]))

    assert queries(lambda: move(*names[3:])) <= few


def test_a_list_of_codes_is_judged_code_by_code(room, manager, api, world):
    room.label("here", place=room.shop)
    mixed = [room.codes["here"], "NOWHER", 5, None, "é"]
    answer = manager.post(
        "inventory/counts", site="canal", place="boutique", items=mixed, reason="loss"
    )
    assert answer.status_code == 422
    assert [(each["type"], each["loc"][-1]) for each in answer.json()["detail"]] == [
        ("unknown_item", 1),
        ("string_type", 2),
        ("string_type", 3),
        ("unknown_item", 4),
    ]


def test_codes_of_a_list_may_be_said_as_scanners_do(room, manager):
    room.label("one", place=room.shop)
    room.label("two", place=room.shop)
    said = [room.codes["one"].lower(), f"https://tri.example/o/{room.codes['two']}"]
    answer = manager.post(
        "inventory/counts",
        site="canal",
        place="boutique",
        items=said,
        reason="loss",
        lines=[{"category": "MOB", "weight_g": 1_000}],
    )
    assert answer.status_code == 201, answer.json()
    assert [place_of(room, name) for name in ("one", "two")] == ["boutique", "boutique"]


# One that is missing


def test_one_object_is_booked_as_missing_and_found_again(room, manager):
    room.label("chair", place=room.shop)
    code = room.codes["chair"]

    lost = manager.post("inventory/losses", site="canal", item=code, reason="theft")

    assert lost.status_code == 201, lost.json()
    assert lost.json()["number"].startswith("IN-canal-")
    told = life(manager, room, "chair")
    assert (told["state"], told["may_lose"], told["may_find"]) == ("lost", False, True)
    found = manager.post("inventory/finds", site="canal", item=code, place="atelier")
    assert found.status_code == 201, found.json()
    assert place_of(room, "chair") == "atelier"
    assert differences() == []


def test_what_is_not_in_stock_here_is_not_missing_either(room, manager):
    room.give(room.label("gone"))
    refused = manager.post("inventory/losses", site="canal", item=room.codes["gone"])
    assert (refused.status_code, codes(refused)) == (409, ["item_already_sold"])
    assert not Item.objects.filter(account__kind=Kind.ADJUSTMENT).exists()


def test_both_screens_offer_the_places_of_their_site(client, room, world):
    client.force_login(world.manager)
    for path in ("/suivre/canal/", "/compter/canal/"):
        page = client.get(path)
        assert page.status_code == 200
        places = [place["code"] for place in page.context["station"]["places"]]
        assert places == ["principal", "boutique", "atelier"]


def test_a_site_that_keeps_one_place_offers_it_alone(client, world):
    client.force_login(world.manager)
    station = client.get("/compter/canal/").context["station"]
    assert [place["name"] for place in station["places"]] == [Place.objects.get().name]

"""What the sorting station asks of the server: lots, objects, and a sorting whose parts leave."""

from uuid import uuid4

import pytest
from django.utils import timezone

from inventory.models import Item, Kind, Movement, Partner, Place, Shipment, Verb
from organisation.models import Site
from tests.conftest import codes
from tests.inventory.test_api import out, stock

pytestmark = pytest.mark.database


@pytest.fixture
def call(world, api):
    """What the sorter of Canal sends; a shop beside the sorting floor."""
    Place.objects.main(world.canal)
    Place.objects.create(site=world.canal, code="boutique", name="Boutique", use=Place.Use.SHOP)
    return api(world.sorter)


@pytest.fixture
def arrival(call):
    """50 kg of furniture come in, and textiles that go straight to the recycler."""
    lines = [
        {"category": "MOB", "weight_g": 50_000},
        {"category": "TEX", "weight_g": 3_000, "destination": {"fate": "recycling"}},
        {"category": "LIV", "weight_g": 8_000},
    ]
    made = call.post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    assert made.status_code == 201, made.json()
    return made.json()


def lots(call):
    return call.get("inventory/lots", site="canal").json()


def share_out(call, weight_g, *parts, category="MOB", **fields):
    taken = {"category": category, "weight_g": weight_g}
    return call.post("inventory/sortings", site="canal", **{"from": taken}, to=parts, **fields)


def part(weight_g, category="MOB", **more):
    return {"category": category, "weight_g": weight_g, **more}


def to_the_bin(weight_g, **more):
    return part(weight_g, fate="disposal", **more)


# Lots


def test_what_may_be_sorted_is_every_heap_and_the_lines_of_today(call, arrival, world):
    found = lots(call)
    assert found["day"] == world.canal.business_date(timezone.now()).isoformat()
    assert [(heap["place"], heap["category"], heap["weight_g"]) for heap in found["heaps"]] == [
        ("principal", "MOB", 50_000),
        ("principal", "LIV", 8_000),
    ]
    number = arrival["number"]
    assert [(line["line"], line["weight_g"]) for line in found["arrivals"]] == [
        (f"{number}.3", 8_000),
        (f"{number}.1", 50_000),
    ]
    assert found["sorted_g"] == 0


def test_a_heap_that_the_books_hold_less_than_nothing_of_is_no_lot(call, world, api):
    sale = [{"item": None, "category": "MOB", "weight_g": 5_000}]
    call.post("inventory/shipments", site="canal", fate="reuse", public=True, lines=sale)
    assert lots(call)["heaps"] == []


def test_what_was_labelled_of_a_line_is_not_there_to_be_sorted_again(call, arrival):
    line = f"{arrival['number']}.1"
    label = {"category": "MOB.CHAI", "weight_g": 4_200, "from_category": "MOB"}
    made = call.post("inventory/items", site="canal", intake_line=line, **label)
    assert made.status_code == 201, made.json()
    found = lots(call)
    assert [row["weight_g"] for row in found["arrivals"]] == [8_000, 45_800]
    assert found["sorted_g"] == 4_200


def test_each_gram_sorted_today_counts_once(call, arrival):
    share_out(
        call,
        30_000,
        part(10_000, place="boutique"),
        part(5_000, "MOB.CHAI", fate="recycling"),
        to_the_bin(14_800),
    )
    assert lots(call)["sorted_g"] == 30_000  # the gap of 200 g among them


@pytest.mark.parametrize(("site", "code"), [("gare", "forbidden"), ("quai", "unknown_site")])
def test_another_site_s_lots_and_objects_are_not_ours(call, site, code):
    for path in ("lots", "catalogue"):
        assert codes(call.get(f"inventory/{path}", site=site)) == [code]


def test_the_objects_of_a_site_come_newest_first_and_only_those_in_stock(call, arrival, api, world):
    label = {"category": "MOB.CHAI", "weight_g": 4_200, "from_category": "MOB"}
    old, new, gone = (
        call.post("inventory/items", site="canal", title=title, **label).json()["code"]
        for title in ("Old", "New", "Gone")
    )
    call.post("inventory/moves", site="canal", to_place="boutique", items=[new])
    lines = [{"item": gone}]
    call.post("inventory/shipments", site="canal", fate="disposal", public=True, lines=lines)
    api().patch(f"inventory/items/{new}", price_cents=800)

    found = call.get("inventory/catalogue", site="canal").json()

    assert found["more"] is False
    assert [row["code"] for row in found["items"]] == [new, old]
    assert found["items"][0] == {
        "code": new,
        "title": "New",
        "category": "MOB.CHAI",
        "weight_g": 4_200,
        "price_cents": 800,
        "condition": "",
        "place": "boutique",
        "since": world.canal.business_date(timezone.now()).isoformat(),
    }


# A sorting whose parts leave


def test_one_act_sorts_and_ships_each_part_where_it_goes(call, arrival, world):
    made = share_out(
        call,
        30_000,
        part(10_000, place="boutique"),
        part(9_000, "MOB.CHAI", fate="recycling", partner="gebetex"),
        part(1_000, fate="recycling", partner="gebetex"),
        to_the_bin(10_000),
    )

    assert made.status_code == 201, made.json()
    assert made.json()["number"] == "TR-canal-1"
    assert made.json()["departures"] == ["DE-canal-1", "DE-canal-2"]
    assert stock() == {
        ("principal/bulk", "MOB"): 20_000,
        ("principal/bulk", "LIV"): 8_000,
        ("boutique/bulk", "MOB"): 10_000,
    }
    assert (out(Kind.RECYCLING), out(Kind.DISPOSAL)) == (13_000, 10_000)
    shipment = Shipment.objects.get(movement__number="DE-canal-1")
    assert (shipment.fate, shipment.partner) == (
        "recycling",
        Partner.objects.get(code="gebetex", organisation=world.navette),
    )


def test_parts_that_all_leave_as_they_are_need_no_sorting(call, arrival):
    made = share_out(call, 5_000, to_the_bin(4_000), part(1_000, fate="energy")).json()
    assert (made["number"], made["verb"]) == ("DE-canal-1", "ship")
    assert made["departures"] == ["DE-canal-1", "DE-canal-2"]
    assert not Movement.objects.filter(verb=Verb.SORT).exists()
    assert call.get(f"inventory/sortings/{made['id']}").json() == made


def test_what_leaves_is_taken_from_where_the_lot_lies(call, arrival):
    call.post(
        "inventory/moves",
        site="canal",
        to_place="boutique",
        lines=[{"category": "MOB", "weight_g": 20_000}],
    )
    taken = {"category": "MOB", "weight_g": 6_000, "place": "boutique"}
    made = call.post("inventory/sortings", site="canal", **{"from": taken}, to=[to_the_bin(6_000)])
    assert made.status_code == 201, made.json()
    assert stock()["boutique/bulk", "MOB"] == 14_000


def test_a_gap_beside_parts_that_leave_is_a_sorting_gap(call, arrival):
    assert share_out(call, 10_000, to_the_bin(9_900)).json()["number"] == "TR-canal-1"
    assert out(Kind.ADJUSTMENT) == 100
    refused = share_out(call, 10_000, to_the_bin(9_000))
    assert codes(refused) == ["sorting_gap_too_large"]
    assert codes(share_out(call, 1_000, to_the_bin(1_001))) == ["more_than_taken"]


def test_a_part_goes_to_a_place_or_a_fate_never_both(call, arrival):
    both = to_the_bin(1_000, place="boutique")
    partner = part(1_000, partner="gebetex")
    for wrong in (both, partner):
        assert codes(share_out(call, 1_000, wrong)) == ["bad_destination"]
    assert not Movement.objects.exclude(verb=Verb.COLLECT).exists()


@pytest.mark.parametrize("by", ["id", "number"])
def test_undoing_takes_back_all_of_it(call, arrival, by):
    before = stock()
    made = share_out(
        call, 30_000, part(20_000, place="boutique"), part(10_000, "MOB.CHAI", fate="recycling")
    ).json()
    named = {"of": made["id"]} if by == "id" else {"movement": made["number"]}

    undone = call.post("inventory/reversals", reason="undo", **named)

    assert undone.status_code == 201, undone.json()
    assert stock() == before
    assert out(Kind.RECYCLING) == 3_000  # that of the arrival
    assert codes(call.post("inventory/reversals", reason="undo", **named)) == ["already_reversed"]


def test_undoing_by_id_takes_back_several_departures(call, arrival):
    before = stock()
    made = share_out(call, 5_000, to_the_bin(4_000), part(1_000, fate="energy")).json()
    undone = call.post("inventory/reversals", reason="undo", of=made["id"])
    assert undone.status_code == 201, undone.json()
    assert stock() == before
    assert lots(call)["sorted_g"] == 0


def test_one_departure_of_a_sorting_is_cancelled_alone_by_its_number(call, arrival):
    made = share_out(call, 5_000, to_the_bin(4_000), part(1_000, fate="energy")).json()
    call.post("inventory/reversals", reason="wrong bin", movement=made["departures"][1])
    assert (out(Kind.DISPOSAL), out(Kind.ENERGY)) == (4_000, 0)


def test_a_sorting_sent_twice_counts_once(call, arrival):
    sent = {"id": str(uuid4()), "site": "canal", "to": [to_the_bin(4_000)]}
    sent["from"] = {"category": "MOB", "weight_g": 4_000}
    first, again = (call.post("inventory/sortings", content=sent) for _n in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert out(Kind.DISPOSAL) == 4_000


# The page


def test_a_sorter_of_one_site_goes_straight_to_its_table(client, world):
    client.force_login(world.sorter)
    assert client.get("/trier/").url == "/trier/canal/"
    client.force_login(world.anna)
    sites = client.get("/trier/").context["sites"]
    assert [site.code for site in sites] == ["canal", "gare"]


def test_the_page_holds_what_the_tablet_needs_and_nothing_of_anybody(client, world):
    client.force_login(world.sorter)
    page = client.get("/trier/canal/")
    station = page.context["station"]
    assert "Sorter" not in page.content.decode()
    assert station["main"]["code"] == "principal"
    assert [each["code"] for each in station["conditions"]] == Item.Condition.values
    assert {"path": "/trier/canal/", "act": "sort"} in station["screens"]


@pytest.mark.parametrize(
    ("output", "pdf"),
    [
        ("page", "/etiquettes/rouleau.pdf"),
        ("zpl", "/etiquettes/rouleau.pdf"),
        ("sheet", "/etiquettes/planche.pdf"),
    ],
)
def test_the_table_knows_how_its_site_prints_labels(client, world, output, pdf):
    Site.objects.filter(pk=world.canal.pk).update(
        label_width_mm=62, label_height_mm=29, label_dpi=300, label_output=output
    )
    client.force_login(world.sorter)
    label = client.get("/trier/canal/").context["station"]["label"]
    assert label == {"size": "62x29", "dpi": 300, "output": output, "pdf": pdf}


@pytest.mark.parametrize(("site", "status"), [("gare", 403), ("quai", 404), ("nowhere", 404)])
def test_another_table_is_not_ours_to_open(client, world, site, status):
    client.force_login(world.sorter)
    assert client.get(f"/trier/{site}/").status_code == status

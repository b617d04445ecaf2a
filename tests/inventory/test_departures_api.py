"""What the departures' station sends and reads: packings, slips, crates, what is still open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import (
    Container,
    Flow,
    Movement,
    Packing,
    Partner,
    TreatmentCode,
    Verb,
    WasteCode,
)
from inventory.verify import differences
from tests.conftest import codes
from tests.inventory.test_api import out, stock

pytestmark = pytest.mark.database
DANGEROUS, PLAIN = "20 01 35*", "20 01 36"
FURNITURE = ("principal/bulk", "MOB")


@pytest.fixture
def call(world, api):
    """Canal holds 100 kg of furniture and 50 kg of textiles; a cart holds 12 kg."""
    Container.objects.filter(organisation=world.navette, code="caddie").update(
        tare_g=11_000, average_load_g=12_000
    )
    found = api(world.anna)
    lines = [{"category": "MOB", "weight_g": 100_000}, {"category": "TEX", "weight_g": 50_000}]
    found.post("inventory/opening-stock", site="canal", lines=lines)
    return found


def ship(call, *lines, **more):
    said = {"partner": "gebetex", "fate": "recycling", **more}
    return call.post("inventory/shipments", site="canal", lines=list(lines), **said)


def put_out(call, **more):
    said = {"category": "MOB", "weight_g": 8_000, **more}
    return call.post("inventory/crates", site="canal", **said)


def opened(call):
    return call.get("inventory/departures/open", site="canal").json()


def test_tares_are_taken_off_what_is_weighed_with_its_bins(call):
    made = ship(
        call,
        {"category": "TEX", "gross_g": 36_000, "container": "caddie", "bins": 2},
        {"category": "MOB", "gross_g": 15_000, "container": "caddie"},
        {"category": "TEX", "bins": 1, "container": "caddie"},
    )
    assert made.status_code == 201, made.json()
    told = [(line["category"], line["weight_g"], line["method"]) for line in made.json()["lines"]]
    assert told == [
        ("TEX", 14_000, "net_of_tare"),
        ("MOB", 4_000, "net_of_tare"),
        ("TEX", 12_000, "estimated"),
    ]
    packed = Packing.objects.order_by("pk").values_list("container__code", "bins", "gross_g")
    assert list(packed) == [("caddie", 2, 36_000), ("caddie", 1, 15_000), ("caddie", 1, None)]


def test_bins_that_weigh_more_than_what_was_weighed_are_refused(call):
    line = {"category": "TEX", "gross_g": 22_000, "container": "caddie", "bins": 2}
    assert codes(ship(call, line)) == ["container_heavier_than_load"]
    assert not Packing.objects.exists()


def test_dangerous_waste_leaves_only_with_the_number_of_its_slip(call):
    line, before = {"category": "MOB", "weight_g": 500}, stock()
    for nothing in ({}, {"bsd": ""}, {"bsd": "  "}):
        assert codes(ship(call, line, waste_code=DANGEROUS, **nothing)) == ["bsd_required"]
    assert stock() == before
    assert ship(call, line, waste_code=DANGEROUS, bsd="BSD-1").status_code == 201
    assert ship(call, line, waste_code=PLAIN).status_code == 201


def test_a_crate_is_given_and_its_rest_comes_back(call):
    crate = put_out(call).json()
    assert (crate["verb"], crate["fate"], out("reuse")) == ("give", "reuse", 8_000)
    assert [(one["id"], one["weight_g"]) for one in opened(call)["crates"]] == [
        (crate["id"], 8_000)
    ]

    rest = call.post(f"inventory/crates/{crate['id']}/rest", weight_g=3_000)

    assert rest.status_code == 201, rest.json()
    assert (rest.json()["number"], rest.json()["verb"]) == ("RS-canal-1", "rest")
    assert opened(call)["crates"] == []
    back = Flow.objects.filter(to_account__kind="stock", movement__verb=Verb.REST).get()
    assert (back.from_account.kind, back.weight_g, out("reuse")) == ("reuse", 3_000, 5_000)
    assert differences() == []


def test_a_crate_of_which_nothing_is_left_is_closed_without_a_gram(call):
    crate = call.post(
        "inventory/crates", site="canal", category="MOB", gross_g=19_000, container="caddie"
    ).json()
    assert crate["weight_g"] == 8_000
    rest = call.post(f"inventory/crates/{crate['id']}/rest", weight_g=0).json()
    assert rest["lines"] == []
    again = call.post(f"inventory/crates/{crate['id']}/rest", weight_g=0)
    assert codes(again) == ["crate_is_back"]


def test_a_rest_taken_back_leaves_the_crate_out_and_holds_the_crate(call):
    crate = put_out(call).json()
    rest = call.post(f"inventory/crates/{crate['id']}/rest", weight_g=3_000).json()
    undo = {"of": crate["id"], "reason": "undo"}
    assert codes(call.post("inventory/reversals", **undo)) == ["rest_first"]
    assert call.post("inventory/reversals", of=rest["id"], reason="undo").status_code == 201
    assert len(opened(call)["crates"]) == 1
    assert call.post("inventory/reversals", **undo).status_code == 201
    assert opened(call)["crates"] == []
    assert stock()[FURNITURE] == 100_000


def test_more_than_went_out_does_not_come_back(call):
    crate = put_out(call).json()
    path = f"inventory/crates/{crate['id']}/rest"
    assert codes(call.post(path, weight_g=8_001)) == ["more_than_taken"]
    gone = ship(call, {"category": "MOB", "weight_g": 500}).json()
    assert codes(call.post(f"inventory/crates/{gone['id']}/rest", weight_g=1)) == ["not_a_crate"]
    weights = call.post(
        f"inventory/shipments/{crate['id']}/weights", lines=[{"category": "MOB", "weight_g": 1}]
    )
    assert codes(weights) == ["crate_weighed_back"]


def test_an_estimate_waits_for_its_partner_and_nothing_else_does(call):
    ship(call, {"category": "MOB", "weight_g": 500})
    public = {"partner": None, "public": True, "fate": "reuse"}
    ship(call, {"category": "MOB", "weight_g": 400, "estimated": True}, **public)
    guess = ship(call, {"category": "TEX", "bins": 2, "container": "caddie"}).json()

    [waiting] = opened(call)["waiting"]

    assert (waiting["number"], waiting["partner"], waiting["days"]) == (
        guess["number"],
        "Gebetex",
        0,
    )
    assert [(line["category"], line["weight_g"]) for line in waiting["lines"]] == [("TEX", 24_000)]
    lines = [{"category": "TEX", "weight_g": 23_000}]
    call.post(f"inventory/shipments/{guess['id']}/weights", number=guess["number"], lines=lines)
    assert opened(call)["waiting"] == []


def test_a_day_counts_what_left_and_was_not_cancelled(call):
    ship(call, {"category": "MOB", "weight_g": 500}, {"category": "TEX", "weight_g": 100})
    gone = ship(call, {"category": "MOB", "weight_g": 900}).json()
    call.post("inventory/reversals", of=gone["id"], reason="undo")
    put_out(call)
    day = call.get("inventory/departures/day", site="canal").json()
    assert (day["departures"], day["departed_g"]) == (2, 8_600)


def test_a_clearing_is_undone_as_one_act(call):
    to = [
        {"public": True, "fate": "reuse", "lines": [{"category": "MOB", "weight_g": 300}]},
        {"partner": "tip", "fate": "disposal", "lines": [{"category": "MOB", "weight_g": 200}]},
    ]
    made = call.post("inventory/clearings", site="canal", to=to).json()
    undone = call.post("inventory/reversals", of=made["id"], reason="undo")
    assert undone.status_code == 201, undone.json()
    assert stock()[FURNITURE] == 100_000
    assert Movement.objects.filter(verb=Verb.REVERSE).count() == 2


def test_the_unsold_are_told_the_oldest_first(call, world):
    long_ago = (timezone.now() - timedelta(days=70)).isoformat()
    labelled = {"site": "canal", "category": "MOB.CHAI", "weight_g": 4_200}
    for title in ("Chaise", "Tabouret"):
        call.post("inventory/items", title=title, occurred_at=long_ago, **labelled)
    call.post("inventory/items", title="Banc", **labelled)
    unsold = call.get("inventory/unsold", site="canal", weeks=8).json()
    assert [(one["title"], one["weeks"]) for one in unsold["items"]] == [
        ("Chaise", 10),
        ("Tabouret", 10),
    ]
    assert [heap["category"] for heap in unsold["bulk"]][:1] == ["MOB"]
    assert codes(call.get("inventory/unsold", site="canal", weeks=0)) == ["greater_than_equal"]


def test_a_station_offers_what_a_partner_usually_does(world, client):
    waste, treatment = WasteCode.objects.get(code=DANGEROUS), TreatmentCode.objects.get(code="R 4")
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(
        default_fate="recycling", waste_code=waste, treatment_code=treatment
    )
    client.force_login(world.sorter)
    taker = client.get("/expedier/canal/").context["station"]["takers"][0]
    assert (taker["partner"], taker["fate"], taker["waste_code"], taker["treatment_code"]) == (
        "gebetex",
        "recycling",
        DANGEROUS,
        "R 4",
    )

"""Acts on stock through HTTP: what each books, to the gram, and what it leaves behind."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from inventory.models import (
    Balance,
    Container,
    Flow,
    Item,
    Kind,
    Movement,
    Place,
    TreatmentCode,
    WasteCode,
)
from organisation.models import Site
from tests.conftest import codes
from tests.routes import label_item

pytestmark = pytest.mark.database


@pytest.fixture
def stocked(world, api):
    """Canal holds 500 kg of furniture, 200 kg of chairs and 90 kg of textiles, in bulk."""
    Place.objects.create(site=world.canal, code="reserve", name="Réserve")
    lines = [
        {"category": "MOB", "weight_g": 500_000},
        {"category": "MOB.CHAI", "weight_g": 200_000, "units": 40},
        {"category": "TEX", "weight_g": 90_000},
    ]
    return api().post("inventory/opening-stock", site="canal", lines=lines).json()


@pytest.fixture
def act(stocked, api, world):
    """Post an act of the director's at canal; it must be recorded."""

    def post(path, by=None, **fields):
        response = api(by or world.anna).post(f"inventory/{path}", **_body(fields))
        assert response.status_code == 201, response.json()
        return response.json()

    return post


def _body(fields):
    """At canal, unless ``site=None`` leaves it out."""
    return {k: v for k, v in {"site": "canal", **fields}.items() if v is not None}


def stock() -> dict[tuple[str, str], int]:
    """``(account, category)`` → grams of canal's places, empty spots left out."""
    rows = Balance.objects.filter(account__site__code="canal", account__kind=Kind.STOCK)
    return {
        (row.account.key.removeprefix("canal/stock/"), row.category.code): row.weight_g
        for row in rows.select_related("account", "category")
        if row.weight_g
    }


def out(kind: Kind) -> int:
    """Grams that canal's exits or discrepancies of ``kind`` hold."""
    rows = Balance.objects.filter(account__site__code="canal", account__kind=kind)
    return sum(rows.values_list("weight_g", flat=True))


BULK = {
    ("principal/bulk", "MOB"): 500_000,
    ("principal/bulk", "MOB.CHAI"): 200_000,
    ("principal/bulk", "TEX"): 90_000,
}


def lines_of(document) -> list[tuple]:
    return [
        (line["from_account"], line["to_account"], line["category"], line["weight_g"])
        for line in document["lines"]
    ]


def test_opening_stock_is_neither_collected_nor_a_discrepancy(stocked):
    assert (stocked["number"], stocked["verb"], stocked["weight_g"]) == (
        "ST-canal-1",
        "open",
        790_000,
    )
    assert stock() == BULK
    assert lines_of(stocked)[0] == ("opening", "stock/principal/bulk", "MOB", 500_000)
    assert out(Kind.SOURCE) == out(Kind.ADJUSTMENT) == 0


def test_the_stock_list_adds_up_bulk_and_items_and_tells_what_is_negative(act, api, world):
    label_item(world.canal, world.anna)
    act("shipments", fate="disposal", public=True, lines=[{"category": "TEX", "weight_g": 90_001}])

    found = api(world.auditor).get("inventory/stock", site="canal").json()

    assert found["weight_g"] == 699_999
    by_category = {line["category"]: line for line in found["lines"]}
    assert by_category["MOB.CHAI"]["weight_g"] == 200_000
    assert by_category["MOB.CHAI"]["items"] == 1
    assert by_category["TEX"] == {
        **by_category["TEX"],
        "place": "principal",
        "weight_g": -1,
        "items": 0,
        "negative": True,
    }
    assert not by_category["MOB"]["negative"]
    assert api().get("inventory/stock", site="canal", place="reserve").json()["lines"] == []


def test_bulk_and_items_are_carried_to_another_place(act, world):
    code = label_item(world.canal, world.anna)

    moved = act(
        "moves", to_place="reserve", lines=[{"category": "MOB", "weight_g": 30_000}], items=[code]
    )

    assert moved["weight_g"] == 34_000
    assert stock() == {
        **BULK,
        ("principal/bulk", "MOB"): 470_000,
        ("principal/bulk", "MOB.CHAI"): 196_000,
        ("reserve/bulk", "MOB"): 30_000,
        ("reserve/items", "MOB.CHAI"): 4_000,
    }
    back = act(
        "moves",
        to_place="principal",
        lines=[{"category": "MOB", "weight_g": 30_000, "from_place": "reserve"}],
        items=[code],
    )
    assert [line["item"] for line in back["lines"]] == [None, code]
    assert stock()["principal/items", "MOB.CHAI"] == 4_000


def test_a_departure_takes_weights_full_containers_and_items(act, world):
    code = label_item(world.canal, world.anna)
    Container.objects.filter(organisation=world.navette, code="caddie").update(average_load_g=7_000)
    waste, treatment = WasteCode.objects.first().code, TreatmentCode.objects.first().code

    left = act(
        "shipments",
        fate="recycling",
        partner="gebetex",
        waste_code=waste,
        treatment_code=treatment,
        carrier="Camion bleu",
        bsd="BSD-1",
        lines=[
            {"category": "MOB", "weight_g": 12_000},
            {"category": "TEX", "bins": 3, "container": "caddie"},
            {"item": code},
        ],
    )

    assert (left["number"], left["state"], left["weight_g"]) == ("DE-canal-1", "recorded", 37_000)
    assert (left["fate"], left["partner"], left["waste_code"]) == ("recycling", "gebetex", waste)
    assert (left["treatment_code"], left["bsd"]) == (treatment, "BSD-1")
    assert [line["method"] for line in left["lines"]] == ["weighed", "estimated", "weighed"]
    assert out(Kind.RECYCLING) == 37_000
    assert Item.objects.get().account.kind == Kind.RECYCLING


def test_what_is_given_to_the_public_is_reuse_without_a_partner(act):
    left = act(
        "shipments", fate="reuse", public=True, lines=[{"category": "TEX", "weight_g": 4_000}]
    )

    assert (left["partner"], left["lines"][0]["to_account"]) == (None, "reuse/")
    assert out(Kind.REUSE) == 4_000


def test_the_partners_weights_replace_the_estimate_and_both_are_kept(act, api, world):
    Container.objects.filter(organisation=world.navette, code="caddie").update(average_load_g=7_000)
    code = label_item(world.canal, world.anna)
    left = act(
        "shipments",
        fate="recycling",
        partner="gebetex",
        lines=[
            {"category": "TEX", "bins": 2, "container": "caddie"},
            {"category": "TEX", "weight_g": 7_001, "estimated": True},
            {"category": "MOB", "weight_g": 5_000},
            {"item": code},
        ],
    )

    given = act(
        f"shipments/{left['id']}/weights",
        site=None,
        lines=[{"category": "TEX", "weight_g": 20_000}],
    )

    # 14,000 and 7,001 estimated: 20,000 is shared in proportion, the last line takes the rest
    textiles = [line["weight_g"] for line in given["lines"] if line["category"] == "TEX"]
    assert textiles == [20_000 * 14_000 // 21_001, 20_000 - 20_000 * 14_000 // 21_001]
    assert given["weight_g"] == 20_000 + 5_000 + 4_000
    assert out(Kind.RECYCLING) == 29_000
    assert stock()["principal/bulk", "TEX"] == 70_000
    reversal = Movement.objects.get(reverses__number=left["number"])
    assert Counter(reversal.flows.values_list("method", "weight_g")) == Counter(
        Flow.objects.filter(movement__number=left["number"]).values_list("method", "weight_g")
    )
    shown = api().get(f"inventory/shipments/{left['id']}").json()
    assert (shown["state"], shown["weights"]) == ("confirmed", given["number"])
    assert shown["reversed_by"] == reversal.number
    assert shown["weight_g"] == 14_000 + 7_001 + 5_000 + 4_000  # the estimate, as it was
    again = api().post(
        f"inventory/shipments/{left['id']}/weights", lines=[{"category": "TEX", "weight_g": 1}]
    )
    assert (again.status_code, codes(again)) == (409, ["already_reversed"])


def test_the_list_of_departures_leaves_the_partners_weights_to_the_movements(act, api):
    left = act(
        "shipments",
        fate="recycling",
        partner="gebetex",
        lines=[{"category": "TEX", "weight_g": 8_000, "estimated": True}],
    )
    given = act(
        f"shipments/{left['id']}/weights", site=None, lines=[{"category": "TEX", "weight_g": 9_000}]
    )

    [listed] = api().get("inventory/shipments").json()["items"]

    assert listed == api().get(f"inventory/shipments/{left['id']}").json()
    assert (listed["fate"], listed["partner"]) == ("recycling", "gebetex")
    assert (listed["state"], listed["weights"]) == ("confirmed", given["number"])
    moved = [movement["number"] for movement in api().get("inventory/movements").json()["items"]]
    assert given["number"] in moved


def test_only_opening_stock_takes_a_line_above_100_t(stocked, act, api):
    act("opening-stock", lines=[{"category": "MOB", "weight_g": 100_000_001}])

    act("moves", to_place="reserve", lines=[{"category": "MOB", "weight_g": 100_000_000}])
    refused = api().post(
        "inventory/moves",
        site="canal",
        to_place="reserve",
        lines=[{"category": "MOB", "weight_g": 100_000_001}],
    )

    assert (refused.status_code, codes(refused)) == (422, ["less_than_equal"])


def test_a_line_of_containers_may_say_where_from(act, world):
    Container.objects.filter(organisation=world.navette, code="caddie").update(average_load_g=7_000)

    left = act(
        "shipments",
        fate="recycling",
        partner="gebetex",
        lines=[{"category": "TEX", "bins": 2, "container": "caddie", "from_place": "principal"}],
    )

    assert left["weight_g"] == 14_000


def test_weights_of_a_departure_in_a_closed_month_count_on_the_first_open_day(act, world):
    days_ago = timezone.now() - timedelta(days=40)
    left = act(
        "shipments",
        fate="disposal",
        public=True,
        occurred_at=days_ago.isoformat(),
        lines=[{"category": "TEX", "weight_g": 8_000, "estimated": True}],
    )
    month = int(left["business_date"][:4]) * 100 + int(left["business_date"][5:7])
    Site.objects.filter(pk=world.canal.pk).update(books_closed_through=month)

    given = act(
        f"shipments/{left['id']}/weights", site=None, lines=[{"category": "TEX", "weight_g": 9_000}]
    )

    assert given["business_date"].endswith("-01")
    assert given["business_date"] > left["business_date"]
    assert given["occurred_at"] == left["occurred_at"]
    reversal = Movement.objects.get(reverses__number=left["number"])
    assert reversal.business_date.isoformat() == given["business_date"]
    assert out(Kind.DISPOSAL) == 9_000


def test_a_count_books_the_gap_and_nothing_where_there_is_none(act):
    counted = act(
        "counts",
        reason="loss",
        lines=[
            {"category": "MOB", "weight_g": 480_000},
            {"category": "TEX", "weight_g": 90_500},
            {"category": "MOB.CHAI", "weight_g": 200_000},
        ],
    )

    assert lines_of(counted) == [
        ("stock/principal/bulk", "adjustment/loss", "MOB", 20_000),
        ("adjustment/loss", "stock/principal/bulk", "TEX", 500),
    ]
    assert stock()["principal/bulk", "MOB"] == 480_000
    assert stock()["principal/bulk", "TEX"] == 90_500
    assert out(Kind.ADJUSTMENT) == 19_500


def test_a_count_that_agrees_with_the_books_leaves_an_empty_document(act):
    counted = act("counts", reason="loss", lines=[{"category": "TEX", "weight_g": 90_000}])

    assert (counted["weight_g"], counted["lines"]) == (0, [])
    assert stock() == BULK


def test_a_reclassification_moves_grams_between_categories_and_adds_none(act):
    moved = act(
        "counts",
        reason="reclassify",
        lines=[
            {"category": "MOB", "weight_g": 450_000},
            {"category": "MOB.CHAI", "weight_g": 230_000},
            {"category": "TEX", "weight_g": 110_000},
        ],
    )

    assert moved["weight_g"] == 50_000
    assert out(Kind.ADJUSTMENT) == 0
    assert sum(stock().values()) == sum(BULK.values())
    assert stock()["principal/bulk", "TEX"] == 110_000


def test_an_item_that_a_count_does_not_find_is_booked_as_gone(act, world):
    found, lost = (label_item(world.canal, world.anna) for _n in range(2))

    counted = act("counts", reason="theft", items=[found])

    assert [(line["item"], line["weight_g"]) for line in counted["lines"]] == [(lost, 4_000)]
    assert out(Kind.ADJUSTMENT) == 4_000
    assert stock()["principal/items", "MOB.CHAI"] == 4_000


def test_items_are_left_alone_by_a_count_that_names_none(act, world):
    label_item(world.canal, world.anna)

    act("counts", reason="loss", lines=[{"category": "TEX", "weight_g": 0}])

    assert stock()["principal/items", "MOB.CHAI"] == 4_000
    assert ("principal/bulk", "TEX") not in stock()


def test_a_settlement_books_as_reused_what_is_no_longer_there(act, world):
    label_item(world.canal, world.anna)
    today = timezone.localdate().isoformat()

    settled = act(
        "settlements",
        **{"on": today, "as": "reuse"},
        lines=[
            {"category": "MOB", "closing_weight_g": 100_000},  # chairs are furniture
            {"category": "TEX", "closing_weight_g": 0},
        ],
    )

    assert settled["weight_g"] == 500_000 + 196_000 - 100_000 + 90_000
    assert {line["method"] for line in settled["lines"]} == {"by_balance"}
    assert settled["business_date"] == today
    assert out(Kind.REUSE) == settled["weight_g"]
    left = {spot: grams for spot, grams in stock().items() if "bulk" in spot[0]}
    assert sum(left.values()) == 100_000
    assert stock()["principal/items", "MOB.CHAI"] == 4_000


def test_a_settlement_of_a_leaf_leaves_its_top_alone(act):
    act(
        "settlements",
        **{"on": timezone.localdate().isoformat(), "as": "reuse"},
        lines=[{"category": "MOB.CHAI", "closing_weight_g": 50_000}],
    )

    assert stock() == {**BULK, ("principal/bulk", "MOB.CHAI"): 50_000}


def test_a_settlement_of_a_past_day_knows_nothing_of_later_flows(world, api):
    long_ago, day = timezone.now() - timedelta(days=20), timezone.now() - timedelta(days=10)
    caller = api()
    for moment, grams in ((long_ago, 80_000), (timezone.now(), 5_000)):
        made = caller.post(
            "collection/intakes",
            site="canal",
            mode="drop_off",
            occurred_at=moment.isoformat(),
            lines=[{"category": "TEX", "weight_g": grams}],
        )
        assert made.status_code == 201

    settled = caller.post(
        "inventory/settlements",
        {
            "id": str(uuid4()),
            "site": "canal",
            "on": day.date().isoformat(),
            "as": "reuse",
            "lines": [{"category": "TEX", "closing_weight_g": 30_000}],
        },
    ).json()

    assert settled["weight_g"] == 50_000
    assert settled["business_date"] == day.date().isoformat()
    assert stock() == {("principal/bulk", "TEX"): 35_000}


def test_a_record_is_cancelled_by_its_author_within_the_minute_then_by_a_manager(act, api, world):
    sent = {"fate": "disposal", "public": True, "lines": [{"category": "TEX", "weight_g": 1_000}]}
    first, second = (act("shipments", by=world.sorter, **sent)["number"] for _ in range(2))
    undo = {"reason": "wrong key"}

    done = api(world.sorter).post("inventory/reversals", movement=first, **undo)
    assert (done.status_code, done.json()["reverses"]) == (201, first)
    assert out(Kind.DISPOSAL) == 1_000

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        late = api(world.sorter).post("inventory/reversals", movement=second, **undo)
        assert (late.status_code, codes(late)) == (403, ["forbidden"])
        assert (
            api(world.manager).post("inventory/reversals", movement=second, **undo).status_code
            == 201
        )
    assert out(Kind.DISPOSAL) == 0
    assert stock() == BULK


def test_nobody_on_the_floor_cancels_somebody_elses_record(act, api, world):
    number = act(
        "shipments", fate="disposal", public=True, lines=[{"category": "TEX", "weight_g": 1}]
    )["number"]

    refused = api(world.sorter).post("inventory/reversals", movement=number, reason="not mine")

    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])
    assert out(Kind.DISPOSAL) == 1


def test_a_cancellation_is_neither_repeated_nor_cancelled(act, api, stocked):
    undone = act("reversals", site=None, movement=stocked["number"], reason="twice")

    again = api().post("inventory/reversals", movement=stocked["number"], reason="again")
    back = api().post("inventory/reversals", movement=undone["number"], reason="back")

    assert (again.status_code, codes(again)) == (409, ["already_reversed"])
    assert (back.status_code, codes(back)) == (422, ["cannot_reverse"])
    assert stock() == {}
    shown = api().get(f"inventory/movements/{stocked['number']}").json()
    assert shown["reversed_by"] == undone["number"]


def test_a_cancellation_of_a_closed_month_counts_on_the_first_open_day(act, world):
    left = act(
        "shipments",
        fate="disposal",
        public=True,
        occurred_at=(timezone.now() - timedelta(days=40)).isoformat(),
        lines=[{"category": "TEX", "weight_g": 8_000}],
    )
    month = int(left["business_date"][:7].replace("-", ""))
    Site.objects.filter(pk=world.canal.pk).update(books_closed_through=month)

    undone = act("reversals", site=None, movement=left["number"], reason="late")

    assert undone["business_date"] > left["business_date"]
    assert undone["business_date"].endswith("-01")
    assert stock() == BULK


def test_an_item_that_has_moved_on_is_not_brought_back(act, api, world):
    code = label_item(world.canal, world.anna)
    moved = act("moves", to_place="reserve", items=[code])
    act("shipments", fate="reuse", public=True, lines=[{"item": code}])

    refused = api().post("inventory/reversals", movement=moved["number"], reason="too late")

    assert (refused.status_code, codes(refused)) == (409, ["item_already_sold"])


def test_lists_are_pages_newest_first_that_never_repeat_nor_skip(act, api):
    numbers = [
        act("moves", to_place="reserve", lines=[{"category": "MOB", "weight_g": 1}])["number"]
        for _ in range(5)
    ]
    caller, seen, cursor = api(), [], None

    while True:
        query = {"cursor": cursor} if cursor else {}
        page = caller.get("inventory/moves", site="canal", limit=2, **query).json()
        seen += [row["number"] for row in page["items"]]
        if not (cursor := page["next"]):
            break

    assert seen == numbers[::-1]


def test_lists_are_cut_by_business_date(act, api):
    today = timezone.localdate()
    act("moves", to_place="reserve", lines=[{"category": "MOB", "weight_g": 1}])

    def listed(**query):
        return len(api().get("inventory/moves", **query).json()["items"])

    day = today.isoformat()
    assert listed(**{"from": day, "to": day}) == 1
    assert listed(to=(today - timedelta(days=1)).isoformat()) == 0
    assert listed(**{"from": (today + timedelta(days=1)).isoformat()}) == 0

"""Items over HTTP: their codes, how they come out of bulk, and what is known of them."""

import pytest

from inventory import codes as item_codes
from inventory.models import Item, ItemCode, Kind, Movement, Place, Verb
from tests.conftest import codes
from tests.inventory.test_api import out, stock

pytestmark = pytest.mark.database


@pytest.fixture
def stocked(world, api):
    """Canal holds 500 kg of furniture, and 48.6 kg of it came just now from the 12e."""
    Place.objects.create(site=world.canal, code="reserve", name="Réserve")
    api().post(
        "inventory/opening-stock", site="canal", lines=[{"category": "MOB", "weight_g": 451_400}]
    )
    arrival = api().post(
        "collection/intakes",
        site="canal",
        mode="home_pickup",
        origin="75112",
        lines=[{"category": "MOB", "weight_g": 48_600}],
    )
    return arrival.json()


@pytest.fixture
def post(stocked, api, world):
    """Post an act of the director's at canal."""

    def send(path, by=None, **fields):
        fields = {k: v for k, v in {"site": "canal", **fields}.items() if v is not None}
        return api(by or world.anna).post(f"inventory/{path}", **fields)

    return send


@pytest.fixture
def label(post):
    """Label a chair of 4.2 kg; return the answer."""

    def made(**fields):
        response = post("items", **{"category": "MOB.CHAI", "weight_g": 4_200, **fields})
        assert response.status_code == 201, response.json()
        return response.json()

    return made


# Codes


def test_codes_drawn_ahead_are_checked_unused_and_never_the_same(post):
    first = post("codes", count=200).json()["codes"]
    second = post("codes", count=200).json()["codes"]

    assert all(map(item_codes.is_valid, first + second))
    assert len({*first, *second}) == 400
    assert ItemCode.objects.filter(item=None).count() == 400


def test_codes_asked_for_twice_with_one_id_are_drawn_once(post, api):
    body = {"id": "0b0e8f3a-98b7-4d0c-9d0a-000000000001", "site": "canal", "count": 3}
    first = api().post("inventory/codes", body)
    again = api().post("inventory/codes", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert ItemCode.objects.count() == 3


def test_a_blank_label_is_worn_by_the_first_item_that_takes_it(post, label):
    [code] = post("codes", count=1).json()["codes"]

    assert label(code=code.lower())["code"] == code

    again = post("items", category="MOB.CHAI", weight_g=4_200, code=code)
    assert (again.status_code, codes(again)) == (409, ["code_taken"])
    assert Item.objects.count() == 1


def test_a_label_of_another_system_may_be_worn_where_its_check_fits(label):
    stem = "7K3MP"
    code = stem + item_codes.check_character(stem)
    assert label(code=code)["code"] == code


@pytest.mark.parametrize("code", ["7K3MPA", "ABC", "", "7K3MPT7", "é23456"])
def test_a_mistyped_code_is_refused_by_its_check(post, code):
    assert not item_codes.is_valid(code)
    refused = post("items", category="MOB.CHAI", weight_g=4_200, code=code)
    assert (refused.status_code, codes(refused)) == (422, ["bad_code"])


# Labelling


def test_an_item_is_drawn_out_of_bulk_of_its_kind_where_there_is_enough(label):
    chair = label(title="Chaise bistrot", price_cents=1_500, condition="good")

    assert chair == {
        **chair,
        "category": "MOB.CHAI",
        "weight_g": 4_200,
        "title": "Chaise bistrot",
        "price_cents": 1_500,
        "condition": "good",
        "state": "in_stock",
        "site": "canal",
        "place": "principal",
        "intake_line": None,
        "former": None,
        "part_of": None,
    }
    assert stock() == {
        ("principal/bulk", "MOB"): 495_800,
        ("principal/items", "MOB.CHAI"): 4_200,
    }
    assert out(Kind.REUSE) == out(Kind.ADJUSTMENT) == 0


def test_an_item_may_be_labelled_before_its_bulk_is_in_the_books(label):
    label(category="TEX", weight_g=900)
    assert stock()["principal/bulk", "TEX"] == -900


def test_the_bulk_it_is_drawn_from_may_be_said(post, label):
    label(from_category="TEX")
    assert stock()["principal/bulk", "TEX"] == -4_200
    assert stock()["principal/bulk", "MOB"] == 500_000


def test_an_item_remembers_the_line_of_the_arrival_it_came_with(stocked, label, api):
    [line] = stocked["lines"]
    assert line["line"] == f"{stocked['number']}.1"

    chair = label(intake_line=line["line"])

    assert chair["intake_line"] == line["line"]
    item = Item.objects.get()
    assert item.since == Movement.objects.get(number=stocked["number"]).business_date
    events = api().get(f"inventory/items/{chair['code']}/trace").json()["events"]
    assert [(e["verb"], e["weight_g"]) for e in events] == [("collect", 48_600), ("label", 4_200)]


def test_items_never_weigh_more_than_the_line_they_came_with(stocked, post, label):
    line = f"{stocked['number']}.1"
    label(weight_g=40_000, intake_line=line)

    refused = post("items", category="MOB.CHAI", weight_g=8_601, intake_line=line)

    assert (refused.status_code, codes(refused)) == (422, ["heavier_than_arrival"])
    assert Item.objects.count() == 1
    label(weight_g=8_600, intake_line=line)


def test_only_a_line_of_a_standing_arrival_of_the_site_may_be_named(stocked, post, api, world):
    opening = Movement.objects.get(verb=Verb.OPEN)
    lines = {f"{opening.number}.1": 422, f"{stocked['number']}.2": 404, "nothing": 404, "AP.1": 404}
    for line, status in lines.items():
        refused = post("items", category="MOB.CHAI", weight_g=1, intake_line=line)
        assert refused.status_code == status, line
    api().post("inventory/reversals", movement=stocked["number"], reason="wrong")
    refused = post("items", category="MOB", weight_g=1, intake_line=f"{stocked['number']}.1")
    assert codes(refused) == ["not_an_arrival"]
    elsewhere = post("items", site="gare", category="MOB", weight_g=1, intake_line="AP-canal-1.1")
    assert codes(elsewhere) == ["not_an_arrival"]


def test_a_cancelled_label_gives_grams_and_code_back(post, label, api):
    chair = label()
    made = Movement.objects.get(verb=Verb.LABEL)

    cancelled = post("reversals", site=None, movement=made.number, reason="wrong weight")

    assert cancelled.status_code == 201
    assert stock() == {("principal/bulk", "MOB"): 500_000}
    assert api().get(f"inventory/items/{chair['code']}").status_code == 404
    assert label(code=chair["code"], weight_g=3_900)["code"] == chair["code"]


# What is known of one


def test_an_item_is_found_by_what_a_scanner_reads(label, api):
    code = label()["code"]
    for typed in (code, code.lower(), f" {code[:3]}-{code[3:]} "):
        assert api().get(f"inventory/items/{typed}").json()["code"] == code


def test_another_structure_s_items_do_not_exist(label, api, world):
    code = label()["code"]
    for path in (f"inventory/items/{code}", f"inventory/items/{code}/trace"):
        assert api(world.paul).get(path).status_code == 404


def test_title_price_and_condition_change_and_keep_their_history(label, api):
    code = label(title="Chaise", price_cents=1_500)["code"]
    patch = api().patch

    changed = patch(f"inventory/items/{code}", price_cents=1_200, condition="worn")

    assert changed.status_code == 200
    assert (changed.json()["price_cents"], changed.json()["condition"]) == (1_200, "worn")
    assert changed.json()["title"] == "Chaise"
    assert patch(f"inventory/items/{code}", price_cents=None).json()["price_cents"] is None
    item = Item.objects.get()
    assert [h.price_cents for h in item.history.all()] == [None, 1_200, 1_500]
    assert {h.history_user.username for h in item.history.all()} == {"anna"}


def test_changing_nothing_writes_no_history(label, api):
    code = label(title="Chaise")["code"]
    assert api().patch(f"inventory/items/{code}", title="Chaise").status_code == 200
    assert Item.objects.get().history.count() == 1


@pytest.mark.parametrize(
    "body", [{"weight_g": 1}, {"category": "TEX"}, {"price_cents": -1}, {"condition": "superb"}]
)
def test_nothing_else_of_an_item_changes(label, api, body):
    code = label()["code"]
    assert api().patch(f"inventory/items/{code}", **body).status_code == 422


def test_what_has_left_keeps_its_description(post, label, api):
    code = label()["code"]
    post("shipments", fate="recycling", public=True, lines=[{"item": code}])

    refused = api().patch(f"inventory/items/{code}", title="Autre")

    assert (refused.status_code, codes(refused)) == (409, ["item_gone"])
    assert api().get(f"inventory/items/{code}").json()["state"] == "recycled"


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        ("reuse", "given"),
        ("recycling", "recycled"),
        ("other_recovery", "recycled"),
        ("energy", "disposed"),
        ("disposal", "disposed"),
    ],
)
def test_the_state_tells_where_it_went(post, label, api, fate, state):
    code = label()["code"]
    post("shipments", fate=fate, public=True, lines=[{"item": code}])
    found = api().get(f"inventory/items/{code}").json()
    assert (found["state"], found["site"], found["place"]) == (state, "canal", None)


def test_an_item_that_a_count_did_not_find_is_lost(post, label, api):
    code = label()["code"]
    post("counts", items=[], reason="theft")
    assert api().get(f"inventory/items/{code}").json()["state"] == "lost"


# A second life


def test_what_was_given_may_come_back_and_names_its_former_life(post, label, api):
    first = label(title="Chaise")["code"]
    post("shipments", fate="reuse", public=True, lines=[{"item": first}])

    second = label(former=first)

    assert second["former"] == first
    assert second["code"] != first
    assert api().get(f"inventory/items/{first}").json()["state"] == "given"


def test_it_comes_back_once_and_only_after_it_has_left(post, label):
    first = label()["code"]
    again = {"category": "MOB.CHAI", "weight_g": 4_200, "former": first}
    assert codes(post("items", **again)) == ["not_gone"]
    post("shipments", fate="reuse", public=True, lines=[{"item": first}])
    label(former=first)
    refused = post("items", **again)
    assert (refused.status_code, codes(refused)) == (409, ["already_back"])


# Taken apart


def test_an_item_taken_apart_weighs_what_it_weighed(post, label, api):
    code = label(weight_g=10_000)["code"]

    done = post(
        "dismantlings",
        item=code,
        parts=[
            {"category": "MOB.CHAI", "weight_g": 6_000, "title": "Assise", "label": True},
            {"category": "MOB", "weight_g": 3_000},
            {"category": "DIV.VRAC", "weight_g": 1_000},
        ],
    )

    assert done.status_code == 201, done.json()
    assert stock() == {
        ("principal/bulk", "MOB"): 493_000,
        ("principal/bulk", "DIV.VRAC"): 1_000,
        ("principal/items", "MOB.CHAI"): 6_000,
    }
    assert api().get(f"inventory/items/{code}").json()["state"] == "dismantled"
    [seat] = [line["item"] for line in done.json()["lines"] if line["item"] != code]
    found = api().get(f"inventory/items/{seat}").json()
    assert (found["part_of"], found["title"], found["weight_g"]) == (code, "Assise", 6_000)


def test_parts_that_do_not_add_up_are_refused(post, label):
    code = label()["code"]
    for weight_g in (4_199, 4_201):
        parts = [{"category": "MOB", "weight_g": weight_g}]
        assert codes(post("dismantlings", item=code, parts=parts)) == ["parts_do_not_add_up"]
    assert Movement.objects.filter(verb=Verb.DISMANTLE).count() == 0


def test_a_cancelled_dismantling_makes_it_whole_again(post, label, api):
    code = label()["code"]
    parts = [{"category": "MOB.CHAI", "weight_g": 4_200, "label": True}]
    done = post("dismantlings", item=code, parts=parts).json()
    [part] = [line["item"] for line in done["lines"] if line["item"] != code]

    post("reversals", site=None, movement=done["number"], reason="not this one")

    assert api().get(f"inventory/items/{code}").json()["state"] == "in_stock"
    assert api().get(f"inventory/items/{part}").status_code == 404
    assert ItemCode.objects.get(code=part).item is None


def test_an_item_of_another_site_is_not_taken_apart_here(post, label, world):
    code = label()["code"]
    parts = [{"category": "MOB", "weight_g": 4_200}]
    refused = post("dismantlings", site="gare", item=code, parts=parts)
    assert (refused.status_code, codes(refused)) == (409, ["item_not_there"])


# Who did it


def test_outsiders_are_told_roles_and_colleagues_names(stocked, post, label, api, world):
    code = label(by=None)["code"]
    trace = f"inventory/items/{code}/trace"
    assert [e["by"] for e in api(world.sorter).get(trace).json()["events"]] == ["anna"]
    assert [e["by"] for e in api(world.auditor).get(trace).json()["events"]] == ["director"]

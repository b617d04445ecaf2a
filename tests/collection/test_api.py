"""Arrivals through HTTP: weighed, retried, refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from collection.models import Intake, Weighing
from inventory.models import Category, Flow, Movement, UnitWeight
from organisation.models import Submission
from tests.conftest import codes


@pytest.fixture
def intake():
    return {"site": "canal", "mode": "drop_off", "lines": [{"category": "MOB", "weight_g": 12_500}]}


def test_an_arrival_is_weighed_to_the_gram(world, api, intake):
    intake["lines"].append({"category": "TEX", "gross_g": 15_321, "container": "caddie"})

    response = api(world.sorter).post("collection/intakes", **intake)

    assert response.status_code == 201
    answer = response.json()
    assert answer["number"] == "AP-canal-1"
    assert answer["weight_g"] == 12_500 + 4_321
    assert [line["method"] for line in answer["lines"]] == ["weighed", "net_of_tare"]
    assert Weighing.objects.get(gross_g=15_321).container.code == "caddie"


def test_an_arrival_sent_twice_is_recorded_once(world, api, intake):
    intake["id"] = str(uuid4())
    first = api(world.sorter).post("collection/intakes", **intake)
    second = api(world.sorter).post("collection/intakes", **intake)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Movement.objects.count() == 1


def test_an_arrival_whose_answer_was_lost_gets_it_though_its_sender_works_elsewhere_since(
    world, api, intake
):
    intake["id"] = str(uuid4())
    first = api(world.sorter).post("collection/intakes", **intake)
    world.sorter.memberships.update(site=world.gare)

    again = api(world.sorter).post("collection/intakes", **intake)
    other = api(world.sorter).post("collection/intakes", **intake | {"id": str(uuid4())})
    changed = api(world.sorter).post("collection/intakes", **intake | {"mode": "home_pickup"})

    assert (again.status_code, again.content) == (200, first.content)
    assert (other.status_code, codes(other)) == (403, ["forbidden"])
    assert (changed.status_code, codes(changed)) == (403, ["forbidden"])
    assert api(world.paul).post("collection/intakes", **intake).status_code == 404
    assert Movement.objects.count() == 1


def test_the_same_id_for_other_content_is_a_conflict(world, api, intake):
    intake["id"] = str(uuid4())
    api(world.sorter).post("collection/intakes", **intake)
    intake["lines"] = [{"category": "MOB", "weight_g": 1}]

    response = api(world.sorter).post("collection/intakes", **intake)

    assert (response.status_code, codes(response)) == (409, ["id_reused"])


def test_units_without_a_scale_take_the_average_of_the_category(world, api, intake):
    chair = Category.objects.get(code="MOB.CHAI")
    intake["lines"] = [{"category": "MOB.CHAI", "units": 3}]

    response = api(world.sorter).post("collection/intakes", **intake)

    assert response.json()["weight_g"] == 3 * chair.unit_weight_g
    assert response.json()["lines"][0]["method"] == "unit_average"


def test_the_site_learns_its_own_average(world, api, intake):
    intake["lines"] = [{"category": "MOB.CHAI", "units": 5, "weight_g": 30_000}]
    api(world.sorter).post("collection/intakes", **intake)
    intake["lines"] = [{"category": "MOB.CHAI", "units": 2}]

    response = api(world.sorter).post("collection/intakes", **intake)

    assert response.json()["weight_g"] == 12_000
    assert UnitWeight.objects.get().units == 5  # an average teaches nothing


def test_without_an_average_an_estimate_is_asked_for(world, api, intake):
    intake["lines"] = [{"category": "MOB", "units": 3}]

    response = api(world.sorter).post("collection/intakes", **intake)

    assert (response.status_code, codes(response)) == (422, ["unit_weight_unknown"])
    assert Submission.objects.count() == 0


def test_a_line_may_go_straight_to_its_destination(world, api, intake):
    intake["lines"][0]["destination"] = {"fate": "recycling", "partner": "gebetex"}

    answer = api(world.sorter).post("collection/intakes", **intake).json()

    assert answer["lines"][0]["to"] == "recycling/gebetex"
    assert Flow.objects.get().to_account.partner.code == "gebetex"


def test_only_some_may_date_an_arrival_days_back(world, api, intake):
    intake["occurred_at"] = (timezone.now() - timedelta(days=3)).isoformat()

    assert api(world.sorter).post("collection/intakes", **intake).status_code == 403
    assert api(world.manager).post("collection/intakes", **intake).status_code == 201
    assert Intake.objects.count() == 1


def test_an_own_arrival_is_undone_within_the_minute_and_its_grams_with_it(world, api, intake):
    number = api(world.sorter).post("collection/intakes", **intake).json()["number"]

    undone = api(world.sorter).post("inventory/reversals", movement=number, reason="undo")

    assert undone.status_code == 201, undone.json()
    assert undone.json()["reverses"] == number
    again = api(world.sorter).post("inventory/reversals", movement=number, reason="undo")
    assert (again.status_code, codes(again)) == (409, ["already_reversed"])


def test_an_undo_that_waited_for_a_network_counts_by_the_hour_at_which_it_was_touched(
    world, api, intake
):
    intake["id"] = str(uuid4())
    api(world.sorter).post("collection/intakes", **intake)
    undo = {"of": intake["id"], "reason": "undo", "occurred_at": timezone.now().isoformat()}

    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        late = api(world.sorter).post("inventory/reversals", of=intake["id"], reason="undo")
        kept = api(world.sorter).post("inventory/reversals", **undo)
        assert (late.status_code, kept.status_code) == (403, 201)
    assert Intake.objects.get().movement.reversed_by.occurred_at.isoformat() == undo["occurred_at"]


def test_what_was_refused_at_the_gate_is_counted_and_weighs_nothing(world, api):
    response = api(world.sorter).post(
        "collection/refusals", site="canal", reason="dirty", count=4, category="TEX"
    )

    assert response.status_code == 201
    assert Flow.objects.count() == 0
    assert api(world.auditor).get("collection/refusals").json()["items"][0]["count"] == 4


def test_only_a_manager_dates_a_refusal_at_the_gate_before_yesterday(world, api):
    last_week = (timezone.now() - timedelta(days=7)).isoformat()
    refusal = {"site": "canal", "reason": "dirty", "count": 4, "occurred_at": last_week}

    refused = api(world.sorter).post("collection/refusals", **refusal)

    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])
    assert Submission.objects.count() == 0
    assert api(world.manager).post("collection/refusals", **refusal).status_code == 201


def test_an_arrival_is_found_again_by_its_id(world, api, intake):
    made = api(world.sorter).post("collection/intakes", **intake).json()

    assert api(world.auditor).get(f"collection/intakes/{made['id']}").json() == made
    listed = api(world.auditor).get("collection/intakes", site="canal").json()
    assert [row["number"] for row in listed["items"]] == [made["number"]]
    assert api(world.paul).get(f"collection/intakes/{made['id']}").status_code == 404


def test_a_million_chairs_do_not_come_in_at_once(world, api, intake):
    intake["lines"] = [{"category": "MOB.CHAI", "units": 1_000_000}]

    response = api(world.sorter).post("collection/intakes", **intake)

    assert (response.status_code, codes(response)) == (422, ["above_scale_limit"])

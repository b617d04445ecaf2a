"""Sorting over HTTP: bulk shared out by hand within a tolerance, or spread by estimated shares."""

import pytest

from inventory.models import Flow, Kind, Method, Movement, Place, Verb
from organisation.models import Site
from tests.conftest import codes
from tests.inventory.test_api import out, stock

pytestmark = pytest.mark.database


@pytest.fixture
def post(world, api):
    """Canal holds 100 kg of unsorted things; post an act of the director's there."""
    Place.objects.create(site=world.canal, code="reserve", name="Réserve")

    def send(path, by=None, **fields):
        return api(by or world.anna).post(f"inventory/{path}", site="canal", **fields)

    send("opening-stock", lines=[{"category": "DIV.VRAC", "weight_g": 100_000, "units": 7}])
    return send


def taken(weight_g, category="DIV.VRAC", **more):
    return {"category": category, "weight_g": weight_g, **more}


def test_sorted_bulk_lies_under_its_categories_and_places(post):
    parts = [taken(6_000, "MOB"), taken(3_500, "TEX", place="reserve", units=12)]
    done = post("sortings", **{"from": taken(9_500)}, to=parts)

    assert done.status_code == 201, done.json()
    assert done.json()["number"] == "TR-canal-1"
    assert stock() == {
        ("principal/bulk", "DIV.VRAC"): 90_500,
        ("principal/bulk", "MOB"): 6_000,
        ("reserve/bulk", "TEX"): 3_500,
    }
    assert out(Kind.ADJUSTMENT) == 0


def test_what_is_missing_within_the_tolerance_is_a_sorting_gap(post):
    done = post("sortings", **{"from": taken(10_000)}, to=[taken(9_800, "MOB")])

    assert done.status_code == 201  # 2 % is what a site tolerates at first
    assert out(Kind.ADJUSTMENT) == 200
    assert stock() == {("principal/bulk", "DIV.VRAC"): 90_000, ("principal/bulk", "MOB"): 9_800}


def test_a_larger_gap_is_refused_and_a_larger_tolerance_allows_it(post, world):
    act = {"from": taken(10_000), "to": [taken(9_799, "MOB")]}
    assert codes(post("sortings", **act)) == ["sorting_gap_too_large"]
    Site.objects.filter(pk=world.canal.pk).update(sorting_tolerance_bp=201)
    assert post("sortings", **act).status_code == 201


def test_parts_never_weigh_more_than_what_was_taken(post):
    refused = post("sortings", **{"from": taken(1_000)}, to=[taken(1_001, "MOB")])
    assert (refused.status_code, codes(refused)) == (422, ["more_than_taken"])
    assert not Movement.objects.filter(verb=Verb.SORT).exists()


def test_a_part_that_stays_as_it_was_moves_nothing(post):
    parts = [taken(700, "MOB"), taken(300)]
    done = post("sortings", **{"from": taken(1_000)}, to=parts).json()
    assert [line["weight_g"] for line in done["lines"]] == [700]
    all_stays = post("sortings", **{"from": taken(1_000)}, to=[taken(1_000)])
    assert codes(all_stays) == ["no_lines"]


def test_unsorted_bulk_is_spread_by_shares_and_marked_as_an_estimate(post):
    shares = [
        {"category": "MOB", "share": 50},
        {"category": "TEX", "share": 33},
        {"category": "LIV", "share": 17},
    ]
    done = post("spreads", category="DIV.VRAC", shares=shares)

    assert done.status_code == 201, done.json()
    assert stock() == {
        ("principal/bulk", "MOB"): 50_000,
        ("principal/bulk", "TEX"): 33_000,
        ("principal/bulk", "LIV"): 17_000,
    }
    assert set(Flow.objects.filter(movement__verb=Verb.SORT).values_list("method", flat=True)) == {
        Method.ESTIMATED
    }


def test_a_spread_keeps_every_gram_by_largest_remainder(post):
    shares = [{"category": code, "share": share} for code, share in (("MOB", 33), ("TEX", 67))]
    post("spreads", category="DIV.VRAC", weight_g=101, shares=shares)
    # 33.33 and 67.67: the gram left over goes to the larger remainder
    assert stock() == {
        ("principal/bulk", "DIV.VRAC"): 99_899,
        ("principal/bulk", "MOB"): 33,
        ("principal/bulk", "TEX"): 68,
    }


def test_part_of_the_unsorted_may_stay_unsorted(post):
    shares = [{"category": code, "share": 50} for code in ("MOB", "DIV.VRAC")]
    post("spreads", category="DIV.VRAC", weight_g=1_000, shares=shares)
    assert stock()["principal/bulk", "DIV.VRAC"] == 99_500


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ([("MOB", 99)], "shares_not_100"),
        ([("MOB", 60), ("TEX", 60)], "shares_not_100"),
        ([("MOB", 50), ("MOB", 50)], "category_twice"),
        ([("DIV.VRAC", 100)], "no_lines"),
    ],
)
def test_shares_that_make_no_sense_are_refused(post, shares, code):
    listed = [{"category": category, "share": share} for category, share in shares]
    refused = post("spreads", category="DIV.VRAC", shares=listed)
    assert (refused.status_code, codes(refused)) == (422, [code])


def test_nothing_is_spread_where_the_books_hold_nothing(post):
    refused = post("spreads", category="LIV", shares=[{"category": "MOB", "share": 100}])
    assert codes(refused) == ["nothing_to_spread"]


def test_spreading_is_a_manager_s_remedy_and_sorting_everybody_s(post, world):
    shares = [{"category": "MOB", "share": 100}]
    assert post("spreads", by=world.sorter, category="DIV.VRAC", shares=shares).status_code == 403
    sorting = {"from": taken(1_000), "to": [taken(1_000, "MOB")]}
    assert post("sortings", by=world.sorter, **sorting).status_code == 201


def test_sortings_are_listed_and_read_back(post, api):
    done = post("sortings", **{"from": taken(1_000)}, to=[taken(1_000, "MOB")]).json()
    assert api().get(f"inventory/sortings/{done['id']}").json() == done
    [listed] = api().get("inventory/sortings", site="canal").json()["items"]
    assert {**listed, "departures": []} == done

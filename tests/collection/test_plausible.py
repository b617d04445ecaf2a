"""A site's own weights say from when on a line is asked about."""

import pytest

from collection.plausible import ENOUGH, bounds_g
from inventory.models import Category


@pytest.fixture
def weighed(world, api):
    def weigh(*weights_g, category="TEX", **more):
        lines = [{"category": category, "weight_g": grams, **more} for grams in weights_g]
        sent = api(world.sorter).post(
            "collection/intakes", site="canal", mode="drop_off", lines=lines
        )
        assert sent.status_code == 201
        return sent.json()

    return weigh


@pytest.fixture
def bound_of(world):
    return lambda code: bounds_g(world.canal).get(Category.objects.get(code=code).pk)


def test_few_lines_say_nothing(weighed, bound_of):
    weighed(*[4_000] * (ENOUGH - 1))
    assert bound_of("TEX") is None


def test_a_comma_that_slipped_is_asked_about(weighed, bound_of):
    weighed(*[3_000, 4_000, 5_000] * 10)
    assert 5_000 < bound_of("TEX") < 30_000


def test_loads_that_are_often_heavy_are_not_asked_about(weighed, bound_of):
    weighed(*[2_000] * 28, *[60_000] * 4)
    assert bound_of("TEX") >= 60_000


def test_a_sub_category_counts_in_its_top_one_too(weighed, bound_of):
    weighed(*[4_000] * ENOUGH, category="MOB.CHAI")
    assert (bound_of("MOB.CHAI"), bound_of("MOB")) == (20_000, 20_000)


def test_estimates_and_what_was_cancelled_teach_nothing(world, api, weighed, bound_of):
    weighed(*[4_000] * ENOUGH, estimated=True)
    made = weighed(*[4_000] * ENOUGH)
    api(world.manager).post("inventory/reversals", movement=made["number"], reason="wrong")
    assert bound_of("TEX") is None


def test_the_station_takes_it_along(client, world, weighed):
    weighed(*[4_000] * ENOUGH)
    client.force_login(world.sorter)
    tiles = client.get("/peser/canal/").context["station"]["tiles"]
    assert next(tile["plausible_max_g"] for tile in tiles if tile["code"] == "TEX") == 20_000

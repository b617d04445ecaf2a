"""The in-door's pages, as a sorter opens them."""

from uuid import uuid4

import pytest
from django.utils import timezone

from collection.models import Refusal
from inventory.models import Category, Flow, Place


@pytest.fixture
def signed_in(client, world):
    def as_(user):
        client.force_login(user)
        return client

    return as_


def test_a_sorter_of_one_site_goes_straight_to_its_scale(signed_in, world):
    page = signed_in(world.sorter).get("/peser/")
    assert page.url == "/peser/canal/"


def test_a_director_chooses_where_to_weigh(signed_in, world):
    page = signed_in(world.anna).get("/peser/")
    assert [site.code for site in page.context["sites"]] == ["canal", "gare"]


def test_the_day_adds_up_what_came_in(world, api):
    lines = [{"category": "TEX", "weight_g": 4_321}, {"category": "MOB", "weight_g": 8_000}]
    api(world.sorter).post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    today = world.canal.business_date(timezone.now()).isoformat()
    answer = api(world.sorter).get("collection/day", site="canal").json()
    [latest] = answer.pop("latest")
    assert answer == {"day": today, "arrivals": 1, "weight_g": 12_321}
    said = [latest[name] for name in ("weight_g", "what", "by")]
    assert said == [12_321, "Textiles, Mobilier", "Sorter"]


def test_the_station_holds_what_the_tablet_needs_and_nothing_of_anybody(signed_in, world):
    station = signed_in(world.sorter).get("/peser/canal/").context["station"]

    assert len(station["tiles"]) == 18
    chair = next(t for t in station["tiles"] if t["code"] == "MOB")["leaves"]
    assert {"MOB.CHAI"} <= {leaf["code"] for leaf in chair}
    assert {"caddie"} <= {c["code"] for c in station["containers"]}
    assert station["destinations"][0]["kind"] == "fate"


def test_a_site_that_tracks_places_offers_them_as_destinations(signed_in, world):
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.main(world.canal)
    Place.objects.create(site=world.canal, code="shop", name="Boutique", use="shop")

    station = signed_in(world.sorter).get("/peser/canal/").context["station"]

    shop = {"kind": "place", "code": "shop", "name": "Boutique", "use": "shop"}
    assert station["destinations"][0] == shop


def test_the_station_takes_few_queries_however_long_the_lists(
    signed_in, world, django_assert_max_num_queries
):
    browser = signed_in(world.sorter)
    with django_assert_max_num_queries(18):
        browser.get("/peser/canal/")


@pytest.mark.parametrize(("site", "status"), [("gare", 403), ("quai", 404), ("nowhere", 404)])
def test_another_scale_is_not_ours_to_open(signed_in, world, site, status):
    assert signed_in(world.sorter).get(f"/peser/{site}/").status_code == status


def test_a_refusal_posted_twice_is_counted_once(signed_in, world):
    form = {
        "id": str(uuid4()),
        "site": world.canal.pk,
        "category": Category.objects.get(code="TEX").pk,
        "reason": "dirty",
        "count": "3",
        "comment": "moisi",
    }
    browser = signed_in(world.sorter)

    assert browser.post("/peser/refus/", form).status_code == 302
    assert browser.post("/peser/refus/", form).status_code == 302

    assert Refusal.objects.get().count == 3
    assert Flow.objects.count() == 0


def test_an_id_used_for_another_refusal_is_told_on_the_form_with_a_fresh_id(signed_in, world):
    form = {"id": str(uuid4()), "site": world.canal.pk, "reason": "dirty", "count": "3"}
    browser = signed_in(world.sorter)
    browser.post("/peser/refus/", form)

    page = browser.post("/peser/refus/", {**form, "count": "4"})

    assert page.status_code == 422
    [refusal] = page.context["form"].errors.as_data()["__all__"]
    assert refusal.code == "id_reused"
    assert str(refusal.message) in page.content.decode()
    assert form["id"] not in page.content.decode()
    assert Refusal.objects.get().count == 3


def test_a_refusal_of_nothing_is_not_noted(signed_in, world):
    form = {"id": str(uuid4()), "site": world.canal.pk, "reason": "dirty", "count": "0"}

    page = signed_in(world.sorter).post("/peser/refus/", form)

    assert page.status_code == 422
    assert page.context["form"].errors.as_data()["count"]
    assert Refusal.objects.count() == 0

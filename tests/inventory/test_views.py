"""Departures as pages: what they say, what they record, and what they refuse."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from inventory import services
from inventory.models import (
    Container,
    Flow,
    Kind,
    Movement,
    Place,
    Shipment,
    Verb,
)
from tests.inventory.pages import (
    category,
    departure,
    gebetex,
    shipped,
    text,
)


def test_a_departure_is_recorded_to_the_gram_and_shown(world, browser, stocked):
    client = browser(world.sorter)

    response = client.post(
        "/departs/nouveau/",
        departure(
            {"category": "MOB", "weight": "12,5"},
            {"category": "MOB.CHAI", "weight": "7.25", "estimated": "on"},
            waste_code="20 03 07",
            treatment_code="R 3",
            carrier="Transports Durand",
            bsd="BSD-7",
        ),
    )

    assert response.status_code == 302
    assert response.url == "/d/DE-canal-1/"
    shipment = Shipment.objects.get()
    assert (shipment.fate, shipment.partner.code) == ("recycling", "gebetex")
    assert (shipment.waste_code.code, shipment.treatment_code.code) == ("20 03 07", "R 3")
    assert (shipment.carrier, shipment.bsd) == ("Transports Durand", "BSD-7")
    flows = Flow.objects.filter(movement=shipment.movement).order_by("pk")
    assert [(f.weight_g, f.method) for f in flows] == [(12_500, "weighed"), (7_250, "estimated")]
    assert client.get(response.url).status_code == 200


def test_a_double_post_records_one_departure(world, browser, stocked):
    client, data = browser(world.sorter), departure({"category": "MOB", "weight": "3"})

    first = client.post("/departs/nouveau/", data)
    second = client.post("/departs/nouveau/", data)

    assert first.url == second.url == "/d/DE-canal-1/"
    assert Shipment.objects.count() == 1


def test_the_same_form_with_other_content_is_refused_and_can_be_sent_again(world, browser, stocked):
    client, data = browser(world.sorter), departure({"category": "MOB", "weight": "3"})
    client.post("/departs/nouveau/", data)

    response = client.post("/departs/nouveau/", {**data, "lines-0-weight": "4"})

    assert response.status_code == 422
    assert Shipment.objects.count() == 1
    fresh = response.context["form"]["id"].value()
    assert fresh != data["id"]
    again = client.post("/departs/nouveau/", {**data, "lines-0-weight": "4", "id": fresh})
    assert again.url == "/d/DE-canal-2/"


def test_full_containers_stand_for_their_usual_load_and_are_estimates(world, browser, stocked):
    Container.objects.filter(organisation=world.navette, code="caisse").update(
        average_load_g=18_000
    )

    browser().post(
        "/departs/nouveau/?site=canal",
        departure({"category": "MOB", "bins": "3", "container": "caisse"}),
    )

    flow = Flow.objects.get(movement__verb=Verb.SHIP)
    assert (flow.weight_g, flow.method) == (54_000, "estimated")


def test_a_container_without_usual_load_asks_for_a_weight(world, browser, stocked):
    response = browser().post(
        "/departs/nouveau/", departure({"category": "MOB", "bins": "3", "container": "caisse"})
    )

    assert response.status_code == 422
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["container_average_unknown"]
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"category": "MOB", "weight": "douze"}, "weight"),
        ({"category": "MOB", "weight": "-3"}, "weight"),
        ({"category": "MOB", "weight": "0"}, "weight"),
        ({"category": "MOB", "weight": "999999999"}, "weight"),
        ({"category": "MOB"}, "weight"),
        ({"category": "NOPE", "weight": "3"}, "category"),
        ({"weight": "3"}, "category"),
        ({"category": "MOB", "bins": "2"}, "weight"),
        ({"category": "MOB", "weight": "3", "bins": "2", "container": "caisse"}, "weight"),
        ({"category": "MOB", "bins": "0", "container": "caisse"}, "bins"),
        ({"category": "MOB", "weight": "3", "container": "nope"}, "container"),
    ],
)
def test_a_bad_line_keeps_what_was_typed_and_writes_nothing(world, browser, stocked, line, field):
    response = browser().post(
        "/departs/nouveau/", departure(line, carrier="Durand & fils", fate="energy")
    )

    assert response.status_code == 422
    assert list(response.context["lines"].errors[0]) == [field]
    page = text(response)
    assert f'href="#id_lines-0-{field}"' in page
    assert "Durand &amp; fils" in page
    assert not Shipment.objects.exists()


def test_a_departure_without_fate_or_lines_is_refused(world, browser):
    response = browser().post("/departs/nouveau/", departure(fate=""))
    assert list(response.context["form"].errors) == ["fate"]

    response = browser().post("/departs/nouveau/", departure())
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["no_lines"]
    assert not Movement.objects.exists()


def test_more_lines_are_given_without_a_script_and_nothing_is_recorded(world, browser, stocked):
    data = departure({"category": "MOB", "weight": "3"}, fate="", more="1", carrier="Durand")

    response = browser().post("/departs/nouveau/", data)

    assert len(response.context["lines"].forms) == 3 + 5
    page = text(response)
    assert 'value="3"' in page
    assert 'value="Durand"' in page
    assert "Rien n" not in page
    assert "Nothing was saved" not in page
    assert not Shipment.objects.exists()


def test_a_line_above_100_t_is_a_slip_of_the_key(world, browser, stocked):
    data = departure({"category": "MOB", "weight": "100000,001"})

    lines = browser().post("/departs/nouveau/", data).context["lines"]

    [refusal] = lines.forms[0].errors.as_data()["weight"]
    assert refusal.code == "weight_out_of_range"
    assert not Shipment.objects.exists()


def test_a_number_of_lines_with_5000_digits_adds_none(world, browser, stocked):
    data = departure(more="1") | {"lines-TOTAL_FORMS": "9" * 5_000}

    response = browser().post("/departs/nouveau/", data)

    assert response.status_code < 500
    assert not Shipment.objects.exists()


def test_only_those_who_may_backdate_are_asked_for_the_day(world, browser, stocked):
    last_week = timezone.localdate() - timedelta(days=7)
    data = departure({"category": "MOB", "weight": "3"}, day=last_week.isoformat())

    assert 'name="day"' not in text(browser(world.sorter).get("/departs/nouveau/"))
    browser(world.sorter).post("/departs/nouveau/", data)
    assert Movement.objects.get(verb=Verb.SHIP).business_date == timezone.localdate()

    browser(world.manager).post("/departs/nouveau/", {**data, "id": str(uuid4())})
    assert Movement.objects.filter(verb=Verb.SHIP, business_date=last_week).count() == 1


def test_a_day_to_come_is_refused(world, browser, stocked):
    tomorrow = timezone.localdate() + timedelta(days=2)

    response = browser().post(
        "/departs/nouveau/",
        departure({"category": "MOB", "weight": "3"}, day=tomorrow.isoformat()),
    )

    assert response.context["form"].errors.as_data()["day"][0].code == "bad_day"


def test_the_public_takes_what_has_no_partner(world, browser, stocked):
    browser().post(
        "/departs/nouveau/",
        departure({"category": "MOB", "weight": "3"}, fate="reuse", partner=""),
    )

    assert Shipment.objects.get().partner is None


def test_a_site_with_several_places_asks_where_it_is_taken_from(world, browser, stocked):
    assert "lines-0-place" not in text(browser().get("/departs/nouveau/"))
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.create(site=world.canal, code="atelier", name="Atelier")

    browser().post(
        "/departs/nouveau/?site=canal",
        departure({"category": "MOB", "weight": "3", "place": "atelier"}),
    )

    flow = Flow.objects.get(movement__verb=Verb.SHIP)
    assert flow.from_account.place.code == "atelier"


def test_one_ships_only_from_sites_where_one_may(world, browser):
    assert browser(world.sorter).get("/departs/nouveau/?site=gare").status_code == 403
    assert browser(world.sorter).get("/departs/nouveau/?site=quai").status_code == 404
    assert browser(world.anna).get("/departs/nouveau/?site=gare").status_code == 200
    assert browser(world.cashier).get("/departs/nouveau/").status_code == 403
    assert Client().get("/departs/nouveau/").url.startswith("/connexion/")


def test_the_list_shows_departures_newest_first_and_their_state(world, browser, stocked, entry):
    shipped(entry, partner=gebetex(world))
    confirmed = shipped(entry, fate=Kind.ENERGY, is_estimated=True)
    services.confirm_weights(
        entry=entry(Verb.REVERSE), shipment=confirmed, weights={category("MOB"): 90_500}
    )
    cancelled = shipped(entry, fate=Kind.DISPOSAL)
    services.cancel(entry=entry(Verb.REVERSE), movement=cancelled.movement)

    response = browser(world.sorter).get("/departs/")

    states = [(s.movement.number, s.state, s.weight_g) for s in response.context["shipments"]]
    assert states == [
        ("DE-canal-4", "cancelled", 100_000),
        ("DE-canal-2", "confirmed", 90_500),
        ("DE-canal-1", "recorded", 100_000),
    ]
    page = text(response)
    assert "Gebetex" in page
    assert "90,5" in page
    assert 'data-fate="energy"' in page


def test_a_departure_whose_confirmed_weights_are_cancelled_is_cancelled(
    world, browser, stocked, entry
):
    shipment = shipped(entry, partner=gebetex(world), is_estimated=True)
    confirmed = services.confirm_weights(
        entry=entry(Verb.REVERSE), shipment=shipment, weights={category("MOB"): 90_500}
    )
    services.cancel(entry=entry(Verb.REVERSE), movement=confirmed.movement)

    [listed] = browser(world.sorter).get("/departs/").context["shipments"]

    assert listed.state == "cancelled"


def test_the_list_is_filtered_and_hides_other_sites_and_structures(world, browser, entry):
    ours = shipped(entry)
    there = shipped(entry, site=world.gare, fate=Kind.REUSE)
    shipped(entry, site=world.quai)

    def numbers(user, query=""):
        context = browser(user).get(f"/departs/{query}").context
        return [shipment.movement.number for shipment in context["shipments"]]

    assert numbers(world.anna) == [there.movement.number, ours.movement.number]
    assert numbers(world.anna, "?site=gare") == [there.movement.number]
    assert numbers(world.anna, "?fate=recycling") == [ours.movement.number]
    assert numbers(world.anna, "?from=2001-01-01&to=2001-12-31") == []
    assert numbers(world.sorter) == [ours.movement.number]
    assert numbers(world.paul) == ["DE-quai-1"]


def test_a_long_list_is_paged_with_few_queries(
    world, browser, entry, django_assert_max_num_queries
):
    for _number in range(53):
        shipped(entry, weight_g=1_000)
    client = browser()

    with django_assert_max_num_queries(8):
        first = client.get("/departs/?site=canal")
    second = client.get(f"/departs/?{first.context['older']}")

    assert len(first.context["shipments"]) == 50
    assert [s.movement.number for s in second.context["shipments"]] == [
        "DE-canal-3",
        "DE-canal-2",
        "DE-canal-1",
    ]
    assert second.context["older"] == ""


def test_the_form_opens_with_few_queries(world, browser, stocked, django_assert_max_num_queries):
    client = browser()
    with django_assert_max_num_queries(17):  # éco-organismes among what is offered
        client.get("/departs/nouveau/?site=canal")


def test_an_empty_list_says_what_to_do(world, browser):
    assert 'href="/departs/nouveau/"' in text(browser(world.sorter).get("/departs/"))
    assert 'href="/departs/nouveau/"' not in text(browser(world.auditor).get("/departs/"))

"""The home page, as each of us finds it in the morning."""

import pytest
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry
from inventory.models import Category, Kind, Verb
from inventory.services import Departure, StockLine


@pytest.fixture
def home(client):
    def open_as(user):
        client.force_login(user)
        return client.get("/")

    return open_as


def ship(world, submission, weight_g):
    entry = Entry(world.canal, Verb.SHIP, submission(), world.anna, timezone.now())
    line = StockLine(Category.objects.get(code="TEX"), weight_g)
    services.ship(entry=entry, departure=Departure(Kind.REUSE), lines=[line])


def test_a_director_sees_the_year_and_what_is_below_zero(home, world, submission):
    ship(world, submission, 4_321)

    page = home(world.anna)

    assert page.context["figures"]["reuse_g"] == 4_321
    assert [case["weight_g"] for case in page.context["todo"]] == [-4_321]
    assert [half["total_g"] for half in page.context["week"]] == [0, 4_321]


def test_a_sorter_sees_the_doors_and_no_figures(home, world):
    page = home(world.sorter)

    assert "figures" not in page.context
    assert [door.url for door in page.context["nav"]] == ["home", "weigh", "shipments", "stock"]


def test_a_new_structure_is_told_that_nothing_has_left_yet(home, world):
    assert home(world.anna).context["figures"]["shares"] is None


def test_the_home_page_takes_few_queries(client, world, django_assert_max_num_queries):
    client.force_login(world.anna)
    with django_assert_max_num_queries(34):
        client.get("/")


def test_a_stranger_is_asked_who_they_are(client, db):
    assert client.get("/").url == "/connexion/?next=/"


def test_english_is_a_choice_of_the_reader_not_of_the_tablet(client, world):
    client.force_login(world.sorter)
    assert client.get("/", headers={"accept-language": "en"}).headers["Content-Language"] == "fr"
    client.post("/langue/", {"language": "en", "next": "/"})
    assert client.get("/").headers["Content-Language"] == "en"

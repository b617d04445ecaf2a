"""The figures over HTTP: who may ask for what, and what a wrong question answers."""

import pytest

from organisation.models import Network
from tests.conftest import codes

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


@pytest.fixture
def collected(world, books):
    for site, grams in ((world.canal, 1_000), (world.gare, 200), (world.quai, 30)):
        there = books.at(site)
        books.book(there.drop_off, there.bulk, "TEX", grams)


def ask(api, user, **query):
    return api(user).get("reporting/diversion", **{**YEAR, **query})


def test_all_sites_that_one_may_read_are_added_up(world, api, collected):
    everywhere = ask(api, world.anna).json()
    one_site = ask(api, world.director).json()
    assert everywhere["collected_g"] == 1_200
    assert everywhere["scope"] == {"organisation": "navette", "sites": ["canal", "gare"]}
    assert everywhere["period"] == {"from": "2026-01-01", "to": "2026-12-31"}
    assert one_site["scope"]["sites"] == ["canal"]


def test_sites_may_be_chosen_one_by_one(world, api, collected):
    assert ask(api, world.anna, site="gare").json()["collected_g"] == 200
    both = ask(api, world.anna, site=["gare", "canal", "gare"]).json()
    assert both["collected_g"] == 1_200
    assert both["scope"]["sites"] == ["canal", "gare"]
    assert ask(api, world.anna, organisation="navette").json()["collected_g"] == 1_200


@pytest.mark.parametrize(
    ("who", "query", "status", "code"),
    [
        ("anna", {"site": "quai"}, 404, "unknown_site"),
        ("anna", {"site": ["canal", "nowhere"]}, 404, "unknown_site"),
        ("director", {"site": "gare"}, 403, "forbidden"),
        ("director", {"organisation": "navette"}, 403, "forbidden"),
        ("anna", {"organisation": "port"}, 404, "unknown_organisation"),
        ("anna", {"network": "idf"}, 404, "unknown_network"),
        ("anna", {"category": "NONE"}, 404, "unknown_category"),
        ("sorter", {}, 403, "forbidden"),
        ("anna", {"sites": "canal"}, 422, "extra_forbidden"),
        ("anna", {"from": "2027-01-01"}, 422, "period_reversed"),
        ("anna", {"from": "1999-12-31"}, 422, "greater_than_equal"),
        ("anna", {"to": "2100-01-02"}, 422, "less_than_equal"),
        ("anna", {"from": "01/01/2026"}, 422, "date_parsing"),
        ("anna", {"from": "1767225600"}, 422, "date_parsing"),
        ("anna", {"to": "2026-02-30"}, 422, "date_parsing"),
        ("anna", {"site": ["canal"], "network": "idf"}, 404, "unknown_network"),
    ],
)
def test_what_one_may_not_ask_is_refused_with_a_code(world, api, who, query, status, code):
    Network.objects.create(code="idf", name="Île-de-France").members.add(world.navette)
    answer = ask(api, world.people[who], **query)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert answer.json()["detail"][0]["msg"]


def test_the_end_of_the_calendar_is_refused_and_a_century_is_answered(world, api, collected):
    beyond = {"from": "9999-01-01", "to": "9999-12-31"}
    for figures in ("diversion", "flows"):
        answer = api(world.anna).get(f"reporting/{figures}", **beyond)
        assert (answer.status_code, codes(answer)) == (422, ["less_than_equal"] * 2)
    widest = ask(api, world.anna, **{"from": "2000-01-01", "to": "2100-01-01"})
    assert widest.json()["collected_g"] == 1_200


def test_a_period_and_a_caller_are_needed(world, api):
    assert codes(api(world.anna).get("reporting/diversion")) == ["missing", "missing"]
    assert api(None).get("reporting/diversion", **YEAR).status_code == 401


def test_a_network_is_read_by_its_readers_as_one(world, api, collected):
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])
    network.readers.add(world.anna)

    answer = ask(api, world.anna, network="idf").json()

    assert answer["collected_g"] == 1_230
    assert answer["scope"] == {
        "organisation": None,
        "network": "idf",
        "sites": ["canal", "gare", "quai"],
    }
    assert ask(api, world.paul, network="idf").status_code == 404


@pytest.mark.parametrize(
    "more", [{"site": "canal"}, {"organisation": "navette"}, {"site": ["canal"], "category": "TEX"}]
)
@pytest.mark.parametrize("figures", ["diversion", "flows"])
def test_a_network_goes_with_no_other_scope(world, api, collected, figures, more):
    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])
    network.readers.add(world.anna)

    answer = api(world.anna).get(f"reporting/{figures}", **YEAR, network="idf", **more)

    assert (answer.status_code, codes(answer)) == (422, ["scope_twice"])
    assert answer.json()["detail"][0]["msg"].startswith("Nommez")


def test_sites_go_with_their_structure_and_no_other(world, api, collected):
    theirs = ask(api, world.anna, site="gare", organisation="navette")
    assert theirs.json()["collected_g"] == 200
    for scope in ({"site": "quai", "organisation": "navette"}, {"organisation": "port"}):
        assert ask(api, world.anna, **scope).status_code == 404


def test_a_category_covers_what_is_below_it(world, api, books, collected):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 70)
    assert ask(api, world.anna, category="MOB").json()["collected_g"] == 70
    assert ask(api, world.anna, category="MOB.CHAI").json()["collected_g"] == 70
    assert ask(api, world.anna, category="TEX").json()["collected_g"] == 1_200

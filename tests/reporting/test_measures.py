"""The indicators of the list: amounts by their dimensions, and what is refused."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.models import Method
from organisation.models import Network
from reporting.indicators import ALL, Reading, diversion
from reporting.periods import Period
from reporting.scopes import Scope

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def told(code, *sites, by=(), period=YEAR, scope=None):
    """Key → amount, of one indicator."""
    with transaction.atomic(using="report"):
        values = ALL[code].values(Reading(scope or Scope.of_sites(sites), period), by)
    return {value.key: value.amount for value in values}


@pytest.fixture
def year(world, books):
    canal, gare = books.at(world.canal), books.at(world.gare)
    books.book(canal.opening, canal.bulk, "DIV.VRAC", 3_000, "2025-12-31")
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 10_000)
    books.book(canal.home_pickup, canal.bulk, "VAI", 4_000, method=Method.ESTIMATED)
    books.book(gare.drop_off, gare.bulk, "VAI", 1_000)
    books.book(canal.bulk, canal.reuse, "MOB.CHAI", 5_700)
    books.book(canal.bulk, canal.recycling, "MOB.CHAI", 3_000)
    books.book(canal.bulk, canal.other_recovery, "VAI", 400)
    books.book(canal.bulk, canal.energy, "VAI", 200)
    books.book(canal.bulk, canal.disposal, "VAI", 700)
    books.book(gare.bulk, gare.reuse, "VAI", 500)
    return world


def test_masses_are_those_of_the_balance(year):
    answer = diversion(scope=Scope.of_sites([year.canal, year.gare]), period=YEAR)

    for code, names in {
        "collected": ["collected_g"],
        "reused": ["reuse_g"],
        "recycled": ["recycling_g", "other_recovery_g"],
        "energy": ["energy_g"],
        "disposed": ["disposal_g"],
        "stock": ["closing_stock_g"],
    }.items():
        assert told(code, year.canal, year.gare) == {(): sum(answer[name] for name in names)}, code
    grown_g = answer["closing_stock_g"] - answer["opening_stock_g"]
    assert told("stock_change", year.canal, year.gare) == {(): grown_g}


def test_a_mass_is_told_by_one_dimension_or_two(year):
    assert told("collected", year.canal, year.gare, by=("mode",)) == {
        ("drop_off",): 11_000,
        ("home_pickup",): 4_000,
    }
    assert told("collected", year.canal, year.gare, by=("category", "site")) == {
        ("MOB", "canal"): 10_000,
        ("VAI", "canal"): 4_000,
        ("VAI", "gare"): 1_000,
    }
    assert told("reused", year.canal, year.gare, by=("channel",)) == {("given",): 6_200}


def test_rates_are_those_of_the_balance_and_of_each_part(year):
    assert told("recovery_rate", year.canal) == {(): "91.0"}
    assert told("reuse_rate", year.canal) == {(): "57.0"}
    assert told("recycling_rate", year.canal) == {(): "34.0"}
    assert told("reuse_of_collected", year.canal) == {(): "40.7"}
    assert told("reuse_rate", year.canal, year.gare, by=("site",)) == {
        ("canal",): "57.0",
        ("gare",): "100.0",
    }


def test_an_empty_year_has_masses_of_zero_and_no_rate(world):
    assert told("collected", world.canal) == {(): 0}
    assert told("recovery_rate", world.canal) == {(): None}
    assert told("quality", world.canal) == {(): None}
    assert told("collected", world.canal, by=("mode",)) == {}


def test_stock_and_its_change_are_told_by_category(year):
    assert told("stock", year.canal, by=("category",)) == {
        ("DIV",): 3_000,
        ("MOB",): 1_300,
        ("VAI",): 2_700,
    }
    assert told("stock_change", year.canal, by=("category",)) == {
        ("DIV",): 0,
        ("MOB",): 1_300,
        ("VAI",): 2_700,
    }


def test_quality_says_how_much_was_weighed_and_how_the_rest_is_known(year):
    assert told("quality", year.canal) == {(): 83}
    assert told("quality", year.canal, by=("method",)) == {
        ("weighed",): 83,
        ("estimated",): 17,
        ("unit_average",): 0,
        ("by_balance",): 0,
    }
    assert told("quality", year.canal, by=("category", "method"))["VAI", "estimated"] == 75


def test_what_an_indicator_is_not_told_by_is_refused(year):
    with pytest.raises(ValidationError) as refusal:
        told("stock", year.canal, by=("partner",))
    assert refusal.value.code == "unknown_dimension"


def test_a_network_does_not_tell_its_members_partners(year):
    network = Network.objects.create(code="reseau", name="Réseau")
    network.members.add(year.navette)
    with pytest.raises(ValidationError) as refusal:
        told("reused", by=("partner",), scope=Scope.of_network(network))
    assert refusal.value.code == "not_for_networks"


def test_the_api_lists_indicators_and_tells_their_amounts(year, client):
    client.force_login(year.anna)
    listed = client.get("/api/v1/reporting/indicators").json()["items"]
    assert [row["code"] for row in listed] == list(ALL)
    assert listed[0]["unit"] == "g"

    asked = "from=2026-01-01&to=2026-12-31&site=canal&indicator=collected&by=mode"
    answer = client.get(f"/api/v1/reporting/values?{asked}").json()
    assert [(row["key"], row["amount"]) for row in answer["items"]] == [
        (["drop_off"], 10_000),
        (["home_pickup"], 4_000),
    ]
    assert client.get(f"/api/v1/reporting/values?{asked},partner").status_code == 422
    refused = client.get("/api/v1/reporting/values?from=2026-01-01&to=2026-12-31&indicator=x")
    assert refused.json()["detail"][0]["type"] == "unknown_indicator"

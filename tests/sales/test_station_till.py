"""The till of a tablet: where its door leads, and what its page is given to sell."""

import pytest

from inventory.models import Category
from organisation.models import Station
from organisation.services import invite, pair
from organisation.stations import COOKIE
from sales.models import Nature, PriceKey
from tests.sales.pages import key
from tests.tills import open_till


@pytest.fixture
def tablet(client, world):
    """A tablet of canal, where the cashier stands; whoever signs in with a password may too."""
    _station, secret = pair(code=invite(station=Station(site=world.canal, name="Caisse A")))
    client.cookies[COOKIE] = secret
    client.force_login(world.cashier)
    return client


def test_the_home_of_a_tablet_leads_to_its_own_till_and_a_desk_to_the_servers(
    client, world, tablet
):
    doors = [door.url for door in tablet.get("/").context["doors"]]
    assert "station-till" in doors
    assert "checkout" not in doors
    del tablet.cookies[COOKIE]
    doors = [door.url for door in client.get("/").context["doors"]]
    assert "checkout" in doors
    assert "station-till" not in doors


def test_the_only_till_of_the_site_opens_at_once_and_several_are_offered(world, tablet):
    open_till(world.canal)
    assert tablet.get("/encaisser/").headers["Location"] == "/encaisser/C1/"
    open_till(world.canal, "C2", "Caisse 2")
    page = tablet.get("/encaisser/").content.decode()
    assert 'href="/encaisser/C1/"' in page
    assert 'href="/encaisser/C2/"' in page


def test_a_tablet_is_offered_the_tills_of_its_own_site_alone(world, tablet):
    open_till(world.canal)
    open_till(world.gare, "G1", "Gare 1")
    tablet.force_login(world.anna)  # she directs every site
    assert tablet.get("/encaisser/").headers["Location"] == "/encaisser/C1/"


def test_the_page_is_given_the_grid_without_vouchers_and_says_nothing_of_anybody(world, tablet):
    open_till(world.canal)
    key(world.canal, "assiette", Category.objects.get(code="VAI"), 50)
    for code, nature in (
        ("carte", Nature.MEMBERSHIP),
        ("bon", Nature.VOUCHER),
        ("acompte", Nature.DEPOSIT),
    ):
        PriceKey.objects.create(
            organisation=world.navette,
            site=world.canal,
            code=code,
            name_fr=code,
            nature=nature,
            price_cents=1_000,
        )
    answer = tablet.get("/encaisser/C1/")
    station = answer.context["station"]
    found = [(each["code"], each["category"], each["mode"]) for each in station["keys"]]
    assert sorted(found) == [("assiette", "VAI", "fixed"), ("carte", None, "fixed")]
    assert [method["code"] for method in station["methods"]] == [
        "cash",
        "card",
        "cheque",
        "local_currency",
    ]
    assert station["screens"][-1] == {"path": "/encaisser/C1/", "act": "sell"}
    assert "Cashier" not in answer.content.decode()

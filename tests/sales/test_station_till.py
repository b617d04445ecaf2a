"""The till of a tablet: where its door leads, and what its page is given to sell."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Category, DotCalendar
from organisation.models import Station
from organisation.services import invite, pair
from organisation.stations import COOKIE
from sales.models import Nature, PriceKey, Reduction, VoucherIssuer
from sales.receipt import GUARANTEED
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


def test_the_page_is_given_what_the_coming_days_take_off(world, tablet):
    open_till(world.canal)
    today = world.canal.business_date(timezone.now())
    tomorrow = today + timedelta(days=1)
    mine = {"organisation": world.navette, "site": world.canal, "percent": 20}
    furniture = Category.objects.get(code="MOB")
    Reduction.objects.create(**mine, code="a", name="Meubles", category=furniture)
    Reduction.objects.create(**mine, code="b", name="Demain", first_day=tomorrow)
    Reduction.objects.create(**mine, code="c", name="Passé", last_day=today - timedelta(days=3))
    DotCalendar.objects.create(
        organisation=world.navette,
        first_day=today - timedelta(weeks=1),
        colours=["yellow", "blue", "red"],
        steps=[[1, 0], [1, 25]],
    )
    told = tablet.get("/encaisser/C1/").context["station"]["daily"]
    furnished, next_day = told["rules"]
    assert {"MOB", "MOB.CHAI"} <= set(furnished["categories"])
    assert today.isoformat() in furnished["days"]
    assert (next_day["categories"], next_day["weeks"]) == (None, None)
    assert next_day["days"][0] == tomorrow.isoformat()
    [dot] = told["dots"][today.isoformat()]
    assert (dot["colour"], dot["percent"], dot["reason"]) == ("yellow", 25, "Pastille jaune")


def test_vouchers_of_issuers_are_a_means_of_payment_where_there_are_issuers(world, tablet):
    open_till(world.canal)
    VoucherIssuer.objects.create(organisation=world.navette, code="ccas", name="CCAS de Pantin")
    VoucherIssuer.objects.create(
        organisation=world.navette, code="old", name="Fini", is_active=False
    )
    station = tablet.get("/encaisser/C1/").context["station"]
    assert station["methods"][-1]["code"] == "voucher"
    assert station["issuers"] == [{"code": "ccas", "name": "CCAS de Pantin"}]


def test_the_page_knows_which_goods_have_a_ticket_with_the_guarantee(world, tablet):
    open_till(world.canal)
    page = tablet.get("/encaisser/C1/")
    found = Category.objects.filter(code__in=page.context["station"]["guaranteed"])
    assert found
    assert all(row.stream.code.startswith(GUARANTEED) for row in found)
    assert "deux ans" in page.content.decode()

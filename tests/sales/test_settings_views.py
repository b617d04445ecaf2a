"""The shop's lists in the settings: tills and the price grid of each site."""

import pytest

from inventory.models import Place
from sales import services
from sales.models import Method, PriceKey, Till
from sales.services import Paid, Wanted
from tests.inventory.pages import text
from tests.sales.conftest import category
from tests.sales.pages import key

pytestmark = pytest.mark.database
NEW = "/reglages/sites/canal/prix/nouveau/"


def errors(response) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in each] for name, each in found.items()}


def price(**fields) -> dict[str, str]:
    return {"name_fr": "T-shirt", "category": "TEX", "position": "0", **fields}


def test_the_settings_lead_to_both_lists(browser, world):
    page = text(browser(world.manager).get("/reglages/"))
    assert 'href="/reglages/caisses/"' in page
    assert 'href="/reglages/prix/"' in page


def test_one_site_is_opened_at_once_and_several_are_offered(browser, world):
    own = browser(world.manager)
    assert own.get("/reglages/caisses/").url == "/reglages/sites/canal/caisses/"
    page = text(browser(world.anna).get("/reglages/prix/"))
    assert 'href="/reglages/sites/canal/prix/"' in page
    assert 'href="/reglages/sites/gare/prix/"' in page
    assert "quai" not in page


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12,50", 1_250), ("12.5", 1_250), ("1 234,50", 123_450), ("0", 0), ("", None)],
)
def test_a_price_is_typed_in_euros_and_empty_is_free(browser, world, typed, cents):
    browser(world.manager).post(NEW, price(price_cents=typed))

    found = PriceKey.objects.get(site=world.canal)
    assert (found.price_cents, found.code, found.category.code) == (cents, "t-shirt", "TEX")
    assert found.organisation == world.navette


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"price_cents": "douze"}, {"price_cents": ["bad_price"]}),
        ({"price_cents": "1,234"}, {"price_cents": ["bad_price"]}),
        ({"price_cents": "100001"}, {"price_cents": ["price_out_of_range"]}),
        ({"category": ""}, {"category": ["category_missing"]}),
        ({"nature": "gift"}, {"nature": ["not_an_object"]}),
        ({"is_per_kg": "on"}, {"price_cents": ["price_missing"]}),
        ({"is_free": "on", "price_cents": "2"}, {"is_free": ["priced_twice"]}),
        ({"category": "NOPE"}, {"category": ["invalid_choice"]}),
        ({"name_fr": ""}, {"name_fr": ["required"], "code": ["blank"]}),
        ({"code": "a b"}, {"code": ["bad_code"]}),
    ],
)
def test_a_price_that_makes_no_sense_stays_on_the_page(browser, world, fields, wrong):
    response = browser(world.manager).post(NEW, price(**fields))

    assert errors(response).items() >= {k: v for k, v in wrong.items() if k != "code"}.items()
    assert not PriceKey.objects.exists()


def test_the_history_of_a_price_is_told_in_euros(browser, world, counter):
    client, address = browser(world.manager), "/reglages/sites/canal/prix/assiette/"
    client.post(address, price(name_fr="Assiette", category="VAI", price_cents="1"))

    change = client.get(address).context["changes"][0]

    assert change.by == "Manager"
    assert ("0,50", "1,00") in [(before, after) for _label, before, after in change.lines]


def test_saving_a_price_as_it_was_leaves_no_trace(browser, world, counter):
    client, address = browser(world.manager), "/reglages/sites/canal/prix/assiette/"
    same = price(name_fr="Assiette", category="VAI", price_cents="0,5")
    assert client.post(address, same).status_code == 302
    assert counter.assiette.history.count() == 1


def test_what_was_sold_is_set_aside_and_never_deleted(browser, world, counter, entry):
    services.record_sale(
        entry=entry("sell"),
        till=counter.till,
        lines=[Wanted(key=counter.assiette)],
        payments=[Paid(Method.CASH, 50)],
    )
    client, address = browser(world.manager), "/reglages/sites/canal/prix/assiette/"
    assert client.get(address).context["may_delete"] is False

    client.post(address, {"do": "offer"})

    counter.assiette.refresh_from_db()
    assert counter.assiette.is_active is False


def test_the_page_of_a_price_tells_what_such_things_sold_for(browser, world, counter, entry):
    client, address = browser(world.manager), "/reglages/sites/canal/prix/assiette/"
    assert client.get(address).context["prices"].median_cents is None
    for cents in (50, 50, 100, 200, 400):
        services.record_sale(
            entry=entry("sell"),
            till=counter.till,
            lines=[Wanted(key=counter.assiette, price_cents=cents)],
            payments=[Paid(Method.CASH, cents)],
        )

    page = client.get(address)

    assert page.context["prices"].median_cents == 100
    assert "1,00 €" in text(page)
    assert "prices" not in client.get(NEW).context


def test_a_till_is_made_and_sells_from_the_place_that_was_chosen(browser, world, counter):
    client, new = browser(world.manager), "/reglages/sites/canal/caisses/nouveau/"
    assert "place" not in client.get(new).context["form"].fields
    world.canal.tracks_places = True
    world.canal.save()
    shelf = Place.objects.create(site=world.canal, code="boutique", name="Boutique")
    elsewhere = Place.objects.create(site=world.gare, code="loin", name="Loin")

    refused = client.post(new, {"name": "Fond", "position": "1", "place": elsewhere.pk})
    client.post(new, {"name": "Fond", "position": "1", "place": shelf.pk})

    assert errors(refused) == {"place": ["invalid_choice"]}
    till = Till.objects.get(code="fond")
    assert (till.place, till.site, till.organisation) == (shelf, world.canal, world.navette)


@pytest.mark.parametrize("code", ["tickets", "prix", "nouveau", "C1"])
def test_a_till_takes_no_code_that_leads_elsewhere_or_is_taken(browser, world, counter, code):
    response = browser(world.manager).post(
        "/reglages/sites/canal/caisses/nouveau/", {"name": "X", "code": code, "position": "0"}
    )
    assert errors(response) == {"code": ["code_taken"]}
    assert Till.objects.count() == 1


def test_each_site_has_its_own_list_and_the_floor_changes_none(browser, world, counter):
    key(world.gare, "lampe", category("PEM"), 500)
    anna = browser(world.anna)
    assert "lampe" not in text(anna.get("/reglages/sites/canal/prix/"))
    assert anna.get("/reglages/sites/canal/prix/lampe/").status_code == 404
    for name in ("sorter", "cashier", "auditor"):
        client = browser(world.people[name])
        for path in ("prix/", "prix/assiette/", "caisses/", "caisses/C1/"):
            assert client.get(f"/reglages/sites/canal/{path}").status_code == 403
    assert browser(world.paul).get("/reglages/sites/canal/prix/").status_code == 404

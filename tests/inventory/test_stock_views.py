"""The stock, opening stock and moves as pages."""

from datetime import timedelta

from django.utils import timezone

from inventory import services
from inventory.codes import new_code
from inventory.ledger import Leg, post
from inventory.models import (
    Account,
    Category,
    Flow,
    Item,
    Method,
    Movement,
    Place,
    Verb,
)
from inventory.services import Draft, StockLine
from tests.conftest import NOON
from tests.inventory.pages import (
    category,
    departure,
    opening,
    several_places,
    shipped,
    text,
)


def labelled(entry, day=None) -> Item:
    """A chair of 4.2 kg with a label at Canal."""
    draft = Draft(category("MOB.CHAI"), 4_200)
    [made] = services.label(entry=entry(Verb.LABEL, day=day), place=None, drafts=[draft])
    found = Item.objects.select_related("account", "category").get(pk=made.pk)
    found.own_code = made.own_code
    return found


def cells(response) -> dict[str, int]:
    """Category name → grams, of the stock table's top rows."""
    return {row.category.code: row.weight_g for row in response.context["rows"] if row.is_top}


def test_stock_is_shown_by_category_with_its_total(world, browser, stocked):
    response = browser(world.cashier).get("/stock/")

    assert cells(response) == {"MOB": 700_000}
    assert [row.weight_g for row in response.context["rows"]] == [700_000, 500_000, 200_000]
    assert response.context["total"].weight_g == 700_000
    page = text(response)
    assert "700,0" in page
    assert "0,7 t" in page


def test_stock_tells_bulk_from_labelled_objects(world, browser, stocked, entry):
    place, chair = Place.objects.main(world.canal), category("MOB.CHAI")
    item = Item.objects.create(category=chair, weight_g=4_200, since=NOON.date())
    bulk, labelled = Account.stock(place), Account.stock(place, items=True)
    leg = Leg(bulk, labelled, chair, 4_200, Method.WEIGHED, units=1, item=item)
    post(entry=entry(Verb.LABEL), legs=[leg])

    response = browser().get("/stock/?site=canal")

    assert response.context["rows"][0].listed == [695_800, 4_200]
    assert response.context["total"].items == 1


def test_stock_without_labelled_objects_has_no_column_for_them(world, browser, stocked, entry):
    without = browser(world.anna).get("/stock/")
    labelled(entry)
    beside = browser(world.anna).get("/stock/")

    assert without.context["rows"][0].listed == []
    assert "Étiqueté, kg" not in text(without)
    assert beside.context["rows"][0].listed == [695_800, 4_200]
    assert "Étiqueté, kg" in text(beside)


def test_stock_is_shown_by_place_where_the_site_keeps_several(world, browser, stocked, entry):
    workshop = several_places(world.canal)
    services.move(
        entry=entry(Verb.MOVE), to_place=workshop, lines=[StockLine(category("MOB"), 30_000)]
    )

    everywhere = browser().get("/stock/?site=canal")
    there = browser().get("/stock/?site=canal&place=atelier")

    assert everywhere.context["rows"][0].listed == [670_000, 30_000]
    assert cells(there) == {"MOB": 30_000}
    assert browser().get("/stock/?site=canal&place=nulle-part").status_code == 404


def test_stock_below_zero_is_red_and_offers_remedies(world, browser, entry):
    shipped(entry, weight_g=38_200)

    page = text(browser(world.manager).get("/stock/"))

    assert "\u221238,2" in page
    assert 'class="sub neg"' in page
    assert "/stock/inventaire/?site=canal&amp;category=MOB" in page
    assert "/stock/solde/?site=canal" in page
    assert "/stock/inventaire/" not in text(browser(world.cashier).get("/stock/"))


def test_bulk_below_zero_is_told_beside_objects_that_hide_it(world, browser, stocked, entry):
    workshop = several_places(world.canal)
    chair = labelled(entry)
    services.move(entry=entry(Verb.MOVE), to_place=workshop, lines=[StockLine(item=chair)])
    shipped(entry, weight_g=698_000)  # with the chair's 4.2 kg, 2.2 kg more than was in bulk
    page = text(browser(world.manager).get("/stock/?site=canal"))
    assert 'class="sub neg"' in page
    assert "en vrac : \u22122,2 kg" in page


def test_each_category_tells_since_when_its_oldest_object_is_there(world, browser, stocked, entry):
    today = world.canal.business_date(timezone.now())
    for weeks in (3, 10):
        labelled(entry, day=today - timedelta(weeks=weeks))
    top, *_under = browser().get("/stock/?site=canal").context["rows"]
    assert (top.items, top.oldest) == (2, today - timedelta(weeks=10))


def test_an_empty_stock_says_what_to_do(world, browser):
    assert "/stock/depart/?site=canal" in text(browser(world.manager).get("/stock/"))
    assert "/peser/canal/" in text(browser(world.sorter).get("/stock/"))


def test_stock_is_read_in_few_queries(world, browser, entry, django_assert_max_num_queries):
    lines = [StockLine(leaf, 1_000) for leaf in Category.objects.filter(organisation=None)]
    services.open_stock(entry=entry(Verb.OPEN), lines=lines)
    client = browser()

    with django_assert_max_num_queries(14):
        client.get("/stock/?site=canal")


def test_each_sees_the_stock_of_ones_own_sites(world, browser):
    assert browser(world.sorter).get("/stock/?site=gare").status_code == 403
    assert browser(world.paul).get("/stock/?site=canal").status_code == 404
    assert browser(world.anna).get("/stock/?site=gare").status_code == 200


def test_opening_stock_is_recorded_once_to_the_gram(world, browser):
    data = opening({"category": "TEX", "weight": "1 234,5", "estimated": "on"})

    first = browser(world.manager).post("/stock/depart/", data)
    second = browser(world.manager).post("/stock/depart/", data)

    assert first.url == second.url == "/d/ST-canal-1/"
    flow = Flow.objects.get()
    assert (flow.weight_g, flow.method, flow.from_account.kind) == (
        1_234_500,
        "estimated",
        "opening",
    )
    assert browser(world.sorter).get("/stock/depart/").status_code == 403


def test_bulk_is_moved_where_the_site_keeps_several_places(world, browser, stocked):
    data = opening({"category": "MOB", "weight": "30"}, to_place="atelier")
    assert browser().get("/stock/deplacement/?site=canal").status_code == 404
    several_places(world.canal)

    response = browser(world.sorter).post("/stock/deplacement/?site=canal", data)

    assert response.url == "/d/DP-canal-1/"
    flow = Flow.objects.get(movement__verb=Verb.MOVE)
    assert (flow.weight_g, flow.to_account.place.code) == (30_000, "atelier")


def test_objects_are_moved_and_shipped_by_their_codes(world, browser, stocked, entry):
    several_places(world.canal)
    codes = [labelled(entry).own_code for _n in range(3)]
    scanned = f"{codes[0]}\n{codes[1].lower()} {codes[1]}"  # twice by one scan too many
    moved = opening(to_place="atelier", items=scanned)
    assert browser().post("/stock/deplacement/?site=canal", moved).url == "/d/DP-canal-1/"
    where = dict(Item.objects.values_list("codes__code", "account__place__code"))
    assert where == {codes[0]: "atelier", codes[1]: "atelier", codes[2]: "principal"}

    gone = departure(items="\n".join(codes))
    assert browser().post("/departs/nouveau/?site=canal", gone).url == "/d/DE-canal-1/"
    assert {item.state for item in Item.objects.select_related("account")} == {Item.State.RECYCLED}


def test_a_code_that_is_wrong_or_unknown_moves_nothing(world, browser, stocked, entry):
    several_places(world.canal)
    code = labelled(entry).own_code
    for wrong, refusal in (("ABCDEF", "bad_code"), (new_code(), "unknown_item")):
        data = opening(to_place="atelier", items=f"{code} {wrong}")
        response = browser().post("/stock/deplacement/?site=canal", data)
        assert response.context["form"].has_error("items", refusal)
    assert not Movement.objects.filter(verb=Verb.MOVE).exists()


def test_a_move_to_where_it_is_already_is_refused(world, browser, stocked):
    several_places(world.canal)
    data = opening({"category": "MOB", "weight": "30", "place": "atelier"}, to_place="atelier")

    response = browser().post("/stock/deplacement/?site=canal", data)

    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["already_there"]
    assert not Movement.objects.filter(verb=Verb.MOVE).exists()

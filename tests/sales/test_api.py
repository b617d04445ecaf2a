"""Selling over HTTP: lines, payments, change, lots, discounts, refunds, and what weighs what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Flow, Item, Kind, Method, UnitWeight, Verb
from inventory.models.catalogue import Category
from organisation.models import Site
from sales.models import JournalEntry, PriceKey, Sale, SaleLine, Till
from tests.conftest import codes
from tests.inventory.test_api import out, stock
from tests.sales.pages import plan
from tests.tills import open_till

pytestmark = pytest.mark.database


@pytest.fixture
def shop(world, api):
    """Canal's till C1, its price grid, 100 kg of furniture and 50 kg of crockery in bulk."""
    till = open_till(world.canal)
    plates = Category.objects.get(code="VAI")
    for code, name, price in (("assiette", "Assiette", 50), ("libre", "Prix libre", None)):
        PriceKey.objects.create(
            organisation=world.navette,
            site=world.canal,
            code=code,
            name_fr=name,
            category=plates,
            price_cents=price,
        )
    lines = [{"category": "MOB", "weight_g": 100_000}, {"category": "VAI", "weight_g": 50_000}]
    api().post("inventory/opening-stock", site="canal", lines=lines)
    return till


@pytest.fixture
def sell(shop, api, world):
    """Sell at C1; payments are pairs of method and cents."""

    def send(*lines, paid=(("cash", 100_000),), by=None, **fields):
        payments = [{"method": method, "amount_cents": cents} for method, cents in paid]
        return api(by or world.cashier).post(
            "sales/sales", till="C1", lines=list(lines), payments=payments, **fields
        )

    return send


@pytest.fixture
def sold(sell, api):
    """The ticket of a sale that must be recorded; read back, it says the same."""

    def made(*lines, **more):
        response = sell(*lines, **more)
        assert response.status_code == 201, response.json()
        ticket = response.json()
        assert api().get(f"sales/sales/{ticket['id']}").json() == ticket
        return ticket

    return made


@pytest.fixture
def refund(api, world):
    def send(ticket, *lines, by=None, method="cash", reason="too small", till="C1"):
        listed = [{"line": line, "quantity": quantity} for line, quantity in lines]
        path = f"sales/sales/{ticket['id']}/refunds"
        return api(by or world.cashier).post(
            path, till=till, lines=listed, method=method, reason=reason
        )

    return send


@pytest.fixture
def chair(shop, api):
    made = api().post(
        "inventory/items",
        site="canal",
        category="MOB.CHAI",
        weight_g=4_200,
        title="Chaise bistrot",
        price_cents=1_500,
    )
    return made.json()["code"]


def plates(quantity=1, **more):
    return {"key": "assiette", "quantity": quantity, **more}


def mob(price_cents, **more):
    return {"category": "MOB", "price_cents": price_cents, **more}


# Money


def test_a_ticket_adds_up_its_lines_and_gives_change_from_cash(sold, chair):
    ticket = sold({"item": chair}, plates(3), mob(700, quantity=2), paid=[("cash", 5_000)])

    assert ticket["number"] == "VE-canal-1"
    assert [line["total_cents"] for line in ticket["lines"]] == [1_500, 150, 1_400]
    assert (ticket["total_cents"], ticket["change_cents"]) == (3_050, 1_950)
    assert ticket["hash"] == JournalEntry.objects.get(kind="sale").hash


def test_several_payments_share_a_ticket(sold):
    ticket = sold(mob(5_000), paid=[("voucher", 1_000), ("card", 2_500), ("cash", 2_000)])
    assert ticket["change_cents"] == 500
    assert [(p["method"], p["amount_cents"]) for p in ticket["payments"]] == [
        ("voucher", 1_000),
        ("card", 2_500),
        ("cash", 2_000),
    ]


@pytest.mark.parametrize(
    ("paid", "code"),
    [
        ([], "payments_do_not_cover"),
        ([("cash", 4_999)], "payments_do_not_cover"),
        ([("card", 2_000), ("cheque", 2_999)], "payments_do_not_cover"),
        ([("card", 5_001)], "change_without_cash"),
        ([("voucher", 6_000)], "change_without_cash"),
        ([("card", 5_000), ("cash", 500)], "change_without_cash"),  # nobody needs that cash
        ([("card", 6_000), ("cash", 500)], "change_without_cash"),
    ],
)
def test_payments_that_do_not_fit_are_refused(sell, paid, code):
    refused = sell(mob(5_000), paid=paid)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert not Sale.objects.exists()


def test_a_lot_has_one_price_whatever_it_holds(sold):
    [line] = sold(mob(1_000, quantity=12, lot=True, weight_g=6_000))["lines"]
    assert (line["quantity"], line["total_cents"], line["lot"]) == (12, 1_000, True)


@pytest.mark.parametrize(
    ("discount", "off_cents"),
    [
        ({"amount_cents": 200}, 200),
        ({"percent": 50}, 503),  # half of 10,05 € is 5,025 €: half up
        ({"percent": 100}, 1_005),
        ({"percent": 10}, 101),
    ],
)
def test_a_discount_takes_off_a_line_with_its_reason(sold, discount, off_cents):
    paid = [("cash", 2_000)] if off_cents < 1_005 else []
    [line] = sold(mob(335, quantity=3, discount={**discount, "reason": "éclat"}), paid=paid)[
        "lines"
    ]
    assert (line["discount_cents"], line["total_cents"]) == (off_cents, 1_005 - off_cents)
    assert line["discount_reason"] == "éclat"


def test_a_free_price_is_typed_and_may_be_nothing(sold, sell):
    assert codes(sell({"key": "libre"})) == ["price_missing"]
    assert sold({"key": "libre", "price_cents": 300})["total_cents"] == 300
    free = sold({"key": "libre", "price_cents": 0}, paid=[])
    assert (free["total_cents"], free["payments"]) == (0, [])


def test_an_item_without_price_is_sold_at_a_typed_one(sold, sell, api, chair):
    api().patch(f"inventory/items/{chair}", price_cents=None)
    assert codes(sell({"item": chair})) == ["price_missing"]
    assert sold({"item": chair, "price_cents": 900})["total_cents"] == 900


# Grams


def test_each_line_says_how_its_weight_is_known(sold, chair, world):
    UnitWeight.objects.create(
        site=world.canal, category=Category.objects.get(code="VAI"), weight_g=4_000, units=10
    )
    ticket = sold({"item": chair}, plates(3), mob(700, weight_g=2_500), mob(100))

    found = [(line["weight_g"], line["weight_source"]) for line in ticket["lines"]]
    assert found == [(4_200, "label"), (1_200, "average"), (2_500, "weighed"), (None, "unknown")]
    assert ticket["weight_g"] == 7_900
    assert out(Kind.REUSE) == 7_900
    flows = Flow.objects.filter(movement__verb=Verb.SELL).order_by("pk")
    assert [(f.weight_g, f.method, f.units) for f in flows] == [
        (4_200, Method.WEIGHED, 1),
        (1_200, Method.UNIT_AVERAGE, 3),
        (2_500, Method.WEIGHED, 1),
    ]


def test_a_ticket_of_unknown_weights_is_sold_all_the_same(sold):
    ticket = sold(mob(500))
    assert ticket["weight_g"] == 0
    assert out(Kind.REUSE) == 0


def test_unlabelled_goods_leave_the_shop_s_shelf(sold, shop, world):
    from inventory.models import Place

    Place.objects.create(site=world.canal, code="boutique", name="Boutique", use="shop")
    Site.objects.filter(pk=world.canal.pk).update(tracks_places=True)
    sold(mob(500, weight_g=2_000))
    assert stock()["boutique/bulk", "MOB"] == -2_000
    shop.place = Place.objects.main(world.canal)
    shop.save()
    sold(mob(500, weight_g=1_000))
    assert stock()["principal/bulk", "MOB"] == 99_000


# Items


def test_an_item_is_sold_once(sold, sell, chair):
    sold({"item": chair})
    again = sell({"item": chair})
    assert (again.status_code, codes(again)) == (409, ["item_already_sold"])
    assert codes(sell({"item": chair}, mob(1))) == ["item_already_sold"]
    assert Sale.objects.count() == 1


def test_an_item_is_not_twice_on_a_ticket(sell, chair):
    assert codes(sell({"item": chair}, {"item": chair})) == ["item_twice"]


def test_an_item_of_another_site_says_so(sell, chair, api, world):
    open_till(world.gare, "G1")
    refused = api().post(
        "sales/sales",
        till="G1",
        lines=[{"item": chair}],
        payments=[{"method": "cash", "amount_cents": 1_500}],
    )
    assert (refused.status_code, codes(refused)) == (409, ["item_not_there"])


def test_a_key_of_another_site_s_grid_is_refused(sell, world, shop):
    PriceKey.objects.filter(code="assiette").update(site=world.gare)
    assert codes(sell(plates(), by=world.anna)) == ["key_elsewhere"]


def test_neither_a_retired_key_nor_a_retired_till_sells_or_gives_back(sold, sell, refund, shop):
    ticket = sold(mob(100))
    PriceKey.objects.filter(code="assiette").update(is_active=False)
    retired = sell(plates())
    assert (retired.status_code, codes(retired)) == (422, ["key_retired"])

    Till.objects.filter(pk=shop.pk).update(is_active=False)
    for refused in (sell(mob(100)), refund(ticket, (1, 1))):
        assert (refused.status_code, codes(refused)) == (422, ["till_retired"])


def test_a_coin_given_for_what_is_free_comes_back_as_change(sold):
    ticket = sold(mob(0), paid=[("cash", 200)])
    assert (ticket["total_cents"], ticket["change_cents"]) == (0, 200)


def test_a_free_ticket_takes_nothing_but_cash(sell):
    assert codes(sell(mob(0), paid=[("card", 200)])) == ["change_without_cash"]


def test_the_same_sale_sent_twice_is_sold_once(sell, chair, api, world):
    body = {
        "id": "0b0e8f3a-98b7-4d0c-9d0a-000000000003",
        "till": "C1",
        "lines": [{"item": chair}],
        "payments": [{"method": "card", "amount_cents": 1_500}],
    }
    call = api(world.cashier)
    first, again = (call.post("sales/sales", body) for _n in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert Sale.objects.count() == 1


# Refunds


def test_a_refund_brings_back_money_and_grams_in_proportion(sold, refund, world):
    ticket = sold(mob(1_000, quantity=3, lot=True, weight_g=1_000), paid=[("card", 1_000)])

    first = refund(ticket, (1, 1)).json()
    second = refund(ticket, (1, 2)).json()

    assert (first["number"], first["total_cents"]) == ("RE-canal-1", 333)
    assert second["total_cents"] == 667
    assert first["lines"][0]["weight_g"] + second["lines"][0]["weight_g"] == 1_000
    assert out(Kind.REUSE) == 0
    assert stock()["principal/bulk", "MOB"] == 100_000


def test_no_more_comes_back_than_was_sold(sold, refund):
    ticket = sold(mob(1_000, quantity=2, weight_g=500))
    assert refund(ticket, (1, 2)).status_code == 201
    for quantity in (1, 2):
        refused = refund(ticket, (1, quantity))
        assert (refused.status_code, codes(refused)) == (422, ["refund_exceeds_sale"])


def test_a_refunded_item_is_back_in_stock_and_may_be_sold_again(sold, refund, chair, api):
    ticket = sold({"item": chair})
    back = refund(ticket, (1, 1), reason="trop petite").json()
    assert (back["sale"], back["reason"]) == (ticket["number"], "trop petite")
    assert api().get(f"inventory/items/{chair}").json()["state"] == "in_stock"
    assert sold({"item": chair})["number"] == "VE-canal-2"
    read = api().get(f"sales/sales/{ticket['id']}").json()
    assert (read["refunded_cents"], read["refunds"]) == (1_500, [back["number"]])
    assert read["lines"][0]["refunded"] == 1


def test_an_item_sold_again_is_not_refunded_on_its_first_ticket_twice(sold, refund, chair):
    first = sold({"item": chair})
    refund(first, (1, 1))
    sold({"item": chair})
    assert codes(refund(first, (1, 1))) == ["refund_exceeds_sale"]
    assert Item.objects.get().state == Item.State.SOLD


def test_a_ticket_is_neither_cancelled_nor_refunded_elsewhere(sold, refund, api, world):
    ticket = sold(mob(1_000, weight_g=500))
    undo = api().post("inventory/reversals", movement=ticket["number"], reason="wrong")
    assert codes(undo) == ["cannot_reverse"]
    open_till(world.gare, "G1")
    assert codes(refund(ticket, (1, 1), by=world.anna, till="G1")) == ["other_site"]


def test_a_line_of_unknown_weight_is_refunded_without_grams(sold, refund):
    ticket = sold(mob(1_000, quantity=4))
    [line] = refund(ticket, (1, 3)).json()["lines"]
    assert (line["amount_cents"], line["weight_g"]) == (3_000, None)


# Who, and what is read


def test_the_cashier_sells_and_the_sorter_does_not(sell, world):
    assert sell(mob(100), by=world.sorter).status_code == 403
    assert sell(mob(100), by=world.cashier).status_code == 201


def test_tickets_are_listed_newest_first_page_by_page(sold, api, world):
    numbers = [sold(mob(100))["number"] for _n in range(3)]
    first = api(world.auditor).get("sales/sales", site="canal", limit=2).json()
    assert [row["number"] for row in first["items"]] == [numbers[2], numbers[1]]
    rest = api(world.auditor).get("sales/sales", limit=2, cursor=first["next"]).json()
    assert [row["number"] for row in rest["items"]] == [numbers[0]]
    assert rest["next"] is None


def test_a_ticket_is_found_by_the_number_that_it_prints(sold, api, world):
    numbers = [sold(mob(100))["number"] for _n in range(2)]
    for number, found in ((numbers[0], numbers[:1]), ("VE-canal-99", []), ("", numbers[::-1])):
        rows = api(world.auditor).get("sales/sales", number=number).json()["items"]
        assert [row["number"] for row in rows] == found
    assert api(world.paul).get("sales/sales", number=numbers[0]).json()["items"] == []


def test_tickets_are_listed_till_by_till_and_day_by_day(sold, api, world, shop):
    sold(mob(100))
    other = open_till(world.canal, "C2")
    paid = [{"method": "cash", "amount_cents": 100}]
    api().post("sales/sales", till="C2", lines=[mob(100)], payments=paid)
    Till.objects.filter(pk=other.pk).update(is_active=False)
    today = world.canal.business_date(timezone.now())

    def listed(by=world.auditor, **query):
        found = api(by).get("sales/sales", **query).json()["items"]
        return [(row["till"], row["number"]) for row in found]

    both = [("C2", "VE-canal-2"), ("C1", "VE-canal-1")]
    assert listed() == listed(site="canal") == both
    assert listed(till="C2") == both[:1]
    assert listed(till="C1", to=str(today)) == both[1:]
    assert listed(**{"from": str(today + timedelta(days=1))}) == []
    assert listed(to=str(today - timedelta(days=1))) == []
    assert api(world.anna).get("sales/sales", site="gare", till="C1").json()["items"] == []
    assert codes(api(world.paul).get("sales/sales", till="C1")) == ["unknown_till"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_no_list_of_tickets_sorts_or_scans_them(sold, api, world):
    for _n in range(3):
        sold(mob(100))
    first = api(world.auditor).get("sales/sales", limit=1).json()
    days = {"from": "2026-01-01", "to": "2099-12-31"}
    for query in ({}, days, {"till": "C1"}, {"limit": 1, "cursor": first["next"]}):
        with CaptureQueriesContext(connection) as seen:
            api(world.auditor).get("sales/sales", **query)
        plans = [plan(asked["sql"]) for asked in seen if 'FROM "sales_sale"' in asked["sql"]]
        assert len(plans) == 2
        for found in plans:
            assert "SCAN" not in found, found
        assert "TEMP B-TREE" not in plans[0]


def test_tills_and_the_price_grid_are_read_by_code(shop, api, world):
    [till] = api(world.cashier).get("sales/tills", site="canal").json()["items"]
    assert till == {
        "code": "C1",
        "name": "Caisse 1",
        "site": "canal",
        "leased_to": None,
        "is_mine": False,
    }
    keys = api(world.cashier).get("sales/keys", site="canal").json()["items"]
    assert [(key["code"], key["price_cents"]) for key in keys] == [
        ("assiette", 50),
        ("libre", None),
    ]
    assert api(world.paul).get("sales/tills").json()["items"] == []


# What things sell for


def test_prices_need_five_sales_to_say_anything(sold, api):
    for cents in (500, 800, 800, 1_200):
        sold(mob(cents))
    asked = {"category": "MOB"}
    few = api().get("sales/prices", **asked).json()
    assert (few["count"], few["median_cents"], few["proposed_cents"]) == (4, None, [])
    sold(mob(10_000))
    assert api().get("sales/prices", **asked).json() == {
        "category": "MOB",
        "name": "Mobilier",
        "count": 5,
        "lower_quartile_cents": 800,
        "median_cents": 800,
        "upper_quartile_cents": 1_200,
        "proposed_cents": [800, 1_200],
    }


def test_prices_are_of_one_piece_after_discount_and_of_what_stayed_sold(sold, refund, api):
    for _n in range(5):
        sold(mob(1_000, quantity=2, discount={"percent": 50, "reason": "soldes"}))
    sold(mob(9_000, quantity=10, lot=True))
    refund(sold(mob(9_000)), (1, 1))
    found = api().get("sales/prices", category="MOB").json()
    assert (found["count"], found["median_cents"]) == (5, 500)


def test_prices_cover_what_is_below_and_only_our_own_sales(sold, chair, api, world):
    for _n in range(4):
        sold({"category": "MOB.CHAI", "price_cents": 700})
    sold({"item": chair})
    assert api().get("sales/prices", category="MOB").json()["count"] == 5
    assert api().get("sales/prices", category="TEX").json()["count"] == 0
    assert api(world.paul).get("sales/prices", category="MOB").json()["count"] == 0
    assert SaleLine.objects.filter(organisation=world.navette).count() == 5

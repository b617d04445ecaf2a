"""Tickets as pages: what one says, what comes back of it, and how they are found again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Flow, Item, Kind, Movement
from organisation.models import Membership
from organisation.permissions import Role
from sales.models import Method, Refund, Sale, SaleLine, Till
from sales.services import Discount, Paid, Wanted
from sales.takings import takings
from tests.inventory.pages import text
from tests.sales.conftest import category, mob
from tests.sales.pages import back, plan

pytestmark = pytest.mark.database


def numbers(response) -> list[str]:
    return [sale.movement.number for sale in response.context["tickets"]]


# One ticket


def test_a_ticket_says_what_was_sold_weighed_paid_and_by_whom(sold, chair, counter, browser):
    sold(
        Wanted(item=chair),
        Wanted(key=counter.assiette, quantity=3),
        mob(2_000, weight_g=2_500, discount=Discount("éclat", percent=10)),
        paid=[Paid(Method.VOUCHER, 1_000), Paid(Method.CASH, 5_000)],
    )

    page = text(browser().get("/tickets/VE-canal-1/"))

    for words in (
        "La Navette",
        "VE-canal-1",
        f'href="/o/{chair.own_code}/"',
        "Chaise bistrot",
        "3 × 0,50",
        "18,00",
        "4,2 kg",
        "2,5 kg",
        "éclat",
        "34,50 €",
        "10,00 €",
        "50,00 €",
        "25,50 €",
        "Anna",
    ):
        assert words in page, words


def test_names_are_told_to_colleagues_alone(sold, browser, world):
    sold(mob())
    page = text(browser(world.auditor).get("/tickets/VE-canal-1/"))
    assert "Anna" not in page
    assert 'name="line_1"' not in page  # an auditor gives nothing back


def test_after_the_sale_the_change_is_large_and_the_next_sale_one_tap_away(sold, browser, world):
    sold(mob())
    page = text(browser().get("/tickets/VE-canal-1/?vente=1"))
    assert 'href="/caisse/C1/" autofocus' in page
    assert "<b>90,00 €</b>" in page
    assert "50 € + 2 × 20 €" in page
    for reader, query in ((world.cashier, ""), (world.auditor, "?vente=1")):
        assert "autofocus" not in text(browser(reader).get(f"/tickets/VE-canal-1/{query}"))


def test_a_ticket_of_elsewhere_is_not_shown(sold, browser, world):
    sold(mob())
    assert browser(world.sorter).get("/tickets/VE-canal-1/").status_code == 403
    assert browser(world.paul).get("/tickets/VE-canal-1/").status_code == 404
    for number in ("VE-canal-2", "nonsense", "%00", "DE-canal-1", "ST-canal-1"):
        assert browser(world.anna).get(f"/tickets/{number}/").status_code == 404
    there = Till.objects.create(organisation=world.navette, site=world.gare, code="G1", name="G")
    sold(mob(), till=there)
    assert browser(world.cashier).get("/tickets/VE-gare-1/").status_code == 403


def test_a_document_by_its_number_leads_to_the_ticket(sold, browser, world):
    sold(mob())
    client = browser()
    client.post("/tickets/VE-canal-1/rembourser/", back((1, 1)))

    assert client.get("/d/VE-canal-1/").url == "/tickets/VE-canal-1/"
    assert client.get("/d/RE-canal-1/").url == "/tickets/RE-canal-1/"
    assert client.get("/tickets/RE-canal-1/").url == "/tickets/VE-canal-1/"
    assert client.get("/d/ST-canal-1/").status_code == 200
    grams = browser(world.sorter).get("/d/VE-canal-1/")  # who reads no sales reads grams
    assert grams.status_code == 200
    assert "10,00" not in text(grams)


def test_a_document_is_read_in_the_shop_only_where_one_reads_its_sales(sold, browser, world):
    sold(mob())
    there = Till.objects.create(organisation=world.navette, site=world.gare, code="G1", name="G")
    sold(mob(), till=there)
    Membership.objects.create(user=world.cashier, role=Role.SORTER, site=world.gare)
    client = browser()

    assert client.get("/d/VE-canal-1/").url == "/tickets/VE-canal-1/"
    assert client.get("/d/VE-gare-1/").status_code == 200
    assert client.get("/d/VE-gare-9/").status_code == 404


def test_a_ticket_of_many_lines_is_read_in_few_queries(
    sold, browser, label, django_assert_max_num_queries
):
    items = [Item.objects.get(pk=label(f"Chaise {number}").pk) for number in range(12)]
    sale = sold(*(Wanted(item=item) for item in items), paid=[Paid(Method.CASH, 50_000)])
    client = browser()
    client.post(f"/tickets/{sale.movement.number}/rembourser/", back((1, 1), (2, 1)))
    with django_assert_max_num_queries(24):
        client.get(f"/tickets/{sale.movement.number}/")


# Refunds


def test_a_refund_brings_back_money_grams_and_the_object(sold, browser, chair):
    sold(Wanted(item=chair), mob(900, quantity=3, weight_g=3_000))

    response = browser().post(
        "/tickets/VE-canal-1/rembourser/", back((1, 1), (2, 2), method="card")
    )

    assert response.url == "/tickets/VE-canal-1/"
    refund = Refund.objects.get()
    assert (refund.total_cents, refund.method, refund.till.code) == (3_300, "card", "C1")
    assert (refund.movement.number, refund.movement.note) == ("RE-canal-1", "trop petit")
    flows = Flow.objects.filter(movement=refund.movement).order_by("pk")
    assert [(f.weight_g, f.from_account.kind) for f in flows] == [
        (4_200, Kind.REUSE),
        (2_000, Kind.REUSE),
    ]
    chair.refresh_from_db()
    assert chair.state == Item.State.IN_STOCK
    page = text(browser().get("/tickets/VE-canal-1/"))
    for words in ("RE-canal-1", "33,00 €", "trop petit", "2 × "):
        assert words in page
    assert "27,00" in page  # the ticket itself stays as it was


@pytest.mark.parametrize("count", [1, 2])
def test_a_double_post_gives_back_once(sold, browser, count):
    sold(mob(quantity=2))
    client, data = browser(), back((1, count))
    for _n in range(2):
        assert client.post("/tickets/VE-canal-1/rembourser/", data).status_code == 302
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("counts", "fields", "wrong"),
    [
        ([(1, 3)], {}, "line_1"),
        ([(1, -1)], {}, "line_1"),
        ([(1, "deux")], {}, "line_1"),
        ([(1, "9" * 5_000)], {}, "line_1"),
        ([(1, 0)], {}, "__all__"),
        ([], {}, "__all__"),
        ([(2, 1)], {}, "__all__"),
        ([(1, 1)], {"comment": " "}, "comment"),
        ([(1, 1)], {"comment": "x" * 501}, "comment"),
        ([(1, 1)], {"method": "gold"}, "method"),
        ([(1, 1)], {"till": "nowhere"}, "till"),
        ([(1, 1)], {"till": ""}, "till"),
        ([(1, 1)], {"id": "nonsense"}, "id"),
        ([(1, 1)], {"id": ""}, "id"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused_on_the_page(sold, browser, counts, fields, wrong):
    sold(mob(quantity=2))

    response = browser().post("/tickets/VE-canal-1/rembourser/", back(*counts, **fields))

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == [wrong]
    assert errors[wrong][0].replace("’", "&#x27;") in text(response).replace("’", "&#x27;")
    assert not Refund.objects.exists()


def test_no_more_comes_back_than_was_sold_and_then_nothing_is_offered(sold, browser):
    sold(mob(quantity=2))
    client = browser()
    client.post("/tickets/VE-canal-1/rembourser/", back((1, 2)))

    again = client.post("/tickets/VE-canal-1/rembourser/", back((1, 1)))

    assert again.status_code == 422
    assert Refund.objects.count() == 1
    page = text(client.get("/tickets/VE-canal-1/"))
    assert 'name="line_1"' not in page


def test_two_refunds_of_the_same_page_give_back_no_more_than_was_sold(sold, browser):
    sold(mob(quantity=2))
    client = browser()
    first, late = back((1, 2)), back((1, 2))
    client.post("/tickets/VE-canal-1/rembourser/", first)
    assert client.post("/tickets/VE-canal-1/rembourser/", late).status_code == 422
    assert sum(refund.total_cents for refund in Refund.objects.all()) == 2_000


def test_only_those_who_sell_there_give_back(sold, browser, world):
    sold(mob())
    path = "/tickets/VE-canal-1/rembourser/"
    assert browser(world.auditor).post(path, back((1, 1))).status_code == 403
    assert browser(world.sorter).post(path, back((1, 1))).status_code == 403
    assert browser(world.paul).post(path, back((1, 1))).status_code == 404
    assert browser().get(path).status_code == 405
    assert not Refund.objects.exists()


# The list


def test_tickets_are_listed_newest_first_page_by_page_in_few_queries(
    sold, browser, world, django_assert_max_num_queries
):
    other = Till.objects.create(organisation=world.navette, site=world.canal, code="C2", name="B")
    for number in range(53):
        sold(mob(), till=other if number % 3 else None)
    client = browser()

    with django_assert_max_num_queries(17):
        first = client.get("/caisse/tickets/")
    second = client.get(f"/caisse/tickets/?{first.context['older']}")

    assert numbers(first) == [f"VE-canal-{n}" for n in range(53, 3, -1)]
    assert numbers(second) == ["VE-canal-3", "VE-canal-2", "VE-canal-1"]
    assert second.context["older"] == ""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_no_page_of_the_list_sorts_or_scans_the_tickets(sold, browser):
    sold(mob())
    day = timezone.localdate().isoformat()
    for query in ("", "?before=99", f"?day={day}", "?number=VE-canal-9", "?number=7"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser().get(f"/caisse/tickets/{query}")
        for asked in seen:
            if "sales_" in asked["sql"]:
                found = plan(asked["sql"])
                for table in ("sales_sale", "sales_payment", "sales_refund", "inventory_movement"):
                    assert f"SCAN {table}" not in found, (query, asked["sql"], found)


@pytest.mark.parametrize("days_ago", [1])
def test_the_list_is_filtered_and_hides_other_sites_and_structures(sold, browser, world):
    there = Till.objects.create(organisation=world.navette, site=world.gare, code="G1", name="G")
    theirs = Till.objects.create(organisation=world.port, site=world.quai, code="Q1", name="Q")
    yesterday = timezone.now() - timedelta(days=1)
    sold(mob(), at=yesterday)
    sold(mob())
    sold(mob(), till=there)
    sold(mob(), till=theirs)

    def listed(user, query=""):
        return numbers(browser(user).get(f"/caisse/tickets/{query}"))

    assert listed(world.anna) == ["VE-gare-1", "VE-canal-2", "VE-canal-1"]
    assert listed(world.cashier) == ["VE-canal-2", "VE-canal-1"]
    assert listed(world.anna, "?site=gare") == ["VE-gare-1"]
    assert listed(world.anna, "?till=C1") == ["VE-canal-2", "VE-canal-1"]
    day = world.canal.business_date(yesterday).isoformat()
    assert listed(world.anna, f"?day={day}") == ["VE-canal-1"]
    assert listed(world.anna, f"?day={day}&till=G1") == []
    assert listed(world.paul) == ["VE-quai-1"]


@pytest.mark.parametrize(
    "query",
    [
        "day=hier",
        "day=2026-02-30",
        "site=quai",
        "site=gare",
        "till=Q1",
        "before=x",
        "before=0",
        f"before={9**30}",
        "number=a%00b",
        f"number={'x' * 201}",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_on_the_page(sold, browser, query):
    sold(mob())
    response = browser().get(f"/caisse/tickets/?{query}")
    assert response.status_code == 422
    assert response.context["filters"].errors


def test_a_ticket_is_found_by_its_number_that_of_its_refund_or_a_label(sold, browser, chair, world):
    sold(Wanted(item=chair))
    sold(mob())
    client = browser()
    client.post("/tickets/VE-canal-1/rembourser/", back((1, 1)))

    for typed in ("VE-canal-1", " ve-canal-1 ", "1", "RE-canal-1", chair.own_code.lower()):
        found = client.get("/caisse/tickets/", {"number": typed})
        assert found.url == "/tickets/VE-canal-1/", typed
    for typed in ("VE-canal-99", "99", "nonsense", "-", "VE-quai-1", "9" * 100, "000000"):
        found = client.get("/caisse/tickets/", {"number": typed})
        assert (found.status_code, numbers(found)) == (200, []), typed


def test_a_number_at_several_sites_lists_each(sold, browser, world):
    there = Till.objects.create(organisation=world.navette, site=world.gare, code="G1", name="G")
    sold(mob())
    sold(mob(), till=there)
    found = browser(world.anna).get("/caisse/tickets/?number=1")
    assert numbers(found) == ["VE-gare-1", "VE-canal-1"]


@pytest.mark.parametrize("days_ago", [2])
def test_the_day_s_takings_are_told_per_till_and_means_of_payment(sold, browser, world, counter):
    other = Till.objects.create(organisation=world.navette, site=world.canal, code="C2", name="B")
    sold(mob(5_000), at=timezone.now() - timedelta(days=2))
    sold(mob(1_500), paid=[Paid(Method.CASH, 2_000)])
    sold(mob(2_000), paid=[Paid(Method.CARD, 1_200), Paid(Method.CASH, 1_000)])
    sold(mob(700), till=other, paid=[Paid(Method.CHEQUE, 700)])
    client = browser()
    client.post("/tickets/VE-canal-2/rembourser/", back((1, 1), till="C2"))

    response = client.get("/caisse/tickets/")

    told = {
        till.code: (row.count, row.total_cents, row.refunded_cents, row.by_method)
        for till, row in response.context["takings"].items()
    }
    assert told == {
        "C1": (2, 3_500, 0, {"cash": 2_300, "card": 1_200}),
        "C2": (1, -800, 1_500, {"cheque": 700, "cash": -1_500}),
    }
    assert "35,00" in text(response)

    [one] = client.get("/caisse/tickets/?till=C2").context["takings"]
    assert one == other


def test_takings_follow_each_site_s_own_day(sold, world, counter):
    sold(mob(500))
    today = world.canal.business_date(timezone.now())
    assert takings({world.canal: today})[counter.till].total_cents == 500
    assert takings({world.canal: today - timedelta(days=1)}) == {}
    assert takings({}) == {}


def test_an_empty_list_says_what_to_do(browser, world, counter):
    assert 'href="/caisse/"' in text(browser().get("/caisse/tickets/"))
    assert 'href="/caisse/"' not in text(browser(world.auditor).get("/caisse/tickets/"))


def test_nothing_sold_is_ever_changed_by_a_page(sold, browser):
    sold(mob(quantity=2))
    before = (list(Sale.objects.values()), list(Movement.objects.values()))
    client = browser()
    for path in ("/tickets/VE-canal-1/", "/caisse/tickets/"):
        assert client.post(path, {"total_cents": "1"}).status_code == 405
    assert (list(Sale.objects.values()), list(Movement.objects.values())) == before


# What things sell for


def test_prices_are_told_per_family_then_per_category(sold, browser, world):
    for cents in (500, 800, 800, 1_200, 10_000):
        sold(Wanted(category=category("MOB.CHAI"), price_cents=cents))
    sold(Wanted(category=category("VAI"), price_cents=100))
    client = browser(world.sorter)

    found = {row.code: prices for row, prices in client.get("/caisse/prix/").context["rows"]}
    assert list(found) == ["MOB", "VAI"]
    assert (found["MOB"].count, found["MOB"].median_cents) == (5, 800)
    assert (found["MOB"].lower_quartile_cents, found["MOB"].upper_quartile_cents) == (800, 1_200)
    assert (found["VAI"].count, found["VAI"].median_cents) == (1, None)
    inside = client.get("/caisse/prix/?category=MOB").context["rows"]
    assert [(row.code, prices.count) for row, prices in inside] == [("MOB", 5), ("MOB.CHAI", 5)]
    assert browser(world.paul).get("/caisse/prix/").context["rows"] == []
    for wrong in ("NOPE", "MOB.CHAI", "%00"):
        assert client.get(f"/caisse/prix/?category={wrong}").status_code == 404


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_prices_read_each_category_by_its_own_index(sold, counter, world):
    sold(mob())
    kinds = [category("MOB"), category("MOB.CHAI")]
    with CaptureQueriesContext(connection) as seen:
        SaleLine.objects.unit_prices(world.navette, kinds)
    [asked] = seen
    found = plan(asked["sql"])
    assert found.count("USING INDEX line_prices (organisation_id=? AND category_id=?)") == 2
    assert "SCAN sales" not in found  # only lists already cut short are sorted


def test_prices_are_read_in_as_many_queries_as_families(
    sold, browser, django_assert_max_num_queries
):
    for code in ("MOB", "VAI", "TEX"):
        sold(Wanted(category=category(code), price_cents=100))
    client = browser()
    with django_assert_max_num_queries(6 + 3):
        client.get("/caisse/prix/")

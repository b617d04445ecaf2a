"""Refunds: how they are paid, what they come to beforehand, where things go back to, how fast."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Account, Flow, Item, Place, Verb
from inventory.services import StockLine, move
from organisation.models import Site
from sales import services
from sales.models import Method, Refund, Till
from sales.services import Paid, Wanted
from tests.conftest import codes
from tests.inventory.pages import text
from tests.sales.conftest import mob
from tests.sales.pages import back
from tests.tills import open_till

pytestmark = pytest.mark.database
TICKET = "/tickets/VE-canal-1/"
REFUND = f"{TICKET}rembourser/"


def paid(*methods, cents=1_000):
    """One ticket's payments: the first pays the rest."""
    each = cents // len(methods)
    return [Paid(method, each) for method in methods]


@pytest.fixture
def refund(world, counter, entry):
    """``refund(sale, {line: 2})``: given back in cash at C1."""

    def make(sale, quantities, till=None, method=Method.CASH):
        return services.refund_sale(
            entry=entry(Verb.RETURN),
            till=till or counter.till,
            sale=sale,
            quantities=quantities,
            method=method,
        )

    return make


# How it is given back


@pytest.mark.parametrize(
    ("methods", "usual"),
    [
        ([Method.CARD], "card"),
        ([Method.CHEQUE, Method.CHEQUE], "cheque"),
        ([Method.VOUCHER], "voucher"),
        ([Method.CARD, Method.CHEQUE], "cash"),
        ([Method.VOUCHER, Method.CASH], "cash"),
        ([Method.LOCAL_CURRENCY, Method.VOUCHER], "voucher"),
    ],
)
def test_money_goes_back_the_way_it_came_unless_it_came_several_ways(sold, browser, methods, usual):
    sold(mob(), paid=paid(*methods))
    form = browser().get(TICKET).context["form"]
    assert form["method"].value() == usual


@pytest.mark.parametrize("methods", [[Method.VOUCHER], [Method.VOUCHER, Method.LOCAL_CURRENCY]])
def test_vouchers_and_local_currency_are_never_turned_into_money(
    sold, browser, api, world, methods
):
    sale = sold(mob(quantity=2), paid=paid(*methods, cents=2_000))
    offered = browser().get(TICKET).context["form"].fields["method"].widget.choices
    assert [value for value, _label in offered] == [method.value for method in methods]
    path = f"sales/sales/{sale.movement.submission.uuid}/refunds"
    asked = {"till": "C1", "lines": [{"line": 1}], "reason": "trop petit"}

    for other in ("cash", "card", "cheque"):
        page = browser().post(REFUND, back((1, 1), method=other))
        answer = api(world.cashier).post(path, method=other, **asked)
        errors = page.context["form"].errors.as_data()["__all__"]
        assert (page.status_code, [error.code for error in errors]) == (422, ["refund_method"])
        assert (answer.status_code, codes(answer)) == (422, ["refund_method"])
    assert not Refund.objects.exists()

    assert browser().post(REFUND, back((1, 1), method="voucher")).status_code == 302
    assert api(world.cashier).post(path, method="voucher", **asked).status_code == 201


def test_of_a_ticket_paid_in_part_by_voucher_no_more_goes_back_in_money_than_came(sold, browser):
    sold(mob(400, quantity=3), paid=[Paid(Method.VOUCHER, 700), Paid(Method.CASH, 1_000)])
    client = browser()
    page = client.get(TICKET)
    assert "5\xa0€" in page.context["form"].fields["method"].help_text

    refused = client.post(REFUND, back((1, 2)))
    [error] = refused.context["form"].errors.as_data()["__all__"]
    assert (refused.status_code, error.code) == (422, "refund_method")
    assert "5\xa0€" in " ".join(error.messages)

    assert client.post(REFUND, back((1, 1))).status_code == 302
    assert client.post(REFUND, back((1, 1))).status_code == 422
    assert client.post(REFUND, back((1, 2), method="voucher")).status_code == 302
    totals = Refund.objects.order_by("pk").values_list("method", "total_cents")
    assert list(totals) == [("cash", 400), ("voucher", 800)]


def test_a_ticket_of_a_retired_till_is_given_back_at_one_that_is_left(
    sold, browser, counter, world
):
    sold(mob())
    Till.objects.filter(pk=counter.till.pk).update(is_active=False)
    open_till(world.canal, "C2")

    page = browser().get(TICKET)

    assert page.context["form"]["till"].value() == "C2"
    assert 'type="hidden" name="till" value="C2"' in text(page)
    assert browser().post(REFUND, back((1, 1), till="C2")).status_code == 302


# What it comes to


def test_the_page_says_what_each_line_and_all_that_was_asked_come_to(sold, browser):
    sold(mob(quantity=3, is_lot=True), mob(500))
    client = browser()
    client.post(REFUND, back((1, 1)))

    page = client.get(TICKET)
    rows = page.context["form"].rows
    assert [(row.most, row.cents, row.one_cents) for row in rows] == [(2, 667, 333), (1, 500, 500)]
    assert page.context["form"].total_cents == 0
    for words in ("6,67", "3,33", 'data-cents="1000" data-sold="3" data-back="1"'):
        assert words in text(page)

    refused = client.post(REFUND, back((1, 2), (2, 1), comment=""))
    assert refused.status_code == 422
    assert refused.context["form"].total_cents == 1_167
    assert "11,67" in text(refused)


# Where it goes


@pytest.fixture
def shelf(world):
    """A shop beside Canal's main place."""
    Site.objects.filter(pk=world.canal.pk).update(tracks_places=True)
    world.canal.refresh_from_db()
    return Place.objects.create(site=world.canal, code="rayon", name="Rayon", use=Place.Use.STORAGE)


def test_what_was_sold_from_a_place_set_aside_since_goes_to_the_till_s_shelf(
    sold, refund, chair, shelf, entry, counter, world
):
    move(entry=entry(Verb.MOVE), to_place=shelf, lines=[StockLine(item=chair)])
    chair.refresh_from_db()
    counter.till.site, counter.till.place = world.canal, shelf
    sale = sold(Wanted(item=chair), mob(weight_g=900))
    shelf.is_active = False
    shelf.save()
    till = Till.objects.get(pk=counter.till.pk)
    first, second = sale.lines.order_by("position")

    refund(sale, {first: 1, second: 1}, till=till)

    main = Place.objects.main(world.canal)
    chair.refresh_from_db()
    assert chair.account == Account.objects.get(key=Account.stock(main, items=True).key)
    bulk = Flow.objects.filter(movement__verb=Verb.RETURN, item=None).get()
    assert bulk.to_account.place == main


def test_what_was_sold_from_a_place_still_kept_goes_back_there(
    sold, refund, chair, shelf, entry, counter, world
):
    move(entry=entry(Verb.MOVE), to_place=shelf, lines=[StockLine(item=chair)])
    chair.refresh_from_db()
    counter.till.site = world.canal
    sale = sold(Wanted(item=chair))

    refund(sale, {sale.lines.get(): 1})

    chair.refresh_from_db()
    assert chair.account.place == shelf


def test_a_site_that_keeps_one_place_sells_from_it(counter, world):
    shop = Place.objects.create(site=world.canal, code="b", name="B", use=Place.Use.SHOP)
    main, till = Place.objects.main(world.canal), counter.till
    assert till.shelf == main
    till.place = shop
    assert till.shelf == main
    till.site.tracks_places = True
    assert till.shelf == shop
    shop.is_active = False
    shop.save()
    assert till.shelf == main


# Grams and units


def test_units_whose_share_weighs_nothing_come_back_with_the_first_gram(sold, refund):
    sale = sold(mob(quantity=5, weight_g=2))
    line = sale.lines.get()
    for _n in range(5):
        refund(sale, {line: 1})

    flows = Flow.objects.filter(movement__verb=Verb.RETURN).order_by("pk")
    assert [(flow.weight_g, flow.units) for flow in flows] == [(1, 3), (1, 2)]
    backs = line.refunds.order_by("pk").values_list("quantity", "weight_g")
    assert list(backs) == [(1, 0), (1, 0), (1, 1), (1, 0), (1, 1)]


def test_twenty_objects_are_given_back_in_no_more_queries_than_two(sold, browser, label):
    client, asked = browser(), []
    for number, count in enumerate((2, 20), start=1):
        items = [Item.objects.get(pk=label(f"Chaise {n}").pk) for n in range(count)]
        sold(*(Wanted(item=item) for item in items), paid=[Paid(Method.CASH, 50_000)])
        lines = back(*((line, 1) for line in range(1, count + 1)))
        with CaptureQueriesContext(connection) as seen:
            response = client.post(f"/tickets/VE-canal-{number}/rembourser/", lines)
        assert response.status_code == 302
        asked.append(len(seen))
    assert asked[1] <= asked[0], asked

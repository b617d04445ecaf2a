"""Vouchers of the house: sold, given in the place of money, kept for a deposit; paid with, once."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory.models import Item, Verb
from sales import scanning
from sales.journal.verify import findings
from sales.models import Chain, Method, Nature, Sale, Voucher
from sales.models.vouchers import draw, is_voucher, plain
from sales.services import Paid, Wanted, refund_sale
from tests.sales.conftest import mob
from tests.sales.pages import refused

pytestmark = pytest.mark.database


@pytest.fixture
def gift(sold):
    """``gift(3_000)``: a voucher of 30 €, sold."""

    def make(cents=3_000, **more):
        sale = sold(Wanted(nature=Nature.VOUCHER, price_cents=cents, **more))
        return sale.lines.get().voucher

    return make


@pytest.fixture
def give_back(counter, entry):
    def make(sale, method=Method.CASH, quantity=1):
        return refund_sale(
            entry=entry(Verb.RETURN),
            till=counter.till,
            sale=sale,
            quantities={sale.lines.get(): quantity},
            method=method,
        )

    return make


def by(voucher, cents):
    return Paid(Method.CREDIT, cents, voucher)


def faults():
    found = findings(chains=Chain.objects.all(), anchors={}, using="default")
    return [(each.wrong, each.seq, each.why) for each in found]


def code_of(refusal):
    return refusal.value.code


def test_a_code_is_read_however_it_is_typed():
    code = draw()
    assert is_voucher(f" {code[:3].lower()}-{code[3:7]}-{code[7:]} ")
    assert plain(f"https://t.example/b/{code}") == code


def test_an_objects_code_is_no_voucher(chair):
    assert not is_voucher(chair.own_code)


def test_a_gift_voucher_is_sold_and_no_gram_moves(gift, sold):
    voucher = gift(3_000)
    assert (voucher.kind, voucher.left_cents) == ("gift", 3_000)
    row = Sale.objects.get().lines.get()
    assert (row.weight_g, row.category, row.vat_bp) == (None, None, None)
    line = json.loads(Sale.objects.get().event.body)["data"]["lines"][0]
    assert (line["nature"], line["voucher"]) == ("voucher", voucher.code)


def test_a_voucher_pays_what_is_left_of_it(gift, sold):
    voucher = gift(3_000)
    sold(mob(1_200), paid=[by(voucher, 1_200)])
    assert voucher.left_cents == 1_800
    sale = sold(mob(2_500), paid=[by(voucher, 1_800), Paid(Method.CASH, 1_000)])
    assert (voucher.left_cents, sale.change_cents) == (0, 300)
    assert json.loads(sale.event.body)["data"]["payments"][0] == ["credit", 1_800, voucher.code]
    assert faults() == []


def test_more_than_is_left_is_refused(gift, sold):
    voucher = gift(1_000)
    with pytest.raises(ValidationError) as refusal:
        sold(mob(1_200), paid=[by(voucher, 600), by(voucher, 600)])
    assert code_of(refusal) == "voucher_too_low"
    assert voucher.left_cents == 1_000


def test_a_voucher_gives_no_change(gift, sold):
    voucher = gift(3_000)
    with pytest.raises(ValidationError) as refusal:
        sold(mob(1_200), paid=[by(voucher, 3_000)])
    assert code_of(refusal) == "change_without_cash"


def test_a_voucher_that_is_over_pays_nothing(gift, sold, world):
    voucher = gift(until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ValidationError) as refusal:
        sold(mob(1_200), paid=[by(voucher, 1_200)])
    assert code_of(refusal) == "voucher_over"


def test_a_voucher_of_another_structure_pays_nothing(sold, world):
    theirs = Voucher.objects.create(organisation=world.port, code=draw(), kind="gift")
    with pytest.raises(ValidationError) as refusal:
        sold(mob(1_200), paid=[by(theirs, 1_200)])
    assert code_of(refusal) == "unknown_voucher"


def test_a_payment_by_voucher_names_it(sold):
    with pytest.raises(ValidationError) as refusal:
        sold(mob(1_200), paid=[Paid(Method.CREDIT, 1_200)])
    assert code_of(refusal) == "voucher_missing"


def test_store_credit_is_given_in_the_place_of_money_and_spent(sold, give_back):
    back = give_back(sold(mob(1_200)), Method.CREDIT)
    assert (back.voucher.kind, back.voucher.left_cents) == ("credit", 1_200)
    sold(mob(700), paid=[by(back.voucher, 700)])
    assert back.voucher.left_cents == 500
    assert faults() == []


def test_what_was_paid_by_voucher_never_comes_back_as_money(gift, sold, give_back):
    sale = sold(mob(1_200), paid=[by(gift(3_000), 1_200)])
    with pytest.raises(ValidationError) as refusal:
        give_back(sale, Method.CASH)
    assert code_of(refusal) == "refund_method"
    assert give_back(sale, Method.CREDIT).voucher.left_cents == 1_200


def test_a_voucher_that_was_used_is_not_given_back(gift, sold, give_back):
    voucher = gift(3_000)
    bought = Sale.objects.get()
    sold(mob(100), paid=[by(voucher, 100)])
    with pytest.raises(ValidationError) as refusal:
        give_back(bought)
    assert code_of(refusal) == "voucher_used"


def test_a_voucher_given_back_is_worth_nothing(gift, give_back):
    voucher = gift(3_000)
    give_back(Sale.objects.get())
    assert voucher.left_cents == 0
    assert faults() == []


def test_an_object_is_put_aside_for_a_deposit_that_pays_for_it(sold, chair, counter):
    sale = sold(Wanted(nature=Nature.DEPOSIT, price_cents=500, aside=chair))
    line = sale.lines.get()
    assert (line.label, line.item, line.voucher.item) == ("Acompte : Chaise bistrot", None, chair)
    item = scanning.read(counter.till, chair.own_code)
    assert str(line.voucher) in str(scanning.doubt(item))
    item = Item.objects.select_related("account__site", "category").get(pk=chair.pk)
    sold(Wanted(item=item), paid=[by(line.voucher, 500), Paid(Method.CARD, 1_000)])
    assert line.voucher.left_cents == 0
    assert faults() == []


def asides(client):
    answer = client.get("/api/v1/sales/asides?site=canal")
    assert answer.status_code == 200, answer.json()
    return answer.json()["items"]


def test_a_tablet_is_told_what_is_put_aside_and_nothing_of_the_voucher(sold, chair, world, client):
    client.force_login(world.cashier)
    assert asides(client) == []
    until = timezone.localdate() + timedelta(days=3)
    sold(Wanted(nature=Nature.DEPOSIT, price_cents=500, aside=chair, until=until))
    code = chair.codes.get(organisation=world.navette).code
    assert asides(client) == [{"item": code, "until": until.isoformat()}]
    paid = [Paid(Method.CREDIT, 500, Voucher.objects.get())]
    sold(mob(500), paid=paid)
    assert asides(client) == []


def test_a_deposit_that_is_over_keeps_nothing_aside(sold, chair, counter):
    past = timezone.localdate() - timedelta(days=1)
    sold(Wanted(nature=Nature.DEPOSIT, price_cents=500, aside=chair, until=past))
    assert not scanning.doubt(scanning.read(counter.till, chair.own_code))


# At the till


def test_a_scanned_voucher_pays_as_much_as_the_ticket_asks(gift, paper):
    voucher = gift(3_000)
    for _plate in range(2):
        paper.press("key", "assiette")
    paper.scan(str(voucher))
    checkout = paper.response.context["checkout"]
    assert (checkout.paid_cents, checkout.rest_cents) == (100, 0)
    assert paper.sell().status_code == 302
    assert voucher.left_cents == 2_900


def test_a_voucher_is_on_a_ticket_once(gift, paper):
    voucher = gift(3_000)
    paper.press("key", "assiette")
    paper.scan(voucher.code)
    paper.scan(voucher.code)
    assert paper.response.context["checkout"].slip.refusal.code == "voucher_twice"


def test_a_code_that_is_no_voucher_of_ours_is_refused_at_the_scan(paper):
    paper.press("key", "assiette")
    refused(paper.scan(draw()), "unknown_voucher")


def test_an_object_is_put_aside_on_the_page(paper, chair):
    paper.scan(chair.own_code)
    paper.press(**paper.line(deposit="5"))
    assert paper.response.context["checkout"].total_cents == 500
    paper.sell()
    assert Voucher.objects.get().item == chair
    assert Item.objects.get(pk=chair.pk).is_here


def test_the_list_says_what_is_left(gift, browser, world):
    voucher = gift(3_000)
    page = browser(world.cashier).get("/caisse/bons/", {"code": str(voucher)}).content.decode()
    assert "30,00" in page
    assert str(voucher) in page
    assert str(voucher) not in browser(world.paul).get("/caisse/bons/").content.decode()

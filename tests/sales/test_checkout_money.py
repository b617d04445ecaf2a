"""The checkout's money: what is taken, given back and refused, once."""

import pytest

from inventory.models import Flow, Kind
from sales.models import Payment, Sale
from tests.inventory.pages import text
from tests.sales.pages import Paper, refused, rows

pytestmark = pytest.mark.database


def test_nothing_typed_is_exact_and_cash(paper, label):
    paper.scan(label().own_code)
    response = paper.sell()

    assert response.url == "/tickets/VE-canal-1/?vente=1"
    sale = Sale.objects.get()
    assert (sale.total_cents, sale.change_cents, sale.till.code) == (1_500, 0, "C1")
    assert list(Payment.objects.values_list("method", "amount_cents")) == [("cash", 1_500)]
    assert rows() == [("Chaise bistrot", 1, 1_500, 4_200)]
    flow = Flow.objects.get(movement=sale.movement)
    assert (flow.weight_g, flow.to_account.kind) == (4_200, Kind.REUSE)
    assert sale.movement.author.username == "cashier"


def test_what_is_received_above_the_total_is_given_back(paper, label):
    paper.scan(label().own_code)
    paper.press("cash", "2000")
    assert paper.fields["received"] == "20,00"
    assert paper.response.context["checkout"].change_cents == 500
    assert "5,00 €" in text(paper.response)

    paper.sell()

    assert Sale.objects.get().change_cents == 500


def test_exact_takes_back_what_was_typed(paper, label):
    paper.scan(label().own_code)
    paper.press("cash", "5000")
    paper.press("cash", "exact")
    assert paper.fields["received"] == ""


def test_several_payments_share_a_ticket_and_one_is_taken_back(paper, label):
    paper.scan(label().own_code)
    paper.press("do", "pay", method="voucher", received="4")
    paper.press("do", "pay", method="card", received="6")
    paper.press("unpay", "1")
    paper.press("do", "pay", method="cheque", received="6,50")
    assert paper.response.context["checkout"].rest_cents == 450
    assert paper.fields["method"] == "cash"

    paper.sell(received="5")

    assert list(Payment.objects.order_by("pk").values_list("method", "amount_cents")) == [
        ("voucher", 400),
        ("cheque", 650),
        ("cash", 500),
    ]
    assert Sale.objects.get().change_cents == 50


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"received": "14,99"}, "payments_do_not_cover"),
        ({"received": "20", "method": "card"}, "change_without_cash"),
        ({"received": "vingt"}, "bad_price"),
        ({"received": "-15"}, "bad_price"),
        ({"received": "999999"}, "price_out_of_range"),
        ({"method": "gold"}, "invalid_choice"),
    ],
)
def test_money_that_does_not_fit_is_refused_and_the_ticket_stays(paper, label, typed, code):
    paper.scan(label().own_code)
    refused(paper.sell(**typed), code)
    assert paper.fields["lines-0-price"] == "15,00"


def test_an_empty_ticket_is_not_sold(paper):
    refused(paper.sell(), "no_lines")


def test_a_total_that_the_cashier_has_not_seen_is_shown_before_it_is_taken(paper):
    paper.press("key", "assiette")
    refused(paper.sell(**paper.line(price="8")), "total_changed", "8,00 €")
    assert paper.sell().status_code == 302
    assert Sale.objects.get().total_cents == 800


@pytest.mark.parametrize("received", ["0", "0,00"])
def test_a_payment_of_nothing_is_not_noted(paper, received):
    paper.press("key", "assiette")
    refused(paper.press("do", "pay", received=received), "payment_of_nothing")
    assert paper.fields["pays-TOTAL_FORMS"] == "0"


def test_a_payment_of_nothing_that_was_forged_sells_nothing(paper):
    paper.press("key", "assiette")
    forged = {"pays-TOTAL_FORMS": "1", "pays-0-method": "cash", "pays-0-amount": "0"}
    refused(paper.sell(**forged), "payment_of_nothing")


def test_a_coin_given_for_what_is_free_is_change(paper):
    paper.press("key", "libre")
    paper.press(**paper.line(price="0"))
    paper.press(received="2")
    assert paper.response.context["checkout"].change_cents == 200
    paper.sell()
    assert (Sale.objects.get().total_cents, Sale.objects.get().change_cents) == (0, 200)


def test_what_costs_nothing_is_sold_without_payment(paper):
    paper.press("key", "libre")
    paper.press(**paper.line(price="0"))
    assert paper.sell().status_code == 302
    assert not Payment.objects.exists()


# Once


def test_a_double_post_sells_once(paper, label):
    paper.scan(label().own_code)
    data = dict(paper.fields)

    first = paper.client.post(paper.path, {**data, "do": "sell"})
    second = paper.client.post(paper.path, {**data, "do": "sell"})

    assert first.url == second.url == "/tickets/VE-canal-1/?vente=1"
    assert Sale.objects.count() == 1


def test_a_ticket_already_taken_is_not_taken_again_under_another_id(paper):
    paper.press("key", "assiette")
    data = dict(paper.fields)
    paper.client.post(paper.path, {**data, "do": "sell"})

    response = paper.read(paper.client.post(paper.path, {**data, "key": "assiette"}))
    response = paper.sell()

    assert response.status_code == 422
    assert paper.fields["id"] == data["id"]
    assert Sale.objects.count() == 1
    assert 'href="/tickets/VE-canal-1/"' in text(response)
    assert 'name="do" value="new"' in text(response)

    paper.press("do", "new")
    assert paper.fields["id"] != data["id"]
    assert paper.fields["lines-TOTAL_FORMS"] == "0"
    paper.press("key", "assiette")
    assert paper.sell().status_code == 302
    assert Sale.objects.count() == 2


def test_the_panel_that_is_open_is_no_part_of_the_ticket(paper):
    paper.press("key", "assiette")
    data = {**paper.fields, "do": "sell"}

    first = paper.client.post(paper.path, data)
    again = paper.client.post(paper.path, {**data, "show": "MOB", "others": "1"})

    assert first.url == again.url == "/tickets/VE-canal-1/?vente=1"
    assert Sale.objects.count() == 1


def test_an_object_sold_meanwhile_at_another_till_is_refused_and_the_rest_stays(
    paper, label, browser
):
    code = label().own_code
    paper.scan(code)
    paper.press("key", "assiette")
    other = Paper(browser())
    other.scan(code)
    other.sell()

    response = paper.sell()

    assert response.status_code == 422
    assert paper.fields["lines-TOTAL_FORMS"] == "2"
    assert Sale.objects.count() == 1
    paper.press("remove", "0")
    assert paper.sell().status_code == 302


@pytest.mark.parametrize("id", ["", "nonsense", "\0", "5"])
def test_an_id_that_is_none_is_replaced(paper, id):
    paper.press("key", "assiette")
    refused(paper.sell(id=id), "invalid" if id else "required")
    assert paper.fields["id"] != id
    paper.sell()
    assert Sale.objects.count() == 1


@pytest.mark.parametrize("name", ["remove", "more", "less", "unpay", "cash"])
@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "٣", "9" * 5_000])
def test_a_button_that_does_not_exist_does_nothing(paper, name, value):
    paper.press("key", "assiette")
    refused(paper.press(name, value), "unknown_order")
    assert paper.fields["lines-TOTAL_FORMS"] == "1"


@pytest.mark.parametrize("name", ["remove", "more", "less", "unpay"])
def test_a_line_that_is_not_there_changes_nothing(paper, name):
    paper.press("key", "assiette")
    assert paper.press(name, "99").status_code == 200
    assert paper.fields["seen"] == "50"


@pytest.mark.parametrize("claimed", ["9" * 5_000, "-1", "x", "501", ""])
def test_a_number_of_lines_that_is_absurd_sells_nothing(paper, claimed):
    response = paper.sell(**{"lines-TOTAL_FORMS": claimed, "pays-TOTAL_FORMS": claimed})
    assert response.status_code == 422
    assert not Sale.objects.exists()


def test_a_ticket_holds_eighty_lines(paper):
    paper.press("category", "MOB")
    first = {k: v for k, v in paper.fields.items() if k.startswith("lines-0-")}
    for number in range(1, 79):
        paper.fields |= {k.replace("-0-", f"-{number}-"): v for k, v in first.items()}
    paper.fields["lines-TOTAL_FORMS"] = "79"
    assert paper.press("category", "MOB").status_code == 200
    assert paper.press("category", "MOB").status_code == 422
    assert paper.fields["lines-TOTAL_FORMS"] == "80"

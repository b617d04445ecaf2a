"""Vouchers of third parties: whose they are, and what each issuer owes for a month."""

import csv
import io
import json
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from inventory.models import Verb
from sales.accounting.books import Books
from sales.journal.verify import findings
from sales.models import Chain, Method, Payment, VoucherIssuer
from sales.services import Count, Paid, close_session, refund_sale
from sales.statements import dues_of, statement_csv, statement_of, unissued_cents
from tests.inventory.pages import text
from tests.sales.conftest import mob

pytestmark = pytest.mark.database
VOUCHERS = "/caisse/bons-tiers/"


@pytest.fixture
def ccas(world):
    return VoucherIssuer.objects.create(
        organisation=world.navette, code="ccas", name="CCAS de Pantin", address="1 rue du Port"
    )


@pytest.fixture
def voucher(sold, ccas):
    """``voucher(2_000, "A17")``: a ticket paid with a voucher of the CCAS."""

    def paid(cents, reference="", issuer=ccas):
        return sold(mob(cents), paid=[Paid(Method.VOUCHER, cents, None, issuer, reference)])

    return paid


@pytest.fixture
def give_back(counter, entry):
    def back(sale, method=Method.VOUCHER):
        return refund_sale(
            entry=entry(Verb.RETURN),
            till=counter.till,
            sale=sale,
            quantities={sale.lines.get(): 1},
            method=method,
        )

    return back


def month_of(sale):
    day = sale.movement.business_date
    return day.year * 100 + day.month


def test_a_ticket_says_whose_voucher_and_others_say_it_as_before(voucher, sold):
    first = voucher(2_000, "A17")
    told = json.loads(first.event.body)["data"]["payments"]
    assert told == [["voucher", 2_000, "ccas", "A17"]]
    other = sold(mob(500), paid=[Paid(Method.VOUCHER, 500)])
    assert json.loads(other.event.body)["data"]["payments"] == [["voucher", 500]]
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


def test_only_a_voucher_in_use_has_an_issuer(sold, ccas, counter):
    for method, code in (
        (Method.CARD, "issuer_without_voucher"),
        (Method.VOUCHER, "issuer_retired"),
    ):
        with pytest.raises(ValidationError) as refusal:
            sold(mob(500), paid=[Paid(method, 500, issuer=ccas)])
        assert refusal.value.code == code
        VoucherIssuer.objects.filter(pk=ccas.pk).update(is_active=False)
        ccas.refresh_from_db()
    assert not Payment.objects.exists()


def test_the_database_knows_issuers_of_vouchers_only(voucher, ccas):
    sale = voucher(500)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(sale=sale, method=Method.CARD, amount_cents=1, issuer=ccas)


def test_a_statement_lists_vouchers_and_what_was_given_back(voucher, sold, give_back, ccas, world):
    first = voucher(2_000, "A17")
    second = voucher(700)
    back = give_back(first)
    sold(mob(500), paid=[Paid(Method.VOUCHER, 500)])
    assert back.issuer == ccas
    assert json.loads(back.event.body)["data"]["issuer"] == "ccas"
    month = month_of(first)
    found = statement_of(ccas, month, [world.canal])
    assert sorted((row.number, row.reference, row.cents) for row in found.rows) == sorted(
        [
            (first.movement.number, "A17", 2_000),
            (second.movement.number, "", 700),
            (back.movement.number, "", -2_000),
        ]
    )
    assert (found.taken_cents, found.back_cents, found.total_cents) == (2_700, 2_000, 700)
    [due] = dues_of([ccas], month, [world.canal])
    assert (due.count, due.cents) == (2, 700)
    assert dues_of([ccas], month, [world.gare])[0].cents == 0
    assert unissued_cents(month, [world.canal]) == 500
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


def test_a_refund_of_money_is_no_voucher_s(sold, give_back):
    sale = sold(mob(500))
    assert give_back(sale, Method.CASH).issuer is None


def test_books_name_the_issuer_as_a_third_party(voucher, sold, counter, entry, world):
    voucher(2_000, "A17")
    sold(mob(500), paid=[Paid(Method.VOUCHER, 500)])
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({5_000: 2}))
    day = last.session.business_date
    books = Books(world.navette, [world.canal], day, day)
    rows = list(csv.DictReader(io.StringIO(books.fec().decode("iso8859-15")), delimiter="\t"))
    owed = [row for row in rows if row["CompteNum"] == "4671"]
    assert [(row["CompAuxNum"], row["CompAuxLib"], row["Debit"]) for row in owed] == [
        ("ccas", "CCAS de Pantin", "20,00"),
        ("", "", "5,00"),
    ]


def test_a_table_runs_in_no_spreadsheet(voucher, ccas, world):
    sale = voucher(2_000, "=1+1")
    text_ = statement_csv(statement_of(ccas, month_of(sale), [world.canal]))
    assert "'=1+1;20,00" in text_
    assert text_.splitlines()[-1] == "total;;;;20,00"


# Pages and the till


def test_the_pages_show_and_print_a_month(voucher, browser, world):
    month = month_of(voucher(2_000, "A17"))
    client = browser(world.auditor)
    assert "CCAS de Pantin" in text(client.get(VOUCHERS))
    page = f"{VOUCHERS}ccas/{month}/"
    assert "A17" in text(client.get(page))
    assert client.get(f"{VOUCHERS}ccas/{month}.pdf").content.startswith(b"%PDF")
    assert "20,00" in client.get(f"{VOUCHERS}ccas/{month}.csv").content.decode("utf-8-sig")
    assert client.get(f"{VOUCHERS}ccas/200203.pdf").content.startswith(b"%PDF")
    assert browser(world.paul).get(page).status_code == 404
    assert browser(world.cashier).get(page).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "nobody/202611/",
        "ccas/202613/",
        "ccas/20261/",
        "ccas/199912/",
        "ccas/2026111.pdf",
        "?month=x",
    ],
)
def test_a_month_that_is_none_is_not_found(voucher, browser, world, path):
    voucher(500)
    assert browser(world.auditor).get(VOUCHERS + path).status_code == 404


def test_the_till_offers_issuers_and_keeps_them_when_payments_are_shared(paper, ccas):
    paper.press("key", "assiette")
    paper.press("key", "assiette")
    assert 'value="ccas"' in text(paper.response)
    paper.press("do", "pay", method="voucher", issuer="ccas", reference="A17", received="0,60")
    assert "CCAS de Pantin" in text(paper.response)
    paper.sell(method="cash", received="")
    paid = Payment.objects.order_by("pk").values_list("method", "amount_cents", "reference")
    assert list(paid) == [("voucher", 60, "A17"), ("cash", 40, "")]
    assert Payment.objects.first().issuer == ccas


def test_an_issuer_is_kept_with_the_last_payment_and_forgotten_for_cash(paper, ccas):
    paper.press("key", "assiette")
    paper.sell(method="voucher", issuer="ccas", reference="B2")
    assert Payment.objects.get().issuer == ccas


def test_what_is_typed_of_a_voucher_does_not_go_with_cash(paper, ccas):
    paper.press("key", "assiette")
    paper.sell(method="cash", issuer="ccas", reference="B2")
    assert (Payment.objects.get().issuer, Payment.objects.get().reference) == (None, "")


def sent(**payment):
    return {
        "id": str(uuid4()),
        "till": "C1",
        "lines": [{"category": "MOB", "price_cents": 500}],
        "payments": [{"method": "voucher", "amount_cents": 500} | payment],
    }


def test_the_api_takes_the_issuer_and_the_number(api, counter, ccas, world):
    answer = api(world.cashier).post("sales/sales", sent(issuer="ccas", reference="A17"))
    assert answer.status_code == 201
    assert answer.json()["payments"] == [
        {"method": "voucher", "amount_cents": 500, "issuer": "ccas", "reference": "A17"}
    ]
    listed = api(world.cashier).get("sales/issuers").json()
    assert listed["items"] == [{"code": "ccas", "name": "CCAS de Pantin"}]


def test_the_api_knows_no_issuer_of_elsewhere(api, counter, ccas, world):
    answer = api(world.cashier).post("sales/sales", sent(issuer="nobody"))
    assert answer.status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        ({"issuer": "ccas", "method": "card"}, "issuer_without_voucher"),
        ({"reference": "A17"}, "reference_without_issuer"),
        ({"issuer": "ccas", "reference": "x" * 61}, "string_too_long"),
    ],
)
def test_the_api_refuses_what_makes_no_sense(api, counter, ccas, world, payment, code):
    answer = api(world.cashier).post("sales/sales", sent(**payment))
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == code
    assert not Payment.objects.exists()

"""Invoices that are paid later: noted once, cancelled by a counter row, never edited."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from inventory.models import Verb
from sales.models import Buyer, Invoice, InvoicePayment, JournalEntry, Method, ShopSettings
from sales.services import (
    Paid,
    Whole,
    cancel_payment,
    issue_invoice,
    record_sale,
    refund_sale,
    settle_invoice,
)
from tests.inventory.pages import text
from tests.sales.conftest import mob

pytestmark = pytest.mark.database

TRANSFER = InvoicePayment.Means.TRANSFER


@pytest.fixture
def town(world):
    navette = world.navette
    type(navette).objects.filter(pk=navette.pk).update(siret="73282932000074")
    navette.siret = "73282932000074"
    ShopSettings.objects.create(organisation=navette, address="1 quai du Canal")
    return Buyer.objects.create(
        organisation=navette,
        number=1,
        name="Mairie de Canal",
        address="2 place",
        kind="organisation",
    )


@pytest.fixture
def invoice(counter, entry, town):
    """120 €, of which the town hall pays 100 € later."""
    sale = record_sale(
        entry=entry(Verb.SELL),
        till=counter.till,
        lines=[mob(6_000, quantity=2)],
        payments=[Paid(Method.ACCOUNT, 10_000), Paid(Method.CASH, 2_000)],
        whole=Whole(buyer=town),
    )
    return issue_invoice(entry=entry(Verb.SELL), sale=sale, buyer=town)


@pytest.fixture
def pay(invoice, entry):
    def make(day=None, means=TRANSFER):
        by = entry(Verb.SELL)
        day = day or by.site.business_date(by.occurred_at)
        return settle_invoice(entry=by, invoice=invoice, paid_on=day, means=means)

    return make


def refused(act, **said):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        act(**said)
    return refusal.value.code


def give_back(invoice, counter, entry, quantity, method):
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=invoice.sale,
        quantities={invoice.sale.lines.get(): quantity},
        method=method,
    )


def owed():
    return [(row.number, row.owed_cents) for row in Invoice.objects.unpaid()]


def test_what_was_left_for_later_is_owed_until_it_is_paid(invoice, pay):
    assert owed() == [(invoice.number, 10_000)]
    events = JournalEntry.objects.count()
    assert pay().amount_cents == 10_000
    assert owed() == []
    assert JournalEntry.objects.count() == events


def test_it_is_paid_once_and_again_where_it_was_cancelled(invoice, pay, entry):
    pay()
    assert refused(pay) == "paid_already"
    counter_row = cancel_payment(entry=entry(Verb.SELL), invoice=invoice)
    assert counter_row.amount_cents == -10_000
    assert owed() == [(invoice.number, 10_000)]
    assert refused(cancel_payment, entry=entry(Verb.SELL), invoice=invoice) == "not_paid"
    pay(means=InvoicePayment.Means.CHEQUE)
    assert [row.amount_cents for row in invoice.payments.order_by("pk")] == [
        10_000,
        -10_000,
        10_000,
    ]
    assert InvoicePayment.objects.standing().get().means == "cheque"


def test_what_is_credited_is_no_longer_owed(invoice, counter, entry, pay):
    give_back(invoice, counter, entry, 1, Method.ACCOUNT)
    assert owed() == [(invoice.number, 4_000)]
    assert pay().amount_cents == 4_000


def test_nothing_is_owed_of_what_was_paid_at_once(sold, entry, town):
    paid = issue_invoice(entry=entry(Verb.SELL), sale=sold(mob()), buyer=town)
    by = entry(Verb.SELL)
    said = {"invoice": paid, "paid_on": by.site.business_date(by.occurred_at), "means": TRANSFER}
    assert refused(settle_invoice, entry=by, **said) == "nothing_owed"


@pytest.mark.parametrize("days", [-1, 1])
def test_it_is_paid_between_the_invoice_and_today(invoice, pay, days):
    assert refused(pay, day=invoice.issued_on + timedelta(days=days)) == "bad_day"


def test_a_payment_is_never_edited(invoice, pay):
    pay()
    for sql in (
        "UPDATE sales_invoicepayment SET amount_cents = 1",
        "DELETE FROM sales_invoicepayment",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# Pages


def posted(client, address, **said):
    return client.post(address, {"id": str(uuid4()), **said})


def test_a_payment_is_noted_and_cancelled_on_pages(invoice, browser, world):
    client = browser(world.manager)
    listed = text(client.get("/factures/?unpaid=1"))
    assert "à payer" in listed
    assert "100,00" in listed
    address = f"/factures/{invoice.number}/payer/"
    assert client.get(address).status_code == 200
    day = timezone.localdate().isoformat()
    form = {"id": str(uuid4()), "paid_on": day, "means": "transfer"}
    for _twice in range(2):
        assert client.post(address, form).url == "/factures/"
    assert InvoicePayment.objects.count() == 1
    assert "virement" in text(client.get("/factures/"))
    assert client.get("/factures/?unpaid=1").context["owed"]["count"] == 0
    assert posted(client, address, paid_on=day, means="cash").status_code == 422
    assert posted(client, f"/factures/{invoice.number}/annuler-paiement/").url == "/factures/"
    assert owed() == [(invoice.number, 10_000)]
    assert "annulé" in text(client.get(address))


def test_an_unpaid_invoice_says_how_late_it_is(invoice, browser, world):
    with time_machine.travel(timezone.now() + timedelta(days=45)):
        page = text(browser(world.manager).get("/factures/?unpaid=1"))
    assert "en retard de 2 semaines" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_day_that_cannot_be_and_no_means_are_refused(invoice, browser, world):
    client = browser(world.manager)
    address = f"/factures/{invoice.number}/payer/"
    assert posted(client, address, paid_on="2020-01-01", means="transfer").status_code == 422
    assert posted(client, address, paid_on="hier", means="gold").status_code == 422
    assert posted(client, f"/factures/{invoice.number}/annuler-paiement/").status_code == 422
    assert not InvoicePayment.objects.exists()


def test_who_may_not_note_a_payment(invoice, browser, world):
    address = f"/factures/{invoice.number}/payer/"
    assert browser(world.paul).get(address).status_code == 404
    assert browser(world.auditor).get(address).status_code == 403
    assert browser(world.auditor).get("/factures/").status_code == 200

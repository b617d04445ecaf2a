"""``verify`` finds every fault planted in tickets and refunds, and nothing where there is none."""

import pytest
from django.db import connection

from inventory import triggers
from inventory.models import Verb
from inventory.verify import differences
from sales.models import Method, Nature
from sales.services import Paid, Wanted, cancel_takings, note_takings, refund_sale
from sales.verify import CHECKS
from tests.sales.conftest import mob

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def tickets(sold, chair, counter, entry):
    """Two tickets, with a discount's worth of change, and a refund of part of the first."""
    sale = sold(mob(1_000, quantity=3, weight_g=900), Wanted(item=chair))
    sold(mob(700, weight_g=500), mob(0), paid=[Paid(Method.CARD, 300), Paid(Method.CASH, 500)])
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=sale,
        quantities={sale.lines.get(position=1): 2},
        method=Method.CASH,
    )
    gift = sold(Wanted(nature=Nature.VOUCHER, price_cents=1_000)).lines.get().voucher
    sold(mob(400, weight_g=400), paid=[Paid(Method.CREDIT, 400, gift)])
    noted = note_takings(entry=entry(Verb.SELL), cents={Method.CASH: 5_000, Method.CARD: 1_234})
    cancel_takings(entry=entry(Verb.SELL), takings=noted)


def run(statement):
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount
    triggers.install(connection)


def test_right_tickets_differ_by_nothing(tickets):
    assert differences(using="default") == []


# What is changed behind the shop's back, and which checks tell.
FAULTS = {
    "UPDATE sales_sale SET total_cents = 4501 WHERE total_cents = 4500": (
        "lines of a ticket",
        "payments of a ticket",
    ),
    "UPDATE sales_sale SET change_cents = change_cents + 1 WHERE total_cents = 700": (
        "payments of a ticket",
    ),
    "UPDATE sales_saleline SET organisation_id ="
    " (SELECT id FROM organisation_organisation WHERE code = 'port') WHERE total_cents = 700": (
        "structure of a ticket's line",
    ),
    "DELETE FROM sales_payment WHERE method = 'card'": ("payments of a ticket",),
    "DELETE FROM sales_saleline WHERE total_cents = 700": ("lines of a ticket",),
    "UPDATE sales_saleline SET weight_g = 501 WHERE weight_g = 500": ("weight of a ticket's line",),
    "UPDATE sales_saleline SET item_id = NULL WHERE item_id IS NOT NULL": (
        "weight of a ticket's line",
    ),
    "UPDATE sales_refundline SET quantity = 4": ("given back of a ticket's line",),
    "UPDATE sales_refundline SET amount_cents = 3001": (
        "given back of a ticket's line",
        "lines of a refund",
    ),
    "UPDATE sales_refundline SET weight_g = 599": ("lines of a refund",),
    "UPDATE sales_refund SET total_cents = 1": ("lines of a refund",),
    "DELETE FROM sales_refundline": ("lines of a refund",),
    "UPDATE sales_saleline SET voucher_id = NULL WHERE nature = 'voucher'": (
        "what is left of a voucher",
    ),
    "UPDATE sales_saleline SET flag = 'sold' WHERE weight_g = 500": ("grams found for a ticket",),
    "UPDATE sales_daypayment SET amount_cents = -1233 WHERE amount_cents = -1234": (
        "cancelled takings of a day",
    ),
    "DELETE FROM sales_daypayment WHERE amount_cents = -5000": ("cancelled takings of a day",),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_told_by_the_checks_it_concerns(tickets, fault):
    run(fault)

    lines = differences(using="default")

    told = [w for w, _query in CHECKS if any(line.startswith(f"{w} ") for line in lines)]
    assert tuple(told) == FAULTS[fault]


def test_every_check_is_tried():
    assert {what for told in FAULTS.values() for what in told} == {
        str(what) for what, _query in CHECKS
    }

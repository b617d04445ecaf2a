"""The treasurer's pages in a browser: the books, slips for the bank, vouchers of third parties."""

import re

import pytest
from playwright.sync_api import expect

from sales.models import BankSlip, Method, Payment, Till, VoucherIssuer
from sales.services import Count, Paid, Wanted, close_session, record_sale
from tests.e2e.counter import TILL, Cashier
from tests.e2e.looks import faults
from tests.sales.conftest import category
from tests.tills import till_entry

pytestmark = pytest.mark.browser


@pytest.fixture
def ccas(shop):
    return VoucherIssuer.objects.create(
        organisation=shop.world.navette, code="ccas", name="CCAS de Pantin", address="1 rue du Port"
    )


@pytest.fixture
def sold(shop, ccas):
    """A ticket by cheque and one by a voucher of the CCAS."""
    till = Till.objects.get()
    for paid in (Paid(Method.CHEQUE, 900), Paid(Method.VOUCHER, 700, None, ccas, "A17")):
        wanted = Wanted(category=category("MOB"), price_cents=paid.amount_cents)
        record_sale(entry=till_entry(till.site), till=till, lines=[wanted], payments=[paid])
    return till


def test_the_books_and_their_accounts_fit_and_axe_finds_nothing(visit, shop, sold, violations):
    with visit("/caisse/comptabilite/", login="director") as page:
        assert faults(page, violations) == []
        close_session(entry=till_entry(sold.site), till=sold, count=Count({5_000: 2}))
        page.reload()
        page.locator(".books summary").first.click()
        assert faults(page, violations) == []
        page.goto("/reglages/comptes/")
        assert faults(page, violations) == []
        page.fill("[name='method:cash:number']", "58")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator(".err").first).to_be_visible()
        assert faults(page, violations) == []


def test_a_slip_is_made_with_a_hand_on_the_cheques(visit, shop, sold, violations):
    with visit("/caisse/banque/?site=canal", login="cashier") as page:
        assert faults(page, violations) == []
        page.get_by_role("link", name="Faire un bordereau").first.click()
        assert faults(page, violations) == []
        page.get_by_label("Tireur").fill("Zoé Martin")
        page.get_by_role("button", name="Faire le bordereau").click()
        expect(page.locator("h1")).to_have_text("Bordereau R-canal-1")
        assert faults(page, violations) == []
        page.goto("/caisse/banque/especes/?site=canal")
        page.get_by_text(re.compile("La sortir maintenant")).click()
        page.fill("[name=p2000]", "2")
        expect(page.locator("[data-pieces-sum] output")).to_have_text(re.compile("40,00"))
        assert faults(page, violations) == []
        page.get_by_role("button", name="Faire le bordereau").click()
        expect(page.locator("h1")).to_have_text("Bordereau R-canal-2")
        page.get_by_role("button", name="Annuler ce bordereau").click()
        expect(page.locator("body")).to_contain_text("R-canal-3")
        assert faults(page, violations) == []
        page.goto("/caisse/banque/?site=canal")
        assert faults(page, violations) == []
    assert BankSlip.objects.count() == 3


def test_a_statement_fits_and_axe_finds_nothing(visit, shop, sold, violations):
    with visit("/caisse/bons-tiers/", login="director") as page:
        assert faults(page, violations) == []
        page.get_by_role("link", name="CCAS de Pantin").click()
        expect(page.locator("tfoot")).to_contain_text("7,00")
        assert faults(page, violations) == []


def test_the_till_asks_whose_voucher_it_is(visit, shop, ccas, violations):
    with visit(TILL, login="cashier", size="tablet") as page:
        till = Cashier(page)
        till.key("livre")
        expect(till.lines).to_have_count(1)
        expect(page.locator(".issued")).to_be_hidden()
        page.locator(".means").get_by_text("Bon", exact=True).click()
        page.locator(".issued").get_by_text("CCAS de Pantin").click()
        page.fill("[name=reference]", "A17")
        till.sell()
    paid = Payment.objects.get()
    assert (paid.issuer, paid.reference) == (ccas, "A17")

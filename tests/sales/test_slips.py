"""Slips for the bank: each cheque on one at most, cash by its pieces, cancelled by another slip."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from inventory.models import Verb
from sales.models import BankSlip, BankSlipLine, CashMove, ChequeDrawer, Method, Payment
from sales.services import (
    Drawn,
    Paid,
    cancel_slip,
    erase_drawers,
    move_cash,
    refund_sale,
    remit_cash,
    remit_cheques,
)
from tests.inventory.pages import text
from tests.sales.conftest import mob
from tests.tills import open_till

pytestmark = pytest.mark.database


@pytest.fixture
def cheque(sold):
    """``cheque(1_500)``: a payment by cheque at C1."""

    def paid(cents=1_500, till=None) -> Payment:
        sale = sold(mob(cents), paid=[Paid(Method.CHEQUE, cents)], till=till)
        return sale.payments.get()

    return paid


@pytest.fixture
def remit(entry):
    def made(*cheques, site=None, **drawn) -> BankSlip:
        said = dict.fromkeys(cheques, Drawn(**drawn))
        return remit_cheques(entry=entry(Verb.SELL, site), cheques=said)

    return made


def refusal(act, *args, **options):
    with pytest.raises(ValidationError) as refused:
        act(*args, **options)
    return refused.value.code


def left(site):
    return [row.amount_cents for row in BankSlip.objects.cheques_left(site)]


def test_cheques_go_to_the_bank_once(cheque, remit, world):
    first, second = cheque(1_500), cheque(700)
    slip = remit(first, second)
    assert (slip.number, slip.total_cents, slip.lines.count()) == ("R-canal-1", 2_200, 2)
    assert left(world.canal) == []
    third = cheque(300)
    assert refusal(remit, second, third) == "cheque_remitted"
    assert left(world.canal) == [300]
    assert BankSlip.objects.count() == 1


def test_only_cheques_of_the_site_wait_there(cheque, sold, remit, world):
    sold(mob(500))
    elsewhere = cheque(900, open_till(world.gare, "G1"))
    assert left(world.canal) == []
    assert left(world.gare) == [900]
    assert refusal(remit, elsewhere) == "cheque_remitted"
    assert refusal(remit) == "no_cheques"


def test_the_database_holds_a_cheque_to_one_slip(cheque, remit):
    paid = cheque()
    slip = remit(paid)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankSlipLine.objects.create(slip=slip, payment=paid, amount_cents=1_500)


def test_a_cancelled_slip_gives_its_cheques_back(cheque, remit, entry, world):
    paid = cheque()
    slip = remit(paid)
    counter = cancel_slip(entry=entry(Verb.SELL), slip=slip)
    assert (counter.total_cents, counter.reverses) == (-1_500, slip)
    assert left(world.canal) == [1_500]
    assert refusal(cancel_slip, entry=entry(Verb.SELL), slip=slip) == "slip_cancelled"
    assert refusal(cancel_slip, entry=entry(Verb.SELL), slip=counter) == "slip_cancels"
    again = remit(paid)
    assert [line.turn for line in BankSlipLine.objects.order_by("pk")] == [0, 1]
    assert (again.number, left(world.canal)) == ("R-canal-3", [])


def test_a_cheque_that_was_given_back_is_told(cheque, sold, counter, entry, world):
    paid = cheque(1_500)
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=paid.sale,
        quantities={paid.sale.lines.get(): 1},
        method=Method.CHEQUE,
    )
    [row] = BankSlip.objects.cheques_left(world.canal)
    assert row.back_cents == 1_500


def test_who_drew_a_cheque_is_no_part_of_the_slip_and_is_erased(cheque, remit):
    paid = cheque()
    slip = remit(paid, name="Zoé Martin", bank="Banque postale")
    assert (paid.drawer.name, paid.drawer.bank) == ("Zoé Martin", "Banque postale")
    assert "Zoé" not in paid.sale.event.body
    assert erase_drawers(slip=slip) == 1
    assert not ChequeDrawer.objects.exists()
    assert slip.lines.count() == 1


# Cash


def drawer_cents(till):
    return CashMove.objects.filter(session__till=till).values_list("kind", "amount_cents")


def test_cash_is_taken_out_of_an_open_till(counter, entry, world):
    slip = remit_cash(entry=entry(Verb.SELL), pieces={2_000: 2, 50: 3}, till=counter.till)
    assert (slip.total_cents, slip.pieces) == (4_150, {"2000": 2, "50": 3})
    assert list(drawer_cents(counter.till)) == [("bank", -4_150)]
    assert not BankSlip.objects.cash_left(world.canal).exists()


def test_cash_taken_out_before_waits_for_its_slip(counter, entry, world):
    kind = CashMove.Kind.BANK
    till = counter.till
    move = move_cash(entry=entry(Verb.SELL), till=till, kind=kind, amount_cents=-4_000)
    assert list(BankSlip.objects.cash_left(world.canal)) == [move]

    def remitted(pieces):
        return remit_cash(entry=entry(Verb.SELL), pieces=pieces, till=None, move=move)

    assert refusal(remitted, {2_000: 1}) == "cash_differs"
    slip = remitted({2_000: 2})
    assert refusal(remitted, {2_000: 2}) == "cash_remitted"
    cancel_slip(entry=entry(Verb.SELL), slip=slip)
    assert list(BankSlip.objects.cash_left(world.canal)) == [move]
    assert remitted({1_000: 4}).turn == 1
    assert list(drawer_cents(till)) == [("bank", -4_000)]


def test_no_more_cash_than_there_is_and_none_is_no_slip(counter, entry):
    def remitted(pieces):
        return remit_cash(entry=entry(Verb.SELL), pieces=pieces, till=counter.till)

    assert refusal(remitted, {50_000: 1}) == "drawer_too_low"
    assert refusal(remitted, {}) == "no_cash"
    assert not BankSlip.objects.exists()
    assert not CashMove.objects.exists()


# Pages


BANK = "/caisse/banque/"


def posted(**fields):
    return {"id": str(uuid4()), **fields}


def test_a_volunteer_makes_a_slip_prints_and_cancels_it(cheque, browser, world):
    paid, client = cheque(1_500), browser()
    cheque(700)
    page = client.get(f"{BANK}cheques/?site=canal")
    assert [row.chosen.value() for row in page.context["form"].rows] == [True, True]
    fields = posted(**{f"cheque_{paid.pk}": "on", f"name_{paid.pk}": "Zoé Martin"})
    for _twice in range(2):
        assert client.post(f"{BANK}cheques/?site=canal", fields).url == f"{BANK}R-canal-1/"
    page = client.get(f"{BANK}R-canal-1/")
    assert "Zoé Martin" in text(page)
    assert client.get(f"{BANK}R-canal-1/bordereau.pdf").content.startswith(b"%PDF")
    assert "7,00" in text(client.get(f"{BANK}?site=canal"))
    client.post(f"{BANK}R-canal-1/effacer/")
    assert "Zoé Martin" not in text(client.get(f"{BANK}R-canal-1/"))
    cancelled = client.post(f"{BANK}R-canal-1/annuler/", posted())
    assert cancelled.url == f"{BANK}R-canal-1/"
    assert "R-canal-2" in text(client.get(cancelled.url))
    assert client.post(f"{BANK}R-canal-1/annuler/", posted()).status_code == 422
    assert client.get(f"{BANK}R-canal-2/bordereau.pdf").status_code == 200


def test_cash_is_counted_on_the_page(counter, browser):
    client = browser()
    fields = posted(source="till:C1", p2000="2", p50="3")
    assert client.post(f"{BANK}especes/?site=canal", fields).url == f"{BANK}R-canal-1/"
    assert "41,50" in text(client.get(f"{BANK}R-canal-1/"))
    assert client.get(f"{BANK}R-canal-1/bordereau.pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("cheques/", {}),
        ("cheques/", {"id": "x"}),
        ("cheques/", {"name_1": "x"}),
        ("especes/", {}),
        ("especes/", {"source": "till:G1", "p2000": "1"}),
        ("especes/", {"source": "safe"}),
        ("especes/", {"source": "till:C1", "p2000": "-1"}),
        ("especes/", {"source": "till:C1", "p50000": "1", "p10000": "99"}),
    ],
)
def test_a_slip_that_makes_no_sense_is_refused(cheque, browser, path, fields):
    cheque()
    page = browser().post(f"{BANK}{path}?site=canal", posted() | fields)
    assert page.status_code == 422
    assert not BankSlip.objects.exists()


def test_slips_are_those_of_a_site_one_sells_at(cheque, remit, browser, world):
    remit(cheque())
    address = f"{BANK}R-canal-1/"
    assert browser(world.paul).get(address).status_code == 404
    assert browser(world.auditor).get(address).status_code == 403
    for number in ("R-canal-9", "R-canal-0", "x", "R-canal-1\0", "R-canal-9999999999"):
        assert browser().get(f"{BANK}{number}/").status_code == 404

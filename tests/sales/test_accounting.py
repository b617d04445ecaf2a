"""The books: every entry balances, says what the Z says, and is read by accountants' programs."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from inventory.models import Verb
from sales.accounting.books import Books
from sales.accounting.daybook import daybook
from sales.accounting.fec import COLUMNS
from sales.accounting.plan import Account, choose_accounts
from sales.models import CashMove, Method, Nature, Regime
from sales.services import (
    Count,
    Discount,
    Paid,
    Wanted,
    Whole,
    close_session,
    move_cash,
    record_sale,
    refund_sale,
    set_vat,
)
from tests.sales.conftest import mob
from tests.tills import open_till

pytestmark = pytest.mark.database


@pytest.fixture
def day(sold, counter, entry):
    """A ticket of 18 € in cash, 9 € of it given back; one of 7 € by card; 40 € to the bank; 1 €
    too little in the drawer."""
    why = Discount("lot", percent=10)
    first = sold(mob(1_000, quantity=2, weight_g=900, discount=why))
    sold(mob(700), paid=[Paid(Method.CARD, 700)])
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(): 1},
        method=Method.CASH,
    )
    kind = CashMove.Kind.BANK
    move_cash(entry=entry(Verb.SELL), till=counter.till, kind=kind, amount_cents=-4_000)
    return close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({100: 68}))


def books(site, closing, days=0):
    day = closing.session.business_date
    return Books(site.organisation, [site], day - timedelta(days=days), day)


def lines(entry):
    return [(line.account.number, line.what, line.cents) for line in entry.lines]


def test_an_entry_tells_a_day_at_the_usual_accounts(world, day):
    [entry] = books(world.canal, day).entries
    assert lines(entry) == [
        ("531", "espèces", 1_800),
        ("5115", "cartes", 700),
        ("707", "ventes de marchandises", -2_500),
        ("531", "rendu, espèces", -900),
        ("707", "rendu, ventes de marchandises", 900),
        ("531", "fond de caisse", 10_000),
        ("580", "fond de caisse", -10_000),
        ("531", "écart de caisse", -100),
        ("658", "écart de caisse", 100),
        ("531", "remise en banque", -4_000),
        ("580", "remise en banque", 4_000),
    ]
    assert entry.day.number == day.number


def test_the_cash_account_ends_as_the_drawer_was_counted(world, day, sold, counter, entry):
    sold(mob(500))
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({100: 100}))
    found = books(world.canal, last)
    cash = {account.number: (debit, credit) for account, debit, credit in found.balance}["531"]
    assert cash[0] - cash[1] == last.counted_cents == 10_000


def test_a_day_that_gave_back_more_than_it_sold_turns_the_sides(world, sold, counter, entry):
    first = sold(mob(1_000))
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    open_till(world.canal)
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=first,
        quantities={first.lines.get(): 1},
        method=Method.CASH,
    )
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({100: 90}))
    _first, back = books(world.canal, last).entries
    assert lines(back)[:2] == [
        ("531", "rendu, espèces", -1_000),
        ("707", "rendu, ventes de marchandises", 1_000),
    ]
    rows = read(books(world.canal, last))
    assert all("-" not in row["Debit"] + row["Credit"] for row in rows)


def read(found):
    text = found.fec().decode("iso8859-15")
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def test_the_fec_has_the_columns_of_the_law(world, day):
    rows = read(books(world.canal, day))
    on = f"{day.session.business_date:%Y%m%d}"
    assert tuple(rows[0]) == COLUMNS
    assert len(COLUMNS) == 18
    assert rows[0] == {
        "JournalCode": "CA",
        "JournalLib": "Caisse",
        "EcritureNum": "1",
        "EcritureDate": on,
        "CompteNum": "531",
        "CompteLib": "Caisse",
        "CompAuxNum": "",
        "CompAuxLib": "",
        "PieceRef": "Z-canal-C1-1",
        "PieceDate": on,
        "EcritureLib": "Z-canal-C1-1 espèces",
        "Debit": "18,00",
        "Credit": "0,00",
        "EcritureLet": "",
        "DateLet": "",
        "ValidDate": f"{localtime(day.closed_at):%Y%m%d}",
        "Montantdevise": "",
        "Idevise": "",
    }
    cents = [int(row[side].replace(",", "")) for row in rows for side in ("Debit", "Credit")]
    assert sum(cents[::2]) == sum(cents[1::2]) == 17_500


def test_numbers_go_on_over_the_year_and_all_its_sites(world, day, sold, counter, entry):
    gare = open_till(world.gare, "G1")
    other = close_session(entry=entry(Verb.SELL, world.gare), till=gare, count=Count({}))
    sold(mob(500))
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    on = day.session.business_date
    whole = Books(world.navette, [world.canal, world.gare], on, on)
    assert [(entry.number, entry.day.number) for entry in whole.entries] == [
        (1, day.number),
        (2, other.number),
        (3, last.number),
    ]
    part = Books(world.navette, [world.canal], on, on)
    assert [entry.number for entry in part.entries] == [1, 3]


def test_a_day_without_any_money_takes_no_number(world, day, sold, counter, entry):
    for _twice in range(2):
        open_till(world.canal)
        pieces = Count({5_000: 2})
        idle = close_session(entry=entry(Verb.SELL), till=counter.till, count=pieces)
    sold(mob(500))
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({100: 105}))
    numbers = {entry.day.number: entry.number for entry in books(world.canal, last).entries}
    assert numbers == {day.number: 1, "Z-canal-C1-2": 2, last.number: 3}
    assert idle.number not in numbers


def test_what_is_not_closed_is_named_and_not_booked(world, day, sold):
    sold(mob(500))
    found = books(world.canal, day)
    assert len(found.entries) == 1
    assert [session.number for session in found.unclosed] == [2]
    assert [each.number for each in found.days] == [day.number]


def test_chosen_accounts_are_used_and_their_history_kept(world, day):
    chosen = {
        "method:cash": Account("530100", "Caisse du canal"),
        "category:MOB": Account("70710", "Meubles"),
        "method:card": Account("5115", "Cartes bancaires à encaisser"),  # the usual one
    }
    assert choose_accounts(organisation=world.navette, chosen=chosen) == 2
    assert choose_accounts(organisation=world.navette, chosen=chosen) == 0
    [entry] = books(world.canal, day).entries
    assert lines(entry)[:3] == [
        ("530100", "espèces", 1_800),
        ("5115", "cartes", 700),
        ("70710", "meubles", -2_500),
    ]
    row = world.navette.book_accounts.get(purpose="method:cash")
    assert row.history.count() == 1


def test_the_table_by_day_adds_up_and_runs_in_no_spreadsheet(world, day):
    text = daybook(books(world.canal, day).days)
    assert text.startswith("\ufeffsite;jour;caisse;")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert (row["tickets"], row["remboursements"]) == ("2", "1")
    assert (row["ventes (€)"], row["rendu (€)"], row["total (€)"]) == ("25,00", "-9,00", "16,00")
    assert (row["espèces (€)"], row["cartes (€)"]) == ("9,00", "7,00")
    assert (row["remises (€)"], row["écart de caisse (€)"]) == ("2,00", "-1,00")
    assert row["poids (kg)"] == "0,450"


def test_vat_natures_and_a_discount_on_all_are_booked_as_the_z_says(world, counter, entry):
    said = entry(Verb.SELL)
    rates = {"": 2_000, "VAI": 550}
    set_vat(entry=said, since=said.day, regime=Regime.NORMAL, rates=rates)
    sale = record_sale(
        entry=entry(Verb.SELL),
        till=counter.till,
        lines=[mob(1_000), Wanted(key=counter.assiette, quantity=3), gift(200)],
        payments=[Paid(Method.CHEQUE, 1_000), Paid(Method.CASH, 500)],
        whole=Whole(Discount("fête", amount_cents=100)),
    )
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=sale,
        quantities={sale.lines.get(position=2): 2},
        method=Method.CASH,
    )
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({100: 100}))
    [found] = books(world.canal, last).entries
    z = last.figures
    sides = found.day.sales, found.day.refunds
    sold_cents, back_cents = (sum(side.sold.values()) for side in sides)
    assert (sold_cents, back_cents) == (z["sales_cents"], z["refunds_cents"])
    by_account = {}
    for line in found.lines:
        by_account[line.account.number] = by_account.get(line.account.number, 0) + line.cents
    assert by_account["4457120"] == -z["vat"]["2000"][1] < 0
    assert by_account["4457105"] == -z["vat"]["550"][1] < 0
    assert by_account["7541"] == -z["natures"]["gift"][1]
    goods = z["natures"]["goods"][1] - z["vat"]["2000"][1] - z["vat"]["550"][1]
    assert by_account["707"] == -goods
    text = daybook([found.day]).removeprefix("\ufeff")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    vat_cents = z["vat"]["550"][1]
    assert row["TVA à 5,5 % (€)"] == f"0,{vat_cents:02}"
    assert row["dons (€)"] == f"{z['natures']['gift'][1] / 100:.2f}".replace(".", ",")


def gift(cents):
    return Wanted(nature=Nature.GIFT, price_cents=cents)


def test_vouchers_of_the_house_are_owed_until_they_are_used(world, counter, entry, sold):
    bought = sold(Wanted(nature=Nature.VOUCHER, price_cents=2_000), paid=[Paid(Method.CARD, 2_000)])
    aside = sold(Wanted(nature=Nature.DEPOSIT, price_cents=500), paid=[Paid(Method.CARD, 500)])
    gift_code, deposit = bought.lines.get().voucher, aside.lines.get().voucher
    paid = [Paid(Method.CREDIT, 500, deposit), Paid(Method.CREDIT, 300, gift_code)]
    sale = sold(mob(800), paid=paid)
    refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=sale,
        quantities={sale.lines.get(): 1},
        method=Method.CREDIT,
    )
    last = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({5_000: 2}))
    [found] = books(world.canal, last).entries
    sums = {account.number: debit - credit for account, debit, credit in _sums(found)}
    assert sums["41912"] == -2_000 + 300 - 800
    assert sums["41911"] == -500 + 500
    assert sums["707"] == 0


def _sums(entry):
    accounts = {line.account for line in entry.lines}
    for account in sorted(accounts):
        at = [line for line in entry.lines if line.account == account]
        yield (
            account,
            sum(line.debit_cents for line in at),
            sum(line.credit_cents for line in at),
        )

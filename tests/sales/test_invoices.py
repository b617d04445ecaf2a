"""Invoices and credit notes: numbered without a gap, chained without names, kept for ten years."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone, translation

from inventory.models import Verb
from organisation.models import Organisation
from sales.models import (
    Buyer,
    Invoice,
    InvoiceParty,
    JournalEntry,
    Kind,
    Method,
    Regime,
    ShopSettings,
)
from sales.services import (
    Paid,
    Whole,
    add_buyer,
    erase_buyer,
    issue_invoice,
    refund_sale,
    set_vat,
)
from tests.inventory.pages import text
from tests.sales import test_tampering
from tests.sales.conftest import category, mob
from tests.sales.pages import back
from tests.sales.test_tampering import _change, _undone, tamper  # noqa: F401
from tests.written_once import hold, refused

pytestmark = pytest.mark.database


@pytest.fixture
def town(world):
    """A town hall, and the shop's own address and SIRET."""
    Organisation.objects.filter(pk=world.navette.pk).update(siret="39860733300059")
    world.canal.organisation.siret = "39860733300059"
    ShopSettings.objects.create(organisation=world.navette, address="5 quai du Canal\n75019 Paris")
    return add_buyer(
        buyer=Buyer(
            organisation=world.navette,
            kind=Buyer.Kind.ORGANISATION,
            name="Mairie de Pantin",
            address="84 avenue du Général-Leclerc\n93500 Pantin",
            siret="73282932000074",
        )
    )


@pytest.fixture
def invoiced(sold, entry, town):
    """``invoiced(mob(), paid=…)``: a ticket and its invoice."""

    def make(*lines, at=None, **more):
        sale = sold(*(lines or [mob()]), **more)
        written = entry(Verb.SELL)
        written = replace(written, occurred_at=at) if at else written
        return issue_invoice(entry=written, sale=sale, buyer=town)

    return make


@pytest.fixture
def owed(counter, entry, town):
    """A ticket that the town hall pays later."""
    from sales.services import record_sale

    return record_sale(
        entry=entry(Verb.SELL),
        till=counter.till,
        lines=[mob(12_000)],
        payments=[Paid(Method.ACCOUNT, 12_000)],
        whole=Whole(buyer=town),
    )


def give_back(sale, counter, entry, quantity=1, method=Method.CASH):
    return refund_sale(
        entry=entry(Verb.RETURN),
        till=counter.till,
        sale=sale,
        quantities={sale.lines.get(position=1): quantity},
        method=method,
    )


def faults():
    with translation.override("en"):  # its triggers are told by an English word
        return test_tampering.faults()


def told(invoice):
    return json.loads(JournalEntry.objects.get(pk=invoice.event_id).body)["data"]


def read(client, number):
    answer = client.get(f"/factures/{number}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    said = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    return " ".join(said.replace("\N{NO-BREAK SPACE}", " ").split())


def numbers():
    return [invoice.number for invoice in Invoice.objects.order_by("pk")]


def test_numbers_follow_each_other_by_year_and_credit_notes_have_their_own(
    invoiced, counter, entry, world
):
    invoiced()
    second = invoiced(mob(quantity=2))
    give_back(second.sale, counter, entry)
    invoiced(at=datetime(2031, 1, 1, 12, tzinfo=UTC))

    year = timezone.localdate().year
    assert numbers() == [
        f"F-{year}-0001",
        f"F-{year}-0002",
        f"A-{year}-0001",
        "F-2031-0001",
    ]
    assert faults() == []


def test_an_event_says_the_number_and_no_name(invoiced, town):
    said = told(invoiced())
    assert (said["of"], said["buyer"], said["total_cents"]) == ("VE-canal-1", 1, 1_000)
    assert (said["refund"], said["due_on"]) == (None, None)
    bodies = " ".join(JournalEntry.objects.values_list("body", flat=True))
    assert not [word for word in ("Mairie", "Leclerc", "73282932000074") if word in bodies]


def test_a_ticket_is_invoiced_once(invoiced, entry, town):
    invoice = invoiced()
    with pytest.raises(ValidationError) as refusal:
        issue_invoice(entry=entry(Verb.SELL), sale=invoice.sale, buyer=town)
    assert refusal.value.code == "invoiced_already"
    assert Invoice.objects.count() == 1


def test_what_the_law_wants_on_it_is_asked_for(sold, entry, town, world):
    sale = sold(mob())

    def code(buyer=town):
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            issue_invoice(entry=entry(Verb.SELL), sale=sale, buyer=buyer)
        return refusal.value.code

    plain = add_buyer(buyer=Buyer(organisation=world.navette, name="Sans adresse"))
    other = add_buyer(buyer=Buyer(organisation=world.port, name="Ailleurs", address="ici"))
    assert (code(plain), code(other)) == ("no_address", "unknown_buyer")
    erase_buyer(buyer=plain, by=world.anna)
    assert code(plain) == "unknown_buyer"
    ShopSettings.objects.update(address="")
    assert code() == "seller_incomplete"
    assert not Invoice.objects.exists()


def test_a_refund_of_an_invoiced_ticket_leaves_a_credit_note(invoiced, counter, entry):
    invoice = invoiced(mob(quantity=3))
    refund = give_back(invoice.sale, counter, entry, 2)

    note = refund.credit_note
    assert (note.total_cents, note.party.name) == (2_000, "Mairie de Pantin")
    assert told(note)["refund"] == "RE-canal-1"
    assert faults() == []


def test_what_was_refunded_before_is_credited_at_once(sold, counter, entry, town):
    sale = sold(mob(quantity=2))
    give_back(sale, counter, entry)
    issue_invoice(entry=entry(Verb.SELL), sale=sale, buyer=town)
    assert [number[0] for number in numbers()] == ["F", "A"]


def test_the_paper_says_who_what_how_it_was_paid_and_why_no_vat(invoiced, browser, entry, world):
    rates = {"": 0}
    set_vat(
        entry=entry(Verb.SELL), since=timezone.localdate(), regime=Regime.FRANCHISE, rates=rates
    )
    invoice = invoiced(mob(1_250, quantity=2))
    said = read(browser(), invoice.number)
    for words in (
        invoice.number,
        "La Navette",
        "5 quai du Canal",
        "SIRET 39860733300059",
        "Mairie de Pantin",
        "93500 Pantin",
        "SIRET 73282932000074",
        "VE-canal-1",
        "25,00",
        "TVA non applicable, art. 293 B du CGI",
    ):
        assert words in said, words
    assert "40 €" not in said  # it is paid


def test_the_paper_of_what_is_owed_says_until_when_and_what_lateness_costs(owed, entry, browser):
    invoice = issue_invoice(entry=entry(Verb.SELL), sale=owed, buyer=owed.buyer)
    assert invoice.due_on == invoice.issued_on + timedelta(days=30)
    said = read(browser(), invoice.number)
    for words in ("120,00", "40 €", "L441-10", "escompte"):
        assert words in said, words


def test_the_paper_splits_vat_by_rate(invoiced, entry, browser, world):
    set_vat(
        entry=entry(Verb.SELL),
        since=timezone.localdate(),
        regime=Regime.NORMAL,
        rates={"": 2_000, "LIV": 550},
    )
    invoice = invoiced(mob(1_200))
    said = read(browser(), invoice.number)
    for words in ("20 %", "10,00 €", "2,00 €", "12,00 €"):
        assert words in said, words


def test_a_credit_note_names_the_invoice_and_counts_below_zero(invoiced, counter, entry, browser):
    invoice = invoiced(mob(quantity=3))
    note = give_back(invoice.sale, counter, entry).credit_note
    said = read(browser(), note.number)
    assert invoice.number in said
    assert "10,00" in said
    assert "−10,00" in said or "-10,00" in said


def test_who_pays_later_is_named_and_gets_no_cash_back(counter, entry, sold, owed, api, world):
    with pytest.raises(ValidationError) as nameless, transaction.atomic():
        sold(mob(), paid=[Paid(Method.ACCOUNT, 1_000)])
    assert nameless.value.code == "buyer_needed"
    with pytest.raises(ValidationError) as cash, transaction.atomic():
        give_back(owed, counter, entry)
    assert cash.value.code == "refund_method"
    assert give_back(owed, counter, entry, method=Method.ACCOUNT).total_cents == 12_000
    with pytest.raises(ValidationError) as paid, transaction.atomic():
        give_back(sold(mob()), counter, entry, method=Method.ACCOUNT)
    assert paid.value.code == "refund_method"


# Pages


def test_an_invoice_is_written_once_from_its_ticket(sold, town, browser):
    sold(mob())
    client = browser()
    page = text(client.get("/tickets/VE-canal-1/facturer/", {"q": "pantin"}))
    assert 'name="buyer" value="1"' in page
    form = {"id": str(uuid4()), "buyer": "1"}
    for _twice in range(2):
        answer = client.post("/tickets/VE-canal-1/facturer/", form)
        assert answer.url == "/tickets/VE-canal-1/"
    assert len(numbers()) == 1
    page = text(client.get("/tickets/VE-canal-1/"))
    assert numbers()[0] in page
    assert "Mairie de Pantin" in page
    assert numbers()[0] in text(client.get("/factures/"))
    assert numbers()[0] in text(client.get("/acheteurs/1/"))


@pytest.mark.parametrize("buyer", ["", "9", "x", "1" * 12, "٣"])
def test_nobody_is_no_one_to_invoice(sold, town, browser, buyer):
    sold(mob())
    form = {"id": str(uuid4()), "buyer": buyer}
    assert browser().post("/tickets/VE-canal-1/facturer/", form).status_code == 422
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("number", ["F-2026-9999", "F-x-1", "F", "A-2026-0001", "%00", "é-1-1"])
def test_an_invoice_that_is_not_there_is_not_found(invoiced, browser, number):
    invoiced()
    assert browser().get(f"/factures/{number}.pdf").status_code == 404


def test_a_refund_by_the_page_of_the_ticket_leaves_its_credit_note(invoiced, browser):
    invoiced(mob(quantity=2))
    browser().post("/tickets/VE-canal-1/rembourser/", back((1, 1)))
    assert [number[0] for number in numbers()] == ["F", "A"]


# What stays, and for how long


def test_the_database_keeps_an_invoice_as_it_was_written(invoiced):
    invoiced()
    connection.check_constraints()
    hold("sales_invoice", "total_cents = 1")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sales_invoiceparty SET name = 'x'",
        "UPDATE sales_invoiceparty SET name = '', address = '', siret = '', salt = ''",
        "UPDATE sales_invoiceparty SET keep_until = '2020-01-01'",
        "DELETE FROM sales_invoiceparty",
    ],
)
def test_the_database_keeps_whose_it_is_for_ten_years(invoiced, change):
    invoiced()
    connection.check_constraints()
    refused(change, "ten years|written once")
    assert InvoiceParty.objects.get().name == "Mairie de Pantin"


def test_an_erased_buyer_leaves_what_the_invoice_says_and_the_page_says_why(
    invoiced, town, world, browser
):
    invoice = invoiced()
    erase_buyer(buyer=town, by=world.anna)
    assert Buyer.objects.get(pk=town.pk).name == ""
    assert InvoiceParty.objects.get().name == "Mairie de Pantin"
    assert faults() == []
    page = text(browser().get("/acheteurs/1/"))
    assert "L123-22" in page
    assert "Mairie de Pantin" in read(browser(), invoice.number)


def test_after_ten_years_the_invoice_is_erased_too_and_the_chain_is_as_it_was(
    invoiced, town, world, browser
):
    invoice = invoiced(at=datetime(2014, 5, 2, 12, tzinfo=UTC))
    erase_buyer(buyer=town, by=world.anna)
    party = InvoiceParty.objects.get()
    assert (party.name, party.address, party.siret, party.salt) == ("", "", "", "")
    assert faults() == []
    assert "Mairie" not in read(browser(), invoice.number)


COLUMNS = [
    (model._meta.db_table, field.column, field.get_internal_type())
    for model in (Invoice, InvoiceParty)
    for field in model._meta.concrete_fields
    if (model, field.name) != (InvoiceParty, "id")
]


def test_every_changed_column_of_an_invoice_is_found(invoiced):
    invoiced(mob(quantity=2))
    assert faults() == []
    missed = []
    for table, column, kind in COLUMNS:
        with transaction.atomic():
            changed = _change(table, column, kind)
            if not faults():
                missed.append(changed)
            transaction.set_rollback(True)
    assert missed == []


def test_a_recipient_that_was_emptied_too_early_is_found(invoiced):
    invoiced()
    tamper(
        "UPDATE sales_invoiceparty SET name = '', address = '', siret = '', salt = '',"
        " keep_until = '2020-12-31'"
    )
    assert [(wrong, seq) for wrong, seq, _why in faults()] == [("altered", 1)]


def test_an_invoice_without_its_event_or_the_event_without_it_is_found(invoiced):
    invoiced()
    tamper("DELETE FROM sales_invoiceparty", "DELETE FROM sales_invoice")
    assert ("missing", 1, "the rows of the event") in faults()
    assert JournalEntry.objects.filter(kind=Kind.INVOICE).exists()


def test_names_of_categories_are_those_of_the_ticket(invoiced, browser):
    assert category("MOB").name_fr in read(browser(), invoiced().number)

"""A ticket handed out at the till: on paper, as a file, by e-mail, on a telephone."""

import json
from uuid import uuid4

import pypdfium2
import pytest
from django.core import mail
from django.test import Client

from inventory.models import Verb
from sales.models import Copy, JournalEntry, Kind, Regime, Sale, ShopSettings
from sales.receipt import Receipt, address_of, receipt_pdf
from sales.services import Wanted, set_vat
from tests.inventory.pages import text
from tests.sales.conftest import category, mob

pytestmark = pytest.mark.database

HAND = "/tickets/VE-canal-1/remettre/"


def asked(way, **more):
    return {"id": str(uuid4()), "way": way, **more}


def words(pdf) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def told():
    rows = JournalEntry.objects.filter(kind=Kind.REPRINT).order_by("pk")
    return [json.loads(row.body)["data"] for row in rows]


def test_the_first_print_is_the_original_and_the_next_is_marked(sold, browser):
    sold(mob())
    client = browser()
    first = client.post(HAND, asked("print"))
    assert first.url == "/tickets/VE-canal-1/?copie=0"
    page = text(client.get(first.url))
    assert "data-print-now" in page
    assert "DUPLICATA" not in page
    second = client.post(HAND, asked("print", vente="1"))
    assert second.url == "/tickets/VE-canal-1/?vente=1&copie=1"
    assert "DUPLICATA 1" in text(client.get(second.url))
    assert [copy["n"] for copy in told()] == [0, 1]


def test_what_was_not_handed_out_is_not_printed_as_a_ticket(sold, browser):
    sold(mob())
    for query in ("", "?copie=0", "?copie=7", "?copie=x"):
        page = text(browser().get(f"/tickets/VE-canal-1/{query}"))
        assert "data-print-now" not in page
        assert "only-print" in page


def test_a_button_pressed_twice_hands_out_once(sold, browser):
    sold(mob())
    client, said = browser(), asked("print")
    assert client.post(HAND, said).url == client.post(HAND, said).url
    assert Copy.objects.count() == 1


def test_the_pdf_of_a_ticket_is_as_wide_as_a_roll(sold, browser):
    sold(mob(1_234, quantity=2, weight_g=900))
    client = browser()
    answer = client.post(HAND, asked("pdf"))
    assert answer["Content-Type"] == "application/pdf"
    page = pypdfium2.PdfDocument(answer.content)[0]
    assert round(page.get_width() / 72 * 25.4) == 80
    for said in ("VE-canal-1", "La Navette", "24,68", "2 × 12,34", "100,00", "75,32"):
        assert said in words(answer.content).replace("\u00a0", " "), said
    again = client.post(HAND, asked("pdf"))
    assert "DUPLICATA 1" in words(again.content)


def test_an_e_mail_is_sent_once_and_its_address_kept_nowhere(sold, browser, settings):
    settings.EMAIL_HOST = "mail.example"
    sold(mob())
    client, said = browser(), asked("mail", address="lou@example.org")
    for _twice in range(2):
        client.post(HAND, said)
    [sent] = mail.outbox
    assert sent.to == ["lou@example.org"]
    assert sent.attachments[0][0] == "VE-canal-1.pdf"
    assert told() == [{"of": "VE-canal-1", "n": 0, "way": "mail"}]
    assert "lou@" not in JournalEntry.objects.latest("pk").body


def test_an_e_mail_that_does_not_leave_is_told(sold, browser, settings):
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = 9  # nobody listens there
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    sold(mob())
    answer = browser().post(HAND, asked("mail", address="lou@example.org"), follow=True)
    assert "pas parti" in text(answer)
    assert Copy.objects.count() == 1


@pytest.mark.parametrize("address", ["", "lou", "a@b@c"])
def test_an_address_that_is_none_is_refused(sold, browser, address):
    sold(mob())
    client = browser()
    answer = client.post(HAND, asked("mail", address=address), follow=True)
    assert "note bad" in text(answer)
    assert not Copy.objects.exists()
    assert mail.outbox == []


def test_where_no_mail_is_set_up_none_is_offered(sold, browser, settings):
    sold(mob())
    assert 'name="address"' not in text(browser().get("/tickets/VE-canal-1/"))
    settings.EMAIL_HOST = "mail.example"
    assert 'name="address"' in text(browser().get("/tickets/VE-canal-1/"))


def test_an_auditor_hands_nothing_out(sold, browser, world):
    sold(mob())
    assert browser(world.auditor).post(HAND, asked("print")).status_code == 403
    assert "remettre" not in text(browser(world.auditor).get("/tickets/VE-canal-1/"))


# On the customer's telephone


def test_whoever_holds_its_address_reads_a_ticket_and_no_name(sold, chair, world):
    sold(Wanted(item=chair))
    path = address_of(Sale.objects.get()).removeprefix("http://localhost:8000")
    answer = Client().get(path)
    page = text(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Chaise bistrot" in page
    assert "15,00" in page
    assert "Anna" not in page


@pytest.mark.parametrize("token", ["1", "1.x", "x", "1.", "%00", "9" * 400])
def test_nobody_guesses_an_address(sold, token):
    sold(mob())
    assert Client().get(f"/t/{token}/").status_code == 404


def test_a_structure_may_show_no_tickets(sold, browser, world):
    sale = sold(mob())
    ShopSettings.objects.create(organisation=world.navette, shows_tickets=False)
    path = address_of(sale).removeprefix("http://localhost:8000")
    assert Client().get(path).status_code == 404
    assert 'class="qr"' not in text(browser().get("/tickets/VE-canal-1/"))


def test_a_ticket_bears_its_vat_and_the_foot_of_the_shop(sold, counter, entry, world):
    said = entry(Verb.SELL)
    set_vat(entry=said, since=said.day, regime=Regime.NORMAL, rates={"": 2_000})
    ShopSettings.objects.create(organisation=world.navette, ticket_foot="Ouvert le samedi")
    sale = sold(mob(1_200))
    page = words(receipt_pdf(Receipt(sale.event))).replace("\u00a0", " ")
    for part in ("TVA 20 % sur 10,00 €", "2,00 €", "Ouvert le samedi"):
        assert part in page, part
    public = text(Client().get(address_of(sale).removeprefix("http://localhost:8000")))
    assert "Ouvert le samedi" in public


# Goods whose ticket says the legal guarantee


@pytest.mark.parametrize(("code", "is_durable"), [("MOB", True), ("VAI", False), ("TEX", False)])
def test_durable_goods_bear_the_legal_guarantee(sold, browser, code, is_durable):
    sale = sold(Wanted(category=category(code), price_cents=500))
    page = text(browser().get("/tickets/VE-canal-1/?vente=1"))
    assert ("garantie légale" in page) == is_durable
    assert ("présumé" in words(receipt_pdf(Receipt(sale.event)))) == is_durable

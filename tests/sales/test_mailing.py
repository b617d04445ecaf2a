"""A Z goes to the treasurer where mail is set up; a mail that fails changes nothing of it."""

import io
from datetime import timedelta
from functools import partial
from time import sleep
from uuid import uuid4

import pypdfium2
import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as LocMem
from django.utils import timezone

from inventory.models import Verb
from sales.mailing import deliver
from sales.models import Closing, ClosingMail, ShopSettings
from sales.services import Count, close_session
from tests.databases import at_once
from tests.sales.conftest import mob
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database


class Slow(LocMem):
    """A mail server that takes its time: others come meanwhile."""

    def send_messages(self, email_messages):
        sleep(0.3)
        return super().send_messages(email_messages)


class Failing(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


@pytest.fixture
def treasurer(world, settings):
    settings.EMAIL_HOST = "mail.example"
    ShopSettings.objects.create(organisation=world.navette, treasurer_email="compta@example.org")


@pytest.fixture
def failing(treasurer, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Failing"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def close(client):
    seen = client.get("/caisse/C1/cloturer/").context["seen"]
    said = {"id": str(uuid4()), "p5000": "2", "seen": seen}
    return client.post("/caisse/C1/cloturer/", said, follow=True)


def test_closing_sends_the_z_with_its_pdf(treasurer, sold, browser):
    sold(mob(700))
    assert close(browser()).status_code == 200
    [message] = mail.outbox
    z = Closing.objects.get()
    assert message.to == ["compta@example.org"]
    assert z.number in message.subject
    assert z.event.hash in message.body
    [(name, content, kind)] = message.attachments
    assert (name, kind) == ("Z-canal-C1-1.pdf", "application/pdf")
    text = pypdfium2.PdfDocument(io.BytesIO(content))[0].get_textpage().get_text_range()
    assert z.event.hash[:32] in text
    assert ClosingMail.objects.get().is_sent


def test_a_mail_that_fails_leaves_the_closing_and_is_told(failing, sold, browser):
    sold(mob(700))
    page = close(browser()).content.decode()
    assert Closing.objects.get().total_cents == 700
    assert "Z-canal-C1-1 could not be sent" in page
    assert not ClosingMail.objects.get().is_sent


def test_what_was_not_sent_is_sent_again_from_its_page(failing, sold, browser, settings):
    sold(mob(700))
    client = browser()
    close(client)
    address = "/caisse/C1/z/1/envoyer/"
    assert address in client.get("/caisse/C1/z/1/").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert client.post(address).url == "/caisse/C1/z/1/"
    assert len(mail.outbox) == 1
    assert [tried.is_sent for tried in ClosingMail.objects.order_by("pk")] == [False, True]


def test_nothing_is_sent_where_mail_is_not_set_up(sold, browser, world):
    ShopSettings.objects.create(organisation=world.navette, treasurer_email="compta@example.org")
    sold(mob(700))
    client = browser()
    close(client)
    client.post("/caisse/C1/z/1/envoyer/")
    assert "envoyer" not in client.get("/caisse/C1/z/1/").content.decode()
    assert mail.outbox == []
    assert not ClosingMail.objects.exists()


def test_a_day_that_nobody_closed_goes_with_the_next(treasurer, counter, entry, sold, browser):
    sold(mob(100))
    later = entry(Verb.SELL, at=timezone.now() + timedelta(days=1, hours=1))
    sold(mob(200), at=later.occurred_at)
    assert mail.outbox == []
    close(browser())
    assert [z.number for z in Closing.objects.order_by("pk")] == ["Z-canal-C1-1", "Z-canal-C1-2"]
    assert len(mail.outbox) == 2


def test_of_tills_that_close_at_once_each_z_goes_once(own_database, settings):
    site = own_database.canal
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "mail.example", f"{__name__}.Slow"
    ShopSettings.objects.create(
        organisation=own_database.navette, treasurer_email="compta@example.org"
    )
    for code in ("C1", "C2"):
        till = open_till(site, code, code)
        close_session(entry=till_entry(site), till=till, count=Count({}))
    mail.outbox = []
    assert at_once(*[partial(deliver, site)] * 6) == [[]] * 6
    assert len({message.subject for message in mail.outbox}) == len(mail.outbox) == 2
    assert [tried.is_sent for tried in ClosingMail.objects.all()] == [True, True]


def test_zs_of_long_ago_are_not_sent_once_mail_is_set_up(counter, entry, treasurer, sold, browser):
    long_ago = timezone.now() - timedelta(days=30)
    close_session(entry=entry(Verb.SELL, at=long_ago), till=counter.till, count=Count({}))
    sold(mob(200))
    close(browser())
    assert [message.subject[:12] for message in mail.outbox] == ["Z-canal-C1-2"]


def test_the_api_sends_too(treasurer, sold, api, world):
    sold(mob(700))
    counted = {"cash": {"5000": 2}}
    answer = api(world.cashier).post("sales/tills/C1/closings", counted=counted)
    assert answer.status_code == 201, answer.json()
    assert len(mail.outbox) == 1


def test_who_may_not_sell_sends_nothing(treasurer, sold, browser, world):
    sold(mob(700))
    client = browser()
    close(client)
    assert browser(world.auditor).post("/caisse/C1/z/1/envoyer/").status_code == 403
    assert browser(world.paul).post("/caisse/C1/z/1/envoyer/").status_code == 404
    assert client.post("/caisse/C1/z/99/envoyer/").status_code == 404
    assert len(mail.outbox) == 1

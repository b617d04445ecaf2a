"""The pages of a till's day, as a volunteer fills them in."""

import re
from uuid import uuid4

import pytest

from inventory.models import Verb
from sales.models import CashMove, Chain, Closing, Method, Till, TillSession
from sales.services import Count, Paid, close_session
from tests.sales.conftest import mob

pytestmark = pytest.mark.database


@pytest.fixture
def shut(counter, entry):
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({5_000: 2}))
    return counter.till


def posted(**fields):
    return {"id": str(uuid4()), **fields}


def text(page):
    return re.sub(r"\s+", " ", page.content.decode())


def test_a_till_that_is_not_open_asks_for_its_float(shut, browser):
    client = browser()
    page = client.get("/caisse/C1/")
    assert page.url == "/caisse/C1/ouvrir/"
    page = client.get(page.url)
    assert page.context["form"]["float"].value() == "100,00"  # what the last closing left
    opened = client.post("/caisse/C1/ouvrir/", posted(float="80,50"))
    assert opened.url == "/caisse/C1/"
    assert TillSession.objects.open_at(shut).float_cents == 8_050
    assert client.get("/caisse/C1/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "cents"),
    [
        ({"p2000": "2", "p50": "3"}, 4_150),
        ({"float": "0"}, 0),
        ({"float": "20", "p2000": "1"}, 2_000),
    ],
)
def test_a_float_is_typed_or_counted(shut, browser, fields, cents):
    assert browser().post("/caisse/C1/ouvrir/", posted(**fields)).status_code == 302
    assert TillSession.objects.open_at(shut).float_cents == cents


@pytest.mark.parametrize(
    "fields",
    [{}, {"float": "x"}, {"float": "21", "p2000": "1"}, {"float": "99999"}, {"p2000": "-1"}],
)
def test_a_float_that_makes_no_sense_is_refused(shut, browser, fields):
    assert browser().post("/caisse/C1/ouvrir/", posted(**fields)).status_code == 422
    assert TillSession.objects.open_at(shut) is None


def test_cash_goes_out_with_its_reason(counter, browser):
    client = browser()
    fields = posted(way="out", kind="bank", amount="40", comment="Dépôt du samedi")
    assert client.post("/caisse/C1/tiroir/", fields).status_code == 302
    assert client.post("/caisse/C1/tiroir/", fields).status_code == 302  # sent twice
    move = CashMove.objects.get()
    assert (move.amount_cents, move.kind, move.note) == (-4_000, "bank", "Dépôt du samedi")
    assert "Dépôt" not in move.event.body
    assert "60,00" in text(client.get("/caisse/C1/tiroir/"))


def test_too_much_out_is_refused_with_a_sentence(counter, browser):
    page = browser().post("/caisse/C1/tiroir/", posted(way="out", kind="bank", amount="101"))
    assert page.status_code == 422
    assert "moins que cela dans le tiroir" in text(page)


def test_the_count_does_not_tell_what_should_be_there(counter, browser, sold):
    sold(mob(1_234))
    page = text(browser().get("/caisse/C1/cloturer/"))
    assert "112,34" not in page


def test_a_till_is_closed_and_its_z_is_shown_and_printed(counter, browser, sold, world):
    sold(mob(1_000))
    client = browser()
    seen = client.get("/caisse/C1/cloturer/").context["seen"]
    closed = client.post("/caisse/C1/cloturer/", posted(seen=seen, p5000="2", p1000="1"))
    assert closed.url == "/caisse/C1/z/1/"
    page = text(client.get(closed.url))
    assert "Le tiroir est juste" in page
    assert Closing.objects.get().event.hash in page
    paper = browser(world.auditor).get("/caisse/C1/z/1.pdf")
    assert paper.content.startswith(b"%PDF")
    assert browser(world.paul).get(closed.url).status_code == 404
    assert browser(world.sorter).get(closed.url).status_code == 403


def test_a_till_taken_out_of_use_is_still_closed(counter, browser):
    Till.objects.filter(pk=counter.till.pk).update(is_active=False)
    client = browser()
    seen = client.get("/caisse/C1/cloturer/").context["seen"]
    assert client.get("/caisse/C1/").status_code == 404
    closed = client.post("/caisse/C1/cloturer/", posted(seen=seen, p5000="2"))
    assert client.get(closed.url).status_code == 200
    assert client.get("/caisse/C1/ouvrir/").status_code == 404


def test_what_was_sold_while_one_counted_is_told(counter, browser, sold):
    seen = Chain.objects.get().last_seq
    sold(mob())
    page = browser().post("/caisse/C1/cloturer/", posted(seen=seen, p5000="2"))
    assert page.status_code == 422
    assert "recomptez" in text(page)
    assert not Closing.objects.exists()
    assert page.context["seen"] == seen + 1


def test_only_other_means_that_were_taken_are_asked(counter, browser, sold):
    sold(mob(), paid=[Paid(Method.CHEQUE, 1_000)])
    page = browser().get("/caisse/C1/cloturer/")
    assert [field.name for field in page.context["others"]] == ["m_cheque"]

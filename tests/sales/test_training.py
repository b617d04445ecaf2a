"""Learning at the till: all as it is sold, and nothing sold."""

import json
from uuid import uuid4

import pytest
from django.db import transaction

from inventory.models import Item, Movement, Verb
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry, Kind, Method, Refund, Sale
from sales.services import Count, Paid, Wanted, close_session, rehearse_sale
from tests.inventory.pages import text
from tests.sales.conftest import mob
from tests.sales.pages import Paper
from tests.sales.test_tampering import tamper

pytestmark = pytest.mark.database

PATH = "/caisse/C1/entrainement/"


def faults():
    found = findings(chains=Chain.objects.all(), anchors={}, using="default")
    return [(each.chain, each.why) for each in found if "trigger" not in each.why]


@pytest.fixture
def lesson(browser, counter):
    """The till C1 as a learner sees it."""
    return Paper(browser(), PATH)


def told():
    event = JournalEntry.objects.get(chain__is_training=True, kind=Kind.SALE)
    return event, json.loads(event.body)


def test_a_lesson_sells_nothing(lesson, chair, world):
    lesson.scan(chair.own_code)
    moved = Movement.objects.count()
    answer = lesson.sell(received="20")
    event, body = told()
    assert answer.url == f"{PATH}{event.seq}/"
    assert body["chain"] == "navette/canal/C1-ECOLE"
    assert body["operator"] == world.cashier.pk
    assert body["perpetual_cents"] == 0
    assert body["data"]["training"] is True
    assert body["data"]["number"] == "ECOLE-C1-000001"
    assert (body["data"]["total_cents"], body["data"]["change_cents"]) == (1_500, 500)
    assert not Sale.objects.exists()
    assert Movement.objects.count() == moved
    assert Item.objects.get(pk=chair.pk).account == chair.account
    assert faults() == []


def test_its_ticket_says_so(lesson, browser):
    lesson.press("key", "assiette")
    page = text(browser().get(lesson.sell().url))
    assert page.count("FACTICE") == 2
    assert "ECOLE-C1-000001" in page


def test_its_screen_says_so_and_is_left_in_one_tap(lesson, browser):
    page = text(lesson.response)
    assert "page till training" in page
    assert 'href="/caisse/C1/"' in page
    assert "page till training" not in text(browser().get("/caisse/C1/"))


def test_a_shut_till_is_good_to_learn_on(counter, entry, browser):
    close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    lesson = Paper(browser(), PATH)
    lesson.press("key", "assiette")
    assert lesson.sell().status_code == 302


def test_what_is_wrong_is_said_as_at_the_till(lesson):
    lesson.press("key", "assiette")
    assert lesson.sell(received="0,10").status_code == 422
    assert not JournalEntry.objects.filter(chain__is_training=True).exists()


def test_a_lesson_posted_twice_is_one(lesson, counter):
    lesson.press("key", "assiette")
    page = dict(lesson.fields)
    first = lesson.sell().url
    lesson.fields = page
    assert lesson.sell().url == first


def test_no_z_counts_a_lesson(lesson, sold, counter, entry):
    sold(mob(700))
    lesson.press("key", "assiette")
    lesson.sell()
    closing = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    assert (closing.figures["tickets"], closing.total_cents) == (1, 700)
    assert faults() == []


# Given back


@pytest.fixture
def learned(lesson):
    """A lesson's ticket: two plates of 0,50 €, paid in cash; its address."""
    lesson.press("key", "assiette")
    lesson.press("key", "assiette")
    return lesson.sell().url


def give_back(client, url, count="1", method="cash", **said):
    form = {"id": str(uuid4()), "line_1": count, "method": method, **said}
    return client.post(f"{url}rembourser/", form)


def backs():
    rows = JournalEntry.objects.filter(kind=Kind.REFUND).order_by("pk")
    return [json.loads(event.body) for event in rows]


def test_a_lesson_that_is_given_back_gives_nothing_back(learned, browser, counter, entry):
    moved, client = Movement.objects.count(), browser()
    form = {"id": str(uuid4())}
    for _twice in range(2):
        assert give_back(client, learned, **form).url == learned
    [body] = backs()
    assert body["chain"] == "navette/canal/C1-ECOLE"
    assert body["perpetual_cents"] == 0
    data = body["data"]
    assert (data["training"], data["total_cents"]) == (True, 50)
    assert (data["number"], data["of"]) == ("ECOLE-C1-000002", "ECOLE-C1-000001")
    assert not Refund.objects.exists()
    assert Movement.objects.count() == moved
    page = text(client.get(learned))
    assert "ECOLE-C1-000002" in page
    assert page.count("FACTICE") >= 3
    closing = close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))
    assert (closing.figures["refunds"], closing.total_cents) == (0, 0)
    assert faults() == []


def test_no_more_is_given_back_of_a_lesson_than_it_sold(learned, browser):
    client = browser()
    assert give_back(client, learned, "3").status_code == 422
    assert give_back(client, learned, "").status_code == 422
    assert give_back(client, learned, "2").url == learned
    assert give_back(client, learned, "1").status_code == 422
    assert 'id="rembourser"' not in client.get(learned).content.decode()
    assert [body["data"]["total_cents"] for body in backs()] == [100]


def test_a_lesson_goes_back_as_it_was_paid(learned, browser):
    assert give_back(browser(), learned, method="account").status_code == 422
    assert backs() == []


def test_a_lesson_of_elsewhere_is_not_given_back(learned, browser, world):
    assert give_back(browser(world.paul), learned).status_code == 404
    assert give_back(browser(world.auditor), learned).status_code == 403
    assert backs() == []


def test_a_given_up_lesson_is_not_noted(lesson):
    lesson.press("key", "assiette")
    lesson.press("do", "abandon")
    assert not JournalEntry.objects.filter(kind=Kind.JET).exists()


def test_a_lesson_that_was_made_a_sale_is_found(counter, entry, sold):
    sale = sold(mob())
    paid = [Paid(Method.CASH, 500)]
    event = rehearse_sale(
        entry=entry(Verb.SELL), till=counter.till, lines=[mob(500)], payments=paid
    )
    assert faults() == []
    with transaction.atomic():
        tamper(f"UPDATE sales_sale SET event_id = {event.pk} WHERE id = {sale.pk}")
        assert ("navette/canal/C1-ECOLE", "des lignes d’un entraînement") in faults()
        transaction.set_rollback(True)
    with transaction.atomic():
        tamper("UPDATE sales_chain SET is_training = FALSE WHERE name = 'navette/canal/C1-ECOLE'")
        assert faults() != []
        transaction.set_rollback(True)


def test_a_ticket_of_elsewhere_is_not_shown(lesson, browser, world, sold):
    lesson.press("key", "assiette")
    url = lesson.sell().url
    assert browser(world.paul).get(url).status_code == 404
    assert browser(world.auditor).get(url).status_code == 403
    sold(Wanted(category=mob().category, price_cents=100))
    assert browser().get(f"{PATH}77/").status_code == 404

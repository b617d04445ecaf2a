"""The page of the books, its files, and the accounts that a structure chooses."""

import json
from datetime import timedelta

import pytest

from inventory.models import Verb
from sales.models import BookAccount, JournalEntry, Kind
from sales.services import Count, close_session
from tests.inventory.pages import text
from tests.sales.conftest import mob

pytestmark = pytest.mark.database
PAGE = "/caisse/comptabilite/"
FILES = ("fec.txt", "jours.csv")


@pytest.fixture
def closed(sold, counter, entry):
    sold(mob(1_234))
    return close_session(entry=entry(Verb.SELL), till=counter.till, count=Count({}))


def asked(closing, **more):
    day = closing.session.business_date
    return {"start": day.isoformat(), "end": day.isoformat(), **more}


def test_the_books_are_reached_from_tickets_and_reports(browser, world):
    client = browser(world.auditor)
    assert 'href="/caisse/comptabilite/"' in text(client.get("/caisse/tickets/"))
    assert 'href="/caisse/comptabilite/"' in text(client.get("/bilan/"))


def test_a_month_is_shown_by_account_and_by_closing(browser, world, closed):
    page = browser(world.auditor).get(PAGE)
    assert page.status_code == 200
    [entry] = page.context["books"].entries
    assert entry.day.number == closed.number
    assert "12,34" in text(page)
    assert "Ventes de marchandises" in text(page)


def test_the_files_are_taken_away(browser, world, closed):
    client = browser(world.auditor)
    fec = client.get(f"{PAGE}fec.txt", asked(closed))
    day = closed.session.business_date
    assert fec["Content-Disposition"] == f'attachment; filename="000000000FEC{day:%Y%m%d}.txt"'
    assert fec.content.decode("iso8859-15").count("\r\n") > 3
    table = client.get(f"{PAGE}jours.csv", asked(closed, site="canal"))
    assert "caisse-" in table["Content-Disposition"]
    assert ";12,34;" in table.content.decode("utf-8-sig")
    noted = [
        json.loads(event.body)["data"]
        for event in JournalEntry.objects.filter(kind=Kind.JET, chain="navette/canal/SITE")
    ]
    exports = [told["of"] for told in noted if told["code"] == 110]
    assert exports == [f"000000000FEC{day:%Y%m%d}.txt", f"caisse-{day}-{day}.csv"]


def test_a_day_that_is_not_closed_is_named(browser, world, sold):
    sold(mob(500))
    page = browser(world.auditor).get(PAGE)
    assert len(page.context["books"].unclosed) == 1
    assert "pas encore close" in text(page) or "not closed yet" in text(page)


@pytest.mark.parametrize("file", ["", *FILES])
@pytest.mark.parametrize(
    "fields",
    [
        {"start": "hier"},
        {"start": "2026-02-01", "end": "2026-01-01"},
        {"start": "1999-01-01", "end": "1999-02-01"},
        {"start": "2020-01-01", "end": "2026-01-01"},
        {"start": "", "end": ""},
        {"site": "quai"},
        {"site": "nulle-part\0"},
    ],
)
def test_what_makes_no_sense_is_told_on_the_page(browser, world, closed, file, fields):
    page = browser(world.auditor).get(PAGE + file, {**asked(closed), **fields})
    assert page.status_code == 422
    assert "books" not in page.context
    assert "alert" in text(page)


def test_days_without_closing_say_so(browser, world, closed):
    long_ago = closed.session.business_date - timedelta(days=400)
    said = {"start": long_ago.isoformat(), "end": long_ago.isoformat()}
    page = browser(world.auditor).get(PAGE, said)
    assert page.status_code == 200
    assert page.context["books"].entries == []


def test_another_structure_sees_nothing_of_it(browser, world, closed):
    assert browser(world.paul).get(PAGE).context["books"].entries == []
    assert browser(world.sorter).get(PAGE).status_code == 403


# Accounts


ACCOUNTS = "/reglages/comptes/"


def typed(client, **changed):
    form = client.get(ACCOUNTS).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changed


def test_an_account_is_chosen_and_used(browser, world, closed):
    client = browser(world.manager)
    said = typed(client, **{"method:cash:number": "530100", "method:cash:label": "Caisse 1"})
    assert client.post(ACCOUNTS, said).status_code == 302
    assert [str(row) for row in BookAccount.objects.all()] == ["530100 Caisse 1"]
    assert "530100" in text(browser(world.auditor).get(PAGE))
    [change] = client.get(ACCOUNTS).context["changes"]
    assert change.by == "Manager"
    assert change.lines[0][2] == "530100 Caisse 1"


@pytest.mark.parametrize(
    ("fields", "where", "code"),
    [
        ({"method:cash:number": "58"}, "method:cash:number", "bad_account"),
        ({"method:cash:number": "Caisse"}, "method:cash:number", "bad_account"),
        ({"method:cash:number": ""}, "method:cash:number", "required"),
        ({"method:cash:label": ""}, "method:cash:label", "required"),
        ({"journal:number": "a b"}, "journal:number", "bad_journal"),
        ({"category:MOB:number": "70710"}, "category:MOB:label", "account_unnamed"),
        ({"method:cash:number": "5115"}, "__all__", "account_named_twice"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(browser, world, fields, where, code):
    client = browser(world.manager)
    page = client.post(ACCOUNTS, typed(client, **fields))
    assert page.status_code == 422
    found = page.context["form"].errors.as_data()
    assert [error.code for error in found[where]] == [code]
    assert not BookAccount.objects.exists()


def test_accounts_are_for_those_who_set_things(browser, world):
    for name in ("sorter", "cashier", "auditor"):
        assert browser(world.people[name]).get(ACCOUNTS).status_code == 403

"""Closing a month: 48 hours after its end, in order, once, and with open eyes in December."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from inventory.models import Verb
from organisation.models import Site
from reporting.indicators import diversion
from reporting.models import MonthClosing
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.services import close_month, negative_tops
from tests.conftest import codes
from tests.sales.shops import Shop

PARIS_3_APRIL = datetime(2026, 4, 2, 22, 0, tzinfo=UTC)  # midnight there, 48 h after March
MAY = datetime(2026, 5, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def begun(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 1_000, "2026-03-10")
    return canal


def close(world, submission, month=202603, **more):
    return close_month(
        site=world.canal, month=month, author=world.director, submission=submission(), **more
    )


def test_a_month_closes_48_hours_after_its_end_on_the_site_s_clock(world, begun, submission):
    with time_machine.travel(PARIS_3_APRIL.replace(hour=21, minute=59), tick=False):
        with pytest.raises(ValidationError) as refusal:
            close(world, submission)
        assert refusal.value.code == "too_early"
    with time_machine.travel(PARIS_3_APRIL, tick=False):
        closing = close(world, submission)
    assert (closing.month, closing.author) == (202603, world.director)
    assert Site.objects.get(code="canal").books_closed_through == 202603


def test_months_close_in_order(world, begun, submission):
    with time_machine.travel(MAY, tick=False):
        with pytest.raises(ValidationError) as refusal:
            close(world, submission, 202604)
        assert refusal.value.code == "month_out_of_order"
        close(world, submission, 202603)
        with pytest.raises(ValidationError) as refusal:
            close(world, submission, 202603)
        assert refusal.value.code == "month_out_of_order"
    assert MonthClosing.objects.count() == 1


def test_december_does_not_close_on_stock_below_zero_unless_it_is_accepted(
    world, books, submission
):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "TEX", 1_000, "2025-12-10")
    books.book(canal.bulk, canal.reuse, "MOB", 10, "2025-12-11")
    books.book(canal.drop_off, canal.bulk, "MOB", 9_000, "2026-01-02")  # too late for December
    with time_machine.travel(MAY, tick=False):
        with pytest.raises(ValidationError) as refusal:
            close(world, submission, 202512)
        assert refusal.value.code == "negative_stock"
        assert close(world, submission, 202512, accepts_negative=True).month == 202512


@pytest.mark.parametrize("records_go_on", [False, True])  # stock is read back, or added up
def test_labelled_items_do_not_hide_bulk_below_zero(world, books, submission, records_go_on):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "MOB.CHAI", 4_000, "2025-12-10")
    books.book(canal.bulk, canal.items, "MOB.CHAI", 4_000, "2025-12-10", verb=Verb.LABEL)
    books.book(canal.bulk, canal.reuse, "MOB", 10, "2025-12-11")
    if records_go_on:
        books.book(canal.drop_off, canal.bulk, "MOB", 9_000, "2026-04-02")
    assert list(negative_tops(world.canal, 202512).values()) == [-10]
    december = Period(date(2025, 12, 1), date(2025, 12, 31))
    told = diversion(scope=Scope.of_sites([world.canal]), period=december)
    assert told["closing_stock_g"] == 3_990
    assert "negative_stock" in [note["type"] for note in told["warnings"]]
    with time_machine.travel(MAY, tick=False), pytest.raises(ValidationError) as refusal:
        close(world, submission, 202512)
    assert refusal.value.code == "negative_stock"


def test_closing_over_http_warns_and_happens_once(world, books, begun, api):
    books.book(begun.bulk, begun.reuse, "MOB", 10, "2026-03-11")
    asked = {"id": str(uuid4()), "site": "canal", "month": "2026-03"}
    with time_machine.travel(MAY, tick=False):
        first = api(world.anna).post("reporting/closings", **asked)
        again = api(world.anna).post("reporting/closings", **asked)
        other = api(world.anna).post("reporting/closings", **{**asked, "month": "2026-04"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert first.json()["month"] == "2026-03"
    assert [note["type"] for note in first.json()["warnings"]] == ["negative_stock"]
    assert codes(other) == ["id_reused"]
    assert MonthClosing.objects.count() == 1


def test_closed_months_are_listed_and_read_again(world, books, begun, api):
    books.book(begun.bulk, begun.reuse, "MOB", 10, "2026-03-11")
    anna, ids = api(world.anna), [str(uuid4()) for _month in range(2)]
    with time_machine.travel(MAY, tick=False):
        made = [
            anna.post("reporting/closings", id=id, site="canal", month=month).json()
            for id, month in zip(ids, ("2026-03", "2026-04"), strict=True)
        ]
        listed = anna.get("reporting/closings", limit=1, site="canal").json()
        rest = anna.get("reporting/closings", limit=1, cursor=listed["next"]).json()
        read = [anna.get(f"reporting/closings/{id}").json() for id in ids]
    assert read == made
    assert [row["id"] for row in listed["items"] + rest["items"]] == ids[::-1]
    assert listed["items"][0] == {key: made[1][key] for key in ("id", "site", "month", "closed_at")}
    assert rest["next"] is None


def test_closed_months_are_for_those_who_may_read_the_site_s_figures(world, begun, api):
    id = str(uuid4())
    with time_machine.travel(MAY, tick=False):
        api(world.anna).post("reporting/closings", id=id, site="canal", month="2026-03")
    answers = {who: api(world.people[who]) for who in ("auditor", "sorter", "paul")}
    assert answers["auditor"].get(f"reporting/closings/{id}").json()["month"] == "2026-03"
    assert codes(answers["sorter"].get(f"reporting/closings/{id}")) == ["forbidden"]
    assert codes(answers["paul"].get(f"reporting/closings/{id}")) == ["not_found"]
    assert answers["paul"].get("reporting/closings").json()["items"] == []
    assert codes(answers["paul"].get("reporting/closings", site="canal")) == ["unknown_site"]


@pytest.mark.parametrize(
    ("who", "fields", "status", "code"),
    [
        ("manager", {}, 403, "forbidden"),
        ("director", {"site": "gare"}, 403, "forbidden"),
        ("anna", {"site": "quai"}, 404, "unknown_site"),
        ("anna", {"month": "2026-13"}, 422, "month_parsing"),
        ("anna", {"month": 202603}, 422, "month_parsing"),
        ("anna", {"month": "2026-04"}, 422, "month_out_of_order"),
        ("anna", {"month": "2099-01"}, 422, "too_early"),
        ("anna", {"accepts_negative": "yes"}, 422, "bool_type"),
        ("anna", {"why": "x"}, 422, "extra_forbidden"),
    ],
)
def test_a_closing_that_may_not_be_is_refused_with_a_code(
    world, begun, api, who, fields, status, code
):
    asked = {"site": "canal", "month": "2026-03", **fields}
    with time_machine.travel(MAY, tick=False):
        answer = api(world.people[who]).post("reporting/closings", **asked)
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert not MonthClosing.objects.exists()


def test_a_director_closes_a_month_from_its_page_and_a_double_tap_closes_one(world, begun):
    client = Client()
    with time_machine.travel(MAY, tick=False):
        client.force_login(world.director)
        page = client.get("/bilan/mois/").content.decode()
        assert 'value="202603"' in page
        form = {"id": str(uuid4()), "month": "202603"}
        for _tap in range(2):
            answer = client.post("/bilan/mois/canal/", form, follow=True)
            assert answer.status_code == 200
        client.force_login(world.auditor)
        assert 'value="202604"' not in client.get("/bilan/mois/").content.decode()
        assert client.post("/bilan/mois/canal/", form).status_code == 403
    assert MonthClosing.objects.count() == 1


def test_a_year_s_end_below_zero_is_accepted_on_the_page_in_two_steps(world, books):
    canal = books.at(world.canal)
    books.book(canal.bulk, canal.reuse, "MOB", 10, "2025-12-11")
    client = Client()
    with time_machine.travel(MAY, tick=False):
        client.force_login(world.director)
        form = {"id": str(uuid4()), "month": "202512"}
        answer = client.post("/bilan/mois/canal/", form, follow=True)
        assert 'name="accepts_negative"' in answer.content.decode()
        assert not MonthClosing.objects.exists()
        form = {"id": str(uuid4()), "month": "202512", "accepts_negative": "on"}
        client.post("/bilan/mois/canal/", form)
    assert MonthClosing.objects.get().month == 202512


def test_a_till_that_is_still_open_keeps_its_month_open_and_is_named(world, begun, submission):
    shop = Shop(world.canal)
    shop.open("C1", datetime(2026, 3, 31, 8, tzinfo=UTC))
    with time_machine.travel(MAY, tick=False):
        with pytest.raises(ValidationError) as refusal:
            close(world, submission)
        assert refusal.value.code == "session_open"
        assert "31/03/2026" in refusal.value.messages[0]
    shop.close("C1", MAY)
    with time_machine.travel(MAY, tick=False):
        assert close(world, submission).month == 202603

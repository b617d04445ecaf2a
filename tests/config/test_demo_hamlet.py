"""Beside La Navette lives a small structure whose whole day is one sheet."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from config import demo
from config.demo import hamlet
from inventory.models import Balance, Flow, Kind, Movement, Verb
from inventory.verify import differences
from organisation.models import Organisation, Site, Submission, User
from reporting.evening.reading import Recorded, latest
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope
from sales.models import DayTakings

TODAY = date(2026, 3, 14)  # a Saturday


@pytest.fixture
def shed(db):
    hamlet.load(today=TODAY)
    return Site.objects.select_related("organisation").get(code=hamlet.CODE)


def test_it_works_by_hand_with_one_site_and_one_person(shed):
    person = User.objects.get(organisation=shed.organisation)

    assert shed.organisation.profile == Organisation.Profile.SIMPLE
    assert not shed.tracks_places
    assert person.username == "hameau"
    assert person.check_password(demo.PASSWORD)
    assert person.may("collect", shed)
    assert person.may("sell", shed)


def test_weeks_of_sheets_were_written_and_the_last_ones_are_listed(shed):
    sheets = latest(shed, TODAY).listed

    assert len(sheets) == 3
    assert all(line.in_g and line.cents for _uuid, line in sheets)
    assert sum(bool(line.out_g) for _uuid, line in sheets) == 1  # it is driven away on Saturdays
    assert DayTakings.objects.filter(site=shed).count() > 25
    assert not DayTakings.objects.filter(site=shed, customers=None).exists()


def test_a_sheet_opens_as_if_a_person_had_sent_it(shed, client):
    client.force_login(User.objects.get(username="hameau"))
    sheet, line = latest(shed, TODAY).listed[0]

    page = client.get(reverse("evening-sheet", args=[shed.code, sheet]))

    assert page.status_code == 200
    assert page.context["in_g"] == line.in_g
    assert Recorded(shed, Submission.objects.get(uuid=sheet)).day == TODAY


def test_it_conserves_every_gram_and_its_reuse_is_known_by_the_months_balance(shed):
    year = diversion(scope=Scope.of_sites([shed]), period=Period(date(2026, 1, 1), TODAY))

    assert differences() == []
    assert not Balance.objects.filter(account__kind=Kind.STOCK, weight_g__lt=0).exists()
    assert Movement.objects.filter(site=shed, verb=Verb.SETTLE).count() == 2
    assert 40 <= year["shares"]["reuse"] <= 65
    assert year["opened_g"] + year["collected_g"] == year["outgoing_g"] + year["closing_stock_g"]
    assert Flow.objects.filter(movement__site=shed, item__isnull=False).count() == 0


def test_loading_again_adds_only_the_evenings_since(shed):
    before = Movement.objects.count()

    hamlet.load(today=TODAY)
    assert Movement.objects.count() == before
    hamlet.load(today=date(2026, 3, 18))
    assert Movement.objects.count() > before


def test_today_has_no_sheet_before_the_evening(db):
    with time_machine.travel(datetime(2026, 3, 14, 12, tzinfo=UTC), tick=False):
        hamlet.load(today=TODAY)

    assert not Movement.objects.filter(business_date=TODAY).exists()


def test_its_months_close_as_those_of_the_others(shed):
    assert shed.books_closed_through == 202601


def test_la_navette_keeps_its_figures_to_itself(shed):
    assert not User.objects.filter(username="direction").exists()
    assert demo.is_welcome()

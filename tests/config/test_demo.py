"""The demo lives like a real structure, and only ever adds the days that have passed."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from config import demo
from inventory.ledger import close_month
from inventory.models import Movement, Shipment
from inventory.verify import differences
from organisation.models import Site, User
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope

START, THEN, LATER = date(2026, 1, 1), date(2026, 2, 14), date(2026, 2, 17)


@pytest.fixture
def navette(db):
    demo.load(start=START, today=THEN)
    return list(Site.objects.filter(code__in=["canal", "gare"]).select_related("organisation"))


@pytest.mark.database
def test_the_demo_conserves_every_gram(navette):
    assert differences() == []

    year = diversion(scope=Scope.of_sites(navette), period=Period(START, THEN))
    assert year["collected_g"] > 20_000_000
    assert year["opening_stock_g"] + year["opened_g"] + year["collected_g"] == (
        year["outgoing_g"] + year["closing_stock_g"]
    )
    assert year["closing_stock_g"] > 0


def test_loading_again_adds_only_the_days_since(navette):
    before = Movement.objects.count()

    assert demo.load(start=START, today=THEN) == 0
    assert Movement.objects.count() == before
    assert demo.load(start=START, today=LATER) == 1  # Sunday and Monday are closed


def test_the_five_logins_are_there_and_open_with_the_printed_password(navette):
    for login in ("direction", "responsable", "tri", "caisse", "audit"):
        assert User.objects.get(username=login).check_password("demo-tracerie")


def test_a_real_structure_gets_no_logins_that_everybody_knows(world, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    call_command("load_demo", stderr=StringIO())

    assert not User.objects.filter(username="direction").exists()
    assert not (tmp_path / "demo").exists()


def test_the_month_is_balanced_and_the_tip_is_paid_in_grams(navette):
    assert Movement.objects.filter(verb="settle").count() == 2
    assert Shipment.objects.filter(fate="disposal").exists()


def test_a_demo_that_was_worked_in_does_not_stop_a_start(navette, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    for site in navette:
        close_month(site=site, month=202601)

    assert demo.load(start=START, today=LATER) == 1
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())  # up to today, or says why not
    assert (tmp_path / "demo").exists()

"""Loading the demo: where it is welcome, up to the present hour, the same day after day."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from config import demo
from config.demo.days import opening_days
from config.demo.goods import kept_of
from config.demo.structure import SHOPS
from inventory.models import Flow, Item, Movement
from inventory.verify import differences
from organisation.models import Site, User
from sales.models import Sale

START, END = date(2026, 1, 6), date(2026, 1, 17)
SATURDAY_NOON = datetime(2026, 1, 17, 11, tzinfo=UTC)


def told():
    """Every flow of the books, by what it says, and the labels; parts draw their own codes."""
    flows = Flow.objects.order_by("movement__site", "movement__number", "pk").values_list(
        "movement__number", "movement__occurred_at", "from_account__key", "to_account__key",
        "from_category__code", "to_category__code", "weight_g", "units", "item__title",
    )  # fmt: skip
    whole = Item.objects.filter(part_of=None).order_by("codes__code")
    labels = whole.values_list("codes__code", "title", "price_cents")
    return list(flows), list(labels)


def test_a_real_structure_gets_no_logins_that_everybody_knows(world, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    call_command("load_demo", stderr=StringIO())

    assert not User.objects.filter(username="direction").exists()
    assert not (tmp_path / "demo").exists()


def test_the_doors_stay_shut_on_sundays_mondays_and_holidays():
    days = set(opening_days(date(2026, 1, 1), date(2026, 12, 31)))

    assert {day.isoweekday() for day in days} == {2, 3, 4, 5, 6}
    assert not days & {date(2026, 1, 1), date(2026, 5, 1), date(2026, 7, 14), date(2026, 12, 25)}


def test_what_is_kept_of_an_object_fits_it():
    assert kept_of("Vélo enfant 16 pouces")[1] == "Selle et guidon de vélo enfant"
    assert kept_of("Vélo Gitane mixte")[1] == "Roue de vélo 700"
    assert kept_of("Raquette de tennis Head") is None


@pytest.mark.django_db
def test_the_demo_is_the_same_in_one_go_and_day_after_day():
    with transaction.atomic():
        demo.load(start=START, today=END)
        at_once = told()
        transaction.set_rollback(True)

    demo.load(start=START, today=date(2026, 1, 14))
    demo.load(start=START, today=date(2026, 1, 15))
    demo.load(start=START, today=END)

    assert told() == at_once


def test_all_months_are_closed_but_this_one_and_the_last(db):
    demo.load(start=date(2025, 10, 29), today=date(2025, 12, 3))

    through = Site.objects.filter(code__in=SHOPS).values_list("books_closed_through", flat=True)
    assert set(through) == {202510}
    assert differences() == []


@pytest.mark.django_db
def test_of_today_only_the_morning_has_passed_at_noon():
    with time_machine.travel(SATURDAY_NOON, tick=False):
        demo.load(start=START, today=END)

    today = Movement.objects.filter(business_date=END)
    assert Movement.objects.filter(occurred_at__gt=SATURDAY_NOON).count() == 0
    assert today.filter(verb="collect").exists()
    assert Sale.objects.filter(movement__in=today).exists()

    assert demo.load(start=START, today=END) == 0  # the day is there already
    assert Movement.objects.filter(business_date=END, occurred_at__gt=SATURDAY_NOON).exists()

"""Counts and the month's balance look at the books of their day, not at those of today."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry
from inventory.models import Category, Place, Verb
from inventory.services import StockLine


@pytest.fixture
def entry(world, submission):
    def make(verb, days_ago=0):
        at = timezone.now() - timedelta(days=days_ago)
        return Entry(world.canal, verb, submission(), world.anna, at)

    return make


@pytest.fixture
def books(entry):
    return Category.objects.get(code="LIV")


def stock(entry, category, weight_g, days_ago):
    lines = [StockLine(category, weight_g)]
    services.open_stock(entry=entry(Verb.OPEN, days_ago), lines=lines)


def test_a_count_of_yesterday_takes_nothing_of_what_came_today(world, entry, books):
    stock(entry, books, 75_400, days_ago=2)
    stock(entry, books, 50_000, days_ago=0)

    counted = services.count(
        entry=entry(Verb.COUNT, days_ago=1),
        place=Place.objects.main(world.canal),
        weights={books: 75_000},
        reason="loss",
    )

    assert [flow.weight_g for flow in counted.flows.all()] == [400]
    assert services.bulk_g(world.canal, books) == 125_000


def test_no_day_is_settled_before_one_that_is(world, entry, books):
    stock(entry, books, 90_000, days_ago=9)
    today = world.canal.business_date(timezone.now())
    services.settle(
        entry=entry(Verb.SETTLE), on=today - timedelta(days=2), closing_g={books: 30_000}
    )

    with pytest.raises(ValidationError) as refusal:
        services.settle(
            entry=entry(Verb.SETTLE), on=today - timedelta(days=5), closing_g={books: 80_000}
        )

    assert refusal.value.code == "settled_later"
    assert services.bulk_g(world.canal, books) == 30_000

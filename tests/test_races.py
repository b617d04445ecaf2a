"""Several people at once, on a real database: entries once, items once, closed months shut."""

import time
from contextlib import contextmanager
from datetime import date
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.ledger import Entry, Leg, close_month, post
from inventory.models import (
    Account,
    Balance,
    Category,
    CollectionMode,
    Item,
    Kind,
    Method,
    Movement,
    Place,
    Verb,
)
from inventory.verify import differences
from organisation.models import Site, Submission
from organisation.submissions import submit
from tests.conftest import NOON
from tests.databases import at_once

pytestmark = pytest.mark.database


class Shop:
    """The ledger as requests reach it: each call a submission of its own."""

    def __init__(self, world):
        self.world = world
        self.furniture = Category.objects.get(code="MOB")
        place = Place.objects.main(world.canal)
        self.bulk, self.items = Account.stock(place), Account.stock(place, items=True)
        self.reuse = Account.exit(world.canal, Kind.REUSE)
        mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
        self.source = Account.source(world.canal, mode)

    def book(self, verb, *legs, uuid=None, content=None, day=None):
        """Post through a submission; return ``(is_new, number)``."""

        def record(submission):
            entry = Entry(self.world.canal, verb, submission, self.world.sorter, NOON, day)
            return post(entry=entry, legs=legs).number

        return submit(
            claim=Submission(
                organisation=self.world.navette, uuid=uuid or uuid4(), endpoint=f"test/{verb}"
            ),
            content=content,
            record=record,
        )

    def arrive(self, weight_g, **options):
        leg = Leg(self.source, self.bulk, self.furniture, weight_g, Method.WEIGHED, units=1)
        return self.book(Verb.COLLECT, leg, **options)

    def label(self, weight_g):
        item = Item.objects.create(category=self.furniture, weight_g=weight_g, since=NOON.date())
        self.book(Verb.LABEL, self._whole(item, self.bulk, self.items))
        return item

    def sell(self, item):
        return self.book(Verb.SELL, self._whole(item, self.items, self.reuse))

    def _whole(self, item, start, end):
        return Leg(start, end, self.furniture, item.weight_g, Method.WEIGHED, units=1, item=item)


@pytest.fixture
def shop(own_database):
    return Shop(own_database)


def held(account):
    return Balance.objects.get(account__key=account.key).weight_g


def test_two_requests_for_one_item_and_one_gets_it(shop):
    shop.arrive(500_000)
    chairs = [shop.label(4_000 + n) for n in range(25)]

    for chair in chairs:
        results = at_once(*[lambda chair=chair: shop.sell(chair)] * 4)

        refused = [r for r in results if isinstance(r, ValidationError)]
        assert [r.code for r in refused] == ["item_already_sold"] * 3
        assert [r[0] for r in results if r not in refused] == [True]

    assert Movement.objects.filter(verb=Verb.SELL).count() == 25
    assert held(shop.reuse) == sum(chair.weight_g for chair in chairs)
    assert differences() == []


def test_a_double_tapped_request_is_recorded_once_and_answered_alike(shop):
    for _round in range(25):
        uuid = uuid4()

        results = at_once(*[lambda uuid=uuid: shop.arrive(1_000, uuid=uuid)] * 4)

        assert sorted(is_new for is_new, _number in results) == [False] * 3 + [True]
        assert len({number for _is_new, number in results}) == 1
    assert held(shop.bulk) == 25_000
    assert Submission.objects.count() == 25
    assert differences() == []


def test_one_id_for_two_entries_keeps_one(shop):
    for _round in range(25):
        uuid = uuid4()

        results = at_once(
            lambda uuid=uuid: shop.arrive(1_000, uuid=uuid, content=1),
            lambda uuid=uuid: shop.arrive(1_000, uuid=uuid, content=2),
        )

        [refused] = [r for r in results if isinstance(r, Exception)]
        assert refused.code == "id_reused"
    assert held(shop.bulk) == 25_000


def test_eight_posts_at_once_lose_no_number_and_no_gram(shop):
    def many():
        return [shop.arrive(1_000 + n)[1] for n in range(25)]

    results = at_once(*[many] * 8)

    numbers = [number for result in results for number in result]
    assert sorted(numbers) == sorted(f"AP-canal-{n}" for n in range(1, 201))
    assert held(shop.bulk) == -held(shop.source) == 8 * sum(range(1_000, 1_025))
    assert differences() == []


def test_receipts_at_once_take_no_more_off_the_road_than_is_on_it(shop):
    gare = shop.world.gare
    road = Account.transit(shop.world.canal, gare)
    arrived = Account.stock(Place.objects.main(gare))
    shop.arrive(1_000_000)

    def carry(verb, start, end, weight_g):
        return shop.book(verb, Leg(start, end, shop.furniture, weight_g, Method.WEIGHED))

    for _round in range(10):
        carry(Verb.TRANSFER, shop.bulk, road, 10_000)

        results = at_once(*[partial(carry, Verb.RECEIVE, road, arrived, 4_000)] * 4)

        refused = [r for r in results if isinstance(r, ValidationError)]
        assert [r.code for r in refused] == ["transit_overdrawn"] * 2
        carry(Verb.RECEIVE, road, arrived, 2_000)
    assert held(arrived) == 100_000
    assert differences() == []


def test_opposite_ways_at_once_do_not_wait_for_each_other_forever(shop):
    """The same accounts from both ends, in two series of numbers: sorted keys keep the order."""
    textiles = Category.objects.get(code="TEX")
    boutique = Place.objects.create(site=shop.world.canal, code="shop", name="Boutique")
    other = Account.stock(boutique)
    shop.arrive(10_000_000)

    def carry(verb, start, end):
        both = (shop.furniture, textiles)
        legs = [Leg(start, end, category, 1_000, Method.WEIGHED) for category in both]
        return lambda: [shop.book(verb, *legs) for _n in range(25)]

    there, back = carry(Verb.MOVE, shop.bulk, other), carry(Verb.SORT, other, shop.bulk)
    results = at_once(*[there, back] * 4)

    assert [r for r in results if isinstance(r, Exception)] == []
    assert held_of(shop.bulk, shop.furniture) == 10_000_000
    assert differences() == []


def held_of(account, category):
    return Balance.objects.get(account__key=account.key, category=category).weight_g


def test_nothing_lands_in_a_month_that_closes_meanwhile(shop):
    canal = shop.world.canal
    shop.arrive(1, day=date(2025, 1, 1))

    def close(month):
        with transaction.atomic():
            close_month(site=Site.objects.get(pk=canal.pk), month=month)
            return Movement.objects.filter(site=canal, month=month).count()

    def arrive_until_closed(day):
        for booked in range(500):
            with suppress_code("month_closed") as closed:
                shop.arrive(1_000, day=day)
            if closed:
                return booked
            time.sleep(0.003)  # shared locks without a gap between them keep the closer waiting
        return None

    for number in range(1, 13):
        arrive = partial(arrive_until_closed, date(2025, number, 15))

        *booked, at_closing = at_once(arrive, arrive, partial(close, 202500 + number))

        assert sum(booked) + (number == 1) == at_closing
        assert Movement.objects.filter(month=202500 + number).count() == at_closing
    assert differences() == []


@contextmanager
def suppress_code(code):
    """Swallow this refusal alone, and tell by filling the list."""
    told = []
    try:
        yield told
    except ValidationError as refusal:
        if refusal.code != code:
            raise
        told.append(code)


def test_verify_and_reports_read_one_moment_while_others_write(shop):
    def write():
        for n in range(60):
            shop.arrive(1_000 + n)

    def read():
        return [differences() for _n in range(8)]

    *_written, found = at_once(write, write, read)

    assert found == [[]] * 8

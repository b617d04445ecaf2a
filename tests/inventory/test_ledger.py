"""The kernel books what it is told, refuses what cannot be, and undoes what it booked."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from inventory.ledger import Entry, Leg, close_month, post, reverse
from inventory.models import (
    Account,
    Balance,
    Category,
    CollectionMode,
    Item,
    ItemCode,
    Kind,
    Method,
    MonthlyFlow,
    Place,
    Verb,
)
from tests.conftest import NOON


@pytest.fixture
def furniture(world):
    return Category.objects.get(code="MOB")


@pytest.fixture
def entry(world, submission):
    def make(verb, **changes):
        fields = {
            "site": world.canal,
            "verb": verb,
            "submission": submission(),
            "author": world.sorter,
            "occurred_at": NOON,
        }
        return Entry(**{**fields, **changes})

    return make


@pytest.fixture
def bulk(world):
    return Account.stock(Place.objects.main(world.canal))


@pytest.fixture
def source(world):
    mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
    return Account.source(world.canal, mode)


def held(account, category):
    return Balance.objects.get(account__key=account.key, category=category).weight_g


def test_an_arrival_enters_the_bulk_to_the_gram(entry, source, bulk, furniture):
    movement = post(
        entry=entry(Verb.COLLECT),
        legs=[Leg(source, bulk, furniture, 12_500, Method.WEIGHED)],
    )

    assert movement.number == "AP-canal-1"
    assert movement.business_date.isoformat() == "2026-03-10"
    assert held(bulk, furniture) == 12_500
    assert held(source, furniture) == -12_500
    assert MonthlyFlow.objects.get().weight_g == 12_500


def test_a_reversal_restores_every_balance_and_happens_once(entry, source, bulk, furniture):
    movement = post(
        entry=entry(Verb.COLLECT), legs=[Leg(source, bulk, furniture, 900, Method.WEIGHED)]
    )

    mirror = reverse(entry=entry(Verb.REVERSE), movement=movement)

    assert mirror.reverses == movement
    assert held(bulk, furniture) == 0
    with pytest.raises(ValidationError) as refusal:
        reverse(entry=entry(Verb.REVERSE), movement=movement)
    assert refusal.value.code == "already_reversed"
    with pytest.raises(ValidationError) as refusal:
        reverse(entry=entry(Verb.REVERSE), movement=mirror)
    assert refusal.value.code == "cannot_reverse"


def test_an_item_leaves_whole_and_once(world, entry, source, bulk, furniture):
    items = Account.stock(Place.objects.main(world.canal), items=True)
    reuse = Account.exit(world.canal, Kind.REUSE)
    post(entry=entry(Verb.COLLECT), legs=[Leg(source, bulk, furniture, 5_000, Method.WEIGHED)])
    chair = Item.objects.create(category=furniture, weight_g=4_200, since=NOON.date())
    post(
        entry=entry(Verb.LABEL),
        legs=[Leg(bulk, items, furniture, 4_200, Method.WEIGHED, item=chair)],
    )
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        post(
            entry=entry(Verb.SELL),
            legs=[Leg(items, reuse, furniture, 4_199, Method.WEIGHED, item=chair)],
        )
    assert refusal.value.code == "item_not_whole"
    sale = [Leg(items, reuse, furniture, 4_200, Method.WEIGHED, item=chair)]
    post(entry=entry(Verb.SELL), legs=sale)

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        post(entry=entry(Verb.SELL), legs=sale)

    assert refusal.value.code == "item_already_sold"
    assert held(reuse, furniture) == 4_200


def test_an_item_is_held_before_an_account_is_opened(world, entry, source, bulk, furniture):
    """A tablet's till holds the item first: in another order the two would wait in a ring."""
    items = Account.stock(Place.objects.main(world.canal), items=True)
    post(entry=entry(Verb.COLLECT), legs=[Leg(source, bulk, furniture, 5_000, Method.WEIGHED)])
    chair = Item.objects.create(category=furniture, weight_g=4_200, since=NOON.date())
    leg = Leg(bulk, items, furniture, 4_200, Method.WEIGHED, item=chair)

    with CaptureQueriesContext(connection) as asked:
        post(entry=entry(Verb.LABEL), legs=[leg])

    said = [query["sql"] for query in asked]
    [held] = [n for n, sql in enumerate(said) if "FROM inventory_item " in sql]
    [opened] = [n for n, sql in enumerate(said) if 'INTO "inventory_account"' in sql]
    assert held < opened


def test_nothing_is_dated_in_a_closed_month(world, entry, source, bulk, furniture):
    leg = Leg(source, bulk, furniture, 100, Method.WEIGHED)
    movement = post(entry=entry(Verb.COLLECT), legs=[leg])
    close_month(site=world.canal, month=202603)

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        post(entry=entry(Verb.COLLECT), legs=[leg])
    assert refusal.value.code == "month_closed"

    late = reverse(entry=entry(Verb.REVERSE), movement=movement)
    assert late.business_date.isoformat() == "2026-04-01"


def test_nothing_crosses_from_site_to_site_but_by_the_road(world, entry, source, furniture):
    elsewhere = Account.stock(Place.objects.main(world.gare))

    with pytest.raises(ValidationError) as refusal:
        post(entry=entry(Verb.COLLECT), legs=[Leg(source, elsewhere, furniture, 1, Method.WEIGHED)])

    assert refusal.value.code == "flow_not_allowed"


def test_a_count_that_found_nothing_can_be_cancelled(entry):
    counted = post(entry=entry(Verb.COUNT), legs=[])

    assert reverse(entry=entry(Verb.REVERSE), movement=counted).reverses == counted


def test_an_item_is_known_by_its_own_structure_s_code_only(world, rf, furniture):
    ours = Item.objects.create(category=furniture, weight_g=1, since=NOON.date())
    theirs = Item.objects.create(category=furniture, weight_g=2, since=NOON.date())
    for organisation, code, item in (
        (world.navette, "AAAAAA", ours),
        (world.port, "BBBBBB", ours),  # it has lived there too
        (world.navette, "BBBBBB", theirs),
    ):
        ItemCode.objects.create(organisation=organisation, code=code, item=item)
    request = rf.get("/")
    request.user = world.anna

    assert list(Item.objects.within(request).named("BBBBBB")) == [theirs]

"""``verify`` finds every planted fault and nothing where there is none."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from inventory import triggers
from inventory.ledger import Entry, Leg, post, reverse
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Item,
    Kind,
    Method,
    Origin,
    Place,
    Verb,
)
from inventory.verify import CHECKS, differences
from tests.conftest import NOON

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def books(world, submission):
    """A small year: arrivals with and without origin, a cancelled one, an item sold, a transfer."""
    furniture = Category.objects.get(code="MOB")
    place = Place.objects.main(world.canal)
    bulk, items = Account.stock(place), Account.stock(place, items=True)
    mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
    source = Account.source(world.canal, mode)
    origin = Origin.objects.get(organisation=world.navette, code="75112")

    def book(verb, *legs, day=None):
        entry = Entry(world.canal, verb, submission(), world.sorter, NOON, day)
        return post(entry=entry, legs=legs)

    weighed = Method.WEIGHED
    book(
        Verb.COLLECT,
        Leg(source, bulk, furniture, 50_000, weighed, units=4, origin=origin),
        Leg(source, bulk, furniture, 7_000, weighed),
        day=date(2026, 1, 15),
    )
    wrong = book(Verb.COLLECT, Leg(source, bulk, furniture, 900, weighed, units=1, origin=origin))
    cancel = Entry(world.canal, Verb.REVERSE, submission(), world.sorter, NOON)
    reverse(entry=cancel, movement=wrong)
    chair = Item.objects.create(category=furniture, weight_g=4_200, since=NOON.date())
    table = Item.objects.create(category=furniture, weight_g=9_000, since=NOON.date())
    for item in (chair, table):
        book(Verb.LABEL, Leg(bulk, items, furniture, item.weight_g, weighed, units=1, item=item))
    reuse = Account.exit(world.canal, Kind.REUSE)
    book(Verb.SELL, Leg(items, reuse, furniture, 4_200, weighed, units=1, item=chair))
    road = Account.transit(world.canal, world.gare)
    book(Verb.TRANSFER, Leg(bulk, road, furniture, 10_000, weighed))
    return connection


def run(statement):
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount
    triggers.install(connection)


def verify(*arguments):
    output = StringIO()
    try:
        call_command("verify", *arguments, database="default", stdout=output)
    except SystemExit as end:
        return end.code, output.getvalue()
    return 0, output.getvalue()


def test_right_books_differ_by_0_g(books):
    status, output = verify()

    assert (status, output[:3]) == (0, "0 g")


# What is changed behind the kernel's back, and which checks tell.
FAULTS = {
    "UPDATE inventory_balance SET weight_g = weight_g + 1 WHERE weight_g = 33800": (
        "balance",
        "all balances together",
    ),
    "UPDATE inventory_balance SET weight_g = -1 WHERE weight_g = 10000": (
        "balance",
        "all balances together",
        "on the road",
    ),
    "UPDATE inventory_balance SET units = units + 1 WHERE units < 0": (
        "balance",
        "all balances together",
    ),
    "DELETE FROM inventory_balance WHERE weight_g = 4200": ("balance", "all balances together"),
    "UPDATE inventory_monthlyflow SET units = 9 WHERE weight_g = 57000": ("monthly sum",),
    "DELETE FROM inventory_monthlyflow WHERE weight_g = 57000": ("monthly sum",),
    "UPDATE inventory_monthlyorigin SET weight_g = 1 WHERE weight_g > 0": ("monthly arrivals",),
    "UPDATE inventory_unitweight SET weight_g = weight_g - 1": ("average unit weight",),
    "UPDATE inventory_item SET account_id = (SELECT id FROM inventory_account"
    " WHERE kind = 'reuse') WHERE weight_g = 9000": ("item's place", "items of a place"),
    "UPDATE inventory_item SET account_id = NULL WHERE weight_g = 4200": ("item's place",),
    "UPDATE inventory_item SET weight_g = 9001 WHERE weight_g = 9000": (
        "item's weight",
        "items of a place",
    ),
    "UPDATE inventory_flow SET weight_g = 4199 WHERE weight_g = 10000": ("balance", "monthly sum"),
    "UPDATE inventory_flow SET item_id = NULL WHERE weight_g = 4200 AND to_account_id IN"
    " (SELECT id FROM inventory_account WHERE kind = 'reuse')": ("item's place",),
    "UPDATE inventory_flow SET item_id = (SELECT MAX(id) FROM inventory_item)"
    " WHERE weight_g = 4200": ("item's place", "item's weight", "item's path"),
    "DELETE FROM inventory_flow WHERE weight_g = 7000": ("balance", "monthly sum"),
    "DELETE FROM inventory_flow WHERE weight_g = 10000": (
        "balance",
        "monthly sum",
        "movement without flows",
    ),
    "UPDATE inventory_flow SET units = 2 WHERE weight_g = 900 AND movement_id ="
    " (SELECT id FROM inventory_movement WHERE verb = 'reverse')": (
        "balance",
        "monthly sum",
        "monthly arrivals",
        "average unit weight",
        "mirror of a cancelled movement",
    ),
    "UPDATE inventory_flow SET origin_id = NULL WHERE weight_g = 50000": ("monthly arrivals",),
    "UPDATE inventory_movement SET month = 202602 WHERE month = 202601": (
        "monthly sum",
        "monthly arrivals",
        "month of a movement",
        "month of a flow",
    ),
    "UPDATE inventory_flow SET month = 202512 WHERE weight_g = 7000": ("month of a flow",),
    "UPDATE inventory_account SET kind = 'opening' WHERE kind = 'transit'": ("way of a flow",),
    "UPDATE inventory_account SET organisation_id = (SELECT organisation_id FROM organisation_site"
    " WHERE code = 'quai') WHERE kind = 'reuse'": ("way of a flow",),
    "UPDATE inventory_movement SET reverses_id = NULL WHERE verb = 'reverse'": (
        "way of a flow",
        "cancellation",
    ),
    "UPDATE inventory_movement SET business_date = '2026-03-09' WHERE verb = 'reverse'": (
        "cancellation",
    ),
    "UPDATE inventory_numberseries SET last = 3 WHERE prefix = 'AP'": ("last number given",),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_told_by_the_checks_it_concerns(books, fault):
    run(fault)

    status, output = verify()

    lines = output.splitlines()
    told = [w for w, _query in CHECKS if any(line.startswith(f"{w} ") for line in lines)]
    assert (status, tuple(told)) == (1, FAULTS[fault])


def test_every_check_is_tried():
    assert {what for told in FAULTS.values() for what in told} == {
        str(what) for what, _query in CHECKS
    }


def test_a_missing_trigger_is_told(books):
    triggers.drop(connection)

    status, output = verify()

    assert status == 1
    assert "trigger tracerie_flow_guard is missing" in output


def test_since_spares_the_months_before(books):
    run("UPDATE inventory_monthlyflow SET weight_g = 1 WHERE month = 202601")

    assert len(differences(using="default")) == 1
    assert len(differences(using="default", since=date(2026, 1, 31))) == 1
    assert differences(using="default", since=date(2026, 2, 1)) == []

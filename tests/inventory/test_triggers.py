"""What the database refuses by itself, whoever asks, on SQLite and PostgreSQL."""

from datetime import date
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection

from inventory import triggers
from inventory.ledger import Entry, Leg, close_month, post, reverse
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Flow,
    Kind,
    Method,
    Movement,
    Place,
    Verb,
)
from organisation.models import Site
from tests.conftest import NOON
from tests.written_once import hold, refused

pytestmark = pytest.mark.database

# What may flow where, as docs and design say it, written a second time.
EXITS = {Kind.REUSE, Kind.RECYCLING, Kind.OTHER_RECOVERY, Kind.ENERGY, Kind.DISPOSAL}
ALLOWED = (
    {(Kind.SOURCE, end) for end in EXITS | {Kind.STOCK}}
    | {(Kind.STOCK, end) for end in EXITS | {Kind.STOCK, Kind.TRANSIT, Kind.ADJUSTMENT}}
    | {(start, Kind.STOCK) for start in (Kind.OPENING, Kind.TRANSIT, Kind.ADJUSTMENT)}
)


@pytest.fixture
def book(world, submission):
    def post_it(*legs, verb=Verb.COLLECT, site=world.canal, day=None):
        return post(entry=Entry(site, verb, submission(), None, NOON, day), legs=legs)

    return post_it


@pytest.fixture
def arrival(world, book):
    mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
    source = Account.source(world.canal, mode)
    bulk = Account.stock(Place.objects.main(world.canal))
    movement = book(Leg(source, bulk, Category.objects.get(code="MOB"), 1_000, Method.WEIGHED))
    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway
    return movement


@pytest.fixture
def account_of(world):
    """One account of each kind at a site, two of stock."""

    def make(kind, site=world.canal, *, other=False):
        place = Place.objects.get_or_create(site=site, code="shop", defaults={"name": "Boutique"})[
            0
        ]
        account = {
            Kind.SOURCE: lambda: Account.source(
                site, CollectionMode.objects.get(organisation=site.organisation_id, code="company")
            ),
            Kind.OPENING: lambda: Account.opening(site),
            Kind.STOCK: lambda: Account.stock(place if other else Place.objects.main(site)),
            Kind.TRANSIT: lambda: Account.transit(site, world.gare),
            Kind.ADJUSTMENT: lambda: Account.adjustment(site, "loss"),
        }.get(kind, lambda: Account.exit(site, kind))()
        return Account.objects.filter(key=account.key).first() or _saved(account)

    return make


def _saved(account):
    account.save()
    return account


def copied(movement, **changes):
    """Another movement row, straight into the table."""
    values = {f.attname: getattr(movement, f.attname) for f in Movement._meta.concrete_fields}
    values |= {"id": None, "number": f"X-{Movement.objects.count()}", "reverses_id": None}
    return Movement.objects.bulk_create([Movement(**values | changes)])[0]


def flow(movement, start, end, category, **changes):
    """A flow row, straight into the table."""
    return Flow.objects.bulk_create(
        [
            Flow(
                movement=movement,
                month=changes.get("month", movement.month),
                from_account=start,
                to_account=end,
                from_category=category,
                to_category=changes.get("to_category", category),
                weight_g=1,
                method=Method.WEIGHED,
            )
        ]
    )


REWRITES = {
    "inventory_movement": "note = 'x'",
    "inventory_flow": "weight_g = 7",
    "inventory_account": "reason = 'x'",
}


@pytest.mark.parametrize("table", REWRITES)
def test_what_is_written_stays_as_it_is(arrival, table):
    is_split = connection.vendor == "postgresql" and table == "inventory_flow"
    hold(table, REWRITES[table], key="id, month" if is_split else "id")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has REPLACE")
@pytest.mark.parametrize(
    ("table", "twin"),
    [("inventory_movement", "number"), ("inventory_account", "key")],
)
def test_a_row_is_not_replaced_through_another_of_its_keys(arrival, table, twin):
    with connection.cursor() as cursor:
        columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
    others = ", ".join(c for c in columns if c != "id")

    refused(
        f"INSERT OR REPLACE INTO {table} ({others}) SELECT {others} FROM {table}", "written once"
    )


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has REPLACE")
def test_a_cancellation_is_not_replaced_by_another(arrival, submission, world):
    entry = Entry(world.canal, Verb.REVERSE, submission(), None, NOON)
    reverse(entry=entry, movement=arrival)
    with connection.cursor() as cursor:
        columns = [
            c.name
            for c in connection.introspection.get_table_description(cursor, "inventory_movement")
        ]
    others = ", ".join(c for c in columns if c not in ("id", "number"))

    refused(
        f"INSERT OR REPLACE INTO inventory_movement (number, {others})"
        f" SELECT 'X', {others} FROM inventory_movement WHERE reverses_id IS NOT NULL",
        "written once",
    )


def test_a_flow_has_the_month_of_its_movement(arrival, account_of):
    stock, shop = account_of(Kind.STOCK), account_of(Kind.STOCK, other=True)
    category = Category.objects.get(code="MOB")

    refused(lambda: flow(arrival, stock, shop, category, month=202604), "not allowed")
    flow(arrival, stock, shop, category)


def test_only_the_allowed_pairs_exchange(arrival, account_of):
    category = Category.objects.get(code="MOB")
    for start, end in product(Kind, Kind):
        accounts = account_of(start), account_of(end, other=True)
        if accounts[0] == accounts[1]:
            continue
        if (start, end) in ALLOWED:
            flow(arrival, *accounts, category)
        else:
            refused(lambda accounts=accounts: flow(arrival, *accounts, category), "not allowed")


@pytest.mark.parametrize("verb", [Verb.REVERSE, Verb.RETURN])
def test_only_cancellations_and_returns_go_back(arrival, account_of, verb):
    category = Category.objects.get(code="MOB")
    link = {"reverses_id": arrival.pk} if verb == Verb.REVERSE else {}
    back = copied(arrival, verb=verb, **link)
    for start, end in product(Kind, Kind):
        accounts = account_of(start), account_of(end, other=True)
        if accounts[0] == accounts[1]:
            continue
        if {(start, end), (end, start)} & ALLOWED:
            flow(back, *accounts, category)
        else:
            refused(lambda accounts=accounts: flow(back, *accounts, category), "not allowed")


def test_nothing_goes_to_another_structure_except_on_the_road(world, arrival, account_of):
    category = Category.objects.get(code="MOB")
    here, there = account_of(Kind.STOCK), account_of(Kind.STOCK, world.quai)
    road = _saved(Account.transit(world.canal, world.quai))

    refused(lambda: flow(arrival, here, there, category), "not allowed")
    refused(
        lambda: flow(arrival, here, account_of(Kind.DISPOSAL, world.quai), category), "not allowed"
    )
    flow(arrival, here, road, category)
    flow(arrival, road, there, category)
    elsewhere = _saved(Account.transit(world.canal, world.gare))
    refused(lambda: flow(arrival, elsewhere, there, category), "not allowed")
    refused(lambda: flow(arrival, there, elsewhere, category), "not allowed")


def test_stock_goes_to_another_site_on_the_road_alone(world, arrival, account_of, book):
    category = Category.objects.get(code="MOB")
    here, there = account_of(Kind.STOCK), account_of(Kind.STOCK, world.gare)

    refused(lambda: flow(arrival, here, there, category), "not allowed")
    with pytest.raises(ValidationError) as refusal:
        book(Leg(here, there, category, 1, Method.WEIGHED), verb=Verb.MOVE)
    assert refusal.value.code == "flow_not_allowed"


def test_a_category_changes_in_stock_alone(arrival, account_of):
    chairs, category = Category.objects.get(code="MOB.CHAI"), Category.objects.get(code="MOB")
    stock, shop = account_of(Kind.STOCK), account_of(Kind.STOCK, other=True)

    flow(arrival, stock, shop, category, to_category=chairs)
    flow(arrival, stock, stock, category, to_category=chairs)
    for kind in sorted(EXITS | {Kind.TRANSIT, Kind.ADJUSTMENT}):
        end = account_of(kind)
        refused(
            lambda end=end: flow(arrival, stock, end, category, to_category=chairs), "not allowed"
        )
    refused(
        lambda: flow(arrival, account_of(Kind.SOURCE), stock, category, to_category=chairs),
        "not allowed",
    )


def test_a_closed_month_takes_nothing_more_and_stays_closed(world, arrival, account_of):
    close_month(site=world.canal, month=202603)

    refused(lambda: copied(arrival), "month closed")
    refused(lambda: copied(arrival, month=202602, business_date=date(2026, 2, 3)), "month closed")
    copied(arrival, month=202604, business_date=date(2026, 4, 1))
    copied(arrival, site_id=world.gare.pk)
    [stock] = Account.objects.filter(kind=Kind.STOCK)
    shop = account_of(Kind.STOCK, other=True)
    refused(lambda: flow(arrival, stock, shop, Category.objects.get(code="MOB")), "not allowed")
    canal = Site.objects.filter(pk=world.canal.pk)
    refused(lambda: canal.update(books_closed_through=202602), "never reopens")
    refused(lambda: canal.update(books_closed_through=None), "never reopens")
    canal.update(books_closed_through=202603, name="Canal")
    canal.update(books_closed_through=202604)
    if connection.vendor == "sqlite":
        refused(
            "INSERT OR REPLACE INTO organisation_site SELECT * FROM organisation_site",
            "never reopens",
        )


def test_missing_tells_each_trigger_that_is_gone_or_asleep(arrival):
    assert triggers.missing(connection) == set()
    everything = _dropped()
    assert len(everything) == (119 if connection.vendor == "sqlite" else 87)
    triggers.install(connection)
    assert triggers.missing(connection) == set()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER tracerie_flow_guard")
        else:
            cursor.execute("ALTER TABLE inventory_flow DISABLE TRIGGER tracerie_flow_guard")
    assert triggers.missing(connection) == {"tracerie_flow_guard"}


def _dropped():
    triggers.drop(connection)
    return triggers.missing(connection)


def test_migrating_puts_the_triggers_back(own_database):
    _dropped()

    call_command("migrate", verbosity=0)

    assert triggers.missing(connection) == set()


def test_a_table_rebuilt_by_a_migration_is_guarded_again(own_database):
    """SQLite alters a table by copying it, which drops its triggers without a word."""
    note = Movement._meta.get_field("note")
    shorter = note.clone()
    shorter.max_length = 400
    shorter.set_attributes_from_name("note")

    emit_pre_migrate_signal(0, False, "default")
    with connection.schema_editor() as editor:
        editor.alter_field(Movement, note, shorter)
    emit_post_migrate_signal(0, False, "default")

    assert triggers.missing(connection) == set()


def test_a_database_goes_back_to_nothing_and_forth(own_database):
    """The triggers stand in no migration's way, in either direction."""
    for app in ("reporting", "collection", "sales", "inventory"):
        call_command("migrate", app, "zero", verbosity=0)

    call_command("migrate", verbosity=0)

    assert triggers.missing(connection) == set()

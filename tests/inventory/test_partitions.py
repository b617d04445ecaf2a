"""Flows by month on PostgreSQL: each a table, made ahead, guarded as the whole is."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max, Sum
from django.utils import timezone

from config.scale import seed_scale
from inventory import partitions, triggers
from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Container,
    Flow,
    Method,
    Packing,
    Place,
    Verb,
)
from inventory.verify import differences
from organisation.models import Site
from tests.conftest import NOON
from tests.written_once import hold, refused

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite keeps one table"),
]
TODAY = date(2026, 3, 10)


@pytest.fixture
def arrive(world, submission):
    """Book an arrival on a day, in grams."""
    mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
    ends = Account.source(world.canal, mode), Account.stock(Place.objects.main(world.canal))
    category = Category.objects.get(code="MOB")

    def book(day, weight_g=1_000):
        entry = Entry(world.canal, Verb.COLLECT, submission(), None, NOON, day)
        movement = post(entry=entry, legs=[Leg(*ends, category, weight_g, Method.WEIGHED)])
        connection.check_constraints()  # as a commit does
        return movement

    return book


def parts_of(*movements):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM inventory_flow"
            " WHERE movement_id = ANY(%s) ORDER BY id",
            [[movement.pk for movement in movements]],
        )
        return [name for (name,) in cursor.fetchall()]


def test_the_months_to_come_have_their_table(db):
    today = timezone.localdate()

    assert partitions.ahead(connection, today=today) == partitions.AHEAD
    assert partitions.make_ahead(connection, today=today) == []


def test_a_flow_goes_to_its_month_and_waits_where_there_is_none(arrive):
    partitions.make_ahead(connection, today=TODAY)

    march, before = arrive(TODAY), arrive(date(2019, 12, 31))

    assert parts_of(march, before) == ["inventory_flow_202603", "inventory_flow_default"]
    assert partitions.waiting(connection, today=TODAY) == [201912]


def test_what_waits_goes_to_its_month_once_that_is_made(world, arrive):
    movements = [arrive(date(2019, 12, 31)), arrive(TODAY), arrive(date(1999, 5, 5))]
    Site.objects.filter(pk=world.canal.pk).update(books_closed_through=201912)

    made = partitions.make_ahead(connection, today=TODAY)
    triggers.keep_parts(connection)

    assert made[0] == "inventory_flow_201912"
    assert parts_of(*movements) == [
        "inventory_flow_201912",
        "inventory_flow_202603",
        "inventory_flow_default",
    ]
    assert partitions.waiting(connection, today=TODAY) == []
    assert differences(using="default") == []


def test_each_part_refuses_what_the_whole_refuses(arrive):
    arrive(TODAY)
    arrive(date(1999, 5, 5))
    partitions.make_ahead(connection, today=TODAY)
    triggers.keep_parts(connection)
    connection.check_constraints()

    for part in ("inventory_flow_202603", "inventory_flow_default"):
        hold(part, "weight_g = 7", key="id, month")
    for part in partitions.of(connection, "inventory_flow"):
        refused(f"TRUNCATE {part}", "written once")


def test_a_part_without_its_guards_is_told(arrive):
    partitions.make_ahead(connection, today=TODAY)
    assert triggers.missing(connection) == {"tracerie_inventory_flow_truncate"}
    triggers.keep_parts(connection)
    assert triggers.missing(connection) == set()

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_flow_202603 DISABLE TRIGGER tracerie_flow_guard")

    assert triggers.missing(connection) == {"tracerie_flow_guard"}


def test_the_days_of_a_month_are_looked_for_in_its_table_alone(arrive):
    partitions.make_ahead(connection, today=TODAY)
    arrive(TODAY)

    plan = Flow.objects.on_days(date(2026, 3, 1), date(2026, 3, 31)).explain()
    of_it = arrive(TODAY).flows.filter(month=202603).explain()

    for said in (plan, of_it):
        assert set(re.findall(r"inventory_flow_(\w+?)(?:_\w+)? ", said)) == {"202603"}


def test_a_filled_table_is_split_and_joined_again(own_database):
    """As an installation that has been at work for months is updated."""
    call_command("migrate", "config", "zero", verbosity=0)
    assert not partitions.is_split(connection)
    with connection.cursor() as cursor:
        links = connection.introspection.get_relations(cursor, "collection_weighing")
    assert links["flow_id"][1] == "inventory_flow"
    organisation = seed_scale(movements=480, until=date(2025, 12, 31))
    grams = Flow.objects.aggregate(Sum("weight_g"), Count("pk"), Max("pk"))

    call_command("migrate", verbosity=0)

    assert Flow.objects.aggregate(Sum("weight_g"), Count("pk"), Max("pk")) == grams
    assert differences(using="default") == []
    assert parts_of(Flow.objects.earliest("pk").movement)[0] == "inventory_flow_202201"
    assert organisation.code == "echelle"
    call_command("migrate", "config", "zero", verbosity=0)
    assert Flow.objects.aggregate(Sum("weight_g"), Count("pk"), Max("pk")) == grams
    assert differences(using="default") == []


def test_a_link_to_no_flow_and_a_flow_twice_are_told(arrive):
    """No foreign key, and no key over all months, refuses them: whoever inserts by hand may."""
    partitions.make_ahead(connection, today=TODAY)
    [flow] = arrive(TODAY).lines
    [later] = arrive(date(2026, 4, 1)).lines
    with connection.cursor() as cursor:
        columns = ", ".join(
            field.column for field in Flow._meta.concrete_fields if not field.primary_key
        )
        cursor.execute(
            f"INSERT INTO inventory_flow (id, {columns})"
            f" SELECT {flow.pk}, {columns} FROM inventory_flow WHERE id = {later.pk}"
        )
    Packing.objects.create(
        flow_id=later.pk + 1,
        container=Container.objects.create(
            organisation=flow.movement.site.organisation, code="b", name="B", tare_g=1
        ),
    )

    found = " ".join(differences(using="default"))

    assert f"n° {flow.pk}" in found
    assert "inventory_packing" in found

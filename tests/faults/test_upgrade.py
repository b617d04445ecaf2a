"""The next release rebuilds the ledger's tables, full of years: nothing in them changes.

There is no release before this one: the migration is made up. `TRACERIE_CAMPAIGN=1` takes 100,000
movements along.
"""

import time
from hashlib import sha256

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.db.models.signals import post_migrate
from django.test import override_settings

from config.scale import seed_scale
from inventory import triggers
from inventory.apps import _install_triggers
from inventory.verify import differences
from organisation.models import Membership, Token, User
from organisation.permissions import Role
from sales.journal.verify import findings
from sales.models import Chain
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.hands import Desk, Hand, stock_up

pytestmark = pytest.mark.database

MOVEMENTS = 100_000 if IS_CAMPAIGN else 5_000
TABLES = "inventory_movement", "inventory_flow", "sales_journalentry"
NEXT = override_settings(MIGRATION_MODULES={"inventory": "tests.faults.next_release"})
HALF = override_settings(MIGRATION_MODULES={"inventory": "tests.faults.half_a_release"})


@pytest.fixture
def years(own_database):
    """Four years of ten sites, a few tickets in the journal, and whoever reads the report."""
    organisation = seed_scale(movements=MOVEMENTS)
    till, token = stock_up(own_database.canal).code, Token.objects.issue(own_database.anna)[1]
    hand = Hand(token, till, 1)
    for _n in range(20):
        hand.send(Desk(token))
    reader = User.objects.create(username="lecture", organisation=organisation)
    Membership.objects.create(user=reader, role=Role.DIRECTOR, site=None)
    return Token.objects.issue(reader)[1]


def migrate():
    connections.close_all()
    call_command("migrate", verbosity=0, interactive=False)


def report(token):
    """What a funder is told of the four years."""
    status, body = Desk(token).get(
        "reporting/diversion?site=echelle-01&from=2022-01-01&to=2025-12-31"
    )
    assert status == 200, body
    return body


def content(columns=None):
    """A digest of each written table, of these columns or of those that there are."""
    told = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            found = connection.introspection.get_table_description(cursor, table)
            names = (columns or {}).get(table) or sorted(each.name for each in found)
            cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
            digest = sha256()
            while rows := cursor.fetchmany(10_000):
                for row in rows:
                    digest.update(repr(row).encode())
            told[table] = names, digest.hexdigest()
    return told


def columns_of(told):
    return {table: names for table, (names, _digest) in told.items()}


def wrong():
    """What is no longer as it was made to be; nothing, one hopes."""
    chains = Chain.objects.all()
    return [
        *triggers.missing(connection),
        *differences(),
        *findings(chains=chains, anchors={}, using="default"),
    ]


def test_the_next_release_takes_the_books_along(years, record_property):
    told, before = report(years), content()
    start = time.monotonic()
    with NEXT:
        migrate()
        record_property("movements", MOVEMENTS)
        record_property("seconds", round(time.monotonic() - start, 1))
        assert "weather" in content()["inventory_movement"][0]
        assert content(columns_of(before)) == before
        assert wrong() == []
        assert report(years) == told


def test_a_release_that_does_not_put_the_triggers_back_would_be_seen(years):
    """The control."""
    config = apps.get_app_config("inventory")
    assert post_migrate.disconnect(_install_triggers, sender=config)
    try:
        with NEXT:
            migrate()
            assert len(wrong()) > 10
    finally:
        post_migrate.connect(_install_triggers, sender=config)


def test_a_release_that_fails_half_way_leaves_the_books_as_they_were(years):
    """Without their triggers: no server starts on them until a migration has put those back."""
    with NEXT:
        migrate()
    told, before = report(years), content()
    with HALF, pytest.raises(RuntimeError, match="half-way"):
        migrate()
    connections.close_all()
    assert content() == before
    assert triggers.missing(connection) != set()
    with NEXT:  # the release before is put back, and starts
        migrate()
        assert content() == before
        assert wrong() == []
        assert report(years) == told

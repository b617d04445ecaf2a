"""The role that serves owns nothing: a stolen password rewrites nothing that is written."""

import os
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from inventory import rights, triggers
from inventory.models import Flow
from inventory.verify import differences
from organisation.models import Token
from sales.journal.verify import findings
from sales.models import Chain, Sale
from tests.databases import send
from tests.faults.shop_day import furnish, queue_of
from tests.servers import granian

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no roles"),
]
ROLE = "tracerie_app"


@pytest.fixture
def granted(own_database):
    """The small world, which ``ROLE`` may serve; the role goes with its database."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
    call_command("grant", ROLE, verbosity=0)
    yield own_database
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def thief(granted):
    """Whoever has the password of ``ROLE``."""
    host, name = connection.settings_dict["HOST"], granted.database
    with psycopg.connect(host=host, user=ROLE, dbname=name, autocommit=True) as theirs:
        yield theirs


def test_it_weighs_and_sells_through_http(granted, tmp_path, monkeypatch):
    theirs = os.environ["DATABASE_URL"].replace("postgres@", f"{ROLE}@")
    monkeypatch.setenv("DATABASE_URL", theirs)
    token = Token.objects.issue(granted.anna)[1]
    [till], codes = furnish(granted.canal, 1, 4)
    queue = queue_of(till, codes, 12, seed=7)
    weighed = {"site": "canal", "mode": "drop_off"}
    weighed |= {"id": str(uuid4()), "lines": [{"category": "MOB", "weight_g": 12_500}]}

    with granian(granted.database, tmp_path) as (_process, address):
        assert send(f"{address}/api/v1/collection/intakes", token, weighed)[0] == 201
        for asked in queue:
            status, said = send(f"{address}/api/v1/{asked.path}", token, asked.content)
            assert status == 201, said

    assert Sale.objects.count() == 12
    assert Flow.objects.filter(weight_g=12_500).count() == 1
    assert differences(using="default") == []
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


REFUSED = (
    "UPDATE inventory_flow SET weight_g = 1",
    "DELETE FROM inventory_flow",
    "TRUNCATE inventory_flow",
    "INSERT INTO inventory_flow_default SELECT * FROM inventory_flow",
    "TRUNCATE inventory_flow_default",
    "DROP TABLE inventory_flow_default",
    "ALTER TABLE inventory_flow DETACH PARTITION inventory_flow_default",
    "DROP TRIGGER tracerie_flow_guard ON inventory_flow",
    "ALTER TABLE inventory_flow DISABLE TRIGGER ALL",
    "ALTER TABLE inventory_flow DISABLE TRIGGER tracerie_inventory_flow_change",
    "SET session_replication_role = replica",
    "CREATE TABLE other (id integer)",
    "CREATE TEMPORARY TABLE organisation_site (id integer)",
    "CREATE OR REPLACE FUNCTION tracerie_flow_guard() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "UPDATE inventory_movement SET note = 'x'",
    "DELETE FROM sales_sale",
    "UPDATE sales_sale SET total_cents = 0",
    "UPDATE sales_journalentry SET body = ''",
    "DELETE FROM sales_journalentry",
    "TRUNCATE sales_journalentry CASCADE",
    "DELETE FROM sales_chain",
    "DELETE FROM django_migrations",
    "COPY (SELECT 1) TO PROGRAM 'true'",
)


def test_it_can_neither_rewrite_nor_disarm(thief):
    for statement in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            thief.execute(statement)
    assert triggers.missing(connection) == set()


def test_what_it_may_lock_the_triggers_keep(granted, thief):
    """A row is locked by whoever may change one of its columns: the database asks for that much."""
    furnish(granted.canal, 1, 1)

    with pytest.raises(psycopg.errors.CheckViolation):
        thief.execute("UPDATE inventory_movement SET id = id + 1000000")
    thief.execute("SELECT 1 FROM inventory_movement FOR UPDATE")


def test_tables_of_later_versions_are_granted_by_their_migration(granted):
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE SELECT, INSERT ON sales_sale FROM {ROLE}")

    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'sales_sale', 'INSERT')", [ROLE])
        assert cursor.fetchone() == (True,)
    assert rights.holders(connection) == [ROLE]


def test_a_role_that_is_not_there_is_refused(own_database):
    with pytest.raises(CommandError, match="nobody_here"):
        call_command("grant", "nobody_here", verbosity=0)

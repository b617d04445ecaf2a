"""From one SQLite file to PostgreSQL: the same to the gram and the cent, or nothing."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from config.backup.moving import move
from inventory import reference, triggers
from inventory.models import Flow, Movement, Verb
from inventory.verify import differences
from organisation.models import Organisation, Site, User
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry, Sale, Till
from tests.conftest import Api
from tests.databases import connected_to, drop_database, environment_of, new_database
from tests.faults.shop_day import queue_of

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="moves into PostgreSQL"),
]
TODAY = date(2026, 3, 10)


@pytest.fixture(scope="session")
def worked(tmp_path_factory):
    """The folder of a structure that worked on SQLite."""
    folder = tmp_path_factory.mktemp("worked")
    environment = environment_of("unused") | {"TRACERIE_DATA": str(folder)}
    del environment["DATABASE_URL"]
    root = Path(__file__).parents[2]
    made = [sys.executable, "-m", "tests.sqlite_day"]
    subprocess.run(made, env=environment, cwd=root, check=True)
    return folder


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, django_db_blocker):
    """An empty database, as an installation finds it, to be copied."""
    with django_db_blocker.unblock():
        name = new_database(tmp_path_factory.mktemp("empty"))
        with connected_to(name):
            call_command("migrate", verbosity=0)
            reference.load()
        yield name
        drop_database(name)


@pytest.fixture
def empty(migrated, tmp_path, django_db_blocker):
    """An empty database of the test's own."""
    with django_db_blocker.unblock():
        name = new_database(tmp_path, migrated)
        with connected_to(name):
            yield name
        drop_database(name)


@pytest.fixture
def file(worked, settings, tmp_path):
    """A copy of its database, and its key where ours would be."""
    settings.DATA_DIR = worked
    with closing(sqlite3.connect(worked / "tracerie.sqlite3")) as source:
        source.execute(f"VACUUM INTO '{tmp_path}/their.sqlite3'")
    return tmp_path / "their.sqlite3"


def asked_of(file, *statements):
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            found = database.execute(statement).fetchall()
        return found


def refusal(file):
    with pytest.raises(ValidationError) as refused:
        move(file=file, today=TODAY)
    return refused.value.code


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


def test_all_comes_over_and_work_goes_on(empty, file):
    heads = asked_of(file, "SELECT name, last_seq, last_hash, perpetual_cents FROM sales_chain")
    [(flows, grams)] = asked_of(file, "SELECT COUNT(*), SUM(weight_g) FROM inventory_flow")

    moved = move(file=file, today=TODAY)

    assert moved.chains == {name: tuple(rest) for name, *rest in heads}
    assert (moved.flows, moved.flows_g) == (flows, grams)
    assert Flow.objects.count() == flows
    bodies = asked_of(file, "SELECT body, hash FROM sales_journalentry ORDER BY id")
    assert list(JournalEntry.objects.order_by("pk").values_list("body", "hash")) == bodies
    assert (differences(using="default"), faults()) == ([], [])
    assert triggers.missing(connection) == set()

    anna, till = Api(User.objects.get(username="anna")), Till.objects.earliest("pk")
    line = {"category": "MOB", "weight_g": 1_000}
    arrived = anna.post("collection/intakes", site="canal", mode="drop_off", lines=[line])
    assert arrived.json()["number"] == "AP-canal-3"
    for asked in queue_of(till, [], 3, seed=99):
        assert anna.post(asked.path, asked.content).status_code == 201
    assert Sale.objects.count() == 43
    assert (differences(using="default"), faults()) == ([], [])


def test_flows_are_in_the_table_of_their_month(empty, file):
    move(file=file, today=TODAY)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM inventory_flow WHERE month < 202601 ORDER BY id"
        )
        assert cursor.fetchall() == [("inventory_flow_202402",), ("inventory_flow_202512",)]


def test_what_is_not_empty_is_left_as_it_is(own_database, file):
    assert refusal(file) == "not_empty"
    assert Site.objects.count() == 3


FAULTS = {
    "UPDATE inventory_balance SET weight_g = weight_g + 1": "books_differ",
    "DROP TRIGGER tracerie_flow_guard": "books_differ",
    "DELETE FROM django_migrations WHERE app = 'sales'": "other_version",
    "DROP TABLE django_migrations": "not_a_backup",
    "PRAGMA foreign_keys = OFF; UPDATE sales_till SET site_id = 999": "damaged",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_is_not_right_leaves_nothing_behind(empty, file, fault):
    asked_of(file, *fault.split("; "))

    assert refusal(file) == FAULTS[fault]
    assert not Organisation.objects.exists()
    assert triggers.missing(connection) == set()


def test_a_journal_that_was_altered_is_refused(empty, file):
    [(trigger,)] = asked_of(
        file, "SELECT sql FROM sqlite_master WHERE name = 'tracerie_sales_journalentry_update'"
    )
    asked_of(file, "DROP TRIGGER tracerie_sales_journalentry_update")
    asked_of(file, "UPDATE sales_journalentry SET body = replace(body, '1', '2') WHERE id = 3")
    asked_of(file, trigger)

    assert refusal(file) in ("journal_differs", "books_differ")
    assert not Organisation.objects.exists()


def test_a_copy_that_differs_is_refused(empty, file):
    """The two sides are compared value by value: what PostgreSQL changed by itself is seen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN NEW.name = upper(NEW.name); RETURN NEW; END'"
        )
        cursor.execute(
            "CREATE TRIGGER louder BEFORE INSERT ON organisation_site"
            " FOR EACH ROW EXECUTE FUNCTION louder()"
        )

    assert refusal(file) == "copy_differs"
    assert not Organisation.objects.exists()


def test_the_command_says_what_came_over_and_what_is_left(
    empty, file, in_english, settings, tmp_path
):
    shutil.copy(settings.DATA_DIR / "secret_key", tmp_path / "secret_key")
    said = StringIO()

    call_command("move_to_postgresql", str(file), stdout=said)

    count = Movement.objects.count()
    assert f"{count} movements" in said.getvalue()
    assert "navette/canal/CANAL1" in said.getvalue()
    assert f"{tmp_path}/secret_key" in said.getvalue()
    assert Movement.objects.filter(verb=Verb.COLLECT).count() == 2


def test_the_command_says_why_not(own_database, file, in_english):
    with pytest.raises(CommandError, match=r"already holds data.*Nothing was changed"):
        call_command("move_to_postgresql", str(file))
    with pytest.raises(CommandError, match="no file"):
        call_command("move_to_postgresql", "/nowhere/there")

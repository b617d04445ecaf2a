"""Starting: nothing heavy is loaded, and an unguarded ledger is not served."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from inventory import triggers
from tests.databases import environment_of

HEAVY = {
    "pandas",
    "numpy",
    "PIL",
    "barcode",
    "segno",
    "typst",
    "xlsxwriter",
    "cryptography",
    "openpyxl",
}
LOAD = """
import sys
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
from config.api import api
api.get_openapi_schema()
print(*sys.modules)
"""


def load(name):
    """Load the application, as a server does, on this database; return what it did."""
    return subprocess.run(
        [sys.executable, "-c", LOAD],
        env=environment_of(name),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.database
def test_nothing_heavy_is_loaded_at_start(own_database):
    loaded = load(own_database.database)

    assert loaded.returncode == 0, loaded.stderr
    assert HEAVY & {module.partition(".")[0] for module in loaded.stdout.split()} == set()


@pytest.mark.database
def test_an_unguarded_ledger_is_not_served(own_database):
    triggers.drop(connection)

    loaded = load(own_database.database)

    assert loaded.returncode == 1
    assert "tracerie_flow_guard" in loaded.stderr
    assert "Traceback" not in loaded.stderr


@pytest.mark.database
def test_an_unguarded_journal_is_not_served(own_database):
    on = "" if connection.vendor == "sqlite" else " ON sales_journalentry"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER tracerie_journal_next_guard{on}")

    loaded = load(own_database.database)

    assert loaded.returncode == 1
    assert "tracerie_journal_next_guard" in loaded.stderr


@pytest.mark.database
def test_a_database_that_lags_behind_is_not_served(own_database):
    call_command("migrate", "reporting", "zero", verbosity=0)

    loaded = load(own_database.database)

    assert loaded.returncode == 1
    assert "manage.py migrate" in loaded.stderr
    assert "Traceback" not in loaded.stderr

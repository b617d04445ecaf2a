"""``DATABASE_POOL``: as many connections as that, for however many threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.databases import environment_of

pytestmark = pytest.mark.database
EIGHT_AT_ONCE = """
import django, threading
django.setup()
from django.db import connection
most = threading.Lock(), []
def ask():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1), COUNT(*) FROM pg_stat_activity"
                       " WHERE datname = current_database()")
        most[1].append(cursor.fetchone()[1])
    connection.close()
threads = [threading.Thread(target=ask) for _n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(most[1]), max(most[1]))
connection.close_pool()
"""


def test_eight_threads_share_two_connections(own_database):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has files")
    pytest.importorskip("psycopg_pool")
    environment = environment_of(own_database.database) | {
        "DATABASE_POOL": "2",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    root = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", EIGHT_AT_ONCE],
        env=environment | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )

    answered, most = map(int, done.stdout.split())
    assert (answered, most) == (8, 2)

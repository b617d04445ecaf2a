"""Reports read from a replica where they only look; what acts, and whoever finds none, does not.

A second database stands in for it: how late a real one is, benchmarks/drill.py finds out.
"""

import pytest
from django.db import connection, connections
from django.test import Client, override_settings

from organisation.models import Site
from tests.databases import connected_to, drop_database, new_database

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no replica"),
]


@pytest.fixture
def replica(own_database, tmp_path):
    """Its name: a copy in which Canal is called otherwise."""
    connections.close_all()
    name = new_database(tmp_path, own_database.database)
    with connected_to(name):
        Site.objects.filter(code="canal").update(name="Canal there")
    yield name
    drop_database(name)


@pytest.fixture
def report(own_database):
    """Makes ``report`` read from a database of that name, as settings would."""
    from config.replica.base import DatabaseWrapper

    before = connections["report"]

    def to(name):
        here = connections.settings["default"]
        there = {"REPLICA": {"NAME": name}, "CONN_HEALTH_CHECKS": True}
        connections["report"] = DatabaseWrapper({**here, **there}, alias="report")
        return connections["report"]

    yield to
    connections["report"].close()
    connections["report"] = before


def seen():
    """Which Canal a query of a report finds."""
    connections["report"].health_check_done = False  # as at the start of a request
    return Site.objects.using("report").get(code="canal").name


def test_who_only_looks_reads_the_replica_and_who_acts_the_primary(replica, report):
    reading = report(replica)

    assert seen() == "Canal"
    reading.may_lag = True
    assert seen() == "Canal there"
    reading.may_lag = False
    assert seen() == "Canal"


def test_a_replica_that_does_not_answer_is_asked_again_later(report, caplog):
    reading = report("nowhere")
    reading.may_lag = True

    assert seen() == "Canal"
    assert "reports read from the primary" in caplog.text
    caplog.clear()
    assert seen() == "Canal"
    assert caplog.text == ""


def test_a_replica_that_dies_is_left_at_the_next_request(replica, report):
    reading = report(replica)
    reading.may_lag = True
    assert seen() == "Canal there"

    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{replica}" ALLOW_CONNECTIONS false')
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [replica]
        )

    assert seen() == "Canal"


def test_one_that_is_too_late_is_not_read(replica, report, settings, caplog):
    settings.REPORT_LAG_MAX_S = -1
    reading = report(replica)
    reading.may_lag = True

    assert seen() == "Canal"
    assert "the replica is late" in caplog.text


def test_pages_look_and_tell_how_late_they_are(
    own_database, replica, report, settings, monkeypatch
):
    monkeypatch.setitem(settings.DATABASES["report"], "REPLICA", {})
    settings.REPORT_LAG_TOLD_S = -1  # every age is told
    report(replica)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        browser = Client()
        browser.force_login(own_database.anna)
        page = browser.get("/bilan/", follow=True)

    assert page.status_code == 200
    assert "Figures-As-Of" in page.headers
    assert "Chiffres au" in page.content.decode()
    assert connections["report"].may_lag is False

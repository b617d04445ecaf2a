"""kill -9 under eight hands: every answer that was given holds, and nothing is there in part.

The server is killed, and on PostgreSQL the database's own server too. `TRACERIE_CAMPAIGN=1` kills
each ten times.
"""

import os
import random
import subprocess
import time
from copy import deepcopy
from functools import partial
from threading import Event

import pytest
from django.db import connection

from inventory.models import Movement
from inventory.verify import differences
from organisation.models import Submission, Token
from sales.journal.verify import findings
from sales.models import Chain
from tests.databases import at_once, connected_to
from tests.faults.clusters import cluster
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.hands import Hand, Line, stock_up
from tests.servers import granian, kill_9

pytestmark = pytest.mark.database

HANDS = 8
KILLS = 10 if IS_CAMPAIGN else 2
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no server of its own"
)


def hands_at(site, person):
    """Eight people with a till of theirs."""
    till, token = stock_up(site).code, Token.objects.issue(person)[1]
    return [Hand(token, till, seed) for seed in range(HANDS)]


def answered(hands):
    return sum(len(hand.acknowledged) for hand in hands)


def wait_for(hands, more):
    """Until they have so many more answers, or half a minute has passed."""
    target = answered(hands) + more
    for _try in range(3_000):
        if answered(hands) >= target:
            return
        time.sleep(0.01)


def kill_rounds(database, hands, folder, application="config.wsgi:application"):
    """Work, kill at a moment that the dice choose, start again."""
    dice = random.Random(KILLS)  # noqa: S311
    for _round in range(KILLS):
        with granian(database, folder, application=application) as (server, address):

            def kill(server=server):
                wait_for(hands, dice.randint(20, 80))
                time.sleep(dice.random() / 20)
                kill_9(server)

            acts = [partial(hand.work, address) for hand in hands]
            assert at_once(*acts, kill) == [None] * (HANDS + 1)


def lost(hands):
    """The acknowledged entries of which the books know nothing."""
    there = {str(uuid) for uuid in Submission.objects.values_list("uuid", flat=True)}
    return [id_ for hand in hands for id_ in hand.acknowledged if id_ not in there]


def prove(database, hands, folder, record_property):
    """What was answered is there, and answered so again; what was not is told anew, twice."""
    stored = {str(uuid) for uuid in Submission.objects.values_list("uuid", flat=True)}
    given = [each for hand in hands for each in hand.acknowledged.values()]
    asked = [each for hand in hands for each in hand.unanswered]
    record_property("acknowledged", len(given))
    record_property("unanswered", len(asked))
    record_property("stored_unanswered", sum(content["id"] in stored for _path, content in asked))
    record_property("lost", len(lost(hands)))
    assert lost(hands) == []
    assert len(given) > 10 * KILLS
    prove_whole()
    before = Movement.objects.count()
    with granian(database, folder) as (_server, address):
        say_again(Line(address, hands[0].token), given, asked, stored)
    fresh = {content["id"] for _path, content in asked} - stored
    assert Movement.objects.count() == before + len(fresh)
    prove_whole()


def say_again(line, given, asked, stored):
    for path, content, body in random.Random(1).sample(given, len(given)):  # noqa: S311
        assert line.post(path, content) == (200, body)
    for path, content in asked:
        status, body = line.post(path, content)
        assert status == (200 if content["id"] in stored else 201), body
        assert line.post(path, content) == (200, body)
    line.close()


def prove_whole():
    assert differences() == []
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


def test_kill_9_loses_no_answer_and_leaves_nothing_half_done(
    own_database, tmp_path, record_property
):
    hands = hands_at(own_database.canal, own_database.anna)
    kill_rounds(own_database.database, hands, tmp_path)
    prove(own_database.database, hands, tmp_path, record_property)


def test_a_server_that_answers_before_it_commits_would_be_seen(
    own_database, tmp_path, record_property
):
    """The control."""
    hands = hands_at(own_database.canal, own_database.anna)
    kill_rounds(own_database.database, hands, tmp_path, "tests.faults.broken:hasty")
    record_property("lost", f"{len(lost(hands))} of {answered(hands)}")
    assert lost(hands) != []


# The database's own server


@pytest.fixture
def own_cluster(template, django_db_blocker, monkeypatch):
    """The small world in a PostgreSQL of its own."""
    with cluster() as server, django_db_blocker.unblock():
        there = {"PGHOST": str(server.folder), "PGUSER": "postgres"}
        here = {"PGHOST": connection.settings_dict["HOST"], "PGUSER": "postgres"}
        copy = subprocess.run(["pg_dump", template.database], env=os.environ | here,
                              capture_output=True, check=True).stdout  # fmt: skip
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "tracerie"], input=copy,
                       env=os.environ | there, stdout=subprocess.DEVNULL, check=True)  # fmt: skip
        monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres@/{server.folder}/tracerie")
        with connected_to("tracerie", HOST=str(server.folder)):
            world = deepcopy(template)
            world.cluster = server
            yield world


def kill_postgresql(server, hands, is_over):
    """Now the server, now one of its processes, at moments that the dice choose."""
    dice = random.Random(KILLS)  # noqa: S311
    try:
        for turn in range(KILLS):
            wait_for(hands, dice.randint(20, 80))
            time.sleep(dice.random() / 20)
            if turn % 2:
                server.kill_9_backend(_a_backend())
            else:
                server.kill_9()
                time.sleep(dice.random())
                server.start()
        wait_for(hands, 40)
    finally:
        is_over.set()


def _a_backend():
    """One that works for the server under test, not the one that tells of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                       " AND pid <> pg_backend_pid() AND query <> '' LIMIT 1")  # fmt: skip
        [(pid,)] = cursor.fetchall()
    connection.close()  # it dies with the others
    return pid


@on_postgresql
def test_kill_9_of_postgresql_loses_no_answer_either(own_cluster, tmp_path, record_property):
    hands, is_over = hands_at(own_cluster.canal, own_cluster.anna), Event()
    connection.close()
    with granian("tracerie", tmp_path) as (_server, address):
        acts = [partial(hand.work, address, is_over.is_set) for hand in hands]
        kill = partial(kill_postgresql, own_cluster.cluster, hands, is_over)
        assert at_once(*acts, kill, seconds=600) == [None] * (HANDS + 1)
    prove("tracerie", hands, tmp_path, record_property)
    statuses = {status for hand in hands for status, _body in hand.refused}
    assert statuses <= {500, 503}

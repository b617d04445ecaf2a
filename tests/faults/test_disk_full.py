"""The disk is full: the server says so, nothing is half written, and work goes on with room again.

Once with a disk that the dice fill up in the midst of a write, anywhere; and once with a real one
of a few megabytes under the real server, where a test may mount one.
"""

import json
import os
import random
import shutil
import subprocess
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, connections

from inventory.models import Movement
from inventory.verify import differences
from organisation.models import Submission, Token
from sales.journal.verify import findings
from sales.models import Chain
from tests.databases import at_once, connected_to
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.hands import Desk, Hand, Line, stock_up
from tests.faults.recorder import recording
from tests.servers import granian

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="fills the disk below SQLite")

TURNS = 600 if IS_CAMPAIGN else 80
ROOM_MB = 12  # beside the database: its log grows to four before it is folded in


class Forgiving(Desk):
    """A server that says yes to a weighing that it could not write."""

    def post(self, path, content):
        status, body = super().post(path, content)
        is_feigned = status == 507 and path == "collection/intakes"
        return (201, "{}") if is_feigned else (status, body)


@pytest.fixture
def filled(own_database):
    """``filled(Desk)``: a hand works while the disk fills up and is emptied again."""

    def work(kind):
        till, token = stock_up(own_database.canal).code, Token.objects.issue(own_database.anna)[1]
        dice, hand = random.Random(1), Hand(token, till, 1)  # noqa: S311
        connections.close_all()
        with recording() as disk:
            desk = kind(token)
            for _turn in range(TURNS):
                disk.room = dice.randint(0, 40) if dice.random() < 1 / 3 else None
                hand.send(desk)
            disk.room = None
            say_again(desk, hand)
            connections.close_all()
        return hand

    return work


def say_again(desk, hand):
    """What was refused for want of room is taken now, once."""
    for path, content in hand.unanswered:
        assert [desk.post(path, content)[0] for _try in range(2)] == [201, 200]


def lost(hand):
    there = {str(uuid) for uuid in Submission.objects.values_list("uuid", flat=True)}
    return [id_ for id_ in hand.acknowledged if id_ not in there]


def prove_whole():
    assert differences() == []
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


def test_a_full_disk_loses_nothing_and_says_what_it_is(filled, record_property):
    hand = filled(Desk)
    record_property("acknowledged", len(hand.acknowledged))
    record_property("refused", len(hand.refused))
    assert len(hand.refused) > TURNS / 10
    assert {status for status, _body in hand.refused} == {507}
    for _status, body in hand.refused:
        [told] = json.loads(body)["detail"]
        assert told["type"] == "disk_full"
        assert "disque du serveur est plein" in told["msg"]
    assert lost(hand) == []
    assert Movement.objects.count() == 1 + TURNS  # and the opening stock
    prove_whole()


def test_a_server_that_says_yes_without_room_would_be_seen(filled):
    """The control."""
    assert lost(filled(Forgiving)) != []


# A real disk, and the real server


@pytest.fixture
def small_disk(tmp_path, own_database):
    """The small world on a disk of its own, with some room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    connections.close_all()
    file = Path(own_database.database)
    room = file.stat().st_size // 1_000_000 + ROOM_MB
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}m", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("may not mount a disk here")
    try:
        shutil.copy(file, disk / file.name)
        with connected_to(str(disk / file.name)):
            own_database.database = str(disk / file.name)
            yield own_database
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_real_disk_fills_up_under_the_real_server(small_disk, tmp_path, record_property):
    till, token = stock_up(small_disk.canal).code, Token.objects.issue(small_disk.anna)[1]
    hands = [Hand(token, till, seed) for seed in range(4)]
    ballast = Path(small_disk.database).with_name("ballast")
    connections.close_all()
    with granian(small_disk.database, tmp_path) as (_server, address):
        fill(ballast)
        acts = [partial(hand.work, address, partial(has_enough, hand)) for hand in hands]
        assert at_once(*acts) == [None] * 4
        ballast.unlink()  # room again
        with closing(Line(address, token)) as line:
            for hand in hands:
                assert {status for status, _body in hand.refused} == {507}
                assert lost(hand) == []
                say_again(line, hand)
    sent = sum(len(hand.acknowledged) + len(hand.unanswered) for hand in hands)
    record_property("acknowledged", sum(len(hand.acknowledged) for hand in hands))
    record_property("refused", sum(len(hand.refused) for hand in hands))
    assert any(hand.acknowledged for hand in hands)
    assert Movement.objects.count() == 1 + sent
    prove_whole()


def has_enough(hand):
    return len(hand.refused) >= 10


def fill(ballast):
    """Leave room for a little work."""
    time.sleep(0.1)
    left = shutil.disk_usage(ballast.parent).free - 1_500_000
    ballast.write_bytes(bytes(max(0, left)))

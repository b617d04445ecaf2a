"""The power goes while three hands work: what was acknowledged is there when it comes back.

What SQLite asked of the disk is recorded; at points of the record the unsynced writes are dropped,
reordered and torn, and the program looks at what is left. `TRACERIE_CAMPAIGN=1` cuts 1,000 times.
"""

import random
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, connections

from config.backup import opened
from inventory.verify import differences
from organisation.models import Token
from sales.journal.verify import findings
from sales.models import Chain
from tests.databases import at_once
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.disk import Disk, write
from tests.faults.hands import Desk, Hand, stock_up
from tests.faults.recorder import recording

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's own promise is fsync=on"
)

CUTS, ENTRIES = (1_000, 150) if IS_CAMPAIGN else (60, 25)  # entries of each of three hands
OFTEN = " PRAGMA wal_autocheckpoint=200;"  # so that many cuts fall into a checkpoint


class Worked(NamedTuple):
    """The files before, what was asked of the disk since, and each id that was answered yes."""

    files: dict[str, bytes]
    log: list
    answers: dict[str, str]


class Witness(Desk):
    """Notes each yes in the record."""

    def __init__(self, token, recorder):
        super().__init__(token)
        self.recorder = recorder

    def post(self, path, content):
        status, body = super().post(path, content)
        if status == 201:
            self.recorder.say(content["id"])
        return status, body


@pytest.fixture
def worked(own_database):
    """``worked("FULL")``: what three hands' work asks of the disk under this ``synchronous``."""

    def work(synchronous):
        till, token = stock_up(own_database.canal).code, Token.objects.issue(own_database.anna)[1]
        connections.close_all()  # the log is folded into the file
        names = [own_database.database + suffix for suffix in ("", "-wal")]
        files = {names[0]: Path(names[0]).read_bytes(), names[1]: b""}
        hands = [Hand(token, till, seed) for seed in range(3)]
        with recording() as recorder, synchronised(synchronous):
            connections["default"].ensure_connection()  # holds the log open till the end
            acts = [partial(_work, hand, Witness(token, recorder)) for hand in hands]
            assert at_once(*acts) == [None] * 3
            log = list(recorder.log)
        assert [hand.refused for hand in hands] == [[], [], []]
        answers = {id_: body for hand in hands for id_, (_p, _c, body) in hand.acknowledged.items()}
        return Worked(files, log, answers)

    return work


def _work(hand, desk):
    for _n in range(ENTRIES):
        hand.send(desk)


class synchronised:  # noqa: N801  (reads as a function)
    """Connections that are opened from now on run under another ``synchronous``."""

    def __init__(self, synchronous):
        asked = settings.SQLITE_PRAGMAS
        assert "synchronous=FULL" in asked
        self.pragmas = asked.replace("synchronous=FULL", f"synchronous={synchronous}") + OFTEN

    def __enter__(self):
        self.options = connections["default"].settings_dict["OPTIONS"]
        self.before = self.options["init_command"]
        self._use(self.pragmas)

    def __exit__(self, *exc):
        connections["default"].close()
        self._use(self.before)

    def _use(self, pragmas):
        self.options["init_command"] = pragmas


# What a cut leaves


class Left(NamedTuple):
    """Which acknowledged entries are gone, and what is wrong with what is there."""

    lost: int
    wrong: list[str]


def cuts(worked, count, folder):
    """Cut the power ``count`` times, at points and with losses that the dice choose."""
    dice = random.Random(count)  # noqa: S311
    points = sorted(dice.choices(range(len(worked.log)), k=count))
    disk, told, at = Disk(worked.files), set(), 0
    for n, point in enumerate(points):
        for event in worked.log[at:point]:
            disk.hear(event)
            if event.kind == "said":
                told.add(event.file)
        at = point
        file = write(disk.cut(dice), folder / f"cut-{n}")
        yield look_at(file, {id_: worked.answers[id_] for id_ in told})
        shutil.rmtree(file.parent)


def look_at(file, acknowledged):
    """A database after a cut, as the program finds it when it starts."""
    try:
        with closing(sqlite3.connect(file)) as database:
            [(said,), *_more] = database.execute("PRAGMA integrity_check").fetchall()
            rows = database.execute("SELECT uuid, answer FROM organisation_submission").fetchall()
        there = {str(UUID(uuid)): answer for uuid, answer in rows}
        wrong = [] if said == "ok" else [said]
        with opened(file) as copy:
            wrong += differences(using=copy.alias)
            chains = Chain.objects.using(copy.alias).all()
            wrong += map(str, findings(chains=chains, anchors={}, using=copy.alias))
    except Exception as error:  # a broken file may break anything that reads it
        return Left(len(acknowledged), [repr(error)])
    return Left(len(acknowledged.items() - there.items()), wrong)


def told_of(found, worked):
    lost = sum(left.lost > 0 for left in found)
    wrong = sum(left.wrong != [] for left in found)
    return (
        f"{len(found)} cuts in {len(worked.log)} steps, {len(worked.answers)} acknowledged:"
        f" {lost} with losses (at most {max(left.lost for left in found)}), {wrong} corrupt"
    )


def test_a_power_cut_loses_nothing_that_was_acknowledged(worked, tmp_path, record_property):
    record = worked("FULL")
    found = list(cuts(record, CUTS, tmp_path))
    record_property("FULL", told_of(found, record))
    assert [left for left in found if left != Left(0, [])] == []


def test_a_server_that_does_not_wait_for_the_disk_would_be_seen(worked, tmp_path, record_property):
    """The control: under NORMAL the books stay whole and what was acknowledged goes."""
    record = worked("NORMAL")
    found = list(cuts(record, CUTS // 2, tmp_path))
    record_property("NORMAL", told_of(found, record))
    assert sum(left.lost > 0 for left in found) > len(found) / 10
    assert [left.wrong for left in found if left.wrong] == []


def test_a_database_that_never_syncs_would_be_seen_to_break(worked, tmp_path, record_property):
    """The other control: without any sync the file itself goes."""
    record = worked("OFF")
    found = list(cuts(record, CUTS // 4, tmp_path))
    record_property("OFF", told_of(found, record))
    assert sum(left.wrong != [] for left in found) > len(found) / 4

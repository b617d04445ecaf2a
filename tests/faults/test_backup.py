"""Backups taken while four hands work at the real server, each brought back and looked through.

`TRACERIE_CAMPAIGN=1` makes ten.
"""

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from config.backup import backup, opened, restore
from inventory.verify import differences
from organisation.models import Submission, Token
from sales.journal.verify import findings
from sales.models import Chain
from tests.databases import at_once
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.hands import Hand, stock_up
from tests.faults.test_kill import wait_for
from tests.servers import granian

COPIES = 10 if IS_CAMPAIGN else 2


@pytest.fixture
def copies(own_database, tmp_path, monkeypatch):
    """``copies(backup)``: each copy with the ids that were answered before it was begun."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)

    def make(copy):
        till, token = stock_up(own_database.canal).code, Token.objects.issue(own_database.anna)[1]
        hands, is_over, made = [Hand(token, till, seed) for seed in range(4)], Event(), []

        def save():
            try:
                for n in range(COPIES):
                    wait_for(hands, 20)
                    before = {id_ for hand in hands for id_ in list(hand.acknowledged)}
                    file = tmp_path / f"copy-{n}"
                    copy(file=file)
                    made.append((file, before))
            finally:
                is_over.set()

        with granian(own_database.database, tmp_path) as (_server, address):
            acts = [partial(hand.work, address, is_over.is_set) for hand in hands]
            assert at_once(*acts, save, seconds=600) == [None] * 5
        assert [hand.refused for hand in hands] == [[]] * 4
        return made

    return make


def missing(before, using="default"):
    there = Submission.objects.using(using).values_list("uuid", flat=True)
    return before - {str(uuid) for uuid in there}


@pytest.mark.database
def test_each_backup_under_load_brings_back_all_that_was_answered_before(copies, record_property):
    made = copies(backup)
    record_property("copies", len(made))
    record_property("answered_before", [len(before) for _file, before in made])
    for file, before in made:
        restore(file=file)
        assert missing(before) == set()
        assert differences(using="default") == []
        chains = Chain.objects.all()
        assert list(findings(chains=chains, anchors={}, using="default")) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="no file to copy")
def test_a_plain_copy_of_the_file_would_be_seen_to_fall_short(
    copies, own_database, record_property
):
    """The control: the log beside the file holds what came last."""

    def copy(file):
        shutil.copy(own_database.database, file)

    made = copies(copy)
    bad = [file for file, before in made if is_bad(file, before)]
    record_property("bad", f"{len(bad)} of {len(made)}")
    assert bad != []


def is_bad(file: Path, before):
    try:
        with closing(sqlite3.connect(file)) as database:
            [(said,), *_more] = database.execute("PRAGMA integrity_check").fetchall()
        with opened(file) as found:
            return said != "ok" or missing(before, found.alias) or differences(using=found.alias)
    except (sqlite3.DatabaseError, DatabaseError):
        return True

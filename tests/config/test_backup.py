"""A backup is whole, taken under load too; a restore checks first and keeps what it replaces."""

import json
import sqlite3
import stat
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, connections

from config.backup import backup, opened, restore
from config.imports import import_flows
from inventory import triggers
from inventory.models import Balance, Flow, Movement
from inventory.verify import differences
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry, Sale, TillSession
from tests.sales.shops import Shop, noon

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="looks inside SQLite files")


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def world(own_database, data_dir):
    return own_database


def weigh(world, kg=1):
    content = (
        f"date,site,direction,mode,weight_kg,note\n2026-01-05,canal,in,drop_off,{kg},{uuid4()}"
    )
    import_flows(content=content.encode(), organisation=world.navette)


def refused(act, **arguments):
    with pytest.raises(ValidationError) as refusal:
        act(**arguments)
    return refusal.value.code


@pytest.mark.database
def test_what_is_restored_is_what_was_saved(world, tmp_path):
    weigh(world, 5)
    assert backup(file=tmp_path / "copy") == []
    weigh(world, 7)
    kept, _is_read = restore(file=tmp_path / "copy")
    assert Movement.objects.count() == 1
    assert Flow.objects.get().weight_g == 5000
    assert differences(using="default") == []
    assert triggers.missing(connection) == set()
    with opened(kept) as before:
        assert Movement.objects.using(before.alias).count() == 2
    weigh(world, 2)  # and life goes on
    assert Movement.objects.latest("pk").number == "AP-canal-3"  # 2 was given already


@pytest.mark.database
def test_a_restore_is_written_down(world, data_dir):
    backup(file=data_dir / "copy")
    kept, _is_read = restore(file=data_dir / "copy")
    [line] = (data_dir / "restores.log").read_text().splitlines()
    assert str(data_dir / "copy") in line
    assert kept in line


@pytest.mark.database
def test_a_backup_belongs_to_its_owner_and_replaces_nothing_unasked(world, tmp_path):
    file = tmp_path / "copy"
    backup(file=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert refused(backup, file=file) == "file_exists"
    backup(file=file, replace=True)
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy"]
    assert refused(backup, file=tmp_path / "nowhere" / "copy") == "no_such_folder"


@pytest.mark.database
@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + b"\x01" * 5000])
def test_a_file_that_is_no_backup_changes_nothing(world, tmp_path, content):
    weigh(world)
    (tmp_path / "copy").write_bytes(content)
    assert refused(restore, file=tmp_path / "copy") in ("not_a_backup", "damaged")
    assert refused(restore, file=tmp_path / "absent") == "no_such_file"
    assert Movement.objects.count() == 1
    assert not list(tmp_path.glob("*restor*"))


@pytest.mark.database
def test_a_copy_whose_books_are_wrong_is_not_restored(world, tmp_path):
    weigh(world)
    Balance.objects.filter(weight_g__gt=0).update(weight_g=999)
    found = backup(file=tmp_path / "copy")
    assert bool(found) == (connection.vendor == "sqlite")  # PostgreSQL looks when it restores
    assert refused(restore, file=tmp_path / "copy") == "books_differ"


@pytest.mark.database
def test_a_copy_from_a_newer_version_is_not_restored(world, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('inventory', '9999_future', CURRENT_TIMESTAMP)"
        )
    backup(file=tmp_path / "copy")
    assert refused(restore, file=tmp_path / "copy") == "newer_version"


@pytest.mark.database
def test_lost_triggers_come_back_with_a_restore(world, tmp_path):
    triggers.drop(connection)
    backup(file=tmp_path / "copy")
    restore(file=tmp_path / "copy")
    assert triggers.missing(connection) == set()


@pytest.mark.database
def test_a_backup_taken_while_others_write_is_whole(world, tmp_path):
    with writing_all_the_time(world) as writer:
        writer.wait_for(5)
        for number in range(3):
            assert backup(file=tmp_path / f"copy-{number}") == []
    seen = []
    for number in range(3):
        restore(file=tmp_path / f"copy-{number}")
        assert differences(using="default") == []
        seen.append(Movement.objects.count())
    assert seen == sorted(seen)
    assert seen[0] >= 5


@on_sqlite
def test_nothing_written_until_the_last_moment_is_lost(world, tmp_path):
    backup(file=tmp_path / "copy")
    with writing_all_the_time(world) as writer:
        writer.wait_for(5)
        kept, _is_read = restore(file=tmp_path / "copy")
    # what was acknowledged is either in the kept copy or came after the restore
    with opened(kept) as before:
        earlier = Movement.objects.using(before.alias).count()
        assert differences(using=before.alias) == []
    assert earlier + Movement.objects.count() == writer.written
    assert differences(using="default") == []


@on_sqlite
def test_a_server_keeps_its_connection_through_a_restore(world, tmp_path):
    backup(file=tmp_path / "copy")
    weigh(world)
    with closing(sqlite3.connect(world.database)) as server:
        assert server.execute("SELECT COUNT(*) FROM inventory_movement").fetchone() == (1,)
        restore(file=tmp_path / "copy")
        assert server.execute("SELECT COUNT(*) FROM inventory_movement").fetchone() == (0,)


@on_sqlite
def test_a_flipped_page_is_noticed(world, tmp_path):
    weigh(world)
    file = tmp_path / "copy"
    backup(file=file)
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 5 + 200] = b"\xff" * 200
    file.write_bytes(content)
    assert refused(restore, file=file) in ("damaged", "not_a_backup")
    assert Movement.objects.count() == 1


@on_sqlite
def test_an_empty_machine_takes_a_backup_in(world, tmp_path):
    weigh(world)
    backup(file=tmp_path / "copy")
    connections.close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{world.database}{suffix}").unlink(missing_ok=True)
    restore(file=tmp_path / "copy")
    assert Movement.objects.count() == 1


@on_sqlite
def test_a_ruined_database_is_set_aside(world, tmp_path):
    weigh(world)
    backup(file=tmp_path / "copy")
    connections.close_all()
    Path(world.database).write_bytes(b"ruin" * 4096)
    kept, _is_read = restore(file=tmp_path / "copy")
    assert Path(kept).read_bytes().startswith(b"ruin")
    assert Movement.objects.count() == 1


def test_the_commands_say_what_they_did(world, tmp_path, capsys):
    file = str(tmp_path / "copy")
    call_command("backup", file, skip_checks=True)
    with pytest.raises(CommandError):
        call_command("backup", file, skip_checks=True)
    call_command("restore", file, skip_checks=True)
    said = capsys.readouterr().out
    assert file in said
    assert "before-restore" in said
    with pytest.raises(CommandError):
        call_command("restore", str(tmp_path / "absent"), skip_checks=True)


# Numbers that people have in their hands are never given again


@pytest.fixture
def shop(world):
    return Shop(world.canal)


def sessions():
    return [str(session) for session in TillSession.objects.order_by("till__code", "number")]


@pytest.mark.database
def test_tickets_and_zs_go_on_behind_those_that_the_restore_took_away(shop, tmp_path):
    first = shop.day("C1", noon(2026, 1, 5), 700)
    backup(file=tmp_path / "copy")
    gone = [shop.day("C1", noon(2026, 1, day), 100) for day in (6, 7)]
    _kept, is_read = restore(file=tmp_path / "copy")
    assert is_read
    again = shop.day("C1", noon(2026, 1, 8), 40)
    assert again.number == "Z-canal-C1-4"
    assert sessions() == ["C1 n° 1", "C1 n° 4"]
    numbers = [sale.movement.number for sale in Sale.objects.order_by("pk")]
    assert [number.rpartition("-")[2] for number in numbers] == ["1", "4"]
    [restored] = JournalEntry.objects.filter(kind="restored")
    told = json.loads(restored.body)["data"]
    [till, _site] = told["chains"]
    assert (till["name"], till["seq"], till["hash"]) == (
        "navette/canal/C1",
        first.event.seq,
        first.event.hash,
    )
    assert (till["gone_seq"], till["gone_hash"]) == (gone[1].event.seq, gone[1].event.hash)
    assert told["file_sha256"] == sha256((tmp_path / "copy").read_bytes()).hexdigest()
    assert again.figures["perpetual_cents"] == 740
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []
    assert differences(using="default") == []


@pytest.mark.database
def test_a_second_restore_forgets_none_of_the_first(shop, tmp_path):
    shop.day("C1", noon(2026, 1, 5), 700)
    backup(file=tmp_path / "copy")
    shop.day("C1", noon(2026, 1, 6), 100)
    for _twice in range(2):
        restore(file=tmp_path / "copy")
    assert shop.day("C1", noon(2026, 1, 8), 40).number == "Z-canal-C1-3"
    assert Sale.objects.latest("pk").movement.number.endswith("-canal-3")


@on_sqlite
def test_numbers_may_be_said_where_the_database_is_ruined(world, shop, tmp_path, capsys):
    shop.day("C1", noon(2026, 1, 5), 700)
    backup(file=tmp_path / "copy")
    number = Sale.objects.get().movement.number.replace("-1", "-120")
    connections.close_all()
    Path(world.database).write_bytes(b"ruin" * 4096)
    copy = str(tmp_path / "copy")
    call_command("restore", copy, number=[number, "Z-canal-C1-14"], skip_checks=True)
    assert shop.day("C1", noon(2026, 1, 8), 40).number == "Z-canal-C1-15"
    assert Sale.objects.latest("pk").movement.number == number.replace("120", "121")


@on_sqlite
def test_a_ruined_database_without_numbers_is_told(world, shop, tmp_path, capsys):
    shop.day("C1", noon(2026, 1, 5), 700)
    backup(file=tmp_path / "copy")
    connections.close_all()
    Path(world.database).write_bytes(b"ruin" * 4096)
    call_command("restore", str(tmp_path / "copy"), skip_checks=True)
    assert "--number" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["", "12", "VE-canal", "VE-canal-x", "XX-canal-1", "VE--1", "Z-1"])
def test_a_number_that_is_none_restores_nothing(world, tmp_path, said):
    backup(file=tmp_path / "copy")
    assert refused(restore, file=tmp_path / "copy", numbers=[said]) == "bad_number"
    assert not list(tmp_path.glob("*before-restore*"))


@pytest.mark.database
def test_a_site_without_a_till_has_nothing_to_journal(world, tmp_path):
    weigh(world)
    backup(file=tmp_path / "copy")
    restore(file=tmp_path / "copy")
    assert not JournalEntry.objects.exists()


def test_the_key_that_no_backup_holds_is_named(world, data_dir, capsys):
    file = str(data_dir / "copy")
    call_command("backup", file, skip_checks=True)
    call_command("restore", file, skip_checks=True)
    said = capsys.readouterr()
    assert "fiscal_key.pem" in said.out
    assert "fiscal_key.pem" in said.err


class writing_all_the_time:  # noqa: N801 (reads as a sentence)
    """A thread that weighs without a pause, and counts what was acknowledged."""

    def __init__(self, world):
        self.world, self.stop, self.written, self.error = world, Event(), 0, None

    def __enter__(self):
        self.thread = Thread(target=self._write)
        self.thread.start()
        return self

    def wait_for(self, count):
        while self.written < count and self.thread.is_alive():
            time.sleep(0.01)

    def _write(self):
        try:
            while not self.stop.is_set():
                weigh(self.world)
                self.written += 1
        except Exception as error:  # told at the end
            self.error = error
        finally:
            connections.close_all()

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join()
        assert self.error is None

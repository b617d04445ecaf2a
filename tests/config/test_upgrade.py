"""A newer version: copied first, tried on the copy, and never half-way without a way back."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from config.backup import restore
from inventory import triggers
from inventory.models import Balance, Movement
from tests.config.test_backup import weigh

pytestmark = pytest.mark.database
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a rehearsal needs a file")
LATER = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("axes", "0010_accessattemptexpiration")]
    operations = [migrations.RunSQL({sql!r})]
"""


@pytest.fixture
def world(own_database, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return own_database


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """``newer(sql)``: this version brings one more migration, which does ``sql``."""

    def bring(sql):
        from axes import migrations

        folder = tmp_path / "later_axes"
        folder.mkdir()
        (folder / "__init__.py").touch()
        for each in Path(migrations.__file__).parent.glob("0*.py"):
            (folder / each.name).write_text(each.read_text())
        (folder / "0011_later.py").write_text(LATER.format(sql=sql))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(settings, "MIGRATION_MODULES", {"axes": "later_axes"})
        for name in [name for name in sys.modules if name.startswith("later_axes")]:
            del sys.modules[name]

    return bring


def copies(folder):
    return sorted((folder / "backups").glob("*")) if (folder / "backups").exists() else []


def test_where_nothing_is_newer_no_copy_is_made(world, tmp_path):
    call_command("upgrade")
    assert copies(tmp_path) == []


def test_guards_that_are_missing_are_put_back(world):
    triggers.drop(connection)
    call_command("upgrade")
    assert triggers.missing(connection) == set()


def test_a_newer_version_copies_before_it_migrates(world, newer, tmp_path, capsys):
    weigh(world, 5)
    newer("CREATE TABLE later (id integer)")
    call_command("upgrade")
    [copy] = copies(tmp_path)
    assert str(copy) in capsys.readouterr().err
    assert "later" in connection.introspection.table_names()
    assert triggers.missing(connection) == set()
    call_command("upgrade")
    assert copies(tmp_path) == [copy]  # the second time there was nothing to do


@on_sqlite
def test_the_copy_is_of_the_time_before(world, newer, tmp_path):
    newer("CREATE TABLE later (id integer)")
    call_command("upgrade")
    with closing(sqlite3.connect(copies(tmp_path)[0])) as before:
        assert before.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchone() is None


@on_sqlite
@pytest.mark.parametrize(
    "sql",
    ["SELECT nonsense FROM nowhere", "UPDATE inventory_balance SET weight_g = weight_g + 5"],
    ids=["fails", "falsifies"],
)
def test_a_migration_that_goes_wrong_leaves_the_data_as_it_was(sql, world, newer, tmp_path):
    weigh(world, 5)
    before = list(Balance.objects.order_by("pk").values())
    newer(sql)
    with pytest.raises(CommandError, match=r"n’ont pas été modifiées|not changed"):
        call_command("upgrade")
    assert list(Balance.objects.order_by("pk").values()) == before
    assert triggers.missing(connection) == set()
    assert not list(Path(connection.settings_dict["NAME"]).parent.glob("*.restoring-*"))
    with pytest.raises(CommandError):  # it stays refused: nothing was marked as done
        call_command("upgrade")


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="there it is rehearsed")
def test_a_migration_that_fails_says_how_to_come_back(world, newer, tmp_path, monkeypatch):
    weigh(world, 5)
    newer("SELECT nonsense FROM nowhere")
    with pytest.raises(CommandError) as refusal:
        call_command("upgrade")
    [copy] = copies(tmp_path)
    assert f"manage.py restore {copy}" in str(refusal.value)
    monkeypatch.setattr(settings, "MIGRATION_MODULES", {})
    restore(file=copy)
    assert Movement.objects.count() == 1


def test_a_copy_made_by_other_means_is_enough(world, newer, tmp_path):
    newer("CREATE TABLE later (id integer)")
    call_command("upgrade", no_backup=True)
    assert copies(tmp_path) == []
    assert "later" in connection.introspection.table_names()


def test_an_older_version_does_not_take_over_a_newer_database(world, newer, monkeypatch):
    newer("CREATE TABLE later (id integer)")
    call_command("upgrade")
    monkeypatch.setattr(settings, "MIGRATION_MODULES", {})
    with pytest.raises(CommandError):
        call_command("upgrade")


def test_the_copies_of_five_upgrades_are_kept(world, newer, tmp_path):
    (tmp_path / "backups").mkdir()
    for year in range(2010, 2020):
        (tmp_path / "backups" / f"before-upgrade-{year}0101-000000.backup").touch()
    newer("CREATE TABLE later (id integer)")
    call_command("upgrade")
    assert [copy.name[15:19] for copy in copies(tmp_path)][:-1] == ["2016", "2017", "2018", "2019"]

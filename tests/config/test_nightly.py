"""Night after night: what is kept, what is let go, what is noted."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.backup.nightly import DAYS, MONTHS, STAMP, last_made, nightly, superseded


def named(at):
    return f"tracerie-{at:{STAMP}}.backup"


NIGHT = datetime(2026, 11, 27, 2, 30)  # noqa: DTZ001 (a name, not a moment)
NIGHTS = [NIGHT - timedelta(days=n) for n in range(800)]


def test_two_weeks_of_days_and_a_year_of_months_are_kept():
    kept = {named(night) for night in NIGHTS} - superseded(map(named, NIGHTS))
    days = {named(night) for night in NIGHTS[:DAYS]}
    assert days <= kept
    assert len(kept - days) == MONTHS - 1  # November's is among the days
    assert named(datetime(2026, 10, 31, 2, 30)) in kept  # noqa: DTZ001


def test_of_a_day_the_last_copy_is_kept():
    morning, noon = NIGHT, NIGHT + timedelta(hours=10)
    assert superseded([named(morning), named(noon)]) == {named(morning)}


def test_files_of_other_names_are_nobody_s_business():
    assert superseded(["tracerie.backup", "photos", "tracerie-2026.backup"]) == set()


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), max_size=60))  # noqa: DTZ001
def test_the_newest_is_never_let_go_and_letting_go_twice_lets_go_of_nothing_more(moments):
    names = {named(moment) for moment in moments}
    kept = names - superseded(names)
    assert superseded(kept) == set()
    if names:
        assert max(names) in kept


@pytest.fixture
def folder(own_database, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    found = tmp_path / "copies"
    found.mkdir()
    return found


@pytest.mark.database
def test_a_night_writes_a_copy_notes_it_and_lets_go_of_the_oldest(folder):
    now = timezone.localtime()
    for days in (1, 400, 800):
        (folder / named(now - timedelta(days=days))).write_bytes(b"older")
    assert last_made() is None
    call_command("backup", nightly=folder)
    made = last_made()
    assert made.file.parent == folder
    assert (made.size_bytes, made.wrong) == (made.file.stat().st_size, [])
    assert len(list(folder.iterdir())) == 4  # three months, and yesterday or today
    nightly(folder=folder, now=now + timedelta(days=1))
    assert last_made().at.date() == now.date() + timedelta(days=1)


def test_a_line_that_was_cut_hides_no_other(folder):
    first = nightly(folder=folder, now=timezone.localtime() - timedelta(days=1))
    log = settings.DATA_DIR / "backups.log"
    with log.open("a") as file:
        file.write('{"at": "2026-0')
    assert last_made().file == first.file

    second = nightly(folder=folder, now=timezone.localtime())
    assert last_made().file == second.file


def test_nothing_is_let_go_where_the_books_are_wrong(folder, monkeypatch):
    older = folder / named(timezone.localtime() - timedelta(hours=1))
    older.write_bytes(b"older")
    monkeypatch.setattr("config.backup.sqlite.differences", lambda using: ["−5 g"])
    made = nightly(folder=folder, now=timezone.localtime())
    assert made.wrong == last_made().wrong == ["−5 g"]
    assert older.exists()


def test_a_file_or_a_folder_but_one_of_them(folder):
    with pytest.raises(CommandError):
        call_command("backup")
    with pytest.raises(CommandError):
        call_command("backup", folder / "copy", nightly=folder)

"""“Santé”: one glance says that everything is well, or what to do."""

import json
import tomllib
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import config
from config import checkup, verifying
from config.backup.nightly import Made
from config.verifying import BOOKS, TILLS, last_proof, note_books, note_tills, within
from organisation.models import Organisation, Station
from organisation.services import invite, pair
from organisation.stations import COOKIE
from sales.journal.verify import Finding
from sales.models import Chain
from tests.tills import open_till

pytestmark = pytest.mark.database
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def director(world, data, settings, in_english):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(world.anna)
    return client


@pytest.fixture
def saved(monkeypatch):
    """``saved(hours=2)``: the last copy was made so long ago."""

    def at(*wrong, **ago):
        made = Made(timezone.now() - timedelta(**ago), Path("a.backup"), 12_345_678, list(wrong))
        monkeypatch.setattr(checkup, "last_made", lambda: made)

    return at


def lines(client):
    """What the page says, name by name."""
    groups = client.get(reverse("checkup")).context["groups"]
    return {line.name: line for _title, found in groups for line in found}


def seen(client):
    return client.get(reverse("checkup")).content.decode()


def test_everything_is_well_once_saved_and_verified(director, saved):
    saved(hours=2)
    director.post(reverse("checkup-verify"))
    page = seen(director)
    assert "Everything is well." in page
    assert "2 hours ago" in page.replace("\xa0", " ")
    assert "12.3\xa0MB" in page


def test_without_a_copy_the_page_says_so_first(director):
    page = director.get(reverse("checkup"))
    assert page.context["gravity"] == "bad"
    assert page.context["to_do"][0].name == "Last backup"
    assert "Everything is well." not in page.content.decode()


@pytest.mark.parametrize(
    ("hours", "gravity"), [(0, "good"), (35, "good"), (37, "bad"), (24 * 400, "bad")]
)
def test_a_copy_older_than_a_day_and_a_half_is_too_old(hours, gravity, director, saved):
    saved(hours=hours)
    assert lines(director)["Last backup"].gravity == gravity


def test_a_copy_whose_books_are_wrong_is_told(director, saved):
    saved("balance: 5 g", hours=1)
    line = lines(director)["Last backup"]
    assert (line.gravity, "Keep every older copy" in line.text) == ("bad", True)


def test_both_proofs_are_made_at_once_and_kept(director, world):
    open_till(world.canal)
    assert director.post(reverse("checkup-verify")).status_code == 302
    for what in (BOOKS, TILLS):
        assert (last_proof(what, "navette").faults, last_proof(what, "navette").is_cut) == (
            0,
            False,
        )
    assert last_proof(TILLS, "port") is None  # nobody else's chains were read
    assert lines(director)["Journal of the tills"].gravity == "good"


def test_a_difference_of_the_books_is_told_without_anybody_elses_lines(director):
    note_books(3)
    line = lines(director)["Books, to the gram"]
    assert (line.gravity, line.text.split(".")[0]) == ("bad", "3 differences")


def test_faults_are_counted_for_the_structure_whose_chain_it_is(world, data):
    for site in (world.canal, world.quai):
        open_till(site, f"C-{site.code}")
    mine = next(chain.name for chain in Chain.objects.all() if chain.name.startswith("navette"))
    note_tills(
        Chain.objects.all(), [Finding(mine, 1, "altered", ""), Finding("", 0, "missing", "")]
    )
    assert (last_proof(TILLS, "navette").faults, last_proof(TILLS, "port").faults) == (2, 1)


def test_the_commands_of_the_night_keep_what_they_found(world, data):
    open_till(world.canal)
    call_command("verify")
    call_command("caisse_verify", database="default")
    assert [last_proof(what, "navette").faults for what in (BOOKS, TILLS)] == [0, 0]


def test_a_proof_of_some_months_or_one_till_stands_for_no_whole_one(world, data):
    open_till(world.canal)
    call_command("verify", since=timezone.localdate())
    call_command("caisse_verify", till="C1", database="default")
    assert [last_proof(what, "navette") for what in (BOOKS, TILLS)] == [None, None]


def test_what_takes_too_long_is_given_up_and_said(director, monkeypatch):
    monkeypatch.setattr(verifying, "AT_MOST_S", 0)
    director.post(reverse("checkup-verify"))
    line = lines(director)["Books, to the gram"]
    assert (line.gravity, "Too long for a page" in line.text) == ("warn", True)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def test_one_statement_that_never_ends_is_ended(own_database):
    with (
        pytest.raises(OperationalError),
        within(1, "default"),
        connections["default"].cursor() as c,
    ):
        c.execute(ENDLESS)
    assert Organisation.objects.exists()  # the connection goes on, without a bound


def test_half_a_line_of_the_notes_is_passed_over(director, data):
    note_books(0)
    with (data / "proofs.log").open("a") as notes:
        notes.write('{"at": "2026-')
    assert last_proof(BOOKS, "navette").faults == 0


@pytest.mark.parametrize(
    ("free", "gravity"), [(50 * 10**9, "good"), (10**9, "warn"), (10**8, "bad")]
)
def test_the_disk_is_told_in_gigabytes_and_share(free, gravity, director, monkeypatch):
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda path: Usage(10**11, 0, free))
    line = lines(director)["Disk"]
    assert line.gravity == gravity
    assert line.tag == {50 * 10**9: "50.0\xa0GB", 10**9: "1.0\xa0GB", 10**8: "100\xa0MB"}[free]


def test_missing_guards_are_told(director, monkeypatch):
    monkeypatch.setattr(checkup.triggers, "missing", lambda connection: {"flow_no_update"})
    assert lines(director)["Guards of the database"].gravity == "bad"


# Tablets


@pytest.fixture
def tablet(world):
    station, secret = pair(code=invite(station=Station(site=world.canal, name="Quai 1")))
    client = Client()
    client.cookies[COOKIE] = secret
    return client, station


def says(client, held):
    return client.get("/health", headers={"X-Tracerie-Queue": held}).status_code


def test_a_tablet_says_what_it_still_holds(tablet, director):
    client, station = tablet
    assert lines(director)["Quai 1 · Canal"].gravity == "off"
    assert says(client, "3") == 200
    assert lines(director)["Quai 1 · Canal"].gravity == "warn"
    says(client, "0")
    station.refresh_from_db()
    assert station.queue_length == 0
    assert lines(director)["Quai 1 · Canal"].gravity == "good"


@pytest.mark.parametrize("held", ["", "-1", "1.5", "٣", "x", "9" * 7, "0" * 400])
def test_nonsense_about_a_queue_changes_nothing(held, tablet):
    client, station = tablet
    assert says(client, "2") == 200
    assert says(client, held.encode() if held == "٣" else held) == 200
    station.refresh_from_db()
    assert station.queue_length == 2


def test_a_tablet_of_another_structure_is_not_shown(world, director):
    pair(code=invite(station=Station(site=world.quai, name="Ailleurs")))
    assert "Ailleurs" not in seen(director)


def test_a_withdrawn_tablet_is_not_shown(tablet, director):
    Station.objects.update(revoked_at=timezone.now())
    assert "Quai 1" not in seen(director)


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((Path(config.__file__).parents[1] / "pyproject.toml").read_text())
    assert project["project"]["version"] == config.VERSION


def test_the_notes_are_one_line_of_json_each(data):
    note_books(0)
    note_books(1)
    noted = [json.loads(line) for line in (data / "proofs.log").read_text().splitlines()]
    assert [line["faults"] for line in noted] == [0, 1]

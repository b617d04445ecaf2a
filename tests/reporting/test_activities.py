"""What the ledger cannot know: noted once, cancelled by a mirror, read as indicators."""

import csv
from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from inventory.models import Category
from organisation.models import Network
from reporting.activities.recording import cancel_activity, note_activity, note_population
from reporting.indicators import ALL, Reading
from reporting.indicators.carbon import FACTORS, VERSION, factors
from reporting.models import Activity, ActivityKind, FigureSettings, Population
from reporting.scopes import Scope
from tests.reporting.test_measures import YEAR, told
from tests.written_once import hold

Kind = ActivityKind


@pytest.fixture
def note(world, submission):
    """``note(Kind.JOBS, "2026-03-01", what="cddi", people=12)`` at canal."""

    def noted(kind, day, site=None, **said):
        activity = Activity(
            site=site or world.canal, kind=kind, day=date.fromisoformat(day), **said
        )
        return note_activity(activity=activity, author=world.anna, submission=submission())

    return noted


@pytest.fixture
def cancel(world, submission):
    def cancelled(activity):
        return cancel_activity(
            activity=activity, author=world.anna, submission=submission(), note="twice"
        )

    return cancelled


def refused(act, *args, **said):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **said)
    return refusal.value.code


def test_what_is_told_by_the_month_is_kept_on_its_first_day(note):
    assert note(Kind.JOBS, "2026-03-17", what="cddi", people=2, minutes=60).day == date(2026, 3, 1)
    assert note(Kind.VISITORS, "2026-03-17", people=2).day == date(2026, 3, 17)


def test_an_activity_says_what_its_kind_says_and_nothing_else(note):
    assert refused(note, Kind.JOBS, "2026-03-01", what="cddi") == "nothing_counted"
    assert refused(note, Kind.JOBS, "2026-03-01", what="pirate", people=1) == "unknown_what"
    assert refused(note, Kind.OTHER, "2026-03-01", times=3) == "unknown_what"
    assert refused(note, Kind.VISITORS, "2026-03-01", people=1, cents=3) == "not_of_this_kind"
    assert refused(note, Kind.VISITORS, "2099-03-01", people=1) == "bad_day"
    assert not Activity.objects.exists()


def test_an_activity_is_cancelled_once_by_its_mirror(world, note, cancel):
    wrong = note(Kind.VOLUNTEERS, "2026-03-01", people=7, minutes=600)
    mirror = cancel(wrong)

    assert (mirror.people, mirror.minutes, mirror.day) == (-7, -600, wrong.day)
    assert told("volunteer_minutes", world.canal) == {(): 0}
    assert refused(cancel, wrong) == "already_reversed"
    assert refused(cancel, mirror) == "cannot_reverse"


@pytest.mark.database
def test_activities_and_populations_are_written_once(world, note, submission):
    note(Kind.VISITORS, "2026-03-01", people=5)
    population = Population(
        organisation=world.navette, since=date(2026, 1, 1), people=9, source="INSEE"
    )
    note_population(population=population, author=world.anna, submission=submission())
    connection.check_constraints()  # as a commit does: else PostgreSQL truncates nothing anyway
    hold("reporting_activity", "people = 6")
    hold("reporting_population", "people = 6")


def test_headcount_is_of_the_fullest_month_and_hours_add_up(world, note):
    note(Kind.JOBS, "2026-03-01", what="cddi", people=10, minutes=60 * 910)
    note(Kind.JOBS, "2026-03-01", what="cdi", people=2, minutes=60 * 300)
    note(Kind.JOBS, "2026-04-01", what="cddi", people=11, minutes=60 * 610)
    note(Kind.JOBS, "2026-03-01", world.gare, what="cdi", people=3, minutes=0)

    both = (world.canal, world.gare)
    assert told("headcount", *both) == {(): 15}
    assert told("headcount", *both, by=("contract",)) == {("cddi",): 10, ("cdi",): 5}
    assert told("headcount", world.canal, by=("month",)) == {("2026-03",): 12, ("2026-04",): 11}
    assert told("fte", *both) == {(): 100}
    assert told("fte", *both, by=("contract",)) == {("cddi",): 84, ("cdi",): 16}


def test_exits_are_dynamic_when_they_lead_somewhere(world, note):
    for what, people in (("durable", 2), ("transition", 1), ("positive", 3), ("other", 3)):
        note(Kind.EXITS, "2026-06-01", what=what, people=people)

    assert told("exits", world.canal) == {(): 9}
    assert told("dynamic_exits", world.canal) == {(): "66.7"}
    assert told("dynamic_exits", world.canal, by=("exit",))[("other",)] == "33.3"
    assert told("dynamic_exits", world.gare) == {(): None}


def test_workshops_are_told_by_their_public(world, note):
    note(Kind.WORKSHOPS, "2026-05-04", what="schools", times=2, people=48, minutes=180)
    note(Kind.WORKSHOPS, "2026-05-05", what="everyone", times=1, people=9, minutes=120)

    assert told("workshops", world.canal) == {(): 3}
    assert told("workshop_people", world.canal, by=("public",)) == {
        ("everyone",): 9,
        ("schools",): 48,
    }
    assert told("workshop_minutes", world.canal, by=("month",)) == {("2026-05",): 300}


def test_the_latest_population_of_a_day_holds(world, submission):
    def lives(people, since):
        population = Population(
            organisation=world.navette, since=date.fromisoformat(since), people=people, source="x"
        )
        note_population(population=population, author=world.anna, submission=submission())

    lives(900, "2025-01-01")
    lives(1_000, "2026-01-01")
    lives(1_100, "2026-01-01")
    lives(5_000, "2027-01-01")
    assert Population.objects.on(world.navette.pk, YEAR.end) == {None: 1_100}
    assert refused(lives, 0, "2026-01-01") == "nobody_lives_there"


def test_the_api_notes_an_activity_once_and_cancels_it(world, client):
    client.force_login(world.anna)

    def post(path, **body):
        return client.post(f"/api/v1/reporting/{path}", body, content_type="application/json")

    said = {"id": str(uuid4()), "site": "canal", "kind": "jobs", "day": "2026-03-17"}
    said |= {"what": "cddi", "people": 4, "minutes": 6_000}
    first, again = post("activities", **said), post("activities", **said)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["day"] == "2026-03-01"
    assert Activity.objects.count() == 1

    undone = post(f"activities/{said['id']}/cancellations", id=str(uuid4()), reason="twice")
    assert undone.json()["cancels"] == said["id"]
    assert [
        row["people"] for row in client.get("/api/v1/reporting/activities").json()["items"]
    ] == [
        -4,
        4,
    ]
    wrong = post("activities", **{**said, "id": str(uuid4()), "what": "pirate"})
    assert (wrong.status_code, wrong.json()["detail"][0]["type"]) == (422, "unknown_what")


def test_a_form_notes_hours_as_people_write_them(world, client):
    client.force_login(world.anna)
    page = "/bilan/activite/canal/volunteers/"
    sent = {"id": str(uuid4()), "day": "2026-03", "people": "7", "minutes": "12 h 30"}
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent).status_code == 302
    assert told("volunteer_minutes", world.canal) == {(): 750}
    refusal = client.post(page, {**sent, "id": str(uuid4()), "minutes": "beaucoup"})
    assert refusal.status_code == 422
    assert told("volunteers", world.canal) == {(): 7}


@pytest.mark.parametrize("code", [code for code, each in ALL.items() if not each.is_for_networks])
def test_a_network_is_not_told_what_its_members_keep(world, code):
    network = Network.objects.create(code="reseau", name="Réseau")
    network.members.add(world.navette)
    assert refused(told, code, scope=Scope.of_network(network)) == "not_for_networks"


def test_carbon_is_told_only_where_a_structure_asks_and_never_without_its_rate(world, books):
    canal = books.at(world.canal)
    for code, units in (("MOB.CHAI", 2), ("LIT.LIT2", 1), ("PEM.BOUI", 1)):
        books.book(canal.bulk, canal.reuse, code, 5_000, units=units)
    assert told("carbon_avoided", world.canal) == {(): None}

    chosen = FigureSettings.objects.create(organisation=world.navette, tells_carbon=True)
    # chairs 2 × 18.63, kettle 9.907 (the lower of two); the bed is in doubt
    assert told("carbon_avoided", world.canal) == {(): 23_584}
    chosen.displacement_hundredths = 100
    chosen.save()
    assert told("carbon_avoided", world.canal) == {(): 47_167}
    [value] = ALL["carbon_avoided"].values(Reading(Scope.of_sites([world.canal]), YEAR))
    assert VERSION in value.note


def test_no_factor_of_doubt_is_used_and_each_category_of_a_factor_exists(db):
    with FACTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    doubted = {row["category_code"] for row in rows if row["doubt"]}
    sure = {
        row["category_code"] for row in rows if not row["doubt"] and row["per"] in ("unit", "t")
    }
    assert "LIT.LIT2" in doubted
    assert set(factors()) == sure
    assert sure <= set(Category.objects.values_list("code", flat=True))


def test_sales_by_category_add_up_to_what_was_taken(world, sell, give_back):
    ticket = sell(world.canal, (1_250, 3_000), (400, None), on="2026-03-10")
    sell(world.canal, (700, 2_000), on="2026-04-10", code="MOB.CHAI")
    give_back(ticket, "2026-04-11")
    assert told("sales", world.canal) == {(): 1_100}
    assert told("sales", world.canal, by=("category",)) == {("JOU",): 400, ("MOB",): 700}
    assert told("sales", world.canal, by=("month",)) == {("2026-03",): 1_650, ("2026-04",): -550}
    assert told("buyers", world.canal, by=("site",)) == {("canal",): 2}


def test_each_indicator_answers_by_each_of_its_dimensions(two_years, world):
    for code, indicator in ALL.items():
        whole = told(code, world.canal, world.gare)
        assert list(whole) == [()], code
        for name in indicator.dimensions:
            parts = told(code, world.canal, world.gare, by=(name,))
            if indicator.adds_up and isinstance(whole[()], int):
                assert sum(parts.values()) == whole[()], (code, name)

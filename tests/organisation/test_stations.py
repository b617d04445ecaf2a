"""Tablets: paired once, opened with a PIN, locked when idle, withdrawn at once."""

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from inventory.models import Category, Movement
from organisation.models import HeldEntry, Membership, Site, Station, Submission, User
from organisation.permissions import Role
from organisation.services import invite, pair, set_pin, set_team, sign_in, withdraw
from organisation.stations import COOKIE, pass_of
from tests.conftest import codes

pytestmark = pytest.mark.database
PIN = "4071"
ENTRY = "0b6a3c52-5a0e-4d0c-9a53-3a1c1a2b4c5d"


@pytest.fixture
def tablet(world):
    """``tablet()``: a paired device, its station and its browser."""

    def make(site=None, name="Quai 1"):
        station, secret = pair(code=invite(station=Station(site=site or world.canal, name=name)))
        client = Client()
        client.cookies[COOKIE] = secret
        return SimpleNamespace(station=station, client=client, secret=secret)

    return make


@pytest.fixture
def ines(world):
    """Inès, who sorts at canal and has a PIN."""
    person = User.objects.create(
        username="ines", first_name="Inès", organisation=world.navette, password="!"
    )
    Membership.objects.create(user=person, site=world.canal, role=Role.SORTER)
    set_pin(person=person, pin=PIN)
    return person


def refused(act, **given):
    with pytest.raises(ValidationError) as refusal:
        act(**given)
    return refusal.value.code


def typed(tablet, person, pin=PIN, **more):
    return tablet.client.post("/tablette/", {"person": person.username, "pin": pin, **more})


# Pairing


def test_a_code_pairs_one_device_once(world):
    code = invite(station=Station(site=world.canal, name="Quai 1"))
    station, secret = pair(code=f"{code[:4].lower()} {code[4:]}")  # as it is read out
    assert Station.objects.paired_with(secret) == station
    assert refused(pair, code=code) == "pairing_unknown"
    assert secret not in str(Station.objects.values().get())


def test_a_code_is_too_old_after_a_quarter_of_an_hour(world):
    code = invite(station=Station(site=world.canal, name="Quai 1"))
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert refused(pair, code=code) == "pairing_unknown"


def test_a_device_is_replaced_by_pairing_another_one(world, tablet):
    first = tablet()
    _station, secret = pair(code=invite(station=first.station))
    assert Station.objects.paired_with(first.secret) is None
    assert Station.objects.paired_with(secret) == first.station


def test_a_manager_reads_a_code_out_and_a_tablet_types_it(world):
    office = Client()
    office.force_login(world.manager)
    page = office.post("/reglages/tablettes/", {"site": world.canal.pk, "name": "Quai 1"})
    assert page.headers["Cache-Control"] == "no-store"
    device = Client()
    answer = device.post("/tablette/", {"code": page.context["code"]})
    assert answer.url == "/tablette/"
    assert "Quai 1" in device.get("/tablette/").content.decode()
    assert device.post("/tablette/", {"code": page.context["code"]}).status_code == 422


def test_two_tablets_of_a_site_have_two_names(world, tablet):
    tablet()
    office = Client()
    office.force_login(world.manager)
    answer = office.post("/reglages/tablettes/", {"site": world.canal.pk, "name": "Quai 1"})
    assert answer.status_code == 422
    assert Station.objects.count() == 1


def test_a_manager_names_no_tablet_at_a_site_that_is_not_theirs(world):
    office = Client()
    office.force_login(world.manager)
    for site in (world.gare, world.quai):
        answer = office.post("/reglages/tablettes/", {"site": site.pk, "name": "Ailleurs"})
        assert answer.status_code == 422
    assert not Station.objects.exists()


# PINs


@pytest.mark.parametrize("pin", ["123", "1234567", "12a4", "١٢٣٤"])
def test_a_pin_has_four_to_six_digits(ines, pin):
    assert refused(set_pin, person=ines, pin=pin) == "pin_shape"


@pytest.mark.parametrize("pin", ["0000", "1234", "987654"])
def test_a_pin_that_everybody_tries_first_is_refused(ines, pin):
    assert refused(set_pin, person=ines, pin=pin) == "pin_too_plain"


def test_a_pin_is_kept_as_a_hash(ines):
    assert PIN not in ines.pin
    assert check_password(PIN, ines.pin)


def test_somebody_without_e_mail_or_password_opens_a_tablet(tablet, ines):
    here = tablet()
    assert typed(here, ines).url == "/"
    assert here.client.get("/").context["user"] == ines


def test_a_wrong_pin_opens_nothing(tablet, ines):
    here = tablet()
    answer = typed(here, ines, "9999")
    assert answer.status_code == 422
    assert [each.code for each in answer.context["form"].errors.as_data()["pin"]] == ["pin_wrong"]
    assert here.client.get("/").status_code == 302


def test_wrong_pins_wait_longer_and_longer(tablet, ines):
    station = tablet().station
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for _n in range(3):
            assert refused(sign_in, station=station, person=ines, pin="9999") == "pin_wrong"
        assert refused(sign_in, station=station, person=ines, pin=PIN) == "pin_wait"
        clock.shift(timedelta(seconds=31))
        assert refused(sign_in, station=station, person=ines, pin="9999") == "pin_wrong"
        clock.shift(timedelta(seconds=31))
        assert refused(sign_in, station=station, person=ines, pin=PIN) == "pin_wait"
        clock.shift(timedelta(seconds=31))
        sign_in(station=station, person=ines, pin=PIN)
        assert refused(sign_in, station=station, person=ines, pin="9999") == "pin_wrong"


def test_a_storm_of_wrong_pins_on_one_tablet_never_blocks_another(tablet, ines, world):
    stormy, quiet = tablet().station, tablet(name="Quai 2").station
    bakary = User.objects.create(username="bakary", organisation=world.navette)
    Membership.objects.create(user=bakary, role=Role.SORTER)
    set_pin(person=bakary, pin="8052")
    told = {refused(sign_in, station=stormy, person=ines, pin="9999") for _n in range(30)}
    assert told == {"pin_wrong", "pin_wait"}
    sign_in(station=stormy, person=bakary, pin="8052")  # nor somebody else on the same one
    sign_in(station=quiet, person=ines, pin=PIN)


def test_a_tablet_on_which_everybody_is_guessed_waits_as_a_whole(tablet, world):
    station = tablet().station
    people = []
    for n in range(8):
        person = User.objects.create(username=f"p{n}", organisation=world.navette)
        Membership.objects.create(user=person, role=Role.SORTER)
        set_pin(person=person, pin=PIN)
        people.append(person)
    for person in people[:7]:
        for _n in range(3):
            refused(sign_in, station=station, person=person, pin="9999")
    assert refused(sign_in, station=station, person=people[7], pin=PIN) == "pin_wait"


def test_a_pin_opens_no_tablet_of_a_site_without_a_role(tablet, ines, world):
    elsewhere = tablet(site=world.gare)
    assert refused(sign_in, station=elsewhere.station, person=ines, pin=PIN) == "not_here"
    assert "Inès" not in elsewhere.client.get("/tablette/").content.decode()


def test_a_pin_does_not_open_what_asks_for_a_password(tablet, world):
    set_pin(person=world.anna, pin=PIN)
    here = tablet()
    typed(here, world.anna)
    assert here.client.get("/stock/").status_code == 200
    for path in ("/reglages/", "/reglages/personnes/", "/mon-compte/pin/", "/reglages/structure/"):
        assert here.client.get(path).status_code == 403, path


def test_one_gives_oneself_a_pin_with_ones_password(world):
    office = Client()
    office.force_login(world.sorter)
    assert office.post("/mon-compte/pin/", {"pin": "1111"}).status_code == 422
    assert office.post("/mon-compte/pin/", {"pin": PIN}).status_code == 302
    world.sorter.refresh_from_db()
    assert world.sorter.pin


# Locked, withdrawn


def test_an_idle_tablet_locks(tablet, ines):
    here = tablet()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        typed(here, ines)
        clock.shift(timedelta(minutes=4))
        assert here.client.get("/stock/").status_code == 200  # touched: five more minutes
        clock.shift(timedelta(minutes=4))
        assert here.client.get("/stock/").status_code == 200
        clock.shift(timedelta(minutes=5, seconds=1))
        assert here.client.get("/stock/").url == "/tablette/?next=/stock/"


def test_one_leaves_the_tablet_to_the_next_and_comes_back_where_one_was(tablet, ines):
    here = tablet()
    typed(here, ines)
    assert here.client.post("/tablette/verrouiller/").url == "/tablette/"
    assert here.client.get("/stock/").status_code == 302
    assert typed(here, ines, next="/stock/").url == "/stock/"
    assert typed(here, ines, next="https://elsewhere.example/").url == "/"


def test_somebody_let_go_is_out_at_once(tablet, ines):
    here = tablet()
    typed(here, ines)
    User.objects.filter(pk=ines.pk).update(is_active=False)
    assert here.client.get("/stock/").status_code == 302
    assert refused(sign_in, station=here.station, person=User.objects.get(pk=ines.pk), pin=PIN) == (
        "not_here"
    )


def test_a_withdrawn_tablet_is_out_at_once(tablet, ines):
    here = tablet()
    typed(here, ines)
    withdraw(station=here.station)
    assert here.client.get("/stock/").url.startswith("/tablette/")
    assert refused(sign_in, station=here.station, person=ines, pin=PIN) == "station_withdrawn"
    assert "a été retirée" in here.client.get("/tablette/").content.decode()


# The team


def test_the_floor_works_as_one_where_a_manager_allows_it(tablet, world):
    office = Client()
    office.force_login(world.manager)
    path = "/reglages/tablettes/site/canal/"
    office.post(path, {"canal-lock_after_min": "10", "canal-is_team": "on"})
    team = Site.objects.get(pk=world.canal.pk).team
    here = tablet()
    assert typed(here, team, pin="").url == "/"
    assert here.client.get("/peser/canal/").status_code == 200
    assert here.client.get("/caisse/").status_code == 403
    office.post(path, {"canal-lock_after_min": "10"})
    assert here.client.get("/peser/canal/").status_code == 302


def test_a_team_opens_no_tablet_of_another_site(tablet, world):
    team = set_team(site=world.canal, is_on=True)
    assert refused(sign_in, station=tablet(site=world.gare).station, person=team, pin="") == (
        "not_here"
    )


# What a tablet records


def arrival(**more):
    lines = [{"category": "TEX", "weight_g": 4_321}]
    return {"site": "canal", "mode": "drop_off", "lines": lines, **more}


def sent(here, person, api, *, secret=None, **more):
    api.client.cookies[COOKIE] = secret or here.secret
    api.headers["Authorization"] = f"Tablet {pass_of(here.station, person)}"
    return api.post("collection/intakes", **arrival(**more))


def test_a_record_carries_person_and_tablet(tablet, ines, api):
    here = tablet()
    answer = sent(here, ines, api(None))
    assert answer.status_code == 201
    movement = Movement.objects.get(number=answer.json()["number"])
    assert movement.author == ines
    assert movement.submission.station == here.station


def test_a_pass_is_worth_nothing_without_its_tablet(tablet, ines, api):
    here, other = tablet(), tablet(name="Quai 2")
    assert sent(here, ines, api(None), secret=other.secret).status_code == 401
    assert sent(here, ines, api(None), secret="nonsense").status_code == 401
    assert not Submission.objects.exists()


def test_what_comes_from_a_withdrawn_tablet_or_of_somebody_let_go_says_so(tablet, ines, api):
    here = tablet()
    User.objects.filter(pk=ines.pk).update(is_active=False)
    answer = sent(here, ines, api(None))
    assert (answer.status_code, codes(answer)) == (403, ["person_withdrawn"])
    User.objects.filter(pk=ines.pk).update(is_active=True)
    withdraw(station=here.station)
    answer = sent(here, ines, api(None))
    assert (answer.status_code, codes(answer)) == (403, ["station_withdrawn"])
    assert Category.objects.exists()
    assert not Movement.objects.exists()


# What could not be recorded


def handed_over(here, person, api, **more):
    body = {
        "site": "canal",
        "entry": ENTRY,
        "path": "/api/v1/collection/intakes",
        "body": json.dumps({"id": ENTRY, **arrival()}),
        "occurred_at": timezone.now().isoformat(),
        "summary": "Textiles 4,3 kg",
        "reason": "Cette tablette a été retirée.",
        **more,
    }
    api.client.cookies[COOKIE] = here.secret
    api.headers["Authorization"] = f"Tablet {pass_of(here.station, person)}"
    return api.post("organisation/held", {"id": str(uuid4()), **body})


def test_what_a_withdrawn_tablet_still_has_is_kept_for_a_decision(tablet, ines, api, world):
    here = tablet()
    withdraw(station=here.station)
    User.objects.filter(pk=ines.pk).update(is_active=False)
    assert handed_over(here, ines, api(None)).status_code == 201
    assert handed_over(here, ines, api(None)).status_code == 201  # another attempt: kept once
    [entry] = HeldEntry.objects.all()
    assert (entry.station, entry.person, entry.site) == (here.station, ines, world.canal)
    assert not Movement.objects.exists()


def office_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_manager_records_it_after_all_once_and_in_their_own_name(tablet, ines, api, world):
    here = tablet()
    withdraw(station=here.station)
    handed_over(here, ines, api(None))
    office = office_of(world.manager)
    assert "Textiles 4,3 kg" in office.get("/saisies/").content.decode()
    entry = HeldEntry.objects.get()
    office.post(f"/saisies/{entry.pk}/", {"do": "record"})
    office.post(f"/saisies/{entry.pk}/", {"do": "record"})
    [movement] = Movement.objects.all()
    assert movement.author == world.manager
    assert movement.submission.station == here.station
    assert str(movement.submission.uuid) == ENTRY
    entry.refresh_from_db()
    assert (entry.outcome, entry.decided_by) == ("recorded", world.manager)


def test_what_was_recorded_in_between_is_not_recorded_twice(tablet, ines, api, world):
    here = tablet()
    assert sent(here, ines, api(None), id=ENTRY).status_code == 201
    withdraw(station=here.station)
    handed_over(here, ines, api(None))
    office_of(world.manager).post(f"/saisies/{HeldEntry.objects.get().pk}/", {"do": "record"})
    assert Movement.objects.count() == 1
    assert HeldEntry.objects.get().outcome == "recorded"


def test_an_entry_is_set_aside_only_with_a_reason(tablet, ines, api, world):
    handed_over(tablet(), ines, api(None))
    office, entry = office_of(world.manager), HeldEntry.objects.get()
    office.post(f"/saisies/{entry.pk}/", {"do": "drop", "note": " "})
    assert HeldEntry.objects.get().decided_at is None
    office.post(f"/saisies/{entry.pk}/", {"do": "drop", "note": "Pesé deux fois"})
    assert (HeldEntry.objects.get().outcome, HeldEntry.objects.get().note) == (
        "dropped",
        "Pesé deux fois",
    )
    assert not Movement.objects.exists()


def test_what_is_refused_again_still_waits_and_says_why(tablet, ines, api, world):
    nothing = json.dumps({"id": ENTRY, **arrival(lines=[])})
    handed_over(tablet(), ines, api(None), body=nothing)
    office, entry = office_of(world.manager), HeldEntry.objects.get()
    page = office.post(f"/saisies/{entry.pk}/", {"do": "record"}, follow=True)
    assert HeldEntry.objects.get().decided_at is None
    assert "note bad" in page.content.decode()


def test_nothing_but_what_tablets_send_is_reached_through_a_held_entry(tablet, ines, api):
    here = tablet()
    for path in (
        "/reglages/",
        "https://elsewhere.example/",
        "/api/v1/../reglages/",
        "/api/v1/reporting/closings",
    ):
        assert handed_over(here, ines, api(None), path=path).status_code == 422


def test_the_home_page_tells_those_who_may_decide(tablet, ines, api, world):
    handed_over(tablet(), ines, api(None))
    assert office_of(world.manager).get("/").context["todo"]["held"] == 1
    assert office_of(world.sorter).get("/").context["todo"]["held"] == 0
    assert office_of(world.sorter).get("/saisies/").status_code == 403

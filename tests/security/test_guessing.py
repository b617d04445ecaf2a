"""Passwords and PINs that are guessed: few tries get through, and nobody else is shut out."""

import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from config.limits import SIGN_INS, meter
from organisation.models import Membership, Station, User
from organisation.permissions import Role
from organisation.services import invite, pair, set_pin, sign_in
from organisation.stations import COOKIE
from tests.conftest import NOON

SECRET = "correct horse battery"
ADDRESSES = [f"198.51.100.{n}" for n in range(1, 21)]
HOME = "192.0.2.9"
PIN = "4071"


def signs_in(login, password=SECRET, address=HOME):
    given = {"username": login, "password": password}
    return Client().post("/connexion/", given, REMOTE_ADDR=address)


@pytest.fixture
def anna(world):
    world.anna.set_password(SECRET)
    world.anna.save()
    return world.anna


def test_ten_wrong_passwords_shut_an_address_out_of_an_account_and_of_no_other(anna, world):
    world.sorter.set_password(SECRET)
    world.sorter.save()
    said = [signs_in("anna", "wrong", ADDRESSES[0]).status_code for _n in range(12)]
    assert said == [200] * 9 + [429] * 3
    shut_out = signs_in("anna", address=ADDRESSES[0])
    assert (shut_out.status_code, shut_out["Retry-After"]) == (429, "900")
    assert signs_in("anna", address=HOME).status_code == 302
    assert signs_in("sorter", address=ADDRESSES[0]).status_code == 302


def test_after_a_quarter_of_an_hour_one_may_try_again(anna):
    with time_machine.travel(NOON, tick=False) as clock:
        for _n in range(12):
            signs_in("anna", "wrong")
        assert signs_in("anna").status_code == 429
        clock.shift(timedelta(minutes=16))
        assert signs_in("anna").status_code == 302


def test_an_account_guessed_from_everywhere_opens_only_where_its_owner_was(anna):
    assert signs_in("anna", address=HOME).status_code == 302
    judged = 0
    for n in range(400):
        judged += signs_in("anna", "wrong", ADDRESSES[n % 20]).status_code == 200
    assert judged <= 25
    assert signs_in("anna", address=ADDRESSES[0]).status_code == 429  # though it is right
    assert signs_in("anna", address="203.0.113.5").status_code == 429
    assert signs_in("anna", address=HOME).status_code == 302  # nobody shuts the owner out


def test_an_hour_of_guesses_from_twenty_addresses_judges_a_hundred_at_most(anna):
    judged = 0
    with time_machine.travel(NOON, tick=False) as clock:
        for _minute in range(60):
            for address in ADDRESSES:
                judged += signs_in("anna", "wrong", address).status_code == 200
            clock.shift(timedelta(minutes=1))
    assert 0 < judged <= 104


def test_one_address_that_tries_one_password_on_everybody_is_slowed_down(db, monkeypatch):
    monkeypatch.setattr(meter, "_clock", lambda: 1_000.0)
    said = [signs_in(f"somebody-{n}", SECRET, ADDRESSES[0]).status_code for n in range(60)]
    assert said.count(200) == SIGN_INS.at_once
    assert set(said[SIGN_INS.at_once :]) == {429}
    assert signs_in("somebody", SECRET, HOME).status_code == 200


def test_behind_a_proxy_a_guess_counts_where_it_came_from(anna, settings):
    settings.BEHIND_PROXY = True
    client = Client()

    def tries(password, address):
        given = {"username": "anna", "password": password}
        return client.post("/connexion/", given, HTTP_X_FORWARDED_FOR=address).status_code

    assert [tries("wrong", ADDRESSES[0]) for _n in range(11)][-1] == 429
    assert tries(SECRET, HOME) == 302


def _median_s(login):
    taken = []
    for n in range(5):
        begun = time.perf_counter()
        assert signs_in(login, "wrong", f"203.0.113.{n}").status_code == 200
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def test_an_answer_takes_as_long_whether_the_account_exists_or_not(anna, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    anna.set_password(SECRET)
    anna.save()
    tablet_only = User.objects.create(username="tablet-only", organisation=anna.organisation)
    tablet_only.set_unusable_password()
    tablet_only.save()
    known, unknown, unusable = map(_median_s, ["anna", "nobody-at-all", "tablet-only"])
    for other_s in (unknown, unusable):
        assert 0.5 < other_s / known < 2  # one hash each: without it, a tenth


def test_the_answer_does_not_say_whether_the_account_exists(anna):
    def said(login):
        return signs_in(login, "wrong").content.decode().replace(login, "LOGIN")

    def stripped(text):
        return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]

    assert stripped(said("anna")) == stripped(said("nobody"))


# PINs


@pytest.fixture
def floor(world):
    """Three tablets of canal, and Inès, who has a PIN."""
    ines = User.objects.create(username="ines", organisation=world.navette, password="!")
    Membership.objects.create(user=ines, site=world.canal, role=Role.SORTER)
    set_pin(person=ines, pin=PIN)
    tablets = [
        pair(code=invite(station=Station(site=world.canal, name=f"Quai {n}"))) for n in range(3)
    ]
    return ines, tablets


def outcome(station, person, pin):
    try:
        sign_in(station=station, person=person, pin=pin)
    except ValidationError as refusal:
        return refusal.code
    return "in"


def test_ten_thousand_pins_in_an_hour_are_ten_tries(floor):
    ines, [[stormy, _s], [quiet, _q], _third] = floor
    judged = 0
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for n in range(10_000):
            judged += outcome(stormy, ines, "9999") == "pin_wrong"
            if n % 2_500 == 2_499:
                assert outcome(quiet, ines, PIN) == "in"  # the next till hears nothing of it
            clock.shift(timedelta(seconds=0.35))
    assert 0 < judged <= 10


def test_the_hours_after_it_are_four_tries_each(floor):
    ines, [[stormy, _s], *_others] = floor
    judged = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minute in range(5 * 60):
            if outcome(stormy, ines, "9999") == "pin_wrong":
                judged.append(minute // 60)
            clock.shift(timedelta(minutes=1))
    assert max(judged.count(hour) for hour in range(1, 5)) <= 4


def test_where_a_pin_is_typed_from_is_of_no_account(floor):
    """A stolen cookie on twenty machines is still one tablet."""
    _ines, [[_station, secret], *_others] = floor
    shown = []
    for n in range(60):
        client = Client()
        client.cookies[COOKIE] = secret
        given = {"person": "ines", "pin": "9999"}
        answer = client.post("/tablette/", given, REMOTE_ADDR=ADDRESSES[n % 20])
        shown += [each.code for each in answer.context["form"].errors.as_data()["pin"]]
    assert shown.count("pin_wrong") == 3
    assert set(shown) == {"pin_wrong", "pin_wait"}


def test_without_a_paired_tablet_no_pin_is_judged(floor):
    answer = Client().post("/tablette/", {"person": "ines", "pin": PIN})
    assert answer.templates[0].name == "organisation/pair.html"


def test_codes_that_pair_are_not_guessed(world, monkeypatch):
    monkeypatch.setattr(meter, "_clock", lambda: 1_000.0)
    invite(station=Station(site=world.canal, name="Quai"))
    said = [Client().post("/tablette/", {"code": f"AAAA{n:04}"}).status_code for n in range(400)]
    assert said.count(422) == 300  # of 31⁸, then one each two seconds, for a quarter of an hour
    assert said[-1] == 429

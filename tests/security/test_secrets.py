"""What opens something, or names somebody, is in no log: even where everything is logged."""

import json
from http.cookiejar import CookieJar
from urllib import error, parse, request
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from organisation.models import Membership, Site, Station, User
from organisation.permissions import Role
from organisation.services import invite, pair, set_pin
from organisation.stations import COOKIE, pass_of
from reporting.services import share
from tests.routes import YEAR_DAYS, Period
from tests.servers import granian
from tests.test_served_races import token  # noqa: F401  (a fixture)

PAGES = "tests.security.serving:application"
PASSWORD, PIN = "correct horse battery", "480915"
MAIL = "somebody.private@example.org"


class Caller:
    """Somebody with a browser, or a program."""

    def __init__(self, address, **headers):
        self.address, self.headers, self.jar = address, headers, CookieJar()
        self._opener = request.build_opener(request.HTTPCookieProcessor(self.jar))

    def ask(self, path, data=None, **headers):
        given = {**self.headers, **headers}
        body = parse.urlencode(data).encode() if isinstance(data, dict) else data
        asked = request.Request(self.address + path, body, given)  # noqa: S310
        try:
            with self._opener.open(asked, timeout=60) as answer:
                return answer.status
        except error.HTTPError as refusal:
            with refusal:
                return refusal.code

    def post(self, path, data):
        self.ask(path)
        crumb = {"csrfmiddlewaretoken": self.cookie(settings.CSRF_COOKIE_NAME)}
        return self.ask(path, {**data, **crumb}, Referer=self.address + path)

    def cookie(self, name):
        return next((each.value for each in self.jar if each.name == name), "")


@pytest.fixture
def house(own_database):
    """A person with a password, a PIN and a mail address; a paired tablet; a shared year."""
    world = own_database
    world.anna.set_password(PASSWORD)
    world.anna.email = MAIL
    world.anna.save()
    ines = User.objects.create(username="ines", organisation=world.navette, password="!")
    Membership.objects.create(user=ines, site=world.canal, role=Role.SORTER)
    set_pin(person=ines, pin=PIN)
    code = invite(station=Station(site=world.canal, name="Quai"))
    station, world.secret = pair(code=code)
    world.code = invite(station=Station(site=world.canal, name="Quai 2"))
    world.passed = pass_of(station, ines)
    site = Site.objects.filter(pk=world.canal.pk)
    made = {"organisation": world.navette, "sites": list(site), "period": Period(*YEAR_DAYS)}
    world.link = share(**made, author=None)[1]
    return world


def _lived(address, house, key):
    """A morning in which everything that is secret is used, rightly and wrongly."""
    bearer = {"Authorization": f"Bearer {key}"}
    statuses = {}
    browser = Caller(address)
    right = {"username": "anna", "password": PASSWORD}
    assert browser.post("/connexion/", {**right, "password": f"{PASSWORD}!"}) == 200
    assert browser.post("/connexion/", {"username": PASSWORD, "password": "x"}) == 200
    assert browser.post("/connexion/", right) == 200
    statuses["session"] = browser.cookie(settings.SESSION_COOKIE_NAME)
    tablet = Caller(address, Cookie=f"{COOKIE}={house.secret}")
    program = Caller(address, **bearer)
    entry = {"id": str(uuid4()), "site": "canal", "donor": {"name": "Private", "email": MAIL}}
    body = json.dumps(entry).encode()
    kind = {"Content-Type": "application/json"}
    program.ask("/api/v1/collection/intakes", body, **kind)
    program.ask("/api/v1/collection/intakes", body[:-9], **kind)
    tablet.ask("/api/v1/collection/intakes", body, **kind, Authorization=f"Tablet {house.passed}")
    Caller(address).ask("/api/v1/organisation/me", Authorization=f"Bearer {key}x")
    tablet.ask("/tablette/", {"person": "ines", "pin": PIN})
    Caller(address).ask(f"/tablette/?code={house.code}")
    Caller(address).ask(f"/audit/{house.link}/")
    Caller(address).ask(f"/audit/{house.link}/lignes/?figure=nonsense")
    Caller(address).ask(f"/t/{house.link}/")
    Caller(address).ask(f"/nowhere/{house.link}/?mail={MAIL}")
    browser.ask(f"/chercher/?q={MAIL}")
    browser.ask(f"/donnees-personnelles/?q={MAIL}")
    with connection.cursor() as cursor:  # and now it breaks
        cursor.execute("ALTER TABLE inventory_category RENAME TO gone")
    assert browser.ask(f"/stock/?site=canal&mail={MAIL}") == 500
    assert program.ask("/api/v1/inventory/categories") == 500
    return statuses["session"]


def spelt(secret):
    return {secret, parse.quote(secret), parse.quote_plus(secret)}


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_log_holds_a_secret_or_an_address(level, house, token, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TRACERIE_LOG", level)
    with granian(house.database, tmp_path, application=PAGES) as (_server, address):
        session = _lived(address, house, token)
    told = (tmp_path / "granian.log").read_text()
    secrets = {
        "password": PASSWORD,
        "PIN": PIN,
        "mail address": MAIL,
        "key": token,
        "session": session,
        "tablet": house.secret,
        "pass": house.passed,
        "pairing": house.code,
        "shared link": house.link,
        "server's key": settings.SECRET_KEY,
    }
    assert all(secrets.values())
    assert [name for name, secret in secrets.items() if any(map(told.count, spelt(secret)))] == []
    assert told.count('"status": 500') >= 2  # it was told, and why
    assert "Traceback" in told


def test_what_axes_keeps_of_a_wrong_password_is_not_the_password(house, client):
    from axes.models import AccessAttempt

    client.post("/connexion/", {"username": "anna", "password": "my other password"})
    [kept] = AccessAttempt.objects.all()
    assert "my other password" not in f"{kept.post_data}{kept.get_data}{kept.path_info}"

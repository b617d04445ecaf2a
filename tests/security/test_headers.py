"""What every answer tells the browser, and what a server on https adds."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from config.policy import NOBODYS, OURS

PROXIED = {
    "PUBLIC_URL": "https://tracerie.example.org",
    "TRACERIE_HOSTS": "tracerie.example.org",
    "TRACERIE_BEHIND_PROXY": "1",
}
OWN_CERTIFICATE = {"PUBLIC_URL": "https://tracerie.lan:8000", "TRACERIE_HOSTS": "tracerie.lan"}
ANSWERS = ["/", "/connexion/", "/nowhere/", "/t/none/", "/health", "/api/v1/organisation/sites"]


# Of this run: its database, and what Playwright's tests allow themselves in this process.
OWN = ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")


def python(code, tmp_path, **environment):
    """What a Python of its own answers, with these settings."""
    inherited = {key: value for key, value in os.environ.items() if key not in OWN}
    return subprocess.run(
        [sys.executable, *code],
        env={**inherited, "TRACERIE_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


ASK = """
import django
from django.conf import settings
django.setup()
import tests.conftest  # pages are served from the sources
from django.test import Client
answer = Client().get("/connexion/", secure=SECURE, HTTP_HOST=HOST)
print(answer.status_code)
print(answer.headers.get("Strict-Transport-Security"), answer.headers.get("Location"))
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE)
print(*(f"{n}:{bool(c['secure'])}" for n, c in answer.cookies.items()))
print(Client().get("/health", HTTP_HOST=HOST).status_code)
"""


def asked(tmp_path, *, is_secure, **environment):
    host = environment["TRACERIE_HOSTS"]
    code = f"SECURE, HOST = {is_secure}, {host!r}\n{ASK}"
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    told = python(["-c", code], tmp_path, **environment)
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


@pytest.mark.parametrize("path", ANSWERS)
def test_nothing_inline_or_foreign_runs_on_any_answer(path, db):
    policy = Client().get(path).headers["Content-Security-Policy"]
    told = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert told["default-src"] == told["frame-ancestors"] == told["base-uri"] == "'none'"
    assert told["script-src"] == told["style-src"] == told["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert not [source for source in policy.split() if "//" in source or source == "*"]


@pytest.mark.parametrize("path", ANSWERS)
def test_devices_frames_and_referrers_are_ours_alone(path, db):
    headers = Client().get(path).headers
    is_page = headers["Content-Type"].startswith("text/html")
    said = headers.get("Permissions-Policy", "")
    assert bool(said) == is_page  # nothing else heeds it, and a station is made of sixty files
    allowed = dict(each.split("=") for each in said.split(", ") if each)
    assert {name for name, who in allowed.items() if who == "(self)"} == set(OURS * is_page)
    assert {name for name, who in allowed.items() if who == "()"} == set(NOBODYS * is_page)
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_deployment_check_is_clean_behind_a_proxy(tmp_path):
    told = python(
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, **PROXIED
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "no issues" in told.stdout + told.stderr


def test_only_what_would_bind_other_servers_of_the_structure_is_left_out_of_that_check():
    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W005", "security.W021"]


def test_behind_a_proxy_browsers_come_by_https_for_a_year(tmp_path):
    said = asked(tmp_path, is_secure=True, **PROXIED)
    assert said[0] == "200"
    assert said[1].startswith("max-age=31536000 ")


def test_behind_a_proxy_plain_http_leads_to_https_but_for_its_own_questions(tmp_path):
    said = asked(tmp_path, is_secure=False, **PROXIED)
    assert said[0] == "301"
    assert said[1].endswith(" https://tracerie.example.org/connexion/")
    assert said[4] == "200"


def test_with_a_certificate_of_its_own_no_tablet_is_bound_to_https(tmp_path):
    """The day the machine serves plain http again, tablets that were bound would be shut out."""
    said = asked(tmp_path, is_secure=True, **OWN_CERTIFICATE)
    assert said[:2] == ["200", "None None"]


@pytest.mark.parametrize("served", [PROXIED, OWN_CERTIFICATE])
def test_over_https_cookies_never_leave_in_the_clear(served, tmp_path):
    said = asked(tmp_path, is_secure=True, **served)
    assert said[2] == "__Host-sessionid True"
    assert said[3] == "csrftoken:True"


def test_a_session_is_out_of_reach_of_scripts_and_of_other_sites(client, world):
    person = world.anna
    person.set_password("correct horse battery")
    person.save()
    client.post("/connexion/", {"username": "anna", "password": "correct horse battery"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_signing_in_gives_a_new_session(client, world):
    world.anna.set_password("correct horse battery")
    world.anna.save()
    client.get("/connexion/")
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.post("/connexion/", {"username": "anna", "password": "correct horse battery"})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key


def test_signing_out_ends_the_session_on_the_server(client, world):
    client.force_login(world.anna)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/").status_code == 200
    client.post("/deconnexion/")
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert again.get("/").status_code == 302

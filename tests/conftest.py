"""The small world: La Navette runs two sites, canal and gare; Le Port is somebody else's."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from uuid import uuid4

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Model
from django.test import Client
from django.utils import translation

from config import health, limits
from inventory import reference
from inventory.models import Origin, Partner
from organisation.models import Membership, Organisation, Site, Submission, Token, User
from organisation.permissions import Role
from tests.databases import door, live, own_database, template  # noqa: F401  (fixtures)

hypothesis.settings.register_profile("shared", deadline=None, derandomize=True)
hypothesis.settings.load_profile("shared")  # machines are shared: never fail a test on its time

# Pages are served from the sources: collecting and compressing takes half a minute.
settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
settings.WHITENOISE_MAX_AGE = 3600  # a browser is told once, not each minute
# A real hash takes a third of a second, twice for each person who signs in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # a Tuesday, noon in Paris


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The reference lists are loaded once: they are never changed by a test."""
    with django_db_blocker.unblock():
        reference.load()


def build_world() -> SimpleNamespace:
    """Make the small world in the current database (also used by tests on a copied file)."""
    navette = Organisation.objects.create(code="navette", name="La Navette")
    port = Organisation.objects.create(code="port", name="Le Port")
    canal = Site.objects.create(organisation=navette, code="canal", name="Canal")
    gare = Site.objects.create(organisation=navette, code="gare", name="Gare")
    quai = Site.objects.create(organisation=port, code="quai", name="Quai")
    for organisation in (navette, port):
        reference.furnish(organisation)
        Partner.objects.create(organisation=organisation, code="gebetex", name="Gebetex")
        Partner.objects.create(organisation=organisation, code="tip", name="Déchetterie")
    Origin.objects.create(organisation=navette, code="75112", name="Paris 12e", insee_code="75112")
    people = {role.value: _person(navette, role.value, role, canal) for role in Role}
    people["anna"] = _person(navette, "anna", Role.DIRECTOR, None)  # director of every site
    people["paul"] = _person(port, "paul", Role.DIRECTOR, None)  # must see nothing of ours
    return SimpleNamespace(
        navette=navette, port=port, canal=canal, gare=gare, quai=quai, people=people, **people
    )


def _person(organisation: Organisation, login: str, role: Role, site: Site | None) -> User:
    user = User.objects.create(username=login, organisation=organisation, first_name=login.title())
    Membership.objects.create(user=user, role=role, site=site)
    return user


@pytest.fixture(autouse=True)
def fresh_counts():
    """Each test has its own share of what callers may ask, as after a start."""
    limits.meter.forget()
    health.forget()


@pytest.fixture
def in_english():
    """What is said is read in the language of its msgids."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def reports(request):
    """Reports read the test's own transaction: a connection of their own would not see it."""
    if "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    own = connections["report"]
    connections["report"] = connections["default"]
    yield
    connections["report"] = own


def _rows() -> dict[type[Model], list[Model]]:
    return {model: list(model._base_manager.all()) for model in apps.get_models()}


@pytest.fixture(scope="session")
def small_world(django_db_setup, django_db_blocker):
    """The small world and its rows, made once, and undone again."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = {model: set(rows) for model, rows in _rows().items()}
        made = build_world()
        rows = {
            model: [row for row in now if row not in before[model]]
            for model, now in _rows().items()
        }
        transaction.set_rollback(True)
    return made, rows


@pytest.fixture
def world(db, small_world):
    """The small world, put in whole: building it takes four or five times as long."""
    made, rows = deepcopy(small_world)
    for model, new in rows.items():
        model._base_manager.bulk_create(new)
    return made


@pytest.fixture
def submission(world):
    """Make a submission, as the kernel wants one for every movement."""
    numbers = count()

    def make(organisation=None) -> Submission:
        return Submission.objects.create(
            organisation=organisation or world.navette,
            uuid=uuid4(),
            endpoint=f"test/{next(numbers)}",
            digest="",
        )

    return make


class Api:
    """The API as one person calls it, with a token."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        self.headers = {}
        if user is not None:
            self.headers["Authorization"] = f"Bearer {Token.objects.issue(user)[1]}"

    def get(self, path: str, **query):
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def patch(self, path: str, **fields):
        return self.client.patch(
            f"/api/v1/{path}",
            json.dumps(fields),
            content_type="application/json",
            headers=self.headers,
        )

    def post(self, path: str, content=None, **fields):
        """Post JSON; a fresh ``id`` is added to ``fields`` unless one is given."""
        if content is None:
            content = {"id": str(uuid4()), **fields}
        data = content if isinstance(content, (str, bytes)) else json.dumps(content, default=str)
        return self.client.post(
            f"/api/v1/{path}", data, content_type="application/json", headers=self.headers
        )

    def made(self, path: str, body) -> dict:
        """Post what must be recorded; return its document."""
        response = self.post(path, body)
        assert response.status_code == 201, (path, response.json())
        return response.json()


@pytest.fixture
def api(world):
    """``api(world.sorter).post("collection/intakes", site="canal", …)``"""
    return lambda user=world.anna: Api(user)


def codes(response) -> list[str]:
    """The error codes of a refusal."""
    return [detail["type"] for detail in response.json()["detail"]]


def pytest_terminal_summary(terminalreporter):
    """What the fault tests measured, for docs/reliability.md."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if report.when == "call" and report.user_properties:
                figures = ", ".join(f"{name} {value}" for name, value in report.user_properties)
                terminalreporter.write_line(f"{report.nodeid}: {figures}")

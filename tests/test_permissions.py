"""Who may do what, cell by cell: every route and page × every role × every place × nobody."""

import json
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from config.urls import urlpatterns
from organisation.doors import Doors, May, anyone, page, require_acts
from organisation.models import Submission, Token, User
from organisation.permissions import ACTS, Role
from organisation.stations import COOKIE
from tests.conftest import codes
from tests.routes import API, PAGES, SAMPLES, Door, Sample, doors, fill, furnish, pages

DOORS, ROOMS = doors(), pages()
INTAKE = SAMPLES["POST collection/intakes"]
OUTCOMES = {200: "allowed", 201: "allowed", 401: 401, 403: 403, 404: 404}


class Visitor:
    """Someone who knocks at every door: with a token at the API, signed in at the pages."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        self.headers = {}
        if user is not None:
            self.client.force_login(user)
            self.headers = {"Authorization": f"Bearer {Token.objects.issue(user)[1]}"}

    def knock(self, door: Door, sample: Sample, spot: dict[str, str]):
        if "$mine" in (sample.body or {}).values():  # the route is for one's own record
            arrival = self.knock(DOORS["POST collection/intakes"], INTAKE, spot)
            spot = (
                spot if arrival.status_code != 201 else {**spot, "mine": arrival.json()["number"]}
            )
        self.client.cookies[COOKIE] = spot["tablet"] if sample.at_tablet else ""
        url, query = door.url(sample, spot), fill(sample.query, spot)
        if door.method == "GET":
            return self.client.get(url, query, headers=self.headers)
        body = {"id": str(uuid4()), **fill(sample.body, spot)}
        if not door.route.startswith(API):
            return self.client.post(url, body)
        if door.method == "PATCH":
            del body["id"]
        return self.client.generic(
            door.method,
            url,
            json.dumps(body),
            content_type="application/json",
            headers=self.headers,
        )


@pytest.fixture
def spots(world, api):
    """One document of each kind at our two sites, and at the other structure's."""
    return {
        "own site": furnish(world.canal, world.anna, api(world.anna).made),
        "other site": furnish(world.gare, world.anna, api(world.anna).made),
        "other structure": furnish(world.quai, world.paul, api(world.paul).made),
    }


def expected(role: Role | None, door: Door, where: str, names: str):
    """What the table of acts says of someone who holds ``role`` at the first site only."""
    if role is None:
        return 401
    if role not in ACTS[door.act]:
        return 403
    if names == "nothing" or where == "own site":
        return "allowed"
    if where == "other structure":
        return 404
    return 403 if names == "site" else "allowed"


def answered(visitor: Visitor, door: Door, sample: Sample, spot: dict[str, str]):
    """What the door did; whatever it wrote is taken back."""
    with transaction.atomic():
        response = visitor.knock(door, sample, spot)
        transaction.set_rollback(True)
    if response.status_code == 302:
        return 401 if response["Location"].startswith("/connexion/") else "allowed"
    if response.status_code == 422 and not door.route.startswith(API):
        return "allowed"  # an empty form: let in, and told what is missing
    return OUTCOMES.get(response.status_code) or (response.status_code, response.content)


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(SAMPLES) == set(DOORS)


def test_every_page_has_a_row_and_every_row_a_page():
    assert set(PAGES) == set(ROOMS)


def wrong_cells(role: Role | None, world, spots, table: dict[str, Door], samples) -> list[tuple]:
    """Every cell of the matrix that is not as the table of acts says."""
    visitor = Visitor(role and world.people[role.value])
    return [
        (str(door), where, found, wanted)
        for name, door in table.items()
        for where, spot in spots.items()
        for wanted in [expected(role, door, where, samples[name].names)]
        for found in [answered(visitor, door, samples[name], spot)]
        if found != wanted
    ]


everybody = pytest.mark.parametrize("role", [*Role, None], ids=lambda role: role or "nobody")


@everybody
def test_the_table_of_acts_decides_at_every_route_and_place(role, world, spots):
    wrong = wrong_cells(role, world, spots, DOORS, SAMPLES)

    assert not wrong, "\n".join(map(str, wrong))


@everybody
def test_the_table_of_acts_decides_on_every_page_and_place(role, world, spots):
    wrong = wrong_cells(role, world, spots, ROOMS, PAGES)

    assert not wrong, "\n".join(map(str, wrong))


def read(content: bytes) -> str:
    """What a page or a file says; workbooks are zipped."""
    if not content.startswith(b"PK"):
        return content.decode(errors="ignore")  # pictures and PDFs among them
    with ZipFile(BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


THEIRS = ("quai", "own-port", "Le Port", "paul")
ELSEWHERE = ("/gare/", '"gare"', "-gare-")  # how lists and pages show a site, or its numbers


def test_lists_show_nothing_of_the_other_structure_nor_of_a_site_without_role(world, spots, api):
    manager, shown = api(world.manager), []
    for name, door in DOORS.items():
        if door.method == "GET" and "<" not in name and name != "GET inventory/places":
            query = fill(SAMPLES[name].query, spots["own site"])
            for asked in (query, {k: v for k, v in query.items() if k != "site"}):
                seen = read(b"".join(manager.get(name.removeprefix("GET "), **asked)))
                shown += [(name, word) for word in THEIRS + ELSEWHERE if word in seen]

    assert shown == []


def test_pages_show_nothing_of_the_other_structure(world, spots):
    director, shown = Visitor(world.anna), []
    for route, door in ROOMS.items():
        if door.method == "GET":
            response = director.knock(door, PAGES[route], spots["own site"])
            assert response.status_code in (200, 302), (route, response.status_code)
            seen = read(b"".join(response))
            shown += [(route, word) for word in THEIRS if word in seen]

    assert shown == []


@pytest.mark.parametrize("page", ["bilan/", "bilan/flux.csv", "departs/", "caisse/tickets/"])
def test_a_filter_for_a_site_without_role_is_not_obeyed(page, world, spots):
    manager = Visitor(world.manager)
    for site in ("gare", "quai"):
        query = {"site": site, "start": "2026-01-01", "end": "2026-12-31", "figure": "collected_g"}
        response = manager.client.get(f"/{page}", query)
        seen = b"".join(response).decode()
        assert f"-{site}-" not in seen, page


def test_a_token_of_somebody_inactive_opens_nothing(world, api):
    caller = api(world.anna)
    User.objects.filter(pk=world.anna.pk).update(is_active=False)

    assert caller.get("organisation/sites").status_code == 401


def test_a_revoked_token_opens_nothing(world, api):
    caller = api(world.anna)
    Token.objects.update(revoked_at=timezone.now())

    response = caller.get("organisation/sites")

    assert (response.status_code, codes(response)) == (401, ["not_signed_in"])


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "\xff"])
def test_what_is_no_token_opens_nothing(header, world):
    client = Client()
    client.force_login(world.anna)  # a bad token is not excused by a good cookie

    response = client.get("/api/v1/organisation/sites", headers={"Authorization": header})

    assert response.status_code == 401


def test_a_session_reads_without_more_but_writes_only_with_its_csrf_token(world, spots):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.sorter)
    before = Submission.objects.count()
    body = {"id": str(uuid4()), **fill(SAMPLES["POST collection/intakes"].body, spots["own site"])}

    def post(**headers):
        return client.post(
            "/api/v1/collection/intakes",
            json.dumps(body),
            content_type="application/json",
            headers=headers,
        )

    assert client.get("/api/v1/organisation/sites").status_code == 200
    refused = post()
    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])
    assert refused.json()["detail"][0]["msg"]
    assert Submission.objects.count() == before
    client.get("/connexion/")
    token = client.cookies["csrftoken"].value
    assert post(**{"X-CSRFToken": token}).status_code == 201


def test_a_form_of_another_page_is_refused_whatever_it_holds(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.sorter)

    refused = client.post("/api/v1/collection/intakes", {"id": str(uuid4()), "site": "canal"})

    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": 1}', "[" * 9_000, r'"\ud800"', "\x00"])
def test_whoever_may_not_is_refused_before_anything_is_read(body, world, api):
    refused = api(world.auditor).post("collection/intakes", body)

    assert (refused.status_code, codes(refused)) == (403, ["forbidden"])


def test_somebody_without_a_structure_opens_nothing(world, api):
    stray = User.objects.create(username="stray")

    assert api(stray).get("organisation/sites").status_code == 401
    client = Client()
    client.force_login(stray)
    assert client.get("/api/v1/organisation/sites").status_code == 401
    assert client.get("/").status_code == 403


def test_somebody_without_a_role_opens_nothing(world, api):
    idle = User.objects.create(username="idle", organisation=world.navette)

    assert api(idle).get("organisation/sites").status_code == 403


def test_a_route_without_an_act_fails_at_import():
    router = Doors()

    with pytest.raises(ImproperlyConfigured):
        router.get("nothing")(lambda request: None)
    with pytest.raises(ImproperlyConfigured):
        router.get("nothing", auth=May())(lambda request: None)


def test_an_act_that_does_not_exist_fails_at_import():
    with pytest.raises(ImproperlyConfigured):
        May("juggle")
    with pytest.raises(ImproperlyConfigured):
        page("juggle")


def test_a_page_without_an_act_fails_at_import():
    def bare(request):
        return HttpResponse()

    with pytest.raises(ImproperlyConfigured):
        require_acts([*urlpatterns, path("bare/", bare)])
    require_acts([path("open/", anyone(bare))])


def test_an_api_route_that_goes_round_the_doors_fails_at_import():
    from ninja import NinjaAPI

    other = NinjaAPI(urls_namespace="other", docs_url=None, openapi_url=None)
    other.get("bare")(lambda request: None)

    with pytest.raises(ImproperlyConfigured):
        require_acts([path("other/", other.urls)])


def test_the_urls_of_the_api_are_all_under_one_base():
    assert all(door.route.startswith(API) for door in DOORS.values())

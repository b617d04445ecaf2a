"""The API as it describes itself: complete, committed, readable without the network."""

import json
from pathlib import Path

import pytest
from django.test import Client

from config.api import api
from tests.routes import doors

DESCRIBED = Path(__file__).parent.parent / "docs/openapi.json"
WRITE_ERRORS = {400, 401, 403, 404, 409, 413, 422, 429, 503, 507}
ERRORS = {"get": {401, 403, 404, 422, 429}, "post": WRITE_ERRORS, "patch": WRITE_ERRORS}


@pytest.fixture(scope="module")
def described():
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_description_is_current(described):
    """To refresh: see the README."""
    assert json.loads(DESCRIBED.read_text()) == described


def test_every_route_is_described(described):
    known = {f"{method} {path}" for path, method, _operation in operations(described)}

    assert known == {
        f"{door.method.lower()} /{door.route}".replace("<", "{").replace(">", "}")
        for door in doors().values()
    }


def test_every_operation_declares_its_errors_in_the_one_shape(described):
    for path, method, operation in operations(described):
        declared = {int(status) for status in operation["responses"]}
        assert ERRORS[method] <= declared, (method, path)
        assert declared & {200, 201}, (method, path)
        for status in ERRORS[method]:
            answer = operation["responses"][str(status)]
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, (method, path, status)


def test_every_operation_says_what_it_does_and_asks_for_a_token(described):
    for path, method, operation in operations(described):
        assert operation["description"].endswith("."), (method, path)
        assert operation["security"], (method, path)
    ids = [operation["operationId"] for _path, _method, operation in operations(described)]
    assert len(ids) == len(set(ids))


def test_the_description_and_its_page_are_served_to_anyone(described, db):
    client = Client()

    assert client.get("/api/v1/openapi.json").json() == described
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "http" not in page.content.decode().replace("http://www.w3.org", "")
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]

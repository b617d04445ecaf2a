"""Small requests that would grow, against the server as ``run`` starts it: refused at once."""

import json
import time
from urllib import error, request
from uuid import uuid4

import pytest

from organisation.models import Submission
from tests.servers import granian
from tests.test_served_races import token  # noqa: F401  (a fixture)
from tests.test_uploads import MIB, SOON_S, memory_of

PAGES = "tests.security.serving:application"
BOMBS = {
    "a million brackets": b"[" * 1_400_000,
    "a million lines": b'{"lines": [' + b"1," * 900_000 + b"1]}",
    "a million keys": b"{" + b",".join(b'"%d":1' % n for n in range(180_000)) + b"}",
    "a number of a million digits": b'{"id": ' + b"9" * 1_900_000 + b"}",
    "a text of two megabytes": b'{"id": "' + b"x" * 1_900_000 + b'"}',
    "more than is taken": b" " * 2_900_000,
}
ROUTES = ("collection/intakes", "inventory/counts", "organisation/held")


def answered(address, body, secret, kind="application/json"):
    headers = {"Content-Type": kind, "Authorization": f"Bearer {secret}"}
    try:
        asked = request.Request(address, body, headers)  # noqa: S310
        with request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            return answer.status
    except error.HTTPError as refusal:
        with refusal:
            return refusal.code


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_grow_is_refused_at_once_in_little_memory(bomb, served):
    server, address, secret = served
    for route in ROUTES:
        before, begun = memory_of(server), time.monotonic()
        status = answered(f"{address}/api/v1/{route}", BOMBS[bomb], secret)
        assert 400 <= status < 500, (route, status)
        assert time.monotonic() - begun < SOON_S
        assert memory_of(server) - before <= 100 * MIB  # forty times what came
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"&".join(b"a%d=1" % n for n in range(200_000)),
        b"username=" + b"x" * 2_500_000,
        b"id=1&" * 400_000,
    ],
    ids=["many fields", "one large field", "one field many times"],
)
def test_forms_that_would_grow_are_refused_too(body, served):
    server, address, secret = served
    before = memory_of(server)
    kind = "application/x-www-form-urlencoded"
    assert 400 <= answered(f"{address}/connexion/", body, secret, kind) < 500
    assert memory_of(server) - before <= 100 * MIB


@pytest.fixture
def served(own_database, token, tmp_path):  # noqa: F811
    with granian(own_database.database, tmp_path, application=PAGES) as (server, address):
        entry = {"id": str(uuid4()), "site": "canal"}  # it warms up what judges
        answered(f"{address}/api/v1/collection/intakes", json.dumps(entry).encode(), token)
        yield server, address, token

"""Two hundred clients that dribble, against the server as ``run`` starts it: nobody waits for them.

A tablet that leaves the Wi-Fi while it sends looks just like them.
"""

import json
import socket
import time
from contextlib import ExitStack
from urllib import request
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from organisation.models import Submission
from tests.databases import send
from tests.servers import granian
from tests.test_served_races import token  # noqa: F401  (a fixture)

MANY = 200
ARRIVAL = {"site": "canal", "mode": "drop_off", "lines": [{"category": "MOB", "weight_g": 700}]}
FEW = 60  # honest requests, before and during


def begun(address, how, secret):
    """A request that is begun and never ends, as ``how`` says."""
    where = urlsplit(address)
    line = socket.create_connection((where.hostname, where.port), timeout=30)
    head = f"POST /{how} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {secret}\r\n"
    kind = "x-www-form-urlencoded" if how == "connexion/" else "json"
    if how == "headers":
        line.sendall(head.encode() + b"X-More: ")
    else:
        head += f"Content-Type: application/{kind}\r\nContent-Length: 900\r\n\r\n"
        line.sendall(head.encode())
        line.sendall(b'{"id":')
    return line


def dribbling(address, secret, held):
    """``MANY`` of them, until ``held`` closes: half in a form's body, some in an entry's."""
    ways = ["headers", "connexion/", "connexion/", "api/v1/collection/intakes"]
    return [held.enter_context(begun(address, ways[n % len(ways)], secret)) for n in range(MANY)]


def alive(address, timeout_s):
    with request.urlopen(f"{address}/health", timeout=timeout_s) as answer:  # noqa: S310
        return answer.status == 200


def taken_s(address, secret):
    """How long ``FEW`` honest entries take, sorted; each is recorded."""
    found = []
    for _n in range(FEW):
        begin = time.perf_counter()
        status, body = send(
            f"{address}/api/v1/collection/intakes", secret, {"id": str(uuid4()), **ARRIVAL}
        )
        found.append(time.perf_counter() - begin)
        assert status == 201, body
    return sorted(found)


def test_nobody_waits_for_two_hundred_who_dribble(own_database, token, tmp_path):  # noqa: F811
    with granian(own_database.database, tmp_path) as (_server, address), ExitStack() as held:
        taken_s(address, token)  # warm
        before = taken_s(address, token)
        lines = dribbling(address, token, held)
        for line in lines:
            line.sendall(b" ")  # they are there
        during = taken_s(address, token)
        assert during[FEW // 2] <= 3 * before[FEW // 2] + 0.05
        assert during[-1] <= 5 * before[-1] + 1  # the worst of each; whoever is held waits for 15
        assert Submission.objects.count() == 3 * FEW  # of the dribbled nothing is recorded

        cut = next(line for n, line in enumerate(lines) if n % 4 == 1)
        cut.settimeout(30)
        assert cut.recv(12) in (b"HTTP/1.1 408", b"")  # the server waits no longer


def test_threads_that_read_themselves_would_all_be_held(own_database, token, tmp_path):  # noqa: F811
    """The control: the same Django, handed bodies that are still on their way."""
    served = granian(own_database.database, tmp_path, application="config.wsgi:application")
    with served as (_server, address), ExitStack() as held:
        assert alive(address, timeout_s=30)
        for _n in range(8):
            held.enter_context(begun(address, "api/v1/collection/intakes", token))
        time.sleep(1)
        with pytest.raises(TimeoutError):
            alive(address, timeout_s=3)


def test_a_body_that_was_cut_or_has_no_length_is_none(own_database, token, tmp_path):  # noqa: F811
    entry = json.dumps({"id": str(uuid4()), **ARRIVAL}).encode()
    with granian(own_database.database, tmp_path) as (_server, address):
        where = urlsplit(address)

        def answered(headers, body, *, is_cut=False):
            with socket.create_connection((where.hostname, where.port), timeout=30) as line:
                head = f"POST /api/v1/collection/intakes HTTP/1.1\r\nHost: {where.netloc}\r\n"
                head += f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                line.sendall(f"{head}{headers}\r\n\r\n".encode() + body)
                if is_cut:
                    line.shutdown(socket.SHUT_WR)
                return line.recv(12)

        longer = f"Content-Length: {len(entry) + 9}"
        assert answered(longer, entry, is_cut=True) in (b"HTTP/1.1 400", b"")
        chunk = f"{len(entry):x}\r\n".encode() + entry + b"\r\n0\r\n\r\n"
        assert answered("Transfer-Encoding: chunked", chunk) == b"HTTP/1.1 411"
        assert not Submission.objects.exists()


def test_a_header_with_an_underscore_is_nobodys(own_database, token, tmp_path):  # noqa: F811
    """It would pass for the proxy's own, which says where a request came from."""
    with granian(own_database.database, tmp_path) as (_server, address):
        asked = request.Request(f"{address}/health", headers={"X_Request_ID": "f" * 32})  # noqa: S310
        with request.urlopen(asked) as answer:  # noqa: S310
            assert answer.headers["X-Request-ID"] != "f" * 32
        asked = request.Request(f"{address}/health", headers={"X-Request-ID": "f" * 32})  # noqa: S310
        with request.urlopen(asked) as answer:  # noqa: S310
            assert answer.headers["X-Request-ID"] == "f" * 32

"""What the server writes of its work, and whether it can take any."""

import io
import json
import logging
from types import SimpleNamespace

import pytest
from django.db import connection

from config import health
from config.logs import Lines, by_route
from inventory.triggers import missing


@pytest.fixture
def lines():
    """What is logged, as read back: a list that grows."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    handler.addFilter(by_route)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def of_requests(lines):
    return [line for line in lines() if line["logger"] == "tracerie.requests"]


def test_each_request_is_told_once_with_its_id_route_and_caller(client, world, lines):
    client.force_login(world.anna)
    answer = client.get("/stock/", headers={"X-Request-ID": "abcdef-123"})
    [told] = of_requests(lines)
    assert (told["request"], told["text"], told["user"]) == ("abcdef-123", "/stock/", world.anna.pk)
    assert (told["method"], told["status"]) == ("GET", answer.status_code)
    assert answer["X-Request-ID"] == "abcdef-123"


def test_an_id_that_is_none_is_not_taken_over(client, world, lines):
    answer = client.get("/connexion/", headers={"X-Request-ID": 'a"} {"level": "forged'})
    assert len(answer["X-Request-ID"]) == 32
    assert of_requests(lines)[0]["request"] == answer["X-Request-ID"]


@pytest.mark.parametrize("address", ["/t/{}/", "/audit/{}/", "/v/{}/"])
def test_no_log_holds_what_opens_a_page(client, world, lines, address):
    secret = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
    assert client.get(address.format(secret)).status_code == 404
    assert lines()
    assert secret not in json.dumps(lines())


def test_a_line_break_in_a_text_forges_no_line(lines):
    logging.getLogger("any").warning("one\ntwo %s", "three\r\n{}")
    [line] = lines()
    assert line["text"] == "one\ntwo three\r\n{}"


def test_the_server_says_that_it_lives_without_the_database(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.database
def test_it_is_ready_while_the_ledger_is_guarded_and_the_disk_has_room(client, world, monkeypatch):
    assert client.get("/ready").json() == {"ready": True, "wrong": []}
    full = SimpleNamespace(free=health.LEAST_FREE_BYTES - 1)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: full)
    with connection.cursor() as cursor:
        name = "tracerie_journal_next_guard"
        table = " ON sales_journalentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{table}")
    assert missing(connection) == {name}
    health.forget()
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["wrong"]) == (503, ["unguarded", "disk"])

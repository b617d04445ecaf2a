"""How much callers may ask: shares, addresses, and what is never refused."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from config import health, limits
from config.limits import Limit, Meter, address_of, meter
from inventory.models import Movement
from tests.conftest import codes

FEW = Limit("writes", 3, 10)
ARRIVAL = {"site": "canal", "mode": "drop_off", "lines": [{"category": "MOB", "weight_g": 700}]}


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The time by which callers are measured."""
    clock = Clock()
    monkeypatch.setattr(meter, "_clock", clock)
    return clock


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_a_caller_never_gets_more_than_a_share_in_any_span(pauses):
    clock = Clock()
    meter, passed = Meter(clock), []
    for pause in pauses:
        clock.now += pause
        if not meter.wait_s(FEW, "one"):
            passed.append(clock.now)
    for at, start in enumerate(passed):
        for end in passed[at:]:
            within = [each for each in passed if start <= each <= end]
            assert len(within) <= FEW.at_once + (end - start) / FEW.every_s + 1e-6


@given(st.integers(0, 20))
def test_whoever_waits_as_long_as_told_is_let_in(asked):
    clock = Clock()
    meter = Meter(clock)
    for _n in range(asked):
        meter.wait_s(FEW, "one")
    clock.now += meter.wait_s(FEW, "one")
    assert meter.wait_s(FEW, "one") == 0 or asked < FEW.at_once


def test_callers_do_not_use_up_each_others_shares():
    meter = Meter(Clock())
    assert [meter.wait_s(FEW, "one") for _n in range(4)] == [0, 0, 0, 10]
    assert meter.wait_s(FEW, "two") == 0
    assert meter.wait_s(Limit("other", 1, 1), "one") == 0


def test_however_many_callers_come_few_are_kept(monkeypatch):
    monkeypatch.setattr(Meter, "MOST", 100)
    clock = Clock()
    meter = Meter(clock)
    for _n in range(4):
        meter.wait_s(FEW, "busy")
    for n in range(1_000):
        meter.wait_s(FEW, n)
        assert len(meter._until) <= 100
    assert meter.wait_s(FEW, "busy") > 0  # the busiest are kept: forgetting them would let them in


def arrival(client, secret, **more):
    return client.post(
        "/api/v1/collection/intakes",
        json.dumps({"id": str(uuid4()), **ARRIVAL}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
        **more,
    )


def test_too_many_writes_are_refused_in_the_one_shape_and_say_when_to_come_back(
    world, api, monkeypatch, clock
):
    monkeypatch.setattr(limits, "WRITES", FEW)
    caller = api(world.anna)
    answers = [caller.post("collection/intakes", **ARRIVAL) for _n in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert codes(answers[3]) == ["too_many_requests"]
    assert answers[3].json()["detail"][0]["msg"].endswith("attendez un peu.")
    assert answers[3]["Retry-After"] == "10"
    assert Movement.objects.count() == 3
    assert caller.get("organisation/sites").status_code == 200  # reading goes on
    assert api(world.sorter).post("collection/intakes", **ARRIVAL).status_code == 201
    clock.now += 10
    assert caller.post("collection/intakes", **ARRIVAL).status_code == 201


def test_a_tablet_sends_a_whole_day_again_without_being_refused():
    """One entry each ten seconds for a day, in one go: what no floor does."""
    meter, day = Meter(Clock()), 24 * 3600 // 10
    assert not any(meter.wait_s(limits.WRITES, "tablet") for _n in range(2 * day))


def test_twenty_tablets_of_one_hangar_catch_up_on_a_busy_day_at_once():
    meter, day = Meter(Clock()), 3_000
    assert not any(meter.wait_s(limits.WRITES_OF_ALL, "hangar") for _n in range(20 * day))


def test_false_keys_are_counted_together_by_where_they_come_from(db, monkeypatch, clock):
    monkeypatch.setattr(limits, "WRITES_OF_ALL", FEW)
    client = Client()
    said = [arrival(client, f"made-up-{n}").status_code for n in range(5)]
    assert said == [401, 401, 401, 429, 429]
    assert arrival(client, "made-up", REMOTE_ADDR="198.51.100.7").status_code == 401


@pytest.mark.parametrize("path", ["/t/none/", "/audit/none/", "/v/NONE/", "/diagnostic/"])
def test_pages_open_to_all_are_read_so_often_and_no_more(path, db, monkeypatch, clock):
    monkeypatch.setattr(limits, "VISITS", FEW)
    monkeypatch.setattr(limits, "DRAFTS", FEW)
    said = [Client().get(path) for _n in range(5)]
    assert [each.status_code == 429 for each in said] == [False] * 3 + [True] * 2
    assert "essayez de nouveau" in said[3].content.decode()
    assert said[3]["Retry-After"] == "10"
    elsewhere = Client().get(path, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code != 429


def test_whether_the_server_lives_is_asked_as_often_as_one_likes(client):
    assert {client.get("/health").status_code for _n in range(1_000)} == {200}


def test_one_look_at_the_database_answers_all_who_ask_meanwhile(
    client, db, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(health.time, "monotonic", lambda: 3_000.0)
    client.get("/ready")
    with django_assert_num_queries(0):
        assert {client.get("/ready").status_code for _n in range(50)} == {200}


def test_without_a_proxy_nobody_says_themselves_where_they_come_from(rf):
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert address_of(request) == "192.0.2.1"


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("10.9.9.9, 198.51.100.7", "198.51.100.7"),  # only what our proxy added
        ("2001:db8::1", "2001:db8::1"),
        ("", "127.0.0.1"),
        ("nonsense", "127.0.0.1"),
        ("198.51.100.7, ", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_it_is_what_the_proxy_wrote_last(told, where, rf, settings):
    settings.BEHIND_PROXY = True
    assert address_of(rf.get("/", HTTP_X_FORWARDED_FOR=told)) == where


def test_a_subscriber_with_a_whole_network_has_one_share(db, monkeypatch, clock):
    monkeypatch.setattr(limits, "VISITS", FEW)
    said = [Client().get("/t/none/", REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(5)]
    assert said == [404, 404, 404, 429, 429]
    assert Client().get("/t/none/", REMOTE_ADDR="2001:db8:0:1::1").status_code == 404

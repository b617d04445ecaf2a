"""What is wrong is refused with a code and a sentence, and leaves nothing behind.

Each route's valid request (tests/routes.py) is spoilt in every way we could think of.
"""

import json
import re
import time
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from config.api import OTHERWISE
from inventory.models import Container, Place
from inventory.months import add_months, first_day, month_of
from organisation.models import Site
from organisation.stations import COOKIE
from tests.conftest import codes
from tests.routes import SAMPLES, doors, fill, furnish
from tests.tills import open_till

pytestmark = pytest.mark.database  # lengths, signs and numbers that only one engine minds

DOORS = doors()
WRITES = [name for name, door in DOORS.items() if door.method == "POST"]
CHANGES = [name for name, door in DOORS.items() if door.method == "PATCH"]
READS = [name for name, door in DOORS.items() if door.method == "GET"]

TRANSLATED = (Path(settings.LOCALE_PATHS[0]) / "fr/LC_MESSAGES/django.mo").exists()
ENGLISH = re.compile(r"\b(the|this|is|are|must|expected|at most|at least|your)\b", re.IGNORECASE)

NOT_GRAMS = [-1, "500", True, 1.0, 1.5, 10**12, 10**30, [], {}, "", "1e3"]
NOT_A_CODE = ["nowhere", "", 5, True, "\u0000", "a\u0000b", "\ud800", "é", "x" * 10_000, [], {}]
NOT_A_TEXT = ["\u0000", "a\u001b[0m", "\ud800", "x" * 501, 5, True, [], {}, None]
NOT_ONE_OF = ["nothing", "", 5, True, None, [], {}, "\u0000"]
NOT_AN_ID = [None, "", "not-a-uuid", 5, f"urn:uuid:{uuid4()}", uuid4().hex, "\u0000", [], {}]
NOT_A_DAY = ["yesterday", "2026-02-30", "20260310", "2026-W10", "1999-12-31", "9999-12-31", 0, None]
NOT_A_MOMENT = [
    0,
    1_773_136_800,
    True,
    "now",
    "2026-03-10",
    "2026-03-10T10:00:00",  # whose clock?
    "2026-02-30T10:00:00Z",
    "2026-03-10T10:00:00+99:00",
    "1999-12-31T23:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    (timezone.now() + timedelta(hours=1)).isoformat(),
    [],
    {},
]
NOT_A_FLAG = ["true", 1, 0, None, [], {}]
NOT_LINES = [
    None,
    {},
    "x",
    [None],
    [[]],
    [1],
    [{}],
    [{"surprise": 1}],
    *([1] * many for many in (501, 100_000)),
]

BAD_VALUES = {
    "id": NOT_AN_ID,
    "entry": NOT_AN_ID,
    "intake": NOT_AN_ID,
    "name": ["", "  ", *NOT_A_TEXT],
    "path": ["", "/reglages/", "https://elsewhere.example/", "/api/v1/../", 1, None, []],
    "body": [1, None, [], {}, "x" * 200_001],
    "site": [*NOT_A_CODE, None],
    "category": NOT_A_CODE,
    "mode": [*NOT_A_CODE, None],
    "partner": NOT_A_CODE,
    "to_place": [*NOT_A_CODE, None],
    "item": NOT_A_CODE,
    "movement": [*NOT_A_CODE, None],
    "weight_g": NOT_GRAMS,
    "closing_weight_g": [*NOT_GRAMS, None],
    "units": [0, *NOT_GRAMS],
    "count": [0, *NOT_GRAMS, None],
    "number": ["nowhere", *NOT_A_TEXT],
    "estimated": NOT_A_FLAG,
    "fate": NOT_ONE_OF,
    "kind": NOT_ONE_OF,
    "day": NOT_A_DAY,
    "since": NOT_A_DAY,
    "people": [0, *NOT_GRAMS, None],
    "source": ["", "  ", *NOT_A_TEXT],
    "as": NOT_ONE_OF,
    "on": NOT_A_DAY,
    "month": ["2026-13", "2026-00", "202609", "2026-9", "9999-01", "1999-12", "", 202609, None, []],
    "occurred_at": NOT_A_MOMENT,
    "comment": NOT_A_TEXT,
    "lines": NOT_LINES,
    "from": [None, [], "x", 5, {}, {"surprise": 1}],
    "to": NOT_LINES,
    "parts": NOT_LINES,
    "minutes": [6_001, *NOT_GRAMS, None],
    "act": NOT_ONE_OF,
    "result": NOT_ONE_OF,
    "picture": ["", "x", "aGVsbG8=", "é", *NOT_A_TEXT],
    "shares": NOT_LINES,
    "share": [0, 101, *NOT_GRAMS, None],
    "label": NOT_A_FLAG,
    "final": NOT_A_FLAG,
    "public": NOT_A_FLAG,
    "to_site": [*NOT_A_CODE, None],
    "till": [*NOT_A_CODE, None],
    "eco_organisme": [*NOT_A_CODE, None],
    "stream": [*NOT_A_CODE, None],
    "quarter": ["2026-Q5", "2026-1", "1999-Q1", "", 20261, None, []],
    "fates": [[], [None], ["nowhere"], ["reuse"] * 6, "reuse", 5, None, {}],
    "price_cents": [10_000_001, *NOT_GRAMS],
    "quantity": [0, *NOT_GRAMS, None],
    "line": [0, 99, *NOT_GRAMS, None],
    "payments": NOT_LINES,
    "amount_cents": [0, 10_000_001, *NOT_GRAMS, None],
    "method": NOT_ONE_OF,
    "float_cents": [1_000_001, *NOT_GRAMS, None],
    "last_seq": [2**53, *NOT_GRAMS, None],
    "counted": [None, [], "x", 5, {}, {"surprise": 1}, {"cash": {"3": 1}}],
    "cash": [None, [], "x", 5, {"7": 1}, {"5000": -1}, {"5000": 10_000}, {"5000": "2"}],
    "5000": [10_000, *NOT_GRAMS, None],
    "20": [10_000, *NOT_GRAMS, None],
    "title": ["\u0000", "a\u001b[0m", "\ud800", "x" * 121, 5, True, [], {}],
    "items": [{}, "x", [None], [1], ["nowhere"], ["\u0000"], ["\ud800"], ["nowhere"] * 100_000],
}
BAD_REASONS = {
    "POST inventory/reversals": NOT_A_TEXT,
    "POST sales/sales/<sale>/refunds": ["", *NOT_A_TEXT],
    "POST reporting/activities/<activity>/cancellations": ["", *NOT_A_TEXT],
    "POST sales/tills/<till>/retirement": ["", *NOT_A_TEXT],
    "POST reporting/claims/<claim>/release": ["", *NOT_A_TEXT],
}
ZERO_GRAMS_ARE_FINE = ("POST inventory/counts", "POST inventory/crates/<crate>/rest")

NOT_JSON = {
    "cut short": b'{"id": ',
    "nothing but words": b"hello",
    "a form": b"id=5&site=canal",
    "not UTF-8": b'{"site": "\xff\xfe"}',
    "UTF-16": '{"site": "canal"}'.encode("utf-16"),
    "NaN": b'{"weight_g": NaN}',
    "infinity": b'{"weight_g": -Infinity}',
    "a key twice": b'{"site": "canal", "site": "gare"}',
    "lists in lists": b"[" * 100_000,
    "objects in objects": b'{"a":' * 100_000,
    "a number of 100 000 digits": b'{"weight_g": ' + b"9" * 100_000 + b"}",
}
NOT_AN_OBJECT = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"5",
    "a text": b'"x"',
    "an empty object": b"{}",
    "lists in lists": b'{"lines": ' + b"[" * 400 + b"]" * 400 + b"}",
    "a million lines": b'{"lines": [' + b",".join([b"1"] * 900_000) + b"]}",
}


@pytest.fixture
def spot(world, api):
    """One document of each kind at our first site."""
    return furnish(world.canal, world.anna, api(world.anna).made)


@pytest.fixture
def refused(world, api, spot):
    """Send, and say what is not as it must be: status, shape, sentence."""
    caller = api(world.anna)
    caller.client.raise_request_exception = False

    def send(name: str, content=None, query=None):
        url = DOORS[name].url(SAMPLES[name], spot)
        caller.client.cookies[COOKIE] = spot["tablet"] if SAMPLES[name].at_tablet else ""
        return caller.client.generic(
            DOORS[name].method,
            url,
            content if isinstance(content, bytes) else json.dumps(content or {}).encode(),
            content_type="application/json",
            headers=caller.headers,
            query_params=query,
        )

    def body(name: str) -> dict:
        said = fill(SAMPLES[name].body, spot)
        return said if name in CHANGES else {"id": str(uuid4()), **said}

    send.body = body
    return send


def rows_written() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def faults_of(response, statuses=range(400, 500)) -> str:
    """What keeps this answer from being a proper refusal; empty when nothing does."""
    if response.status_code not in statuses:
        return f"answered {response.status_code}: {response.content[:300]!r}"
    if not response.headers["Content-Type"].startswith("application/json"):
        return f"not JSON: {response.headers['Content-Type']}"
    answer = response.json()
    if set(answer) != {"detail"} or not answer["detail"]:
        return f"bad shape: {answer}"
    for detail in answer["detail"]:
        sentence = detail.get("msg")
        if set(detail) != {"type", "loc", "msg"} or not sentence or not detail["type"]:
            return f"bad detail: {detail}"
        if sentence == str(OTHERWISE) or "%(" in sentence:
            return f"says nothing: {detail}"
        if TRANSLATED and ENGLISH.search(sentence):
            return f"not French: {sentence}"
    return ""


def spoilt(name: str, body: dict):
    """Every way to spoil a valid body: each value by bad ones, each key left out or made up."""
    for path, holder in _objects(body, ()):
        yield (*path, "surprise"), _with(body, path, {**holder, "surprise": 1})
        for key, value in holder.items():
            for bad in _bad_values(name, key):
                if bad != value or type(bad) is not type(value):
                    yield (*path, key, bad), _with(body, path, {**holder, key: bad})
    for key in body.keys() - {"comment", "occurred_at", "items", "partner"}:
        if (name, key) not in MAY_BE_LEFT_OUT:
            yield ("without", key), {k: v for k, v in body.items() if k != key}


DATED = {
    "POST collection/intakes",
    "POST collection/refusals",
    "POST inventory/opening-stock",
    "POST inventory/moves",
    "POST inventory/shipments",
    "POST inventory/crates",
    "POST inventory/crates/<crate>/rest",
    "POST inventory/counts",
    "POST inventory/sortings",
    "POST inventory/spreads",
    "POST inventory/items",
    "POST inventory/dismantlings",
    "POST inventory/transfers",
    "POST inventory/transfers/<transfer>/receipt",
    "POST inventory/clearings",
    "POST inventory/finds",
}
MAY_BE_LEFT_OUT = {
    ("POST inventory/counts", "lines"),
    ("POST inventory/moves", "lines"),
    ("POST inventory/spreads", "weight_g"),
    ("POST inventory/items", "price_cents"),
    ("POST reporting/claims", "fates"),  # reuse, then
    ("POST collection/given-back", "weight_g"),  # as in its former life
    ("POST inventory/transfers/<transfer>/receipt", "final"),
}


def _bad_values(name: str, key: str) -> list:
    if name.endswith("/repairs") and key == "parts":
        return NOT_A_TEXT
    if key == "reason":
        return BAD_REASONS.get(name, NOT_ONE_OF)
    bad = BAD_VALUES[key]
    if name.endswith("/cash-moves") and key == "amount_cents":
        return [each for each in bad if each != -1]  # taken out
    if key == "weight_g" and name not in ZERO_GRAMS_ARE_FINE:
        return [0, *bad]
    return bad


def _objects(value, path):
    """Every object in a body, with the path to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _objects(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _objects(inner, (*path, index))


def _with(body, path, replacement):
    if not path:
        return replacement
    changed = deepcopy(body)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = replacement
    return changed


@pytest.mark.parametrize("name", WRITES)
def test_a_spoilt_request_is_refused_with_a_sentence_and_writes_nothing(name, refused):
    body = refused.body(name)
    if name in DATED:
        body |= {"comment": "fine", "occurred_at": timezone.now().isoformat()}
    before = rows_written()

    wrong = {}
    for how, content in spoilt(name, body):
        if fault := faults_of(refused(name, content)):
            wrong[repr(how)[:120]] = fault

    assert wrong == {}
    assert rows_written() == before
    assert refused(name, body).status_code == 201  # nothing but the spoiling was refused


@pytest.mark.parametrize("name", CHANGES)
def test_a_spoilt_change_is_refused_with_a_sentence_and_writes_nothing(name, refused):
    body = {"title": "Chaise", "price_cents": 500, "condition": "good"}
    spoilt_ones = [
        {**body, "surprise": 1},
        *({**body, "title": bad} for bad in BAD_VALUES["title"]),
        *({**body, "price_cents": bad} for bad in BAD_VALUES["price_cents"]),
        *({**body, "condition": bad} for bad in ["superb", 5, True, [], {}, "\u0000"]),
    ]
    before = rows_written()

    wrong = {
        repr(content)[:120]: fault
        for content in spoilt_ones
        if (fault := faults_of(refused(name, content)))
    }
    wrong |= {
        how: fault
        for how, content in NOT_JSON.items()
        if (fault := faults_of(refused(name, content), {400}))
    }

    assert wrong == {}
    assert rows_written() == before
    assert refused(name, body).status_code == 200


def test_what_is_not_json_is_refused_as_such(refused):
    before = rows_written()

    wrong = {
        (name, how): fault
        for name in WRITES
        for how, content in NOT_JSON.items()
        if (fault := faults_of(refused(name, content), {400}))
    }

    assert wrong == {}
    assert rows_written() == before


def test_what_is_not_the_object_expected_is_refused_at_once(refused):
    before = rows_written()

    for name in WRITES:
        for how, content in NOT_AN_OBJECT.items():
            start = time.perf_counter()
            response = refused(name, content)
            assert (name, how, faults_of(response, {400, 422})) == (name, how, "")
            assert len(response.json()["detail"]) <= 50
            assert time.perf_counter() - start < 5, how  # a second, on a machine of one's own

    assert rows_written() == before


def test_ten_megabytes_are_too_large(refused):
    before, huge = rows_written(), b'{"comment": "' + b"x" * 10_000_000 + b'"}'

    for name in WRITES:
        response = refused(name, huge)
        assert (name, faults_of(response, {413})) == (name, "")
        assert codes(response) == ["too_large"]

    assert rows_written() == before


BAD_QUERIES = {
    "surprise": ["1", ""],
    "limit": ["0", "-1", "201", "abc", "1.5", "", str(10**30)],
    "cursor": [
        "nonsense",
        "é",
        "W10",  # []
        "dHJ1ZQ",  # true
        "LTU",  # -5
        "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA",  # 10**30
        "ImFcdTAwMDBiIg",  # "a\u0000b"
        "x" * 201,
    ],
    "site": ["nowhere", "", "a\x00b", "é", "x" * 5_000],
    "place": ["nowhere", "", "\x00"],
    "from": ["yesterday", "20260310", "2026-13-01", "2026-03-10T10:00", "0", ""],
    "to": ["tomorrow", "2026-02-30", "99999-01-01"],
    "organisation": ["nowhere", "port", "\x00"],
    "network": ["nowhere", "\x00"],
    "category": ["NOPE", "", "\x00"],
    "date": ["yesterday", "2026-02-30", "20260310", "1999-12-31", "2100-01-02", "", "\x00"],
    "size": ["9x9", "57", "57x", "x32", "-7x32", "57.5x32", "999x999", "57x32\n", "", "\x00"],
    "dpi": ["72", "203.0", "", "\x00"],
    "by": ["colour", "month,colour", "\x00"],
}


def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(refused, spot):
    before = rows_written()

    wrong = {
        (name, key, value[:60]): fault
        for name in READS
        for key, values in BAD_QUERIES.items()
        for value in values
        for query in [{**fill(SAMPLES[name].query, spot), key: value}]
        if (fault := faults_of(refused(name, b"", query)))
    }

    assert wrong == {}
    assert rows_written() == before


NO_ADDRESSES = ["nonsense", str(uuid4()), "%00", "é", "x" * 500, "-1", "%ff", "a%2fb"]


def test_an_address_that_names_nothing_is_refused_with_a_sentence(refused, spot):
    before = rows_written()

    wrong = {}
    for name in DOORS:
        for called in SAMPLES[name].path.values():
            content = b"" if name in READS else refused.body(name)
            for value in NO_ADDRESSES:
                good, spot[called[1:]] = spot[called[1:]], value
                if fault := faults_of(refused(name, content), {404, 422}):
                    wrong[name, value[:60]] = fault
                spot[called[1:]] = good

    assert wrong == {}
    assert rows_written() == before


# Each rule, once per route that has it.

INTAKE, SHIPMENT, MOVE = (
    "POST collection/intakes",
    "POST inventory/shipments",
    "POST inventory/moves",
)
COUNT, SETTLE, OPEN = (
    "POST inventory/counts",
    "POST inventory/settlements",
    "POST inventory/opening-stock",
)
WEIGHTS, UNDO = "POST inventory/shipments/<shipment>/weights", "POST inventory/reversals"
SORT, SPREAD, CODES = (
    "POST inventory/sortings",
    "POST inventory/spreads",
    "POST inventory/codes",
)
LABEL, DISMANTLE, CLEAR = (
    "POST inventory/items",
    "POST inventory/dismantlings",
    "POST inventory/clearings",
)
TRANSFER, RECEIPT = "POST inventory/transfers", "POST inventory/transfers/<transfer>/receipt"
SELL, REFUND = "POST sales/sales", "POST sales/sales/<sale>/refunds"
CRATE, REST = "POST inventory/crates", "POST inventory/crates/<crate>/rest"
UNREADABLE = {"body": "{", "hash": "0" * 64}
PAY_LESS = "payments_do_not_cover"
SOLD = {"category": "MOB", "price_cents": 500, "weight_g": 800}
WEIGHED = {"category": "MOB", "weight_g": 700}
WITH_BIN = {"category": "MOB", "gross_g": 90_000, "container": "caddie"}
BINS = {"category": "MOB", "bins": 2, "container": "caddie"}
TOO_HEAVY_G = 100_000_001  # one line of an act stays under 100 t; only opening stock goes beyond
LAST_YEAR = (timezone.now() - timedelta(days=400)).isoformat()

RULES = [
    (INTAKE, {"lines": [{"category": "MOB", "weight_g": 10**9}]}, 422, "above_scale_limit"),
    (
        INTAKE,
        {"lines": [{"category": "MOB", "gross_g": 10_000, "container": "caddie"}]},
        422,
        "container_heavier_than_load",
    ),
    (
        INTAKE,
        {"lines": [{"category": "MOB", "gross_g": 10_000, "container": "bathtub"}]},
        404,
        "unknown_container",
    ),
    (INTAKE, {"lines": [{"category": "MOB", "gross_g": 10_000}]}, 422, "gross_needs_container"),
    (INTAKE, {"lines": [{"category": "MOB"}]}, 422, "weight_missing"),
    (INTAKE, {"lines": [{"category": "MOB", "units": 2}]}, 422, "unit_weight_unknown"),
    (
        INTAKE,
        {"lines": [{"category": "MOB", "weight_g": 1, "gross_g": 2, "container": "caddie"}]},
        422,
        "weight_twice",
    ),
    (
        INTAKE,
        {"lines": [{"category": "MOB", "weight_g": 1, "destination": {}}]},
        422,
        "bad_destination",
    ),
    (
        INTAKE,
        {"lines": [{"category": "MOB", "weight_g": 1, "destination": "nowhere"}]},
        404,
        "unknown_place",
    ),
    (INTAKE, {"origin": "atlantis"}, 404, "unknown_origin"),
    (INTAKE, {"waste_status": "maybe"}, 422, "literal_error"),
    (INTAKE, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (OPEN, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (MOVE, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (SHIPMENT, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (COUNT, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (SETTLE, {"on": LAST_YEAR[:10]}, 422, "month_closed"),
    (MOVE, {"items": ["$item", "$item"]}, 422, "item_twice"),
    (SHIPMENT, {"lines": [{"item": "$item"}, {"item": "$item"}]}, 422, "item_twice"),
    (COUNT, {"items": ["$item", "$item"]}, 422, "item_twice"),
    (MOVE, {"lines": [], "items": []}, 422, "no_lines"),
    (MOVE, {"to_place": "principal"}, 422, "already_there"),
    (MOVE, {"items": ["$gone"]}, 409, "item_not_there"),
    (SHIPMENT, {"lines": [{"item": "$gone"}]}, 409, "item_not_there"),
    (MOVE, {"lines": [{"category": "MOB", "weight_g": TOO_HEAVY_G}]}, 422, "less_than_equal"),
    (SHIPMENT, {"lines": [{"category": "MOB", "weight_g": TOO_HEAVY_G}]}, 422, "less_than_equal"),
    (WEIGHTS, {"lines": [{"category": "MOB", "weight_g": TOO_HEAVY_G}]}, 422, "less_than_equal"),
    (SHIPMENT, {"lines": [BINS | {"bins": 1_001}]}, 422, "less_than_equal"),
    (SHIPMENT, {"lines": [{"category": "MOB"}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [{"item": "$item", "from_place": "reserve"}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [{"item": "$item", "units": 1}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [{"item": "$item", "estimated": True}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [WEIGHED | {"container": "caddie"}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [BINS | {"units": 1}]}, 422, "bad_line"),
    (SHIPMENT, {"public": True}, 422, "partner_or_public"),
    (SHIPMENT, {"partner": None}, 422, "partner_or_public"),
    (SHIPMENT, {"waste_code": "99 99 99"}, 404, "unknown_wastecode"),
    (SHIPMENT, {"treatment_code": "Z1"}, 404, "unknown_treatmentcode"),
    (SHIPMENT, {"bsd": "x" * 61}, 422, "string_too_long"),
    (SHIPMENT, {"waste_code": "20 01 35*"}, 422, "bsd_required"),
    (SHIPMENT, {"lines": [WITH_BIN | {"weight_g": 1}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [{"category": "MOB", "gross_g": 90_000}]}, 422, "bad_line"),
    (SHIPMENT, {"lines": [WITH_BIN | {"gross_g": 10_000}]}, 422, "container_heavier_than_load"),
    (CRATE, {"weight_g": None}, 422, "weight_missing"),
    (CRATE, {"gross_g": 2, "container": "caddie"}, 422, "weight_twice"),
    (CRATE, {"container": "caddie"}, 422, "gross_needs_container"),
    (CRATE, {"category": "NONE"}, 404, "unknown_category"),
    (CRATE, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (REST, {"weight_g": 701}, 422, "more_than_taken"),
    (REST, {"weight_g": -1}, 422, "greater_than_equal"),
    (
        SHIPMENT,
        {"lines": [BINS]},
        422,
        "container_average_unknown",
    ),
    (
        WEIGHTS,
        {"lines": [{"category": "MOB", "weight_g": 1}, {"category": "MOB", "weight_g": 2}]},
        422,
        "category_twice",
    ),
    (WEIGHTS, {"lines": [{"category": "TEX", "weight_g": 1}]}, 422, "category_not_shipped"),
    (
        COUNT,
        {"lines": [{"category": "MOB", "weight_g": 1}, {"category": "MOB", "weight_g": 2}]},
        422,
        "category_twice",
    ),
    (COUNT, {"reason": "reclassify"}, 422, "reclassify_bulk"),
    (COUNT, {"reason": "reclassify", "items": None}, 422, "not_balanced"),
    (COUNT, {"lines": [{"category": "MOB", "weight_g": TOO_HEAVY_G}]}, 422, "less_than_equal"),
    (COUNT, {"items": ["$gone"]}, 409, "item_not_there"),
    (
        SETTLE,
        {"lines": [{"category": "MOB", "closing_weight_g": 10**9}]},
        422,
        "settlement_negative",
    ),
    (
        SETTLE,
        {
            "lines": [
                {"category": "MOB", "closing_weight_g": 0},
                {"category": "MOB.CHAI", "closing_weight_g": 0},
            ]
        },
        422,
        "settlement_overlaps",
    ),
    (SETTLE, {"on": "2099-12-31"}, 422, "in_the_future"),
    (UNDO, {"movement": "$reversal_number"}, 422, "cannot_reverse"),
    (UNDO, {"movement": "$move_number"}, 409, "already_reversed"),
    (UNDO, {"movement": "$sale_number"}, 422, "cannot_reverse"),
    (UNDO, {"movement": "$received_number"}, 422, "receipts_first"),
    (SORT, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (SORT, {"to": [{"category": "MOB.CHAI", "weight_g": 1_001}]}, 422, "more_than_taken"),
    (SORT, {"to": [{"category": "MOB.CHAI", "weight_g": 979}]}, 422, "sorting_gap_too_large"),
    (SORT, {"to": [{"category": "MOB", "weight_g": 1_000}]}, 422, "no_lines"),
    (SPREAD, {"shares": [{"category": "MOB", "share": 99}]}, 422, "shares_not_100"),
    (SPREAD, {"shares": [{"category": "MOB", "share": 50}] * 2}, 422, "category_twice"),
    (
        SPREAD,
        {"weight_g": None, "shares": [{"category": "MOB", "share": 100}]},
        422,
        "nothing_to_spread",
    ),
    (CODES, {"count": 1_001}, 422, "less_than_equal"),
    (LABEL, {"occurred_at": LAST_YEAR}, 422, "month_closed"),
    (LABEL, {"code": "ABCDEF"}, 422, "bad_code"),
    (LABEL, {"code": "$item"}, 409, "code_taken"),
    (LABEL, {"former": "$item"}, 422, "not_gone"),
    (LABEL, {"intake_line": "$opening_line"}, 422, "not_an_arrival"),
    (LABEL, {"intake_line": "$arrival_line", "weight_g": 12_501}, 422, "heavier_than_arrival"),
    (LABEL, {"place": "nowhere"}, 404, "unknown_place"),
    (DISMANTLE, {"parts": [WEIGHED]}, 422, "parts_do_not_add_up"),
    (DISMANTLE, {"item": "$gone"}, 409, "item_not_there"),
    (TRANSFER, {"to_site": "canal"}, 422, "same_site"),
    (TRANSFER, {"to_site": "quai"}, 404, "unknown_site"),
    (TRANSFER, {"lines": [{"item": "$gone"}]}, 409, "item_not_there"),
    (TRANSFER, {"lines": [{"item": "$item"}] * 2}, 422, "item_twice"),
    (TRANSFER, {"lines": [{"item": "$item", "units": 1}]}, 422, "bad_line"),
    (TRANSFER, {"lines": [{"category": "MOB"}]}, 422, "bad_line"),
    (RECEIPT, {"lines": [WEIGHED]}, 422, "more_than_sent"),  # 1 g came already
    (RECEIPT, {"lines": [{"category": "TEX", "weight_g": 1}]}, 422, "not_sent"),
    (RECEIPT, {"lines": [{"item": "$item"}]}, 404, "unknown_item"),
    (RECEIPT, {"lines": []}, 422, "no_lines"),
    (RECEIPT, {"site": "gare"}, 422, "wrong_site"),
    (RECEIPT, {"lines": [WEIGHED | {"place": "reserve"}]}, 422, "site_first"),
    (RECEIPT, {"site": "canal", "lines": [WEIGHED | {"place": "x"}]}, 404, "unknown_place"),
    (CLEAR, {"to": [{"fate": "reuse", "lines": [WEIGHED]}]}, 422, "partner_or_public"),
    (CLEAR, {"to": [{"fate": "reuse", "public": True, "lines": []}]}, 422, "too_short"),
    (
        CLEAR,
        {"to": [{"fate": "reuse", "public": True, "lines": [{"item": "$item"}]}] * 2},
        409,
        "item_already_sold",
    ),
    (SELL, {"lines": [{"item": "$sold", "price_cents": 1}]}, 409, "item_already_sold"),
    (SELL, {"lines": [{"item": "$gone", "price_cents": 1}]}, 409, "item_not_there"),
    (SELL, {"lines": [{"item": "$item"}]}, 422, "price_missing"),
    (SELL, {"till": "$lent_till"}, 409, "till_leased"),
    (SELL, {"envelope": {"body": "{}", "hash": "0" * 64}}, 422, "not_leased"),
    (SELL, {"envelope": {"body": "{}", "hash": "0"}}, 422, "string_pattern_mismatch"),
    (SELL, {"till": "$lent_till", "envelope": UNREADABLE}, 409, "till_leased"),
    (SELL, {"lines": [{"category": "MOB"}]}, 422, "price_missing"),
    (SELL, {"lines": [{"item": "$item", "price_cents": 1, "quantity": 2}]}, 422, "item_alone"),
    (SELL, {"lines": [{"item": "$item", "price_cents": 1, "lot": True}]}, 422, "item_alone"),
    (SELL, {"lines": [{"item": "$item", "price_cents": 1, "weight_g": 9}]}, 422, "item_alone"),
    (SELL, {"lines": [{"price_cents": 1}]}, 422, "bad_sale_line"),
    (
        SELL,
        {"lines": [{"category": "MOB", "item": "$item", "price_cents": 1}]},
        422,
        "bad_sale_line",
    ),
    (SELL, {"lines": [{"key": "nothing", "price_cents": 1}]}, 404, "unknown_pricekey"),
    (SELL, {"payments": [{"method": "cash", "amount_cents": 1_999}]}, 422, PAY_LESS),
    (SELL, {"payments": []}, 422, PAY_LESS),
    (SELL, {"payments": [{"method": "card", "amount_cents": 2_001}]}, 422, "change_without_cash"),
    (
        SELL,
        {"lines": [SOLD | {"discount": {"amount_cents": 501, "reason": "a stain"}}]},
        422,
        "discount_too_large",
    ),
    (SELL, {"lines": [SOLD | {"discount": {"reason": "a stain"}}]}, 422, "bad_discount"),
    (
        SELL,
        {"lines": [SOLD | {"discount": {"percent": 5, "amount_cents": 5, "reason": "x"}}]},
        422,
        "bad_discount",
    ),
    (
        SELL,
        {"lines": [SOLD | {"discount": {"percent": 101, "reason": "x"}}]},
        422,
        "less_than_equal",
    ),
    (SELL, {"lines": [SOLD | {"discount": {"percent": 5, "reason": ""}}]}, 422, "string_too_short"),
    (REFUND, {"lines": [{"line": 3}]}, 404, "unknown_line"),
    (REFUND, {"lines": [{"line": 2}, {"line": 2}]}, 422, "line_twice"),
    (REFUND, {"lines": [{"line": 2, "quantity": 3}]}, 422, "refund_exceeds_sale"),
    (REFUND, {"till": "till-gare"}, 422, "other_site"),
]


@pytest.mark.parametrize("name", sorted({rule[0] for rule in RULES}))
def test_a_rule_refuses_with_its_code_and_writes_nothing(name, refused, spot, world, api):
    closed = add_months(month_of(timezone.localdate()), -2)
    Site.objects.filter(pk=world.canal.pk).update(books_closed_through=closed)
    Container.objects.filter(code="caddie").update(average_load_g=None)
    reversal = api().get(f"inventory/reversals/{spot['reversal']}").json()
    spot |= {
        "gone": spot["left"],
        "reversal_number": reversal["number"],
        "move_number": reversal["reverses"],
        **_numbers(api(), spot),
    }
    open_till(world.gare, "till-gare")
    before = rows_written()

    for _name, change, status, code in (rule for rule in RULES if rule[0] == name):
        response = refused(name, {**refused.body(name), **fill(change, spot)})
        assert (code, faults_of(response)) == (code, "")
        assert (response.status_code, codes(response)) == (status, [code])

    assert rows_written() == before


def _numbers(call, spot) -> dict[str, str]:
    """What the documents of a spot, and the lines of its arrivals, are called."""
    sale = call.get(f"sales/sales/{spot['sale']}").json()
    opening = call.get(f"inventory/opening-stock/{spot['opening']}").json()
    call.post(
        f"inventory/transfers/{spot['incoming']}/receipt",
        lines=[{"category": "MOB", "weight_g": 1}],
    )
    received = call.get(f"inventory/transfers/{spot['incoming']}").json()
    return {
        "sale_number": sale["number"],
        "sold": sale["lines"][0]["item"],
        "opening_line": f"{opening['number']}.1",
        "arrival_line": f"{spot['number']}.1",
        "received_number": received["number"],
    }


def test_the_first_arrival_of_a_site_leaves_nothing_behind_when_refused(world, api):
    before = rows_written()

    response = api(world.sorter).post(
        "collection/intakes",
        site="canal",
        mode="drop_off",
        lines=[{"category": "MOB", "weight_g": 10**9}],
    )

    assert codes(response) == ["above_scale_limit"]
    assert {**rows_written(), "organisation.Token": 0} == {**before, "organisation.Token": 0}


def test_a_place_is_looked_up_at_the_site_that_was_named(world, api):
    Place.objects.create(site=world.gare, code="cave", name="Cave")
    body = {"to_place": "cave", "lines": [{"category": "MOB", "weight_g": 1}]}

    elsewhere = api().post("inventory/moves", site="canal", **body)
    forbidden = api(world.manager).post("inventory/moves", site="gare", **body)

    assert (elsewhere.status_code, codes(elsewhere)) == (404, ["unknown_place"])
    assert (forbidden.status_code, codes(forbidden)) == (403, ["forbidden"])


# Exactly once, whatever the route


def test_a_replay_answers_the_same_body_after_the_world_has_moved_on(refused, spot, world):
    for name in WRITES:
        with transaction.atomic():
            body = refused.body(name)
            first = refused(name, body)
            assert first.status_code == 201, (name, first.json())
            if '"item' in json.dumps(body):  # the item leaves meanwhile, where it has not yet
                away = {"site": "canal", "public": True, "fate": "reuse"}
                refused(SHIPMENT, {"id": str(uuid4()), **away, "lines": [{"item": spot["item"]}]})
            this_month = month_of(timezone.localdate())
            Site.objects.filter(pk=world.canal.pk).update(books_closed_through=this_month)
            written = rows_written()

            again = refused(name, body)

            assert (name, again.status_code, again.content) == (name, 200, first.content)
            assert rows_written() == written
            transaction.set_rollback(True)


def test_an_id_already_used_elsewhere_is_a_conflict(refused):
    for name in WRITES:
        with transaction.atomic():
            other = INTAKE if name != INTAKE else OPEN
            used = refused.body(other)
            assert refused(other, used).status_code == 201
            before = rows_written()

            response = refused(name, {**refused.body(name), "id": used["id"]})

            assert (name, faults_of(response, {409})) == (name, "")
            assert codes(response) == ["id_reused"]
            assert rows_written() == before
            transaction.set_rollback(True)


# Every refusal under /api/ has the one shape


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/v1/", 404, "not_found"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("POST", "/api/v1/collection/intakes/", 404, "not_found"),
        ("GET", "/api/v2/organisation/sites", 404, "not_found"),
        ("GET", "/api/%00", 404, "not_found"),
        ("DELETE", "/api/v1/collection/intakes", 405, "method_not_allowed"),
        ("PUT", "/api/v1/organisation/sites", 405, "method_not_allowed"),
        ("PATCH", "/api/v1/inventory/counts", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/inventory/counts", 405, "method_not_allowed"),
        ("GET", "/api/v1/organisation/sites", 401, "not_signed_in"),
        ("POST", "/api/v1/collection/intakes", 401, "not_signed_in"),
    ],
)
def test_what_no_route_answers_keeps_the_shape_of_errors(method, path, status, code, db):
    response = Client().generic(method, path)

    assert faults_of(response, {status}) == ""
    assert codes(response) == [code]
    if status == 405:
        assert response.headers["Allow"]


def test_too_many_requests_keep_the_shape_of_errors(rf):
    from ninja.errors import HttpError, Throttled

    from config.api import on_http_error

    for error, status in ((Throttled(wait=5), 429), (HttpError(418, "teapot"), 418)):
        response = on_http_error(rf.get("/api/v1/organisation/sites"), error)
        assert response.status_code == status
        assert json.loads(response.content)["detail"][0]["msg"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("database is locked", 503, "busy"),
        ("canceling statement due to lock timeout", 503, "busy"),
        ("deadlock detected", 503, "busy"),
        ("database or disk is full", 507, "disk_full"),
        ("could not extend file: No space left on device", 507, "disk_full"),
        ("disk I/O error", 500, "server_error"),
    ],
)
def test_a_database_that_cannot_write_now_asks_to_try_again(
    world, api, said, status, code, refused
):
    body = refused.body(INTAKE)
    before = rows_written()

    def fail(execute, sql, *rest):
        if "organisation_submission" in sql:
            raise OperationalError(said)
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        response = refused(INTAKE, body)

    assert faults_of(response, {status}) == ""
    assert codes(response) == [code]
    assert response.headers.get("Retry-After") == ("1" if status == 503 else None)
    assert rows_written() == before
    assert refused(INTAKE, body).status_code == 201


def test_a_fault_of_ours_keeps_the_shape_of_errors(world, api, monkeypatch):
    caller = api()
    caller.client.raise_request_exception = False
    monkeypatch.setattr(Site.objects, "permitted", lambda *_args: 1 // 0, raising=False)

    response = caller.get("organisation/sites")

    assert response.status_code == 500
    assert codes(response) == ["server_error"]


def test_the_far_past_is_open_to_nobody(refused):
    body = {**refused.body(INTAKE), "occurred_at": first_day(200001).isoformat()}

    assert codes(refused(INTAKE, body)) == ["datetime_parsing"]

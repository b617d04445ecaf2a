"""Several hands on one object, through real HTTP: one of them gets it, and the books agree."""

import json
from collections import Counter
from functools import partial
from uuid import uuid4

import pytest

from inventory import codes
from inventory.models import Flow, Item, ItemCode, Kind, Verb
from inventory.verify import differences
from organisation.models import Token
from tests.databases import at_once, send
from tests.tills import open_till

pytestmark = pytest.mark.database

ROUNDS = 5


@pytest.fixture
def tap(live, own_database):
    """``tap("inventory/items", category="MOB", …)`` → status, the answer."""
    token = Token.objects.issue(own_database.anna)[1]

    def post(path, **content):
        status, body = send(f"{live}/api/v1/{path}", token, {"id": str(uuid4()), **content})
        return status, json.loads(body)

    return post


@pytest.fixture
def label(tap):
    """Canal holds plenty of furniture: label a chair of it, return its code."""
    lines = [{"category": "MOB", "weight_g": 1_000_000}]
    assert tap("inventory/opening-stock", site="canal", lines=lines)[0] == 201

    def made(**fields):
        status, item = tap(
            "inventory/items", site="canal", category="MOB.CHAI", weight_g=4_200, **fields
        )
        assert status == 201, item
        return item["code"]

    return made


def refusals(answers) -> Counter:
    """How often each answer came: 201, or the code of the refusal."""
    return Counter(
        status if status == 201 else body["detail"][0]["type"] for status, body in answers
    )


def test_four_tills_sell_one_object_once(tap, label, own_database):
    for n in range(4):
        open_till(own_database.canal, f"C{n}")
    for _round in range(ROUNDS):
        code = label()
        sale = {
            "lines": [{"item": code, "price_cents": 1_500}],
            "payments": [{"method": "cash", "amount_cents": 1_500}],
        }
        tills = [partial(tap, "sales/sales", till=f"C{n}", **sale) for n in range(4)]
        assert refusals(at_once(*tills)) == {201: 1, "item_already_sold": 3}
    assert Flow.objects.filter(movement__verb=Verb.SELL).count() == ROUNDS
    assert differences() == []


def test_one_refund_gives_an_object_back_once(tap, label, own_database):
    open_till(own_database.canal)
    for _round in range(ROUNDS):
        lines = [{"item": label(), "price_cents": 1_500}]
        paid = [{"method": "cash", "amount_cents": 1_500}]
        _status, ticket = tap("sales/sales", till="C1", lines=lines, payments=paid)
        asked = {
            "till": "C1",
            "lines": [{"line": 1, "quantity": 1}],
            "method": "cash",
            "reason": "cassé",
        }
        path = f"sales/sales/{ticket['id']}/refunds"
        answers = at_once(*[partial(tap, path, **asked)] * 4)
        assert refusals(answers) == {201: 1, "refund_exceeds_sale": 3}
    assert differences() == []


def test_one_object_begins_one_second_life(tap, label):
    for _round in range(ROUNDS):
        code = label()
        gone = {"site": "canal", "public": True, "fate": "reuse", "lines": [{"item": code}]}
        assert tap("inventory/shipments", **gone)[0] == 201
        back = {"site": "canal", "mode": "drop_off", "item": code, "weight_g": 4_200}
        answers = at_once(*[partial(tap, "collection/given-back", **back)] * 4)
        assert refusals(answers) == {201: 1, "already_back": 3}
    assert Item.objects.exclude(former=None).count() == ROUNDS
    assert differences() == []


def test_one_code_is_worn_once(tap, label):
    label()
    for _round in range(ROUNDS):
        worn = {"site": "canal", "category": "MOB", "weight_g": 900, "code": codes.new_code()}
        answers = at_once(*[partial(tap, "inventory/items", **worn)] * 4)
        assert refusals(answers) == {201: 1, "code_taken": 3}
        assert ItemCode.objects.filter(code=worn["code"]).count() == 1
    assert not Item.objects.filter(codes=None).exists()
    assert differences() == []


def test_one_object_is_taken_apart_or_carried_away_not_both(tap, label):
    for _round in range(ROUNDS):
        code = label()
        whole = {"site": "canal", "lines": [{"item": code}]}
        parts = [{"category": "MOB", "weight_g": 4_000}, {"category": "TEX", "weight_g": 200}]
        acts = [
            partial(tap, "inventory/dismantlings", site="canal", item=code, parts=parts),
            partial(tap, "inventory/shipments", **whole, partner="tip", fate="disposal"),
            partial(tap, "inventory/transfers", **whole, to_site="gare"),
        ]
        assert Counter(status for status, _body in at_once(*acts)) == {201: 1, 409: 2}
    assert differences() == []


def test_a_transfer_is_closed_once(tap, label):  # label fills the stock
    for _round in range(ROUNDS):
        line = {"category": "MOB", "weight_g": 10_000}
        _status, sent = tap("inventory/transfers", site="canal", to_site="gare", lines=[line])
        path = f"inventory/transfers/{sent['id']}/receipt"
        answers = at_once(*[partial(tap, path, lines=[line], final=True)] * 3)
        assert refusals(answers) == {201: 1, "already_received": 2}
    arrived = Flow.objects.filter(movement__verb=Verb.RECEIVE, from_account__kind=Kind.TRANSIT)
    assert sum(flow.weight_g for flow in arrived) == ROUNDS * 10_000
    assert differences() == []

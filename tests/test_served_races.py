"""Through real HTTP: double taps, two hands on one item, eight scales at once."""

import json
from collections import Counter
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Balance,
    Category,
    Flow,
    Item,
    ItemCode,
    Method,
    Movement,
    Place,
    Verb,
)
from inventory.verify import differences
from organisation.models import Submission, Token
from tests.conftest import NOON
from tests.databases import at_once, send

pytestmark = pytest.mark.database


@pytest.fixture
def token(own_database):
    return Token.objects.issue(own_database.anna)[1]


@pytest.fixture
def tap(live, token):
    """``tap("collection/intakes", {…})`` → status, body."""
    return lambda path, content: send(f"{live}/api/v1/{path}", token, content)


def intake(*weights_g, **changes):
    lines = [{"category": "MOB", "weight_g": weight_g} for weight_g in weights_g]
    return {"id": str(uuid4()), "site": "canal", "mode": "drop_off", "lines": lines} | changes


def held_g():
    rows = Balance.objects.filter(account__key="canal/stock/principal/bulk")
    return sum(rows.values_list("weight_g", flat=True))


def test_a_double_tap_gets_201_once_and_200_with_the_same_body(tap):
    for _round in range(10):
        content = intake(1_000, 500)

        answers = at_once(*[partial(tap, "collection/intakes", content)] * 4)

        assert Counter(status for status, _body in answers) == {201: 1, 200: 3}
        assert len({body for _status, body in answers}) == 1
    assert held_g() == 10 * 1_500
    assert Movement.objects.count() == 10


def test_one_id_for_two_weighings_keeps_one_and_refuses_the_other(tap):
    for _round in range(10):
        first = intake(1_000)
        second = intake(2_000, id=first["id"])

        answers = at_once(*[partial(tap, "collection/intakes", c) for c in (first, second)])

        [(_status, body)] = [answer for answer in answers if answer[0] != 201]
        assert sorted(status for status, _body in answers) == [201, 409]
        assert json.loads(body)["detail"][0]["type"] == "id_reused"
    assert Movement.objects.count() == 10


def label(world, number):
    """An item in the main place, whose code is made up."""
    place = Place.objects.main(world.canal)
    chairs = Category.objects.get(code="MOB")
    item = Item.objects.create(category=chairs, weight_g=4_000 + number, since=NOON.date())
    ItemCode.objects.create(organisation=world.navette, code=f"{number:06}", item=item)
    entry = Entry(
        world.canal,
        Verb.LABEL,
        Submission.objects.create(organisation=world.navette, uuid=uuid4(), endpoint="test"),
        None,
        timezone.now(),
    )
    bulk, shelf = Account.stock(place), Account.stock(place, items=True)
    post(
        entry=entry,
        legs=[Leg(bulk, shelf, chairs, item.weight_g, Method.WEIGHED, units=1, item=item)],
    )
    return f"{number:06}"


def test_two_departures_want_one_item_and_one_gets_it(own_database, tap):
    for number in range(10):
        code = label(own_database, number)
        departures = [
            {
                "id": str(uuid4()),
                "site": "canal",
                "partner": "gebetex",
                "fate": fate,
                "lines": [{"item": code}],
            }
            for fate in ("recycling", "disposal", "reuse", "energy")
        ]

        answers = at_once(*[partial(tap, "inventory/shipments", c) for c in departures])

        assert Counter(status for status, _body in answers) == {201: 1, 409: 3}
        types = {json.loads(body)["detail"][0]["type"] for status, body in answers if status == 409}
        assert types <= {"item_not_there", "item_already_sold"}
    assert Flow.objects.filter(movement__verb=Verb.SHIP).count() == 10
    assert differences() == []


def test_eight_scales_at_once_lose_nothing(tap):
    def weigh():
        return [tap("collection/intakes", intake(1_000, 200, 3))[0] for _n in range(10)]

    statuses = at_once(*[weigh] * 8)

    assert statuses == [[201] * 10] * 8
    numbers = set(Movement.objects.values_list("number", flat=True))
    assert numbers == {f"AP-canal-{n}" for n in range(1, 81)}
    assert held_g() == 80 * 1_203
    assert differences() == []

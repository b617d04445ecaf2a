"""Three tablets empty their queues through a bad network: the books are those of an orderly day.

Requests are lost on their way, answers on theirs; what was given up for lost arrives later; the
tablets come between each other as they like. Each keeps its own order and sends an entry until it
is answered, as ``config/static/station/send.js`` does. `TRACERIE_CAMPAIGN=1` replays at full count.
"""

import json
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from collection.models import Refusal
from inventory.models import Balance, Flow, MonthlyFlow, MonthlyOrigin, Movement, UnitWeight
from inventory.verify import differences
from organisation.models import Membership, Station, Submission, User
from organisation.permissions import Role
from organisation.services import invite, pair
from organisation.stations import COOKIE, pass_of
from tests.conftest import NOON
from tests.databases import at_once, world_in_a_copy

pytestmark = pytest.mark.database

IS_CAMPAIGN = os.environ.get("TRACERIE_CAMPAIGN") == "1"
SEEDS, ENTRIES = (range(20), 500) if IS_CAMPAIGN else (range(3), 120)
TABLETS = {"Quai 1": ("canal", "ines"), "Quai 2": ("canal", "bakary"), "Porte": ("gare", "chloe")}
RECENT = 4  # an undo is offered for a minute: it names one of the latest arrivals


@dataclass
class Day:
    """What one tablet keeps, entry by entry: its queue, and what may still be undone."""

    site: str
    dice: random.Random
    queue: list[tuple[str, dict]] = field(default_factory=list)
    undoable: list[str] = field(default_factory=list)

    def keep(self, path, **content):
        entry_id = str(UUID(int=self.dice.getrandbits(128), version=4))
        self.queue.append((path, {"id": entry_id, **content}))
        return entry_id

    def when(self):
        return (NOON - timedelta(minutes=self.dice.randint(1, 900))).isoformat()


# One line per kind of entry: how often it comes, and what keeps it.


def arrival(day):
    lines = [weighing(day.dice) for _line in range(day.dice.randint(1, 3))]
    day.undoable.append(
        day.keep(
            "collection/intakes",
            site=day.site,
            mode=day.dice.choice(["drop_off", "home_pickup"]),
            lines=lines,
            occurred_at=day.when(),
        )
    )


def weighing(dice):
    """Weighed pieces teach an average, so the piece that leans on one is never among them."""
    if dice.random() < 0.2:
        return {"category": "MOB.CHAI", "units": dice.randint(1, 4)}
    line = {"category": dice.choice(["MOB", "VAI", "LIV"]), "weight_g": dice.randint(1, 90_000)}
    return line | dice.choice([{}, {"units": dice.randint(1, 9)}, {"estimated": True}])


def undo(day):
    recent = day.undoable[-RECENT:]
    if not recent:
        return arrival(day)
    of = day.dice.choice(recent)
    day.undoable.remove(of)
    return day.keep("inventory/reversals", of=of, reason="undo")


def refusal(day):
    day.keep(
        "collection/refusals",
        site=day.site,
        reason=day.dice.choice(["dirty", "full"]),
        count=day.dice.randint(1, 5),
        occurred_at=day.when(),
    )


KINDS = {arrival: 70, undo: 22, refusal: 8}


def days(seed):
    """What the three tablets hold: the same for the same seed, in whatever order it is sent."""
    dice = random.Random(seed)  # noqa: S311  # a made-up day, not a secret
    made = {name: Day(site, dice) for name, (site, _login) in TABLETS.items()}
    for kind in dice.choices(list(KINDS), KINDS.values(), k=ENTRIES):
        kind(dice.choice(list(made.values())))
    return {name: day.queue for name, day in made.items()}


# The tablets and the air between them and the server


class Tablet:
    """Sends its queue in order, each entry until it is answered."""

    def __init__(self, world, name, queue):
        site, login = getattr(world, TABLETS[name][0]), TABLETS[name][1]
        person = User.objects.create(username=login, organisation=world.navette, password="!")
        Membership.objects.create(user=person, site=site, role=Role.SORTER)
        station, secret = pair(code=invite(station=Station(site=site, name=name)))
        self.client = Client(headers={"Authorization": f"Tablet {pass_of(station, person)}"})
        self.client.cookies[COOKIE] = secret
        self.queue = list(queue)

    def post(self, path, content):
        """What the server says to an entry; anything but yes is a failure of the test."""
        answer = self.client.post(
            f"/api/v1/{path}", json.dumps(content), content_type="application/json"
        )
        assert answer.status_code in (200, 201), (path, content, answer.content)
        return answer

    def send(self, air):
        """Try the oldest entry once."""
        if air.carries(self, *self.queue[0]):
            self.queue.pop(0)
        else:
            self.queue[0] = self.again(*self.queue[0])

    def again(self, path, content):
        """What is sent after no answer came: the very same."""
        return path, content


class Forgetful(Tablet):
    """One that makes a new id for each try: what no tablet of ours does."""

    def post(self, path, content):
        return self.client.post(f"/api/v1/{path}", content, content_type="application/json")

    def again(self, path, content):
        return path, content | {"id": str(UUID(int=UUID(content["id"]).int ^ 1))}


class Air:
    """A network that does all that networks do, by the fall of its dice."""

    def __init__(self, dice):
        self.dice, self.strays = dice, []

    def carries(self, tablet, path, content):
        """Whether an answer came back."""
        [fate] = self.dice.choices(
            ["through", "lost", "unanswered", "late", "double"], [5, 1, 2, 1, 2]
        )
        if fate == "lost":
            return False
        if fate == "late":  # still on its way when the tablet tries again
            self.strays.append(partial(tablet.post, path, content))
            return False
        answer = tablet.post(path, content)
        if fate == "double":
            assert tablet.post(path, content).content == answer.content
        return fate != "unanswered"

    def lets_one_arrive(self):
        if self.strays and self.dice.random() < 0.3:
            self.strays.pop(self.dice.randrange(len(self.strays)))()


class Calm:
    """A network on which nothing goes wrong."""

    def carries(self, tablet, path, content):
        tablet.post(path, content)
        return True


def in_order(tablets, _seed):
    """One tablet after the other, nothing lost."""
    for tablet in tablets:
        while tablet.queue:
            tablet.send(Calm())


def by_turns(tablets, seed):
    """Whichever tablet the dice name, over bad air."""
    dice = random.Random(seed)  # noqa: S311
    air = Air(dice)
    while waiting := [tablet for tablet in tablets if tablet.queue]:
        dice.choice(waiting).send(air)
        air.lets_one_arrive()
    while air.strays:
        air.strays.pop()()


def all_at_once(tablets, seed):
    """Each tablet in a thread of its own, over bad air of its own."""
    results = at_once(*[partial(by_turns, [tablet], seed) for tablet in tablets])
    assert results == [None] * len(tablets)


# What is left


def rows(model, *names):
    """How often each row occurs, by what it says rather than by its key."""
    return Counter(model.objects.values_list(*names))


def state():
    sums = "weight_g", "units"
    ends = "from_account__key", "from_category__code", "to_account__key", "to_category__code"
    return {
        "balances": rows(Balance, "account__key", "category__code", *sums),
        "submissions": rows(Submission, "uuid", "endpoint", "digest", "station__name"),
        "movements": rows(
            Movement, "submission__uuid", "verb", "author__username", "site__code",
            "occurred_at" , "business_date", "reverses__submission__uuid",
        ),
        "flows": rows(Flow, "movement__submission__uuid", *ends, "origin__code", "method", *sums),
        "months": rows(MonthlyFlow, "month", *ends, "method", *sums),
        "origins": rows(
            MonthlyOrigin, "month", "account__key", "origin__code", "category__code", *sums
        ),
        "averages": rows(UnitWeight, "site__code", "category__code", *sums),
        "refusals": rows(Refusal, "submission__uuid", "reason", "count", "occurred_at"),
    }  # fmt: skip


@pytest.fixture
def replay(template, tmp_path, django_db_blocker):
    """``replay(seed, by_turns)``: the state that a day leaves, in a database of its own."""

    def run(seed, sent, tablet=Tablet, queues=None):
        folder = tmp_path / f"{seed}-{sent.__name__}-{tablet.__name__}"
        folder.mkdir()
        with (
            django_db_blocker.unblock(),
            world_in_a_copy(template, folder) as world,
            time_machine.travel(NOON, tick=False),
        ):
            queues = queues or days(seed)
            sent([tablet(world, name, queue) for name, queue in queues.items()], seed)
            assert differences() == []
            return state()

    return run


@pytest.mark.parametrize("seed", SEEDS)
def test_queues_sent_through_a_bad_network_leave_the_books_of_an_orderly_day(replay, seed):
    orderly = replay(seed, in_order)
    assert orderly["submissions"].total() == ENTRIES
    assert replay(seed, by_turns) == orderly


def test_three_tablets_that_send_at_the_same_moment_leave_them_too(replay):
    assert replay(0, all_at_once) == replay(0, in_order)


def test_a_tablet_that_gave_a_new_id_to_each_try_would_be_seen(replay):
    """The control: the comparison is able to fail."""
    orderly, forgetful = replay(0, in_order), replay(0, by_turns, Forgetful)
    differing = {name for name in orderly if orderly[name] != forgetful[name]}
    assert {"balances", "submissions", "movements", "flows"} <= differing
    assert forgetful["movements"].total() > orderly["movements"].total()


def test_one_entry_that_never_arrived_would_be_seen(replay):
    """The other control: a gram less is a gram too few."""
    lossy = days(0)
    undone = {content.get("of") for queue in lossy.values() for _path, content in queue}
    queue = lossy["Quai 1"]
    queue.remove(next(each for each in queue if "lines" in each[1] and each[1]["id"] not in undone))
    orderly, lost = replay(0, in_order), replay(0, by_turns, queues=lossy)
    assert orderly["balances"] != lost["balances"]

"""Three tablets empty their queues through a bad network: the books are those of an orderly day.

Requests are lost on their way, answers on theirs; what was given up for lost arrives later; the
tablets come between each other as they like. Each keeps its own order and sends an entry until it
is answered, as ``config/static/station/send.js`` does. `TRACERIE_CAMPAIGN=1` replays at full count.
"""

import json
import random
from collections import Counter
from functools import cache, partial
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from collection.models import Donor, Intake, Refusal, Weighing
from inventory.models import (
    Balance,
    Container,
    Flow,
    Item,
    ItemCode,
    MonthlyFlow,
    MonthlyOrigin,
    Movement,
    NumberSeries,
    Packing,
    Place,
    Repair,
    ShelfRest,
    Shipment,
    ShipmentWeights,
    UnitWeight,
)
from inventory.verify import differences
from organisation.models import Membership, Station, Submission, User
from organisation.services import invite, pair
from organisation.stations import COOKIE, pass_of
from tests.conftest import NOON
from tests.databases import at_once, world_in_a_copy
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.replayed import codes_in, days
from tests.faults.tablet_day import TABLETS, corner_of

pytestmark = pytest.mark.database

# An entry is on its way nearly twice: 600 are a thousand messages.
SEEDS, ENTRIES = (range(20), 600) if IS_CAMPAIGN else (range(3), 120)


# The tablets and the air between them and the server


class Tablet:
    """Sends its queue in order, each entry until it is answered."""

    def __init__(self, world, name, queue):
        code, login, role = TABLETS[name]
        site = getattr(world, code)
        person = User.objects.create(username=login, organisation=world.navette, password="!")
        Membership.objects.create(user=person, site=site, role=role)
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


# In a hundred: twenty go without an answer, thirty arrive twice.
FATES = {"through": 50, "lost": 10, "unanswered": 10, "late": 10, "double": 20}


class Air:
    """A network that does all that networks do, by the fall of its dice."""

    def __init__(self, dice):
        self.dice, self.strays = dice, []

    def carries(self, tablet, path, content):
        """Whether an answer came back."""
        [fate] = self.dice.choices(list(FATES), FATES.values())
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


def prepare(world, drawn):
    """The places that the tablets know, the codes they hold, the usual load of a crate."""
    for name, (code, _login, _role) in TABLETS.items():
        site = getattr(world, code)
        Place.objects.main(site)
        Place.objects.create(site=site, code=corner_of(name), name=name)
    ItemCode.objects.bulk_create(ItemCode(organisation=world.navette, code=code) for code in drawn)
    Container.objects.filter(code="caisse").update(average_load_g=9_000)


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


SENT = "submission__uuid"
BY = "movement__submission__uuid"
SUMS = "weight_g", "units"
ENDS = "from_account__key", "from_category__code", "to_account__key", "to_category__code"


def state(drawn):
    """All that entries may leave, but the numbers of papers and the codes that the server gave.

    Both go by who came first: only how many were given is compared.
    """
    return books() | papers() | objects(drawn) | tables()


def books():
    return {
        "balances": rows(Balance, "account__key", "category__code", *SUMS),
        "submissions": rows(Submission, "uuid", "endpoint", "digest", "station__name"),
        "movements": rows(
            Movement, SENT, "verb", "author__username", "site__code", "note", "occurred_at",
            "business_date", "month", "reverses__submission__uuid", "reverses__verb",
        ),
        "flows": rows(
            Flow, BY, "movement__verb", *ENDS, "origin__code", "method", "item__weight_g", *SUMS
        ),
        "months": rows(MonthlyFlow, "month", *ENDS, "method", *SUMS),
        "origins": rows(
            MonthlyOrigin, "month", "account__key", "origin__code", "category__code", *SUMS
        ),
        "averages": rows(UnitWeight, "site__code", "category__code", *SUMS),
        "numbers": rows(NumberSeries, "site__code", "prefix", "last"),
    }  # fmt: skip


def papers():
    return {
        "arrivals": rows(Intake, BY, "mode__code", "origin__code", "waste_status"),
        "weighings": rows(Weighing, "intake__" + BY, "gross_g", "container__code"),
        "donors": rows(Donor, SENT, "intake__" + BY, "name"),
        "refusals": rows(Refusal, SENT, "reason", "count", "occurred_at"),
        "departures": rows(
            Shipment, BY, "fate", "partner__code", "waste_code__code", "carrier", "bsd", "is_crate"
        ),
        "packings": rows(Packing, "flow__" + BY, "container__code", "bins", "gross_g"),
        "rests": rows(ShelfRest, BY, "shipment__" + BY),
        "weights": rows(ShipmentWeights, BY, "shipment__" + BY, "reversal__" + SENT),
    }


def objects(drawn):
    told = "category__code", "price_cents", "condition"
    worn = ItemCode.objects.filter(code__in=drawn)
    return {
        "codes": Counter(worn.values_list("code", "item__account__key", "item__weight_g")),
        "items": rows(Item, *told, "account__key", "weight_g", "method", "since"),
        "descriptions": rows(Item.history.model, *told, "history_type", "history_user__username"),
        "repairs": rows(
            Repair, SENT, "item__weight_g", "act", "minutes", "parts", "result", "occurred_at"
        ),
    }


def tables():
    """How many rows each table has: whatever is compared nowhere else was written once, too."""
    return {
        "tables": Counter({each._meta.label: each.objects.count() for each in apps.get_models()})
    }


@pytest.fixture(scope="module")
def replay(template, tmp_path_factory, django_db_blocker):
    """``replay(seed, by_turns)``: the state that a day leaves, in a database of its own."""

    def run(seed, sent, tablet=Tablet, queues=None):
        with (
            django_db_blocker.unblock(),
            world_in_a_copy(template, tmp_path_factory.mktemp("day")) as world,
            time_machine.travel(NOON, tick=False),
        ):
            queues = queues or days(seed, ENTRIES)
            prepare(world, codes_in(queues))
            sent([tablet(world, name, queue) for name, queue in queues.items()], seed)
            assert differences() == []
            return state(codes_in(queues))

    return run


@pytest.fixture(scope="module")
def orderly(replay):
    """``orderly(seed)``: the state after a day on which nothing went wrong, replayed once."""
    return cache(partial(replay, sent=in_order))


@pytest.mark.parametrize("seed", SEEDS)
def test_queues_sent_through_a_bad_network_leave_the_books_of_an_orderly_day(replay, orderly, seed):
    assert orderly(seed)["submissions"].total() == ENTRIES
    assert replay(seed, by_turns) == orderly(seed)


def test_three_tablets_that_send_at_the_same_moment_leave_them_too(replay, orderly):
    assert replay(0, all_at_once) == orderly(0)


def test_a_tablet_that_gave_a_new_id_to_each_try_would_be_seen(replay, orderly):
    """The control: the comparison is able to fail, in each of its parts."""
    forgetful = replay(0, by_turns, Forgetful)
    alike = {name for name, found in orderly(0).items() if found == forgetful[name]}
    assert alike <= {"donors", "rests", "weights"}  # a short day has few of them
    assert forgetful["movements"].total() > orderly(0)["movements"].total()


def test_one_entry_that_never_arrived_would_be_seen(replay, orderly):
    """The other control: a gram less is a gram too few."""
    lossy = days(0, ENTRIES)
    entries = [content for queue in lossy.values() for _path, content in queue]
    named = {entry.get("of") or entry.get("intake") for entry in entries}
    queue = lossy["Quai 1"]
    queue.remove(next(each for each in queue if "mode" in each[1] and each[1]["id"] not in named))
    assert replay(0, by_turns, queues=lossy)["balances"] != orderly(0)["balances"]

"""Through real HTTP: eight tills at once, and several tills that want one object.

`./test --campaign` sells 2,000 tickets and races 5,000 times, on each database.
"""

import hashlib
import json
import random
import time
from collections import Counter
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection
from itertools import pairwise
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from inventory.verify import differences
from organisation.models import Token
from sales.journal.verify import findings
from sales.models import Chain
from tests.databases import at_once
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.shop_day import ITEM_CENTS, furnish, queue_of
from tests.servers import granian

pytestmark = pytest.mark.database

TICKETS = 2_000 if IS_CAMPAIGN else 240
RACES = 5_000 if IS_CAMPAIGN else 200  # on each database
WINDOW = 6  # what a worker holds in its hands: it sends any of them next


@pytest.fixture
def served(own_database, tmp_path):
    """The address of a server in a process of its own, and a token for it."""
    with granian(own_database.database, tmp_path) as (_process, address):
        yield address.removeprefix("http://"), Token.objects.issue(own_database.anna)[1]


class Line:
    """A connection that stays open, as a browser keeps one."""

    def __init__(self, served):
        self.address, self.token = served
        self.http = HTTPConnection(self.address, timeout=60)

    def post(self, path, content):
        self._ask(self.http, path, content)
        answer = self.http.getresponse()
        return answer.status, answer.read().decode()

    def cut(self, path, content, seconds):
        """Hang up before the answer."""
        with closing(HTTPConnection(self.address, timeout=60)) as http:
            self._ask(http, path, content)
            time.sleep(seconds)

    def close(self):
        self.http.close()

    def _ask(self, http, path, content):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        http.request("POST", f"/api/v1/{path}", json.dumps(content), headers)


def rows_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


# Eight tills


class Worker:
    """One of two hands at a till: sends out of order, three of ten twice, and keeps the answers."""

    def __init__(self, served, queue, seed):
        self.served, self.queue = served, list(reversed(queue))
        self.dice = random.Random(seed)  # noqa: S311  # a made-up day, not a secret
        self.hands = []
        self.answers = {asked.id: [] for asked in queue}

    def work(self):
        with closing(Line(self.served)) as line:
            while self.queue or self.hands:
                while self.queue and len(self.hands) < WINDOW:
                    [fate] = self.dice.choices(["once", "cut", "again"], [70, 15, 15])
                    self.hands.append([fate, self.queue.pop()])
                self._send(line, self.dice.choice(self.hands))

    def _send(self, line, held):
        fate, asked = held
        if fate == "cut":
            with suppress(OSError):
                line.cut(asked.path, asked.content, self.dice.random() / 50)
        status, body = line.post(asked.path, asked.content)
        if status == 404 and asked.of and not self.answers[asked.of]:
            return  # the ticket that it gives back was not sent yet
        assert status in (200, 201), (status, body, asked)
        self.answers[asked.id].append((status, body))
        if fate == "again":
            held[0] = "once"
        else:
            self.hands.remove(held)


def tickets_to_each_hand(queue):
    """Every other ticket to the one hand, with its refund, and the others to the other."""
    tickets = [asked.id for asked in queue if not asked.of]
    left = set(tickets[::2])
    mine = [asked for asked in queue if (asked.of or asked.id) in left]
    return mine, [asked for asked in queue if asked not in mine]


@pytest.fixture
def day(own_database, served):
    """Eight tills' queues, and their workers, two at each, once all have been emptied."""
    queues, workers = {}, []
    for site in (own_database.canal, own_database.gare):
        tills, codes = furnish(site, 4, TICKETS // 4)
        share = len(codes) // 4
        for n, till in enumerate(tills):
            mine = codes[n * share : (n + 1) * share]
            queues[till] = queue_of(till, mine, TICKETS // 8, seed=till.pk)
            hands = tickets_to_each_hand(queues[till])
            workers += [Worker(served, hand, seed=n) for n, hand in enumerate(hands)]
    assert at_once(*[worker.work for worker in workers], seconds=1_200) == [None] * 16
    return queues, workers


def test_eight_tills_lose_nothing_and_double_nothing(day):
    queues, workers = day
    prove_answers(queues, workers)
    prove_chains(queues)
    prove_money(queues)
    assert faults() == []
    assert differences() == []


def prove_answers(queues, workers):
    """One answer for each id, however often it was sent; and one document in the books."""
    asked = {each.id: each for queue in queues.values() for each in queue}
    answers = {id_: got for worker in workers for id_, got in worker.answers.items()}
    assert sum(not each.of for each in asked.values()) == TICKETS
    assert answers.keys() == asked.keys()
    for id_, got in answers.items():
        [body] = {body for _status, body in got}
        assert [status for status, _body in got].count(201) <= 1
        assert json.loads(body)["total_cents"] == abs(asked[id_].cents)
    assert any(got[0][0] == 200 for got in answers.values())  # recorded, though it was cut
    assert sum(len(got) for got in answers.values()) > len(asked)
    for table, is_back in (("sales_sale", False), ("sales_refund", True)):
        kept = [tuple(map(str, row)) for row in rows_of(DOCUMENTS.format(table=table))]
        sent = {each.id.replace("-", "") for each in asked.values() if bool(each.of) == is_back}
        uuids = [uuid.replace("-", "") for uuid, _event, _number in kept]
        assert Counter(uuids) == Counter(sent)
        assert [event.replace("-", "") for _uuid, event, _number in kept] == uuids
        prove_numbers(number for _uuid, _event, number in kept)


DOCUMENTS = """
SELECT s.uuid, e.uuid, m.number FROM {table} t
  JOIN inventory_movement m ON m.id = t.movement_id
  JOIN organisation_submission s ON s.id = m.submission_id
  JOIN sales_journalentry e ON e.id = t.event_id"""


def prove_numbers(numbers):
    """Each site's numbers are 1 to n: none is missing, and none is there twice."""
    by_series = {}
    for number in numbers:
        series, _dash, last = number.rpartition("-")
        by_series.setdefault(series, []).append(int(last))
    for series, found in by_series.items():
        assert sorted(found) == list(range(1, len(found) + 1)), series


def prove_chains(queues):
    """Each till's events are 1 to n, each after the one before, and the head is at the last."""
    events = {}
    for chain, *event in rows_of(
        "SELECT chain_id, seq, prev_hash, hash, body FROM sales_journalentry ORDER BY chain_id, seq"
    ):
        events.setdefault(chain, []).append(event)
    heads = {name: head for name, *head in rows_of(HEADS)}
    assert len(events) == len(heads) == 8
    for till, queue in queues.items():
        name = f"navette/{till.site.code}/{till.code}"
        prove_chain(events[name], heads[name], [each.cents for each in queue])


HEADS = "SELECT name, last_seq, last_hash, perpetual_cents, perpetual_abs_cents FROM sales_chain"


def prove_chain(events, head, cents):
    assert [seq for seq, *_rest in events] == list(range(1, len(cents) + 2))  # and its opening
    assert events[0][1] == "0" * 64
    assert all(before[2] == after[1] for before, after in pairwise(events))
    for _seq, prev, own, body in events:
        assert own == hashlib.sha256(f"tracerie/journal/1\n{prev}\n{body}".encode()).hexdigest()
    sold, total, total_abs = [], 0, 0
    for *_hashes, body in events:
        told = json.loads(body)
        sign = {"sale": 1, "refund": -1}.get(told["kind"])
        sold += [sign * told["data"]["total_cents"]] if sign else []
        total, total_abs = sum(sold), sum(map(abs, sold))
        assert (told["perpetual_cents"], told["perpetual_abs_cents"]) == (total, total_abs)
    assert sorted(sold) == sorted(cents)
    assert head == [len(events), events[-1][2], total, total_abs]


def prove_money(queues):
    """Σ lines = total = Σ payments − change, on each ticket; and on all of them what was asked."""
    tickets = rows_of(MONEY)
    assert [row for row in tickets if not row[1] == row[2] == row[3] - row[4]] == []
    asked = [each.cents for queue in queues.values() for each in queue]
    assert sum(int(row[1]) for row in tickets) == sum(cents for cents in asked if cents > 0)
    [(back,)] = rows_of("SELECT SUM(total_cents) FROM sales_refund")
    assert int(back) == -sum(cents for cents in asked if cents < 0)


MONEY = """
SELECT t.id, t.total_cents,
       (SELECT SUM(l.total_cents) FROM sales_saleline l WHERE l.sale_id = t.id),
       (SELECT COALESCE(SUM(p.amount_cents), 0) FROM sales_payment p WHERE p.sale_id = t.id),
       t.change_cents
  FROM sales_sale t"""


# Races for one object


class Racer:
    """A till that asks for the objects it wants the moment that the others do."""

    def __init__(self, served, till, starts):
        self.line, self.till, self.starts = Line(served), till, starts
        self.won, self.refusals = [], Counter()

    def run(self, codes, wants):
        try:
            for code, is_wanted in zip(codes, wants, strict=True):
                self._race(code, is_wanted)
        except BaseException:
            self.starts.abort()  # nobody waits for one who fell
            raise
        finally:
            self.line.close()

    def _race(self, code, is_wanted):
        sale = {
            "id": str(uuid4()),
            "till": self.till,
            "lines": [{"item": code}],
            "payments": [{"method": "cash", "amount_cents": ITEM_CENTS}],
        }
        self.starts.wait(60)
        if is_wanted:
            self._judge(code, sale["id"], *self.line.post("sales/sales", sale))

    def _judge(self, code, id_, status, body):
        if status == 201:
            self.won.append((code, id_))
        else:
            self.refusals[status, json.loads(body)["detail"][0]["type"]] += 1


def race(site, served, count):
    """Four tills that want the same objects: who ran, what there was, and who wanted what."""
    tills, codes = furnish(site, 4, count)
    starts = Barrier(len(tills))
    racers = [Racer(served, till.code, starts) for till in tills]
    dice = random.Random(count)  # noqa: S311
    wanted = [
        dice.sample([True] * n + [False] * (4 - n), 4) for n in dice.choices((2, 3, 4), k=count)
    ]
    runs = [
        partial(racer.run, codes, wants)
        for racer, wants in zip(racers, zip(*wanted, strict=True), strict=True)
    ]
    assert at_once(*runs, seconds=7_200) == [None] * 4
    return racers, codes, wanted


def test_of_the_tills_that_want_one_object_one_gets_it(own_database, served, record_property):
    racers, codes, wanted = race(own_database.canal, served, RACES)

    won = dict(pair for racer in racers for pair in racer.won)
    asked = sum(map(sum, wanted))
    record_property("races", RACES)
    record_property("asked", asked)
    record_property("won", sum(len(racer.won) for racer in racers))
    assert sum(len(racer.won) for racer in racers) == RACES
    assert won.keys() == set(codes)
    lost = sum((racer.refusals for racer in racers), Counter())
    assert lost == {(409, "item_already_sold"): asked - RACES}
    assert all(racer.won for racer in racers)  # or it was no race
    prove_losers_left_nothing(set(won.values()))


def test_a_server_that_sells_an_object_twice_would_be_seen(own_database, tmp_path, record_property):
    """The control."""
    with granian(own_database.database, tmp_path, 0, "tests.faults.broken:heedless") as (_p, where):
        served = where.removeprefix("http://"), Token.objects.issue(own_database.anna)[1]
        racers, _codes, _wanted = race(own_database.canal, served, 40)
    sold = sum(len(racer.won) for racer in racers)
    record_property("sold", f"{sold} of 40")
    assert sold > 40
    assert differences() != []


def prove_losers_left_nothing(ids):
    """No event, no number, no request and no gram more than the winners'."""
    documents = [tuple(map(str, row)) for row in rows_of(DOCUMENTS.format(table="sales_sale"))]
    assert sorted(uuid.replace("-", "") for uuid, *_rest in documents) == sorted(
        id_.replace("-", "") for id_ in ids
    )
    prove_numbers(number for *_rest, number in documents)
    [(events,)] = rows_of("SELECT COUNT(*) FROM sales_journalentry WHERE kind = 'sale'")
    [(requests,)] = rows_of(
        "SELECT COUNT(*) FROM organisation_submission WHERE endpoint = '/api/v1/sales/sales'"
    )
    assert events == requests == len(ids)
    assert faults() == []
    assert differences() == []

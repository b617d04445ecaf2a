"""An arrival of 3 lines, layer by layer: what each adds to the database's driver alone.

    python benchmarks/writing.py [--rounds 7] [--arrivals 150]
    python tests/postgresql.py --durable python benchmarks/writing.py      (the same on PostgreSQL)

The SQL that the product sends for one arrival is recorded, with its parameters, and sent again:
by the bare driver, then by Django's cursor. Then come the service that makes it, the same with its
claim and answer (``submit``), and the whole request, guards and JSON included, without a socket.
Below them, for comparison, ``save()`` per object through the same request. Rounds alternate;
processor time of this process (on SQLite the database's own too) per arrival, medians of rounds.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.inside import poster, start_django
from benchmarks.outcome import Outcome, arguments

TARGET = "≤ 3"
WARM_UP = 30
BASE = 10_000_000  # keys of each table begin at a multiple of it: a parameter tells its table
LINES = [
    {"category": "TEX.VETE", "weight_g": 12_400},
    {"category": "MOB.COMM", "gross_g": 38_000, "container": "caddie", "units": 1},
    {"category": "LIV", "weight_g": 5_600, "estimated": True},
]
TABLES = (
    "organisation_submission",
    "inventory_movement",
    "inventory_flow",
    "collection_intake",
    "collection_weighing",
)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--arrivals", type=int, default=150, help="of each layer in each round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        start_django(folder, urls="benchmarks.urls")
        desk = Desk()
        layers = {
            "the bare driver": desk.driver(),
            "Django's cursor": desk.cursor(),
            "the service": desk.service(),
            "the service, claimed and answered": desk.submitted(),
            "the whole request": desk.request("/api/v1/collection/intakes"),
            "save() per object, the whole request": desk.request("/saving/intakes"),
        }
        found = measure(layers, options.rounds, options.arrivals)
        report(found, options.json)
        desk.prove()


class Desk:
    """A site where arrivals are weighed in, and the ways to write one down."""

    def __init__(self) -> None:
        from inventory import reference
        from organisation.models import Membership, Organisation, Site, Token, User

        self.owner = Organisation.objects.create(code="essai", name="Essai")
        reference.furnish(self.owner)
        self.site = Site.objects.create(organisation=self.owner, code="essai", name="Essai")
        self.user = User.objects.create(username="essai", organisation=self.owner)
        Membership.objects.create(user=self.user, role="sorter")
        self.token = Token.objects.issue(self.user)[1]
        self.service()()  # accounts and the main place are made at the first arrival
        self.steps = self._recorded()

    def service(self) -> Callable[[], Any]:
        from collection.services import record_intake
        from inventory.rows import keep
        from organisation.submissions import writing

        asked = self._asked()

        def act() -> Any:
            claim = self._claim()
            with writing():
                keep(claim)
                return record_intake(entry=self._entry(claim), **asked)

        return act

    def submitted(self) -> Callable[[], Any]:
        from collection.api import IntakeOut
        from collection.services import record_intake
        from organisation.submissions import submit

        asked = self._asked()
        content = {"site": "essai", "mode": "drop_off", "lines": LINES}

        def record(claim: Any) -> str:
            intake = record_intake(entry=self._entry(claim), **asked)
            return IntakeOut.of(intake).model_dump_json()

        return lambda: submit(claim=self._claim(), content=content, record=record)

    def request(self, path: str) -> Callable[[], Any]:
        post = poster()

        def act() -> None:
            said = {"id": str(uuid4()), "site": "essai", "mode": "drop_off", "lines": LINES}
            post(path, self.token, json.dumps(said).encode())

        return act

    def driver(self) -> Callable[[], Any]:
        """The recorded SQL by sqlite3 or psycopg alone."""
        from django.db import connection

        connection.ensure_connection()
        raw: Any = connection.connection
        if connection.vendor == "sqlite":
            steps = [(sql.replace("%s", "?"), slots) for sql, slots in self.steps]
            return lambda: _replay(raw.cursor(), [("BEGIN IMMEDIATE", []), *steps], "COMMIT")

        def act() -> None:
            with raw.cursor() as cursor, raw.transaction():
                _replay(cursor, self.steps, "")

        return act

    def cursor(self) -> Callable[[], Any]:
        """The recorded SQL by Django's cursor."""
        from django.db import connection, transaction

        def act() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                _replay(cursor, self.steps, "")

        return act

    def prove(self) -> None:
        """Whatever layer wrote them, the sums are those of the flows."""
        from inventory.verify import differences

        if wrong := list(differences()):
            sys.exit(f"The books do not agree: {wrong[:3]}")

    def _asked(self) -> dict[str, Any]:
        from collection.services import Arrival, Line
        from inventory.models import Category, CollectionMode, Container, Origin

        own = CollectionMode.objects.filter(organisation=self.owner)
        crate = Container.objects.get(organisation=self.owner, code="caddie")
        kinds = {one.code: one for one in Category.objects.filter(organisation=None)}
        lines = [
            Line(
                category=kinds[line["category"]],
                weight_g=line.get("weight_g"),
                gross_g=line.get("gross_g"),
                container=crate if "container" in line else None,
                units=line.get("units", 0),
                is_estimated=line.get("estimated", False),
            )
            for line in LINES
        ]
        origin = Origin.objects.not_asked(self.owner.pk)
        return {"arrival": Arrival(own.get(code="drop_off"), origin), "lines": lines}

    def _claim(self) -> Any:
        from organisation.models import Submission

        path = "/api/v1/collection/intakes"
        return Submission(organisation=self.owner, uuid=uuid4(), endpoint=path, digest="0" * 64)

    def _entry(self, claim: Any) -> Any:
        from django.utils import timezone

        from inventory.ledger import Entry
        from inventory.models import Verb

        return Entry(self.site, Verb.COLLECT, claim, self.user, timezone.now())

    def _recorded(self) -> list[tuple[str, list[Any]]]:
        """Each statement of an arrival, and how to make its parameters for another."""
        from django.db import connection

        self._apart()
        sent: list[tuple[str, list[Any]]] = []

        def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
            sent.append((sql, list(values or ())))
            return execute(sql, values, many, context)

        with connection.execute_wrapper(note):
            self.submitted()()
        statements = [(sql, values) for sql, values in sent if not sql.startswith("BEGIN")]
        [claim] = [values for sql, values in statements if "INTO organisation_submission" in sql]
        # The one text that differs from arrival to arrival beside keys and numbers.
        uuid = next(value for value in claim if len(str(value).replace("-", "")) == 32)
        return [(sql, [_slot(value, uuid) for value in values]) for sql, values in statements]

    def _apart(self) -> None:
        """Let the keys of each table begin far from all other figures."""
        from django.db import connection

        with connection.cursor() as cursor:
            for n, table in enumerate(TABLES, start=1):
                if connection.vendor == "sqlite":
                    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                    cursor.execute(
                        "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, n * BASE]
                    )
                else:
                    cursor.execute(
                        "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, n * BASE]
                    )


class _Key:
    """The ``n``-th key that the ``table``-th table gave within this arrival."""

    def __init__(self, table: int, n: int) -> None:
        self.table, self.n = table, n


def _slot(value: Any, uuid: Any) -> Any:
    """How a recorded parameter is made again: as it was, or by a function of what came before."""
    if value == uuid:
        return lambda _keys, _last: uuid4().hex if isinstance(uuid, str) else uuid4()
    if isinstance(value, int) and value >= BASE:
        table, n = TABLES[value // BASE - 1], value % BASE - 1
        return lambda keys, _last: keys[table][n]
    if isinstance(value, str) and value.startswith("AP-essai-"):
        return lambda _keys, last: f"AP-essai-{last}"
    return value


def _replay(cursor: Any, steps: list[tuple[str, list[Any]]], end: str) -> None:
    keys: dict[str, list[int]] = {}
    last: Any = None
    for sql, slots in steps:
        cursor.execute(sql, [slot(keys, last) if callable(slot) else slot for slot in slots])
        if cursor.description is None:
            continue
        rows = cursor.fetchall()
        if sql.startswith("INSERT"):
            table = sql.split()[2].strip('"')
            if table == "inventory_numberseries":
                last = rows[0][0]
            keys[table] = [row[0] for row in rows]
    if end:
        cursor.execute(end)


def measure(
    layers: dict[str, Callable[[], Any]], rounds: int, arrivals: int
) -> dict[str, tuple[float, float]]:
    """Layer → processor and clock time of an arrival, in microseconds: medians of rounds."""
    for act in layers.values():
        for _n in range(WARM_UP):
            act()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in layers}
    for n in range(rounds):
        order = list(layers.items())
        for name, act in order if n % 2 else order[::-1]:
            start, clock = time.process_time(), time.perf_counter()
            for _arrival in range(arrivals):
                act()
            spent = time.process_time() - start, time.perf_counter() - clock
            found[name].append((spent[0] / arrivals * 1e6, spent[1] / arrivals * 1e6))
    return {
        name: (statistics.median(each[0] for each in all_), statistics.median(e[1] for e in all_))
        for name, all_ in found.items()
    }


def report(found: dict[str, tuple[float, float]], path: Path | None) -> None:
    from django.db import connection

    outcome = Outcome(f"writing, {'SQLite' if connection.vendor == 'sqlite' else 'PostgreSQL'}")
    [(driver, _clock)] = [found["the bare driver"]]
    for name, (cpu, clock) in found.items():
        outcome.say(f"{name}: processor", cpu, "µs")
        outcome.say(f"{name}: clock, disk included", clock, "µs")
        if name == "the service, claimed and answered":
            outcome.say(f"{name}, over the bare driver", cpu / driver, "×", TARGET)
        elif name != "the bare driver":
            outcome.say(f"{name}, over the bare driver", cpu / driver, "×")
    whole, saved = found["the whole request"][0], found["save() per object, the whole request"][0]
    outcome.say("save() over Tracerie, processor of the whole request", saved / whole, "×")
    outcome.save(path)


if __name__ == "__main__":
    main()

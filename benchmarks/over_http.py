"""An arrival and a sale of 3 lines over HTTP, against the same rows written by save() per object.

    python benchmarks/over_http.py [--rounds 5] [--seconds 4]
    python tests/postgresql.py --durable python benchmarks/over_http.py    (the same on PostgreSQL)

granian, as ``run`` starts it, in a throw-away folder; SQLite with synchronous=FULL. Rounds of each
kind alternate, so that a busy machine slows all of them; only ratios within one run count. On
SQLite also without the writers' queue; on PostgreSQL, with two server processes, what is saved
object by object has one client, for with more it loses races. A sale has an object with a label,
which is sold once.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments

ITEMS_PER_S = 260  # more than any till here sells
_databases = count(1)


class Kind(NamedTuple):
    """What is sent, to which server, by how many at once."""

    server: str
    act: str
    path: str
    clients: int


KINDS = {
    f"{act}, {who}, {clients} client{'s' * (clients > 1)}": Kind("queued", act, path, clients)
    for clients in (1, 8)
    for act, who, path in (
        ("an arrival", "Tracerie", "/api/v1/collection/intakes"),
        ("an arrival", "save()", "/saving/intakes"),
        ("a sale", "Tracerie", "/api/v1/sales/sales"),
        ("a sale", "save()", "/saving/sales"),
    )
}
UNQUEUED = "an arrival, Tracerie without queue, 8 clients"
# A shop as journal.py sells in, and whoever sorts and sells there.
PREPARE = """
import json
from benchmarks.journal import Shop
from inventory.models import ItemCode
from organisation.models import Membership, Token
shop = Shop(ITEMS // 2 + 1)
for role in ("sorter", "cashier"):
    Membership.objects.create(user=shop.user, role=role)
labels = ItemCode.objects.values_list("code", flat=True)
print(json.dumps([Token.objects.issue(shop.user)[1], *labels]))
"""


class Address(NamedTuple):
    port: int
    token: str
    labels: Iterator[str]  # next() of a list's iterator is one step: threads share it


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each kind in each round")
    options = parser.parse_args()
    is_sqlite = not os.environ.get("DATABASE_URL")
    kinds = {name: kind for name, kind in KINDS.items() if is_sqlite or not loses_races(kind)}
    if is_sqlite:
        kinds[UNQUEUED] = KINDS["an arrival, Tracerie, 8 clients"]._replace(server="unqueued")
    items = int(ITEMS_PER_S * options.seconds * (options.rounds + 1)) * 2
    results: dict[str, list[tuple[float, list[float]]]] = defaultdict(list)
    with server(items) as queued, server(200, NO_QUEUE="1") as unqueued:
        servers = {"queued": queued, "unqueued": unqueued}
        for kind in kinds.values():
            load(servers[kind.server], kind, seconds=1)
        for _round in range(options.rounds):
            for name, kind in kinds.items():
                results[name].append(load(servers[kind.server], kind, options.seconds))
    report(results, options, is_sqlite=is_sqlite)


def loses_races(kind: Kind) -> bool:
    """What saves object by object is refused where another server process does so, too."""
    return kind.path.startswith("/saving/") and kind.clients > 1


@contextmanager
def server(items: int, **environment: str) -> Iterator[Address]:
    """A server on a fresh database, with a till and ``items`` objects for it."""
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder, own_database() as url:
        env = {**os.environ, **environment, **url, "TRACERIE_DATA": folder, "PYTHONPATH": str(ROOT)}

        def manage(*words: str) -> str:
            command = [sys.executable, ROOT / "manage.py", *words]
            return subprocess.check_output(command, env=env, cwd=ROOT, text=True)

        manage("migrate", "-v", "0")
        manage("load_reference")
        said = manage("shell", "-v", "0", "-c", PREPARE.replace("ITEMS", str(items)))
        token, *labels = json.loads(said.splitlines()[-1])
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        granian = [
            *(sys.executable, "-m", "granian", "--interface", "rsgi", "--no-ws"),
            *("--workers", "2" if url else "1"),
            *("--log-level", "warning", "--port", str(port), "benchmarks.server:application"),
        ]
        process = subprocess.Popen(granian, env=env, cwd=ROOT)
        try:
            wait_for(port)
            yield Address(port, token, iter(labels))
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """On PostgreSQL, a database for this server alone."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield {}
        return
    import psycopg

    name = f"bench_{next(_databases)}"
    folder = url.partition("@/")[2].rpartition("/")[0]  # of the socket: tests/postgresql.py
    with psycopg.connect(host=folder, user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}


def wait_for(port: int) -> None:
    for _try in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not start.")


def load(address: Address, kind: Kind, seconds: float) -> tuple[float, list[float]]:
    """Acts per second, and every latency in milliseconds."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=client, args=(address, kind, end, latencies))
        for _client in range(kind.clients)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(latencies) / (time.perf_counter() - start), sorted(latencies)


def client(address: Address, kind: Kind, end: float, latencies: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=60)
    headers = {
        "Authorization": f"Bearer {address.token}",
        "Content-Type": "application/json",
    }
    make = BODIES[kind.act]
    while time.perf_counter() < end:
        body = json.dumps(make(address))
        start = time.perf_counter()
        connection.request("POST", kind.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        latencies.append((time.perf_counter() - start) * 1000)
        if answer.status != 201:
            print(f"{kind.path}: {answer.status} {text.decode()}", file=sys.stderr)
            os._exit(1)  # a thread alone would leave the figures short, and nobody would know
    connection.close()


def arrival(_address: Address) -> dict[str, Any]:
    lines = [
        {"category": "TEX.VETE", "weight_g": 12_400},
        {"category": "MOB.COMM", "gross_g": 38_000, "container": "caddie", "units": 1},
        {"category": "LIV", "weight_g": 5_600, "estimated": True},
    ]
    return {"id": str(uuid4()), "site": "essai", "mode": "drop_off", "lines": lines}


def sale(address: Address) -> dict[str, Any]:
    lines = [
        {"item": next(address.labels)},
        {"key": "assiette", "quantity": 3, "weight_g": 1_350},
        {"category": "MOB", "price_cents": 700, "weight_g": 2_600},
    ]
    payments = [{"method": "cash", "amount_cents": 5_000}]
    return {"id": str(uuid4()), "till": "C1", "lines": lines, "payments": payments}


BODIES: dict[str, Callable[[Address], dict[str, Any]]] = {"an arrival": arrival, "a sale": sale}


def quantile(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]


def report(
    results: dict[str, list[tuple[float, list[float]]]],
    options: argparse.Namespace,
    *,
    is_sqlite: bool,
) -> None:
    outcome = Outcome(f"over HTTP, {'SQLite' if is_sqlite else 'PostgreSQL'}")
    rates, p99 = {}, {}
    for name, rounds in results.items():
        rates[name] = statistics.median(rate for rate, _latencies in rounds)
        p99[name] = statistics.median(quantile(latencies, 0.99) for _rate, latencies in rounds)
        middle = statistics.median(quantile(latencies, 0.5) for _rate, latencies in rounds)
        outcome.say(name, rates[name], "/s")
        outcome.say(f"{name}: p50", middle, "ms")
        outcome.say(f"{name}: p99", p99[name], "ms")
    for act, target in (("an arrival", "≥ 3"), ("a sale", "≥ 4")):
        for clients in ("1 client", "8 clients"):
            if f"{act}, save(), {clients}" not in results:
                continue
            pairs = zip(
                results[f"{act}, Tracerie, {clients}"],
                results[f"{act}, save(), {clients}"],
                strict=True,
            )
            ratio = statistics.median(ours / saved for (ours, _l), (saved, _m) in pairs)
            outcome.say(f"{act}, {clients}: rate over save(), of each round", ratio, "×", target)
    if is_sqlite:
        ratio = p99[UNQUEUED] / p99["an arrival, Tracerie, 8 clients"]
        outcome.say("p99 of 8 clients without the queue, over with it", ratio, "×", "≥ 5")
    outcome.save(options.json)


if __name__ == "__main__":
    main()

"""An arrival of 3 lines through HTTP, against the same rows written by save() per object.

    python benchmarks/intake_http.py [--rounds 5] [--seconds 4]

granian (1 worker, 4 threads) on SQLite with synchronous=FULL, in a throw-away folder. Rounds of
each kind alternate, so that a busy machine slows all of them; only ratios within one run count.
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
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
OURS, SAVING = "/api/v1/collection/intakes", "/saving/intakes"
# name → server, path, clients
KINDS = {
    "Tracerie, 1 client": ("queued", OURS, 1),
    "save(), 1 client": ("queued", SAVING, 1),
    "Tracerie, 8 clients": ("queued", OURS, 8),
    "save(), 8 clients": ("queued", SAVING, 8),
    "Tracerie without queue, 8 clients": ("unqueued", OURS, 8),
}
PREPARE = """
from inventory import reference
from organisation.models import Membership, Organisation, Site, Token, User
organisation = Organisation.objects.create(code="essai", name="Essai")
reference.furnish(organisation)
Site.objects.create(organisation=organisation, code="essai", name="Essai")
user = User.objects.create(username="essai", organisation=organisation)
Membership.objects.create(user=user, role="sorter")
print(Token.objects.issue(user)[1])
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each kind in each round")
    options = parser.parse_args()
    results = defaultdict(list)
    with server() as queued, server(NO_QUEUE="1") as unqueued:
        servers = {"queued": queued, "unqueued": unqueued}
        for address in servers.values():
            for path in (OURS, SAVING):
                load(address, path, clients=1, seconds=1)
        for _round in range(options.rounds):
            for name, (which, path, clients) in KINDS.items():
                results[name].append(load(servers[which], path, clients, options.seconds))
    report(results)


@contextmanager
def server(**environment: str):
    """A server on a fresh database: yields its port and a token."""
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = {**os.environ, **environment, "TRACERIE_DATA": folder, "PYTHONPATH": str(ROOT)}
        env.pop("DATABASE_URL", None)

        def manage(*words: str) -> str:
            command = [sys.executable, ROOT / "manage.py", *words]
            return subprocess.check_output(command, env=env, cwd=ROOT, text=True)

        manage("migrate", "-v", "0")
        manage("load_reference")
        token = manage("shell", "-v", "0", "-c", PREPARE).split()[-1]
        granian = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            *("--port", str(port), "benchmarks.server:application"),
        ]
        process = subprocess.Popen(granian, env=env, cwd=ROOT)
        try:
            wait_for(port)
            yield port, token
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int) -> None:
    for _try in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/openapi.json")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not start.")


def load(
    address: tuple[int, str], path: str, clients: int, seconds: float
) -> tuple[float, list[float]]:
    """Arrivals per second, and every latency in milliseconds."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=client, args=(address, path, end, latencies))
        for _client in range(clients)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(latencies) / (time.perf_counter() - start), sorted(latencies)


def client(address: tuple[int, str], path: str, end: float, latencies: list[float]) -> None:
    port, token = address
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    while time.perf_counter() < end:
        body = json.dumps(arrival())
        start = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        latencies.append((time.perf_counter() - start) * 1000)
        if answer.status != 201:
            sys.exit(f"{path}: {answer.status} {text.decode()}")
    connection.close()


def arrival() -> dict[str, object]:
    lines = [
        {"category": "TEX.VETE", "weight_g": 12_400},
        {"category": "MOB.COMM", "gross_g": 38_000, "container": "caddie", "units": 1},
        {"category": "LIV", "weight_g": 5_600, "estimated": True},
    ]
    return {"id": str(uuid4()), "site": "essai", "mode": "drop_off", "lines": lines}


def quantile(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]


def report(results: dict[str, list[tuple[float, list[float]]]]) -> None:
    medians = {
        name: (
            statistics.median(rate for rate, _latencies in rounds),
            statistics.median(quantile(latencies, 0.5) for _rate, latencies in rounds),
            statistics.median(quantile(latencies, 0.99) for _rate, latencies in rounds),
        )
        for name, rounds in results.items()
    }
    print(f"{'medians of rounds':36}{'arrivals/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for name, (rate, p50, p99) in medians.items():
        print(f"{name:36}{rate:12.0f}{p50:10.1f}{p99:10.1f}")
    for clients in ("1 client", "8 clients"):
        ratio = medians[f"Tracerie, {clients}"][0] / medians[f"save(), {clients}"][0]
        print(f"rate over save(), {clients}: × {ratio:.1f} (target ≥ 3)")
    p99 = medians["Tracerie without queue, 8 clients"][2] / medians["Tracerie, 8 clients"][2]
    print(f"p99 without queue over p99 with it, 8 clients: × {p99:.1f} (target ≥ 5)")


if __name__ == "__main__":
    main()

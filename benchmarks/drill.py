"""A primary dies under load, its synchronous replica takes over: what is lost, and for how long.

    python benchmarks/drill.py [--seconds 10] [--clients 6] [--json FILE]

Two PostgreSQL clusters on this machine, in a throw-away folder, on sockets; a server of Tracerie
that connects as a role owning nothing to whichever of the two takes writes. Clients weigh and sell
through HTTP, and repeat what was not answered, as tablets do. Half-way the primary is killed with
all its processes, and the replica promoted. Fails unless every acknowledged act is there once, the
books differ by 0 g and every chain is whole; then the dead primary becomes the replica.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.outcome import Outcome, arguments  # noqa: E402
from tests.postgresql import leave_root, programs_of  # noqa: E402

PATIENCE_S = 60
TOLD = {
    "acknowledged": ("acts acknowledged", "", ""),
    "before_the_death": ("of which before the primary died", "", ""),
    "lost": ("of which lost", "", "≤ 0"),
    "doubled": ("of which written twice", "", "≤ 0"),
    "repeated": ("sent again by clients", "", ""),
    "acts_per_s": ("acts per second, over all", "/s", ""),
    "without_answers_s": ("the longest silence after its death", "s", ""),
    "promoted_s": ("the replica promoted after", "s", ""),
    "lag_ms_p50": ("the replica behind, p50", "ms", ""),
    "lag_ms_p99": ("the replica behind, p99", "ms", ""),
    "replica_made_s": ("the replica made in", "s", ""),
    "rebuilt_s": ("the dead primary made a replica in", "s", ""),
}
ROLE, STANDBY = "tracerie_app", "second"
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
wal_log_hints = on
wal_keep_size = 1GB
max_connections = 60
shared_buffers = 64MB
"""
FURNISH = """
import json
from django.utils import timezone
from inventory import reference
from inventory.ledger import Entry
from inventory.models import Category, Verb
from inventory.services import StockLine, open_stock
from organisation.models import Membership, Organisation, Site, Submission, Token, User
from sales.journal import keys
from sales.models import Till
from sales.services import open_session
from uuid import uuid4
keys.make()
organisation = Organisation.objects.create(code="essai", name="Essai")
reference.furnish(organisation)
user = User.objects.create(username="essai", organisation=organisation)
Membership.objects.create(user=user, role="director")
def entry(site, verb):
    submission = Submission.objects.create(
        organisation=organisation, uuid=uuid4(), endpoint="drill", digest="")
    return Entry(site, verb, submission, user, timezone.now())
for code in ("nord", "sud"):
    site = Site.objects.create(organisation=organisation, code=code, name=code)
    heap = StockLine(Category.objects.get(code="MOB", organisation=None), 9_000_000_000)
    open_stock(entry=entry(site, Verb.OPEN), lines=[heap])
    till = Till.objects.create(organisation=organisation, site=site, code=code.upper(), name=code)
    open_session(entry=entry(site, Verb.SELL), till=till, float_cents=10_000)
print(Token.objects.issue(user)[1])
"""


class Cluster:
    """One PostgreSQL, with a folder for its data and its socket."""

    def __init__(self, programs: Path, folder: Path, account: dict[str, object]) -> None:
        self.programs, self.folder, self.account = programs, folder, account
        self.data = folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        if "user" in account:
            os.chown(folder, account["user"], account["group"])

    def run(self, program: str, *arguments: str | Path) -> None:
        with (self.folder / "output").open("a") as output:
            done = subprocess.run(
                [self.programs / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, timeout=PATIENCE_S * 3, **self.account,
            )  # fmt: skip
        if done.returncode:
            sys.exit(f"{program}: {(self.folder / 'output').read_text()[-2_000:]}")

    def start(self) -> None:
        """A process group of its own, so that it may die at once as a machine does."""
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **self.account,
            )  # fmt: skip
        self.until("SELECT 1", 1)

    def configure(self) -> None:
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS.format(folder=self.folder))

    def die(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE_S)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def until(self, sql: str, wanted: Any) -> float:
        """Ask again until the answer is ``wanted``; return the seconds that took."""
        import psycopg

        start = time.perf_counter()
        while time.perf_counter() - start < PATIENCE_S:
            with suppress(psycopg.OperationalError):
                if self.ask(sql) == [(wanted,)]:
                    return time.perf_counter() - start
            time.sleep(0.01)
        sys.exit(f"{self.folder.name} never said {wanted} to: {sql}")

    def follow(self, primary: "Cluster") -> None:
        self.run(
            "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast",
            "-d", f"host={primary.folder} user=postgres application_name={STANDBY}",
        )  # fmt: skip

    def wait_for_its_replica(self) -> float:
        """From now on a commit is answered once the other has it on its disk, too."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
        self.ask("SELECT pg_reload_conf()")
        return self.until("SELECT sync_state FROM pg_stat_replication", "sync")


class Client(threading.Thread):
    """Weighs, or sells at one till; repeats what was not answered until it is."""

    def __init__(self, port: int, token: str, number: int, ending: threading.Event) -> None:
        super().__init__()
        self.port, self.token, self.ending = port, token, ending
        self.site = ("nord", "sud")[number % 2]
        self.sells = number % 3 == 2
        self.acknowledged: list[tuple[str, float, float]] = []  # id, when sent, when answered
        self.repeated, self.refused = 0, []

    def run(self) -> None:
        while not self.ending.is_set():
            content = self._content()
            sent, first = time.perf_counter(), True
            while (status := self._post(content)) not in (200, 201):
                if status and status < 500:
                    self.refused.append(status)
                    break
                self.repeated += first
                first = False
                if time.perf_counter() - sent > PATIENCE_S:
                    return
                time.sleep(0.02)
            else:
                self.acknowledged.append((content["id"], sent, time.perf_counter()))

    def _content(self) -> dict[str, Any]:
        if self.sells:
            line = {"category": "MOB", "quantity": 1, "price_cents": 500, "weight_g": 2_000}
            paid = [{"method": "cash", "amount_cents": 500}]
            said = {"till": self.site.upper(), "lines": [line], "payments": paid}
        else:
            lines = [{"category": "MOB", "weight_g": 12_500}, {"category": "TEX", "weight_g": 900}]
            said = {"site": self.site, "mode": "drop_off", "lines": lines}
        return {"id": str(uuid4()), **said}

    def _post(self, content: dict[str, Any]) -> int:
        path = "sales/sales" if self.sells else "collection/intakes"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        http = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            http.request("POST", f"/api/v1/{path}", json.dumps(content), headers)
            answer = http.getresponse()
            answer.read()
            return answer.status
        except (OSError, HTTPException):
            return 0
        finally:
            http.close()


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="before the primary dies")
    parser.add_argument("--clients", type=int, default=6)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tracerie-drill-"))
    with ExitStack() as ends:
        ends.callback(rmtree, folder, ignore_errors=True)
        found = drill(folder, ends, options.seconds, options.clients)
    if found["lost"] or found["doubled"] or found["refused"]:
        sys.exit(f"The drill failed: {json.dumps(found, indent=1)}")
    report(found, options.json)


def report(found: dict[str, Any], path: Path | None) -> None:
    outcome = Outcome("promotion under load, PostgreSQL", database="PostgreSQL")
    for name, (what, unit, target) in TOLD.items():
        outcome.say(what, found[name], unit, target)
    outcome.save(path)


def drill(folder: Path, ends: ExitStack, seconds: float, clients: int) -> dict[str, Any]:
    first, second = clusters(folder)
    ends.callback(first.die)
    ends.callback(second.die)
    first.run("initdb", "-D", first.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
              "--locale=C")  # fmt: skip
    first.configure()
    first.start()
    first.ask("CREATE DATABASE tracerie")
    first.ask(f"CREATE ROLE {ROLE} LOGIN")
    owner = address(first)
    manage(folder, owner, "migrate", "-v", "0")
    manage(folder, owner, "load_reference", "-v", "0")
    token = manage(folder, owner, "shell", "-v", "0", "-c", FURNISH).split()[-1]
    manage(folder, owner, "grant", ROLE)
    start = time.perf_counter()
    second.follow(first)
    second.configure()
    second.start()
    first.wait_for_its_replica()
    made_s = time.perf_counter() - start

    port = serve(folder, address(first, second, role=ROLE), ends)
    ending = threading.Event()
    ends.callback(ending.set)
    team = [Client(port, token, number, ending) for number in range(clients)]
    for client in team:
        client.start()
    lags = lags_of(first, seconds)
    died = time.perf_counter()
    first.die()
    second.run("pg_ctl", "promote", "-w", "-D", second.data)
    second.until("SELECT pg_is_in_recovery()", wanted=False)
    promoted = time.perf_counter()
    time.sleep(seconds / 2)
    ending.set()
    for client in team:
        client.join(PATIENCE_S * 2)
    stopped = time.perf_counter()

    owner = address(second)
    found = what_is_there(second, team, died, stopped)
    found |= {
        "replica_made_s": round(made_s, 2),
        "promoted_s": round(promoted - died, 2),
        "lag_ms_p50": quantile(lags, 50),
        "lag_ms_p99": quantile(lags, 99),
    }
    manage(folder, owner, "verify")
    manage(folder, owner, "caisse_verify")
    start = time.perf_counter()
    rebuild(first, second)
    found["rebuilt_s"] = round(time.perf_counter() - start, 2)
    return found


def clusters(folder: Path) -> tuple[Cluster, Cluster]:
    programs, account = programs_of(), {}
    folder.chmod(0o755)
    if os.geteuid() == 0:
        (folder / "programs").mkdir()
        programs, account = leave_root(programs, folder / "programs")
    return Cluster(programs, folder / "a", account), Cluster(programs, folder / "b", account)


def address(*clusters: Cluster, role: str = "postgres") -> str:
    """Where the database is: with two clusters, whichever of them takes writes."""
    hosts = ",".join(str(cluster.folder) for cluster in clusters)
    either = "&target_session_attrs=read-write&connect_timeout=2" if clusters[1:] else ""
    return f"postgresql://{role}@/tracerie?host={hosts}{either}"


def environment(folder: Path, database: str) -> dict[str, str]:
    data = folder / "tracerie"
    data.mkdir(exist_ok=True)
    return {
        **os.environ, "TRACERIE_DATA": str(data), "DATABASE_URL": database,
        "PYTHONPATH": str(ROOT), "TRACERIE_LOG": "CRITICAL",
    }  # fmt: skip


def manage(folder: Path, database: str, *words: str) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    done = subprocess.run(
        command, env=environment(folder, database), cwd=ROOT, text=True, capture_output=True,
        timeout=PATIENCE_S * 5,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"manage.py {words[0]}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return done.stdout


def serve(folder: Path, database: str, ends: ExitStack) -> int:
    """The server, as ``run`` starts it; return its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
    command += ["--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server").open("ab") as log:
        server = subprocess.Popen(
            [*command, "config.wsgi:application"], env=environment(folder, database), cwd=ROOT,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    ends.callback(server.wait, PATIENCE_S)
    ends.callback(os.killpg, server.pid, signal.SIGKILL)
    for _try in range(PATIENCE_S * 10):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return port
        time.sleep(0.1)
    sys.exit((folder / "server").read_text()[-2_000:])


def lags_of(primary: Cluster, seconds: float) -> list[float]:
    """How far the replica's tables are behind, in ms, looked at ten times a second."""
    lags, start = [], time.perf_counter()
    while time.perf_counter() - start < seconds:
        rows = primary.ask("SELECT extract(epoch FROM replay_lag) * 1000 FROM pg_stat_replication")
        lags += [float(lag) for (lag,) in rows if lag is not None]
        time.sleep(0.1)
    return lags


def quantile(values: list[float], percent: int) -> float | None:
    if len(values) < 2:
        return None
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def what_is_there(
    primary: Cluster, team: list[Client], died: float, stopped: float
) -> dict[str, Any]:
    import psycopg

    with psycopg.connect(
        host=str(primary.folder), user="postgres", dbname="tracerie"
    ) as connection:
        rows = connection.execute(
            "SELECT s.uuid::text, COUNT(m.id) FROM organisation_submission s"
            " LEFT JOIN inventory_movement m ON m.submission_id = s.id GROUP BY s.uuid"
        )
        there = {key: int(movements) for key, movements in rows}
    told = [each for client in team for each in client.acknowledged]
    back = sorted(answered for _id, _sent, answered in told if answered > died)
    before = sum(answered < died for _id, _sent, answered in told)
    return {
        "acknowledged": len(told),
        "before_the_death": before,
        "lost": sum(not there.get(key) for key, _sent, _answered in told),
        "doubled": sum(there.get(key, 0) > 1 for key, _sent, _answered in told),
        "repeated": sum(client.repeated for client in team),
        "refused": [status for client in team for status in client.refused],
        "acts_per_s": round(len(told) / (stopped - min(s for _id, s, _a in told)), 1),
        # What was on its way as it died may be answered still: the longest silence counts.
        "without_answers_s": max(map(float.__sub__, back, [died, *back]), default=float("inf")),
    }


def rebuild(old: Cluster, primary: Cluster) -> None:
    """The dead primary follows the new one, from where the two parted."""
    old.run(
        "pg_rewind", "--target-pgdata", old.data, "--write-recovery-conf", "--source-server",
        f"host={primary.folder} user=postgres dbname=postgres application_name={STANDBY}",
    )  # fmt: skip
    # What it copied is the other's: its socket, and no replica to wait for.
    (old.data / "postgresql.auto.conf").write_text(
        f"primary_conninfo = 'host={primary.folder} user=postgres application_name={STANDBY}'\n"
    )
    old.configure()
    old.start()
    primary.wait_for_its_replica()


if __name__ == "__main__":
    main()

"""What a server process costs before it has done anything: time to start, memory, what it loaded.

    python benchmarks/starting.py [--rounds 5]

Each figure is a process of its own. "Bare" is Django with one Ninja API, no application and no
page: what nobody can go below. The worker is one that granian
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments
from benchmarks.over_http import KINDS, Kind, load, server

HEAVY = ("pandas", "numpy", "typst", "PIL", "xlsxwriter", "cryptography", "barcode", "segno")
BARE = """
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"],
                   INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "ninja"])
import django; django.setup()
from ninja import NinjaAPI
from django.urls import path
api = NinjaAPI()
urlpatterns = [path("api/", api.urls)]
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
"""
WHOLE = "from config.wsgi import application\n"
TOLD = """
import sys, resource, json
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                  sum(resource.getrusage(resource.RUSAGE_SELF)[:2]),
                  [name for name in HEAVY if name in sys.modules]]))
"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    outcome = Outcome("starting")
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        env = {**os.environ, "TRACERIE_DATA": folder, "PYTHONPATH": str(ROOT)}
        env["DJANGO_SETTINGS_MODULE"] = "config.settings"
        env.pop("DATABASE_URL", None)
        manage = [sys.executable, ROOT / "manage.py", "migrate", "-v", "0"]
        subprocess.run(manage, env=env, cwd=ROOT, check=True)
        started(WHOLE, env)  # the key that signs is made at the first start
        bare, whole = [], []
        for _round in range(options.rounds):
            bare.append(started(BARE, env))
            whole.append(started(WHOLE, env))
    for what, found in (("bare Django and Ninja", bare), ("Tracerie", whole)):
        outcome.say(f"{what}: started, processor", middle(found, 1), "s")
        outcome.say(f"{what}: memory", middle(found, 0), "MiB")
    outcome.say("start over bare, processor", middle(whole, 1) / middle(bare, 1), "×")
    outcome.say("heavy libraries loaded at start", len(whole[0][2]), "", "≤ 0")
    worker(outcome)
    outcome.save(options.json)


def started(program: str, env: dict[str, str]) -> tuple[float, float, list[str]]:
    """MiB at most, seconds of processor, and heavy modules loaded, of a process that started."""
    told = TOLD.replace("HEAVY", repr(HEAVY))
    command = [sys.executable, "-c", program + told]
    said = subprocess.check_output(command, env=env, cwd=ROOT, text=True)
    memory, seconds, heavy = json.loads(said.splitlines()[-1])
    return memory, seconds, heavy


def middle(found: list[tuple[float, float, list[str]]], n: int) -> float:
    return statistics.median(one[n] for one in found)  # type: ignore[type-var]


def worker(outcome: Outcome) -> None:
    """A worker that granian started, after pages, arrivals and sales."""
    with server(4_000) as address:
        pid = worker_at(address.port)
        outcome.say("a worker after its first answer", resident(pid), "MiB", "≤ 90")
        for name, kind in KINDS.items():
            if "Tracerie" in name:
                load(address, Kind(*kind), seconds=2)
        outcome.say("a worker after arrivals and sales", resident(pid), "MiB", "≤ 90")
        outcome.say("of which memory of its own, not files", resident(pid, "Pss_Anon"), "MiB")


def worker_at(port: int) -> int:
    """The largest of the processes that the server on ``port`` is made of."""
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    ours = [pid for pid in pids if f"--port\0{port}\0".encode() in said_by(pid)]
    children = [pid for pid in pids if parent_of(pid) in ours]
    return max([*ours, *children], key=resident)


def said_by(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def resident(pid: int, line: str = "Pss") -> float:
    """MiB that only this process holds, and its part of what it shares."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    told = dict(each.split(":", 1) for each in rollup.splitlines()[1:])
    return int(told[line].split()[0]) / 1024


if __name__ == "__main__":
    main()

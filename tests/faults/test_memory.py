"""A day of work at one server: its memory stays flat, and its answers take no longer at the end.

`TRACERIE_CAMPAIGN=1` works for sixty minutes. Anonymous memory is judged: pages of the database
file that SQLite maps are the system's to take back.
"""

import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import linear_regression, median, quantiles

import pytest

from inventory.verify import differences
from organisation.models import Token
from tests.databases import at_once
from tests.faults.counts import IS_CAMPAIGN
from tests.faults.hands import Hand, Line, stock_up
from tests.servers import granian

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")

# In all, until it is warm, and between two requests of each of two hands.
SECONDS, WARM_UP_S, EVERY_S = (3_600, 600, 0.5) if IS_CAMPAIGN else (20, 8, 0.1)
CONTROL = 12, 4, 0.1
CONTROL_KB = 6_000
MOST_GROWTH_KB = 16_000 if IS_CAMPAIGN else CONTROL_KB  # in all the time after the warm-up
READS = (
    "collection/day?site=canal",
    "inventory/stock?site=canal",
    "reporting/diversion?site=canal&from=2026-01-01&to=2026-12-31",
    "reporting/flows?site=canal&from=2026-01-01&to=2026-12-31&by=month,fate",
    "sales/suggestions?site=canal",
    "inventory/categories?site=canal",
)


@dataclass(slots=True)
class Seen:
    """What a working day looked like: memory over time, and how long each answer took."""

    seconds: int
    warm_up_s: int
    every_s: float
    # seconds, anonymous kB, all resident kB
    memory: list[tuple[float, int, int]] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)  # seconds, ms

    def growth_kb(self) -> int:
        """How much the line through the memory after the warm-up rises in that time."""
        warm = [(at, kb) for at, kb, _all in self.memory if at > self.warm_up_s]
        slope, _start = linear_regression(*zip(*warm, strict=True))
        return round(slope * (warm[-1][0] - warm[0][0]))

    def by_sixths(self):
        """The memory at the start, at the end, and five times in between."""
        return [self.memory[n * (len(self.memory) - 1) // 6] for n in range(7)]

    def percentiles(self):
        """p50 and p99 in ms of the first and of the last third of the time after the warm-up."""
        third = (self.seconds - self.warm_up_s) / 3
        first = [ms for at, ms in self.answers if 0 < at - self.warm_up_s < third]
        last = [ms for at, ms in self.answers if at > self.seconds - third]
        return [(median(each), quantiles(each, n=100)[98]) for each in (first, last)]


def memory_of(server):
    """Anonymous and all resident kB of a server and the workers it started."""
    found = [0, 0]
    for pid in (server.pid, *_children(server.pid)):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        said = dict(line.split(":", 1) for line in lines)
        found[0] += int(said["RssAnon"].split()[0])
        found[1] += int(said["VmRSS"].split()[0])
    return found


def _children(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def working_day(world, folder, application, seen):
    """Two hands work at their pace, each write followed by a read."""
    till, token = stock_up(world.canal).code, Token.objects.issue(world.anna)[1]
    hands = [Hand(token, till, seed) for seed in range(2)]
    with granian(world.database, folder, application=application) as (server, address):
        start = time.monotonic()
        acts = [partial(_work, hand, address, start, seen) for hand in hands]
        watch = partial(_watch, server, start, seen)
        assert at_once(*acts, watch, seconds=seen.seconds + 120) == [None] * 3
    assert [hand.refused + hand.unanswered for hand in hands] == [[], []]


def _work(hand, address, start, seen):
    with closing(Line(address, hand.token)) as line:
        for turn in range(round(seen.seconds / seen.every_s)):
            time.sleep(max(0, start + turn * seen.every_s - time.monotonic()))
            began = time.monotonic()
            if turn % 2:
                assert line.ask("GET", READS[turn // 2 % len(READS)])[0] == 200
            else:
                assert hand.send(line)
            seen.answers.append((began - start, 1_000 * (time.monotonic() - began)))


def _watch(server, start, seen):
    while (at := time.monotonic() - start) < seen.seconds:
        seen.memory.append((at, *memory_of(server)))
        time.sleep(seen.seconds / 300)


def test_a_day_of_work_leaves_memory_and_answers_as_they_were(
    own_database, tmp_path, record_property
):
    seen = Seen(SECONDS, WARM_UP_S, EVERY_S)
    working_day(own_database, tmp_path, "config.wsgi:application", seen)

    (p50, p99), (p50_end, p99_end) = seen.percentiles()
    record_property("answers", len(seen.answers))
    record_property("growth_kb", seen.growth_kb())
    record_property("anonymous_kb", " ".join(str(each[1]) for each in seen.by_sixths()))
    record_property("resident_kb", " ".join(str(each[2]) for each in seen.by_sixths()))
    record_property("p50_ms", f"{p50:.1f} → {p50_end:.1f}")
    record_property("p99_ms", f"{p99:.1f} → {p99_end:.1f}")
    assert seen.growth_kb() < MOST_GROWTH_KB
    assert p50_end < 2 * p50 + 20
    if IS_CAMPAIGN:  # of the short run, p99 is one answer
        assert p99_end < 2 * p99 + 20
    assert differences() == []


def test_a_server_that_keeps_a_little_of_each_request_would_be_seen(
    own_database, tmp_path, record_property
):
    """The control."""
    seen = Seen(*CONTROL)
    working_day(own_database, tmp_path, "tests.faults.broken:leaking", seen)
    record_property("growth_kb", seen.growth_kb())
    assert seen.growth_kb() > CONTROL_KB

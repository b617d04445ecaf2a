"""The books and the tills' journal proven from a page or by night, and what the last proof said."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import OperationalError, connections
from django.utils import timezone

from inventory.verify import differences
from organisation.models import Organisation
from sales.journal.verify import Finding, findings
from sales.models import Chain

BOOKS, TILLS = "books", "tills"
AT_MOST_S = 25  # for each proof that a page waits for; by night there is no bound
STEPS = 100_000  # of SQLite between two looks at the clock
LAST_BYTES = 100_000  # of the notes: some hundred proofs


class Proof(NamedTuple):
    """What was proven and when, how much is wrong, and whether it had to be given up."""

    at: datetime
    what: str
    owner: str  # a structure's code; empty: the whole installation
    faults: int
    is_cut: bool = False


def verify_now(*, organisation: Organisation) -> list[Proof]:
    """Prove the books, and this structure's chains, each for so long as a page may take."""
    using = connections["report"].alias
    chains = Chain.objects.using(using).filter(organisation=organisation).order_by("name")
    tills = partial(findings, chains=chains, anchors={}, using=using)
    return [
        _proven(BOOKS, "", lambda: differences(using=using)),
        _proven(TILLS, organisation.code, lambda: list(tills())),
    ]


def note_books(faults: int) -> None:
    """Keep what a proof of all books said."""
    _note(Proof(timezone.now(), BOOKS, "", faults))


def note_tills(chains: Iterable[Chain], found: Iterable[Finding]) -> None:
    """Keep what a proof of these whole chains said, for each structure that has one."""
    counted = Counter(fault.chain.split("/")[0] for fault in found)
    of_nobody = counted.pop("", 0)
    for owner in sorted({chain.name.split("/")[0] for chain in chains}):
        _note(Proof(timezone.now(), TILLS, owner, counted[owner] + of_nobody))


def last_proof(what: str, owner: str) -> Proof | None:
    """The last proof that says something of ``owner``; None where there was none yet."""
    return next(
        (said for said in _noted() if said.what == what and said.owner in ("", owner)), None
    )


@contextmanager
def within(seconds: int, using: str = "report") -> Iterator[None]:
    """End what asks the database for longer than that. Raises OperationalError."""
    connection, end = connections[using], time.monotonic() + seconds

    def in_time(execute: Callable[..., Any], *asked: Any) -> Any:
        if time.monotonic() > end:
            raise OperationalError("out of time")
        return execute(*asked)

    connection.ensure_connection()
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        connection.connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    else:
        _timeout(using, seconds * 1000)
    try:
        with connection.execute_wrapper(in_time):
            yield
    finally:
        if is_sqlite:
            connection.connection.set_progress_handler(None, 0)
        else:
            _timeout(using, 0)


def _timeout(using: str, ms: int) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(ms)])


def _proven(what: str, owner: str, prove: Callable[[], list[Any]]) -> Proof:
    begun = time.monotonic()
    try:
        with within(AT_MOST_S):
            faults, is_cut = len(prove()), False
    except OperationalError:
        if time.monotonic() - begun < AT_MOST_S:
            raise
        faults, is_cut = 0, True
    proof = Proof(timezone.now(), what, owner, faults, is_cut)
    _note(proof)
    return proof


def _path() -> Path:
    return Path(settings.DATA_DIR) / "proofs.log"


def _noted() -> Iterator[Proof]:
    """The newest first; a line cut by a full disk says nothing."""
    try:
        with _path().open("rb") as notes:
            notes.seek(max(0, notes.seek(0, os.SEEK_END) - LAST_BYTES))
            lines = notes.read().splitlines()
    except FileNotFoundError:
        return
    for line in reversed(lines):
        try:
            said = json.loads(line)
            yield Proof(**{**said, "at": datetime.fromisoformat(said["at"])})
        except (ValueError, TypeError, KeyError):
            continue


def _note(proof: Proof) -> None:
    line = {**proof._asdict(), "at": proof.at.isoformat(timespec="seconds")}
    with _path().open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(line) + "\n")

"""A PostgreSQL of one test's own, to be killed: it syncs, as one that serves does."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.postgresql import leave_root, programs_of


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.programs, self.account = programs_of(), {}
        if os.geteuid() == 0:
            self.programs, self.account = leave_root(self.programs, folder)

    def run(self, program: str, *arguments: str | Path) -> int:
        """One of PostgreSQL's programs, under its own account; its status."""
        with (self.folder / "output").open("a") as output:
            done = subprocess.run([self.programs / program, *arguments], cwd=self.folder,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  check=False, **self.account)  # fmt: skip
        return done.returncode

    def start(self) -> None:
        """Start it; after a kill, once the last of its processes is gone."""
        for _try in range(60):
            options = f"-k '{self.folder}' -c listen_addresses=''"
            if self.run("pg_ctl", "start", "-w", "-D", self.data, "-o", options) == 0:
                return
            time.sleep(0.5)
        raise AssertionError((self.folder / "output").read_text())

    def kill_9(self) -> None:
        """The server itself, with whatever it had in hand."""
        os.kill(self._postmaster(), signal.SIGKILL)

    def kill_9_backend(self, pid: int) -> None:
        """One of its processes: all others end with it, and begin anew by themselves."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """One with an empty database ``tracerie``, of the account ``postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="tracerie-cluster-"))
    made = Cluster(folder)
    try:
        assert made.run("initdb", "-D", made.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale=C", "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8") == 0  # fmt: skip
        made.start()
        assert made.run("createdb", "-h", folder, "-U", "postgres", "tracerie") == 0
        yield made
    finally:
        made.run("pg_ctl", "stop", "-D", made.data, "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)

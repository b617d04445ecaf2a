"""The server in a process of its own, to be killed: on a test's database, at a port it keeps."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import environment_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def granian(
    name: str, folder: Path, port: int = 0, application: str = "config.serving:application"
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The server as ``run`` starts it, in a process group of its own; yields it and its address."""
    port = port or free_port()
    interface = "rsgi" if application.endswith("serving:application") else "wsgi"
    command = [sys.executable, "-m", "granian", "--interface", interface]
    command += ["--blocking-threads", "4"] if interface == "wsgi" else []
    command += ["--host", "127.0.0.1", "--port", str(port), application]
    with (folder / "granian.log").open("ab") as log:
        server = subprocess.Popen(
            command, env=environment_of(name), stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, server)
        yield server, f"http://127.0.0.1:{port}"
    finally:
        kill_9(server)


def kill_9(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _try in range(600):
        assert server.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")

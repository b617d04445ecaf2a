"""Databases of their own, for tests that need real commits, several connections or a browser.

The ledger's triggers forbid emptying its tables, so no test flushes: each gets a copy of one
migrated template, and the copy is thrown away. SQLite copies a file, PostgreSQL a database.
"""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import cache
from http.client import HTTPException
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any
from urllib import error, request

import pytest
from django.contrib.auth.hashers import make_password
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection, connections
from django.test import override_settings

from inventory import reference

PASSWORD = "tracerie-tests"
_numbers = count(1)


@contextmanager
def connected_to(name: str, **where: str) -> Iterator[None]:
    """Point every alias, in every thread, at the database ``name``, of another server perhaps."""
    aliases = list(connections.settings)
    mine = {alias: connections[alias] for alias in aliases}
    before = {alias: connections.settings[alias] for alias in aliases}
    for alias in aliases:
        connections.settings[alias] = {**before[alias], "NAME": name, **where}
        del connections[alias]
    try:
        yield
    finally:
        for alias in aliases:
            connections[alias].close()
            connections.settings[alias] = before[alias]
            connections[alias] = mine[alias]


@pytest.fixture(scope="session")
def template(tmp_path_factory, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The small world in a migrated database, ``world.database``, to be copied."""
    from tests.conftest import build_world

    with django_db_blocker.unblock():
        name = new_database(tmp_path_factory.mktemp("template"))
        with connected_to(name):
            call_command("migrate", verbosity=0)
            reference.load()
            world = build_world()
        world.database = name
        yield world
        drop_database(name)


@contextmanager
def world_in_a_copy(template: SimpleNamespace, folder: Path) -> Iterator[SimpleNamespace]:
    """The small world in a copy of ``template``, which every alias then means."""
    world = deepcopy(template)
    world.database = new_database(folder, template.database)
    with connected_to(world.database):
        yield world
    drop_database(world.database)


@contextmanager
def copied(name: str, folder: Path) -> Iterator[str]:
    """The name of a copy of a database that nobody is connected to."""
    folder.mkdir()
    copy = new_database(folder, name)
    yield copy
    drop_database(copy)


@pytest.fixture
def own_database(template, tmp_path, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The small world in a real database of its own; threads open their own connections to it."""
    with django_db_blocker.unblock(), world_in_a_copy(template, tmp_path) as world:
        yield world


def environment_of(name: str) -> dict[str, str]:
    """The environment in which another process works on the database ``name``."""
    environment = dict(os.environ)
    if connection.vendor == "sqlite":
        environment.pop("DATABASE_URL", None)
        return environment | {"TRACERIE_DATA": str(Path(name).parent)}
    return environment | {
        "DATABASE_URL": f"{environment['DATABASE_URL'].rpartition('/')[0]}/{name}"
    }


def send(url: str, token: str, content: dict[str, Any]) -> tuple[int, str]:
    """Post JSON to a real server; return status and body. Raises OSError without an answer."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    asked = request.Request(url, json.dumps(content).encode(), headers)  # noqa: S310
    try:
        with request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()
    except HTTPException as cut:  # killed in the middle of its answer
        raise ConnectionError from cut


def new_database(folder: Any, template: str = "") -> str:
    """Make a database, empty or a copy of ``template``; return its name."""
    if connection.vendor == "sqlite":
        name = str(folder / "tracerie.sqlite3")
        if template:  # nobody is connected to it: the file is whole
            shutil.copy(template, name)
        return name
    name = f"{connection.settings_dict['NAME']}_{os.getpid()}_{next(_numbers)}"
    clause = f' TEMPLATE "{template}"' if template else ""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"{clause}')
    return name


def drop_database(name: str) -> None:
    """Throw away what ``new_database`` made; files go with their folder."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class _Handler(WSGIRequestHandler):
    """One request per connection: no thread, and no database connection, outlives its test."""

    def end_headers(self) -> None:
        self.close_connection = True
        super().end_headers()

    def handle(self) -> None:
        self.close_connection = True
        server: Any = self.server
        server.idle.add(self.connection)  # a browser opens some that it may never use
        is_asked = not server.is_ending and self.rfile.peek(1)
        server.idle.discard(self.connection)
        if is_asked:
            self.handle_one_request()

    def log_message(self, *_args: Any) -> None:
        pass


@cache
def _application() -> WSGIHandler:
    """Made once, with static files found once: a screen of the floor asks for seventy."""
    with override_settings(WHITENOISE_AUTOREFRESH=False):
        return WSGIHandler()


@pytest.fixture(scope="session")
def door() -> Iterator[socket.socket]:
    """One address for all servers of ``live``: a browser opens the next page of a site it knows
    in half the time, and nobody else takes the port between two tests."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening


@pytest.fixture
def live(own_database, door) -> Iterator[str]:
    """The address of a server on ``own_database``, pages and static files included.

    Everybody of the small world signs in with ``PASSWORD``; no slash at the end.
    """
    from organisation.models import User

    User.objects.update(password=make_password(PASSWORD))
    with ThreadedWSGIServer(door.getsockname(), _Handler, bind_and_activate=False) as http:
        http.socket.close()
        http.socket = door.dup()
        http.server_name, http.server_port = door.getsockname()
        http.setup_environ()
        http.daemon_threads = False  # so that closing waits for the last answers
        http.set_app(_application())
        http.idle, http.is_ending = set(), False
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()
            _hang_up(http)


def _hang_up(http: Any) -> None:
    """End the connections that nobody asked anything on: closing would wait for them."""
    http.is_ending = True
    for each in http.idle.copy():
        with suppress(OSError):
            each.shutdown(socket.SHUT_RD)


def at_once(*acts: Callable[[], Any], seconds: float = 120) -> list[Any]:
    """Run the acts in threads that start together; return each one's result or exception."""
    start = Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(30)
            results[index] = act()
        except Exception as error:  # the caller judges it
            results[index] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return results

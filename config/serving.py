"""How requests come in: read whole before a thread works on them, so that a slow line holds none.

Granian speaks HTTP; this hands what it read to Django, in ``THREADS`` threads. Were a thread to
read the body itself, four tablets that lose their Wi-Fi while they send would stop the
house: nothing tells a server that somebody walked out of reach.

On SQLite, which has one writer at a time, what programs and tablets send goes through one thread
more, one after the other: threads that take Python's lock from each other at every statement
would slow all of them by a quarter. Behind one that takes long nobody waits there.
"""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any

from django.db import connection
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from config.reading import SAFE, Reader, RefusedError, environ_of
from config.turns import in_turn
from config.wsgi import application as django

THREADS = 4
TAKE_S = 30.0  # for one piece of an answer to be taken
JSON = "application/json"
WHOLE = 1_000_000  # bytes of an answer that are sent in one piece

Headers = list[tuple[str, str]]

_reader = Reader()
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracerie")
_writer: Executor | None = None
if connection.vendor == "sqlite":
    _writer = ThreadPoolExecutor(1, thread_name_prefix="tracerie-writer")


async def application(scope: Any, protocol: Any) -> None:
    """One request, from its first byte to its last."""
    if scope.proto != "http":
        protocol.close(404)
        return
    loop = asyncio.get_running_loop()
    try:
        body = await _reader.read(scope, protocol)
    except RefusedError as refused:
        _refuse(protocol, refused.args[0])
        return
    give = partial(Answer(protocol, loop).give, environ_of(scope, body))
    if _writer and scope.method not in SAFE and scope.headers.get("content-type") == JSON:
        await in_turn(_writer, _threads, give)
    else:
        await loop.run_in_executor(_threads, give)


def _refuse(protocol: Any, status: int) -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("retry-after", "5")]
    protocol.response_str(status, headers, HTTPStatus(status).phrase)


class Answer:
    """Django's answer on its way out, in the thread that makes it."""

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._protocol, self._loop = protocol, loop
        self._status, self._headers = 500, Headers()

    def _start(self, status: str, headers: Headers, *_error: Any) -> None:
        self._status = int(status.partition(" ")[0])
        self._headers = [(name.lower(), value) for name, value in headers]

    def give(self, environ: dict[str, Any]) -> None:
        """Send it in one piece; what is larger, piece by piece as it is taken."""
        start: Any = self._start  # nothing of ours writes but by what it returns
        found: Any = django(environ, start)
        try:
            pieces = iter(found)
            first, rest = _gather(pieces)
            if rest is None:
                self._protocol.response_bytes(self._status, self._headers, first)
            else:
                with suppress(ProtocolClosed, TimeoutError):  # whoever asked is gone
                    self._stream(chain((first, rest), pieces))
        finally:
            if hasattr(found, "close"):
                found.close()

    def _stream(self, pieces: Iterable[bytes]) -> None:
        line = self._protocol.response_stream(self._status, self._headers)
        for piece in pieces:
            asyncio.run_coroutine_threadsafe(_sent(line, piece), self._loop).result()


async def _sent(line: Any, piece: bytes) -> None:
    async with asyncio.timeout(TAKE_S):
        await line.send_bytes(piece)


def _gather(pieces: Iterator[bytes]) -> tuple[bytes, bytes | None]:
    """The answer and None, or what fits and the piece that does not any more."""
    gathered = bytearray()
    for piece in pieces:
        if gathered and len(gathered) + len(piece) > WHOLE:
            return bytes(gathered), piece
        gathered += piece
    return bytes(gathered), None

"""How requests come in: read whole before a thread works on them, so that a slow line holds none.

Granian speaks HTTP; this hands what it read to Django, in as many threads as ``run`` says. Were a
thread to read the body itself, four tablets that lose their Wi-Fi while they send would stop the
house: nothing tells a server that somebody walked out of reach.
"""

import asyncio
import io
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from itertools import chain
from typing import Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from config.limits import MOST_BYTES
from config.wsgi import application as django

THREADS = 4
READ_S = 60.0  # for a whole body; a photo over a poor Wi-Fi takes a quarter of it
PAUSE_S = 15.0  # between two pieces of one; a tablet itself gives up after 12
TAKE_S = 30.0  # for one piece of an answer to be taken
MOST_HELD = 64_000_000  # bytes of bodies that are being read at once: twenty of the largest
WHOLE = 1_000_000  # bytes of an answer that are sent in one piece

ONE = frozenset({"HTTP_HOST", "CONTENT_LENGTH", "CONTENT_TYPE"})  # the last one said counts

Headers = list[tuple[str, str]]


class RefusedError(Exception):
    """A body that is not waited for any more, and the status that says why."""


class Reader:
    """Reads bodies; all of them together hold no more than so much."""

    def __init__(self) -> None:
        self.held = 0

    async def read(self, scope: Any, protocol: Any) -> bytearray:
        """Return the body, all of it; empty where it claims too much: that is refused unread.

        Raises RefusedError.
        """
        body, claimed = bytearray(), _claimed(scope)
        if not 0 < claimed <= MOST_BYTES:
            return body
        loop = asyncio.get_running_loop()
        until = loop.time() + READ_S
        try:
            async with asyncio.timeout_at(loop.time() + PAUSE_S) as patience:
                async for piece in protocol:
                    self._take(body, piece)
                    patience.reschedule(min(loop.time() + PAUSE_S, until))
        except TimeoutError:
            raise RefusedError(408) from None
        finally:
            self.held -= len(body)
        if len(body) != claimed:  # cut on its way: nobody listens any more
            raise RefusedError(400)
        return body

    def _take(self, body: bytearray, piece: bytes) -> None:
        if self.held + len(piece) > MOST_HELD:
            raise RefusedError(503)
        body += piece
        self.held += len(piece)


_reader = Reader()
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tracerie")


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
    answer = Answer(protocol, loop)
    await loop.run_in_executor(_threads, answer.give, environ_of(scope, body))


def _claimed(scope: Any) -> int:
    """The length that a body claims to have; one that is no number is refused unread, too.

    Raises RefusedError where it claims none, but to end some time: a cut would look like its end.
    """
    if "transfer-encoding" in scope.headers:
        raise RefusedError(411)
    said = scope.headers.get("content-length") or "0"
    return int(said) if said.isdecimal() else MOST_BYTES + 1


def _refuse(protocol: Any, status: int) -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
    protocol.response_str(status, [*headers, ("retry-after", "5")], HTTPStatus(status).phrase)


def _as_bytes_are_said(text: str) -> str:
    """WSGI wants a sign for each byte of an address."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def environ_of(scope: Any, body: bytes | bytearray) -> dict[str, Any]:
    """The request as WSGI wants it."""
    address, _colon, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_bytes_are_said(scope.path),
        "QUERY_STRING": _as_bytes_are_said(scope.query_string),
        "SERVER_NAME": address,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.authority:  # HTTP/2 names the host so
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:  # it would pass for the same name with a dash, such as the proxy's own
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        if key in environ and key not in ONE:
            value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
        environ[key] = value
    return environ


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

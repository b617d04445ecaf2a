"""A request as granian has it, read whole and told as WSGI wants it."""

import asyncio
import io
import sys
from typing import Any

MOST_BYTES = 3_000_000  # a photo in base64, a count of two thousand objects
READ_S = 60.0  # for a whole body; a photo over a poor Wi-Fi takes a quarter of it
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # what writes nothing
PAUSE_S = 15.0  # between two pieces of one; a tablet itself gives up after 12
MOST_HELD = 64_000_000  # bytes of bodies that are being read at once: twenty of the largest
ONE = frozenset({"HTTP_HOST", "CONTENT_LENGTH", "CONTENT_TYPE"})  # the last one said counts


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


def _claimed(scope: Any) -> int:
    """The length that a body claims to have; one that is no number is refused unread, too.

    Raises RefusedError where it claims none, but to end some time: a cut would look like its end.
    """
    if "transfer-encoding" in scope.headers:
        raise RefusedError(411)
    said = scope.headers.get("content-length") or "0"
    return int(said) if said.isascii() and said.isdecimal() else MOST_BYTES + 1


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

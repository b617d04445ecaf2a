"""Uploads meant to harm, against the server as `run` starts it: refused at once, in no memory."""

import base64
import json
import socket
import struct
import time
import zlib
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from inventory.models import Photo
from tests.databases import send
from tests.servers import granian
from tests.test_served_races import label, token  # noqa: F401  (a fixture)

MIB = 1 << 20
SOON_S = 20  # machines are shared: what reads a gigabyte, or decodes one, takes far longer


def memory_of(server):
    """The most memory that a process and its children ever held, in bytes."""
    process = Path("/proc") / str(server.pid)
    children = (process / "task" / str(server.pid) / "children").read_text().split()
    told = [(Path("/proc") / pid / "status").read_text() for pid in (str(server.pid), *children)]
    lines = [line for each in told for line in each.splitlines() if line.startswith("VmHWM")]
    return sum(int(line.split()[1]) * 1024 for line in lines)


def huge_png(side=50_000):
    """A PNG of two and a half thousand million dots, in a few hundred kilobytes."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    dots = b"".join(packer.compress(row) for _n in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


ATTACKS = {
    "a PNG of 50,000 × 50,000": (huge_png, "picture_too_large"),
    "a polyglot": (lambda: b"\xff\xd8\xff\xe0" + b"PK\x03\x04" * 50_000, "not_a_picture"),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 1_000, "not_a_picture"),
}


CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
WAYS = {f"Content-Length: {1 << 30}": b"x" * 65_536, "Transfer-Encoding: chunked": CHUNK}


def streamed(address, path, token, kind, way):  # noqa: F811
    """Announce a gigabyte and begin to send it; return the status, and how much went out."""
    where = urlsplit(address)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}\r\n{way}\r\n\r\n"
    )
    sent = 0
    with socket.create_connection((where.hostname, where.port), timeout=SOON_S) as line:
        line.sendall(head.encode())
        line.settimeout(0.5)
        try:
            while sent < 64 * MIB:
                sent += line.send(WAYS[way])
        except OSError:
            pass  # nobody reads it
        line.settimeout(SOON_S)
        try:
            answer = line.recv(64)
        except ConnectionResetError:
            answer = b""
    return answer, sent


@pytest.fixture
def served(own_database, token, tmp_path):  # noqa: F811
    code = label(own_database, 1)
    with granian(own_database.database, tmp_path) as (server, address):
        url = f"{address}/api/v1/inventory/items/{code}"
        assert send(f"{url}/repairs", token, _repair())[0] == 201  # warm
        yield server, address, url


def _repair():
    return {"id": str(uuid4()), "act": "test", "result": "works"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_meant_to_harm_is_refused_at_once_in_little_memory(served, token, attack):  # noqa: F811
    server, _address, url = served
    make, expected = ATTACKS[attack]
    content = {"id": str(uuid4()), "picture": base64.b64encode(make()).decode()}
    before, begun = memory_of(server), time.monotonic()
    status, body = send(f"{url}/photos", token, content)
    taken_s = time.monotonic() - begun
    assert (status, json.loads(body)["detail"][0]["type"]) == (422, expected)
    assert memory_of(server) - before <= 50 * MIB
    assert taken_s < SOON_S
    assert not Photo.objects.exists()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
def test_a_gigabyte_is_refused_by_what_it_claims(served, token, kind, way):  # noqa: F811
    server, address, url = served
    before, begun = memory_of(server), time.monotonic()
    for path in (urlsplit(url).path + "/photos", "/connexion/"):
        answer, sent = streamed(address, path, token, kind, way)
        assert answer[:12] in (b"HTTP/1.1 413", b"HTTP/1.1 411", b"")
        assert sent < 64 * MIB
    assert memory_of(server) - before <= 50 * MIB
    assert time.monotonic() - begun < SOON_S
    assert send(f"{url}/repairs", token, _repair())[0] == 201  # it still serves

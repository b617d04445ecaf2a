"""Between the network and Django nothing is lost, added, or taken for something else."""

import asyncio
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import ninja
import pytest

from config.reading import MOST_BYTES, Reader, RefusedError, environ_of
from config.turns import in_turn
from tests.servers import granian
from tests.test_served_races import token  # noqa: F401  (a fixture)

PAGES = "tests.security.serving:application"
BUNDLE = "/static/ninja/swagger-ui-bundle.js"


class Headers(dict):
    def items(self):
        return [(name, value) for name, values in super().items() for value in values]

    def get(self, name, default=None):
        return self[name][-1] if name in self else default


class Scope:
    proto, http_version, scheme, authority = "http", "1.1", "http", None
    server, client, method, path, query_string = "127.0.0.1:80", "[::1]:1", "POST", "/é", "q=中"

    def __init__(self, **headers):
        self.headers = Headers({name.replace("__", "-"): list(v) for name, v in headers.items()})


async def pieces(*sent):
    for piece in sent:
        yield piece


async def read(reader, scope, *sent):
    return bytes(await reader.read(scope, pieces(*sent)))


def run(coroutine):
    return asyncio.run(coroutine)


def _line(address):
    return http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)


def test_an_address_keeps_its_bytes_and_headers_their_order():
    environ = environ_of(
        Scope(cookie=["a=1", "b=2"], x__forwarded__for=["1.1.1.1", "2.2.2.2"]), b""
    )
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=中"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"].endswith(",2.2.2.2")
    assert environ["REMOTE_ADDR"] == "::1"


def test_two_lengths_are_one_and_an_underscore_is_no_dash():
    environ = environ_of(Scope(content__length=["3", "4"], x_real_ip=["6.6.6.6"]), b"abcd")
    assert environ["CONTENT_LENGTH"] == "4"
    assert "HTTP_X_REAL_IP" not in environ


@pytest.mark.parametrize(
    ("said", "sent", "status"),
    [("9", [b"abc"], 400), ("2", [b"abc"], 400), (str(MOST_BYTES), [b"x"], 400)],
)
def test_a_body_that_is_not_as_long_as_it_claims_is_refused(said, sent, status):
    with pytest.raises(RefusedError) as refused:
        run(read(Reader(), Scope(content__length=[said]), *sent))
    assert refused.value.args == (status,)


@pytest.mark.parametrize("said", ["-1", "1e3", "٣", "", "999999999999"])
def test_a_length_that_is_none_or_too_much_is_not_read(said):
    assert run(read(Reader(), Scope(content__length=[said]), b"abc")) == b""


def test_bodies_on_their_way_share_one_bound():
    reader = Reader()
    reader.held = 63_999_999
    with pytest.raises(RefusedError) as refused:
        run(read(reader, Scope(content__length=["2"]), b"ab"))
    assert refused.value.args == (503,)
    assert run(read(reader, Scope(content__length=["1"]), b"a")) == b"a"
    assert reader.held == 63_999_999  # what was read or refused is held no more


def test_writers_take_turns_in_one_thread_and_nobody_waits_for_a_slow_one():
    order, threads, is_over = [], {}, threading.Event()

    def writes(name, *, until=None):
        def give():
            threads[name] = threading.current_thread().name
            if until:
                until.wait(30)
            order.append(name)

        return give

    async def at_once(*gives):
        await asyncio.gather(*[in_turn(writer, others, give) for give in gives])

    writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
    others = ThreadPoolExecutor(1, thread_name_prefix="other")
    with writer, others:
        run(at_once(*[writes(n) for n in range(5)]))
        assert order == [0, 1, 2, 3, 4]  # as they came
        assert set(threads.values()) == {"writer_0"}

        def ends():
            writes("behind")()
            is_over.set()

        run(at_once(writes("slow", until=is_over), ends))
    assert order[5:] == ["behind", "slow"]
    assert threads["slow"] == "writer_0"
    assert threads["behind"] == "other_0"


def test_what_a_writer_raises_is_told():
    def fails():
        raise ZeroDivisionError

    with ThreadPoolExecutor(1) as writer, pytest.raises(ZeroDivisionError):
        run(in_turn(writer, writer, fails))


def test_a_real_server_hands_out_whole_files_heads_and_nothing_twice(
    own_database,
    token,  # noqa: F811
    tmp_path,
):
    bundle = (Path(ninja.__file__).parent / BUNDLE.lstrip("/")).read_bytes()
    assert len(bundle) > 1_000_000  # sent piece by piece
    served = granian(own_database.database, tmp_path, application=PAGES)
    with served as (_server, address), closing(_line(address)) as line:

        def asked(method, path, **headers):
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            return answer, answer.read()

        answer, content = asked("GET", BUNDLE)
        assert content == bundle
        head, nothing = asked("HEAD", BUNDLE)
        assert (head.status, nothing) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(bundle)
        kept, nothing = asked("GET", BUNDLE, **{"If-None-Match": answer.headers["ETag"] or "x"})
        assert kept.status in (200, 304)
        page, text = asked("GET", "/connexion/?next=/%C3%A9")
        assert page.status == 200
        assert len(page.headers.get_all("Content-Security-Policy")) == 1
        assert int(page.headers["Content-Length"]) == len(text)
        assert asked("GET", "/%FF%00/")[0].status == 404
        assert asked("OPTIONS", "/connexion/")[0].status == 200
        me, _text = asked("GET", "/api/v1/organisation/me", Authorization=f"Bearer {token}")
        assert me.status == 200

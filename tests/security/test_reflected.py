"""What an address asks for comes back as text, whichever key it stands under."""

import re
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.test import Client

from tests.routes import PAGES, fill, furnish, pages
from tests.security.hostile import LONG
from tests.test_permissions import Visitor


class Elements(HTMLParser):
    """Finds what was planted, if a page took it for markup."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "data-x" or (value or "").strip().lower().startswith("javascript:"):
                self.found.append((tag, name))


class Noted(QueryDict):
    """An address's query that keeps which keys were asked for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = set()

    def _note(self, key):
        if isinstance(key, str):
            self.__dict__.setdefault("asked", set()).add(key)

    def __getitem__(self, key):
        self._note(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self._note(key)
        return super().get(key, default)

    def getlist(self, key, default=None):
        self._note(key)
        return super().getlist(key, default)

    def __contains__(self, key):
        self._note(key)
        return super().__contains__(key)


@pytest.fixture
def spot(world, api):
    return furnish(world.canal, world.anna, api(world.anna).made)


def keys_read(monkeypatch, client, url, query):
    """The keys that a page looks for in its address."""
    noted = []

    def of(request):
        query = Noted(request.META.get("QUERY_STRING", ""), encoding="utf-8")
        noted.append(query)
        return query

    with monkeypatch.context() as patch:
        from django.core.handlers.wsgi import WSGIRequest

        patch.setattr(WSGIRequest, "GET", property(lambda request: _once(request, of)))
        client.get(url, query)
    return {key for query in noted for key in query.asked} | set(query)


def _once(request, of):
    return request.__dict__.setdefault("_noted", of(request))


def test_what_stands_under_any_key_of_any_page_comes_back_as_text(world, spot, monkeypatch):
    director, wrong, echoed = Visitor(world.anna).client, [], 0
    for route, door in pages().items():
        if door.method != "GET":
            continue
        sample = PAGES[route]
        url, query = door.url(sample, spot), fill(sample.query, spot)
        for key in sorted(keys_read(monkeypatch, director, url, query)):
            answer = director.get(url, {**query, key: LONG})
            if answer.status_code >= 500:
                wrong.append((route, key, answer.status_code))
            if answer["Content-Type"].startswith("text/html"):
                text = answer.content.decode()
                echoed += "&lt;img data-x" in text
                wrong += [(route, key, found) for found in Elements(text).found]
    assert wrong == []
    assert echoed > 20  # they do come back


@pytest.mark.parametrize("key", ["next", "q", "code", "after", "figure", "utm"])
@pytest.mark.parametrize("path", ["/connexion/", "/tablette/", "/langue/", "/t/x/", "/v/x/", "/x/"])
def test_nor_on_pages_open_to_all(path, key, db):
    answer = Client().get(path, {key: LONG})
    assert answer.status_code in (200, 302, 404)
    assert Elements(answer.content.decode()).found == []


def test_an_address_is_no_text_of_a_page(client, world):
    client.force_login(world.anna)
    for route in ("/o/{}/", "/d/{}/", "/caisse/{}/", "/peser/{}/", "/v/{}/", "/audit/{}/"):
        answer = client.get(route.format("%22%3E%3Cb%20data-x%3E"))
        assert answer.status_code == 404
        assert Elements(answer.content.decode()).found == []


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:evil.example",
        "\thttps://evil.example",
    ],
)
def test_nobody_is_led_away_from_here(away, client, world):
    world.anna.set_password("correct horse battery")
    world.anna.save()
    given = {"username": "anna", "password": "correct horse battery", "next": away}
    assert client.post("/connexion/", given)["Location"] == "/"
    led = client.post("/langue/", {"language": "en", "next": away})["Location"]
    assert led.startswith("/")
    assert not re.match(r"[/\\]{2}", led)


def test_a_page_that_takes_a_text_for_markup_is_caught():
    assert Elements(f"<p>{LONG}</p>").found == [("img", "data-x")]
    assert Elements('<a href=" JavaScript:x">').found == [("a", "href")]

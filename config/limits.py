"""What is too large, or too much, is refused before it is read.

Counts are kept in the memory of each process, so that with two workers twice as much gets through,
and a start forgets them. They cost microseconds and hold no secret. docs/operations.md has the
arithmetic.
"""

import math
import re
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.reading import MOST_BYTES, SAFE
from organisation.stations import COOKIE


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a body by the length it claims: a form's would fill the disk as it is parsed."""

    def answer(request: HttpRequest) -> HttpResponse:
        claimed = request.META.get("CONTENT_LENGTH") or "0"
        if not claimed.isdecimal() or int(claimed) > MOST_BYTES:
            return HttpResponse(
                _("This is too large. Nothing was recorded."),
                status=413,
                content_type="text/plain; charset=utf-8",
            )
        return get_response(request)

    return answer


class Limit(NamedTuple):
    """So many at once, then one more each ``every_s`` seconds."""

    name: str
    at_once: int
    every_s: float


# A tablet's whole day of entries, sent again in one go, is below these by far.
WRITES = Limit("writes", 20_000, 1 / 50)  # of one key, pass, session or tablet
WRITES_OF_ALL = Limit("writes of all", 60_000, 1 / 150)  # from one address: twenty tablets
SIGN_INS = Limit("sign-ins", 40, 30)  # with a password, from one address
TABLETS = Limit("tablets", 300, 2)  # turns at tablets, codes to pair them, from one address
VISITS = Limit("visits", 300, 1 / 5)  # of pages open to all, from one address
DRAFTS = Limit("drafts", 30, 4)  # of the page that writes a report's figures again

OPEN_PAGES = re.compile(r"/(t|audit|installer|diagnostic)/")
DRAFTED_PAGES = re.compile(r"/v/")


class Meter:
    """How much each caller did lately, as the moment until which they have used up their share."""

    MOST = 20_000  # callers: some two megabytes

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str | int], float] = {}

    def wait_s(self, limit: Limit, caller: str | int) -> int:
        """Count one more of ``caller``: 0 where it may pass; else how long to wait, uncounted."""
        now, key = self._clock(), (limit.name, caller)
        until = max(self._until.get(key, 0.0), now) + limit.every_s
        over_s = until - now - limit.at_once * limit.every_s
        if over_s > 1e-6:
            return math.ceil(over_s)
        if len(self._until) >= self.MOST and key not in self._until:
            self._make_room(now)
        self._until[key] = until
        return 0

    def _make_room(self, now: float) -> None:
        """Forget whoever has their whole share again; where all are busy, the least busy half."""
        busy = sorted(self._until.items(), key=lambda each: each[1])
        left = [each for each in busy if each[1] > now]
        self._until = dict(left if len(left) < self.MOST // 2 else left[len(left) // 2 :])

    def forget(self) -> None:
        """Begin anew, as a start does."""
        self._until.clear()


meter = Meter()


def restrained(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse whoever asks too much, with 429 and how long to wait: nothing of it was read."""

    def answer(request: HttpRequest) -> HttpResponse:
        for limit, caller in _shares(request):
            if wait_s := meter.wait_s(limit, caller):
                return refusal(wait_s)
        return get_response(request)

    return answer


def _shares(request: HttpRequest) -> Iterator[tuple[Limit, str | int]]:
    """What this request counts towards, and whose: the address first."""
    path = request.path_info
    if DRAFTED_PAGES.match(path):
        yield DRAFTS, _near(request)
    elif OPEN_PAGES.match(path):
        yield VISITS, _near(request)
    if request.method in SAFE:
        return
    if path == "/connexion/":
        yield SIGN_INS, _near(request)
    elif path == "/tablette/":
        yield TABLETS, _near(request)
    else:
        yield WRITES_OF_ALL, _near(request)
        if said := _named(request):
            yield WRITES, hash(said)


def _named(request: HttpRequest) -> str:
    """By what the caller is known, unchecked: false names share their address's."""
    return (
        request.META.get("HTTP_AUTHORIZATION", "")
        or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        or request.COOKIES.get(COOKIE, "")
    )


def _near(request: HttpRequest) -> str:
    """The address, or the whole network where one subscriber has billions of them."""
    address = address_of(request)
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


def address_of(request: HttpRequest) -> str:
    """Where a request came from; behind our proxy, what the proxy wrote last."""
    here = str(request.META.get("REMOTE_ADDR") or "127.0.0.1").partition("%")[0]
    if not settings.BEHIND_PROXY:
        return here
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(said))
    except ValueError:
        return here


def refusal(wait_s: int) -> HttpResponse:
    """429: the API puts it in its own shape."""
    text = render_to_string("429.html", {"wait_s": wait_s})
    return HttpResponse(text, status=429, headers={"Retry-After": str(wait_s)})

"""What the server writes of its work: one JSON object per line, each with its request's id.

An address may hold what opens a page to whoever has it (a ticket, a report, an audit), so that
no log has one: requests are told by their route.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

NO_REQUEST = ""
SENT = re.compile(r"[0-9A-Za-z-]{8,64}")
ID_HEADER = "X-Request-ID"

_request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)
_told = logging.getLogger("tracerie.requests")


def identified(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give each request an id, or keep the one that a proxy gave it, and tell how it went."""

    def answer(request: HttpRequest) -> HttpResponse:
        sent = request.headers.get(ID_HEADER, "")
        name = sent if SENT.fullmatch(sent) else uuid4().hex
        token, begun = _request_id.set(name), time.perf_counter()
        try:
            response = get_response(request)
            response[ID_HEADER] = name
            if request.resolver_match:  # a file or what is nowhere: nobody looks for these
                _told.info("%s", route_of(request), extra=_facts(request, response, begun))
        finally:
            _request_id.reset(token)
        return response

    return answer


def _facts(request: HttpRequest, response: HttpResponse, begun: float) -> dict[str, Any]:
    return {
        "method": request.method,
        "status": response.status_code,
        "ms": round((time.perf_counter() - begun) * 1000, 1),
        "user": _caller(request),
    }


def _caller(request: HttpRequest) -> int | None:
    """Who asked, where that was looked up anyway: no log is worth a query."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)


def route_of(request: HttpRequest) -> str:
    """The pattern of a request's address: ``t/<str:token>/``; nothing of what no route takes."""
    match = request.resolver_match
    return f"/{match.route}" if match else "?"


class Lines(logging.Formatter):
    """A record as a line of JSON: UTC time, level, logger, request id, text, and what came along.

    Raises nothing: what cannot be written is written as its ``repr``.
    """

    FACTS = ("method", "status", "ms", "user")

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": _request_id.get(),
            "text": record.getMessage(),
            **{name: getattr(record, name) for name in self.FACTS if hasattr(record, name)},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=repr)


def by_route(record: logging.LogRecord) -> bool:
    """Put the route where Django writes the address of a request that went wrong."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        told = route_of(request)
        record.args = tuple(told if each == request.path else each for each in record.args)
    return True

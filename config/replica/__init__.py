"""Reports read from a replica: only to look at, only while it is fresh, and told where it is late.

Whatever acts (issues, closes, publishes) and every command read the primary, as does a request that
finds the replica silent or too late. ``base`` is the database engine of the alias ``report`` then.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

LOOKING = ("GET", "HEAD")


class Late(NamedTuple):
    """The moment that figures are of, and how many seconds ago that was."""

    at: datetime
    seconds: int


Answer = Callable[[HttpRequest], HttpResponse]


def looking(get_response: Answer) -> Answer:
    """Middleware: lets requests that change nothing read from the replica, and tells its age."""
    if "REPLICA" not in settings.DATABASES["report"]:
        raise MiddlewareNotUsed

    def answer(request: HttpRequest) -> HttpResponse:
        report: Any = connections["report"]
        report.may_lag = request.method in LOOKING
        report.read_at, report.health_check_done = None, False
        try:
            response = get_response(request)
            if found := late():
                response["Figures-As-Of"] = found.at.isoformat(timespec="seconds")
            return response
        finally:
            report.may_lag = False

    return answer


def late() -> Late | None:
    """The moment whose figures this request reads, where that is some seconds ago."""
    at = getattr(connections["report"], "read_at", None)
    return Late(at, round((timezone.now() - at).total_seconds())) if at else None

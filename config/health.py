"""Whether the server lives, and whether it can take work: for proxies and whoever watches."""

import shutil
import time
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory import triggers
from organisation.doors import anyone

KEPT_S = 3  # one answer serves all who ask meanwhile: anybody may, and it reads the database
LEAST_FREE_BYTES = 200_000_000  # below that a day's work may no longer be written


@anyone
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@anyone
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, its ledger is guarded, and the disk has room; else 503."""
    wrong = _looked_at(int(time.monotonic() / KEPT_S))
    return JsonResponse({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)


@lru_cache(maxsize=1)
def _looked_at(_moment: int) -> tuple[str, ...]:
    return tuple(_wrong())


def forget() -> None:
    """Look again at the next question."""
    _looked_at.cache_clear()


def _wrong() -> Iterator[str]:
    """Codes of what is wrong; no more, since anybody may ask."""
    try:
        if triggers.missing(connection):
            yield "unguarded"
    except DatabaseError:
        yield "database"
    if shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE_BYTES:
        yield "disk"

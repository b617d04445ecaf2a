"""Whether the server lives, and whether it can take work: for proxies and whoever watches."""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inventory import triggers
from organisation.doors import anyone

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
    wrong = list(_wrong())
    return JsonResponse({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)


def _wrong() -> Iterator[str]:
    """Codes of what is wrong; no more, since anybody may ask."""
    try:
        if triggers.missing(connection):
            yield "unguarded"
    except DatabaseError:
        yield "database"
    if shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE_BYTES:
        yield "disk"

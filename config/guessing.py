"""Passwords that are guessed: by account and address, and by account from everywhere.

Ten wrong ones from one address shut it out of that account for a quarter of an hour. Where many
addresses guess together, an account opens only from those where its owner was let in before: so
that nobody is locked out of their own by somebody else.
"""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.limits import refusal

MOST_OF_ALL = 25  # wrong passwords of one account in a quarter of an hour: 100 an hour


class Guesses(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts as axes does, and looks at an account as a whole, too."""

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        login = get_client_username(request, credentials)
        return bool(login) and _is_besieged(login) and not _was_here(login, request.axes_ip_address)


def _is_besieged(login: str) -> bool:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    tried = AccessAttempt.objects.filter(username=login, attempt_time__gt=since)
    wrong: int = tried.aggregate(n=Sum("failures_since_start"))["n"] or 0
    return wrong >= MOST_OF_ALL


def _was_here(login: str, address: str) -> bool:
    was: bool = AccessLog.objects.filter(username=login, ip_address=address).exists()
    return was


def shut_out(request: HttpRequest, *_more: Any) -> HttpResponse:
    """What somebody sees who is to wait."""
    return refusal(int(settings.AXES_COOLOFF_TIME.total_seconds()))


def told(_username: str, address: str, *_more: Any) -> str:
    """What logs say of a wrong password: no login, for people type their password there."""
    return address

"""A tablet as requests show it: the cookie that names it, the pass that says who stands there.

A pass is signed at a right PIN and travels with each entry, so that what was saved without a
network is recorded in the name of whoever saved it, however many have worked there since. It is
worth nothing without the cookie of its tablet.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.models import Station, User
from organisation.submissions import writing

COOKIE = "tracerie_tablet"
COOKIE_LIVES = timedelta(days=730)
PASS_LIVES = timedelta(days=31)  # a tablet may come back from a drawer
SALT = "tablet-pass"
BACKEND = "django.contrib.auth.backends.ModelBackend"
STATION, SEEN = "station", "seen"  # in the session of somebody who typed a PIN
SEEN_EVERY_S = 30  # between two writes of the session
SEEN_AT_MOST = timedelta(minutes=5)  # between two writes of the tablet's row
BY_ITSELF = ("/api/", "/health")  # what a tablet asks for with nobody in front of it
QUEUE = "X-Tracerie-Queue"  # how much a tablet says that it still holds


def pass_of(station: Station, person: User) -> str:
    """What proves later that ``person`` typed their PIN at ``station``."""
    return signing.dumps([station.pk, person.pk], salt=SALT)


def person_of(station: Station | None, said: str) -> User | None:
    """Whoever the pass names and may still work here; None where it proves nothing.

    Raises ValidationError ``station_withdrawn``, ``person_withdrawn``.
    """
    person = named_by(station, said)
    if person is None or station is None:
        return None
    if station.revoked_at:
        raise ValidationError(_("This tablet has been withdrawn."), code="station_withdrawn")
    if not person.is_active:
        raise ValidationError(
            _("This person does not work here any more."), code="person_withdrawn"
        )
    return person


def named_by(station: Station | None, said: str) -> User | None:
    """Whoever the pass names, at the tablet it was made for, even where both are withdrawn."""
    try:
        station_pk, person_pk = signing.loads(said, salt=SALT, max_age=PASS_LIVES)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    if station is None or station_pk != station.pk:
        return None
    person = User.objects.filter(pk=person_pk).select_related("organisation").first()
    if person is not None:
        person.came_by_pin = True
    return person


def open_session(request: HttpRequest, station: Station, person: User) -> None:
    """Sign ``person`` in at this tablet, until it locks."""
    login(request, person, backend=BACKEND)
    request.session[STATION] = station.pk
    request.session[SEEN] = int(time.time())


def remember(response: HttpResponse, secret: str, *, is_secure: bool) -> None:
    """Leave on the device the secret that makes it this tablet."""
    age = int(COOKIE_LIVES.total_seconds())
    response.set_cookie(
        COOKIE, secret, max_age=age, httponly=True, samesite="Lax", secure=is_secure
    )


def at_station(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: ``request.station``, and the end of a session whose tablet lay idle."""

    def middleware(request: Any) -> HttpResponse:
        secret = request.COOKIES.get(COOKIE, "")
        request.station = Station.objects.paired_with(secret) if secret else None
        if request.station:
            _note_seen(request.station, request.headers.get(QUEUE, ""))
        if STATION in request.session:
            if _is_open(request):
                request.user.came_by_pin = True
            else:
                logout(request)
        return get_response(request)

    return middleware


def _note_seen(station: Station, said: str) -> None:
    """Keep when the tablet was last heard of, to some minutes, and what it says it still holds."""
    now = timezone.now()
    noted: dict[str, Any] = {}
    if station.seen_at is None or now - station.seen_at > SEEN_AT_MOST:
        noted["seen_at"] = now
    if said.isascii() and said.isdecimal() and len(said) < 7 and int(said) != station.queue_length:
        noted |= {"seen_at": now, "queue_length": int(said)}
    if noted:
        with writing():
            Station.objects.filter(pk=station.pk).update(**noted)


def _is_open(request: Any) -> bool:
    """Whether the tablet is still the one, still ours, and was touched lately."""
    station, session, now = request.station, request.session, int(time.time())
    if station is None or station.pk != session[STATION] or station.revoked_at:
        return False
    idle_s = now - session.get(SEEN, 0)
    if idle_s > station.site.lock_after_min * 60:
        return False
    if idle_s >= SEEN_EVERY_S and not request.path.startswith(BY_ITSELF):
        session[SEEN] = now
    return True

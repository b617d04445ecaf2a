"""Tablets: paired to a site with one code, opened by people with a PIN."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.models import Membership, PinFailures, Site, Station, User
from organisation.models.stations import digest_of
from organisation.permissions import Role
from organisation.submissions import writing

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # as on labels: no I, L, O, U, Z
CODE_LENGTH = 8  # some 40 bits, for a quarter of an hour
CODE_LIVES = timedelta(minutes=15)

FREE_TRIES = 3  # wrong PINs of one person at one tablet before the next must wait: 10 an hour
FREE_TRIES_OF_ALL = 20  # of everybody at one tablet
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


# Pairing


@transaction.atomic
def invite(*, station: Station) -> str:
    """Return a code that pairs a device to ``station``, once and soon; only its hash is kept.

    The device that was paired before works until another one takes its place.
    """
    code = "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH))
    station.pairing = digest_of(code)
    station.pairing_until = timezone.now() + CODE_LIVES
    station.full_clean()
    station.save()
    return code


@transaction.atomic
def pair(*, code: str) -> tuple[Station, str]:
    """Return the tablet that ``code`` was made for, and the secret by which it is known.

    Raises ValidationError ``pairing_unknown``.
    """
    said = "".join(sign for sign in code.upper() if sign in SIGNS)
    rows = Station.objects.select_for_update().select_related("site__organisation")
    station = rows.filter(pairing=digest_of(said), pairing_until__gt=timezone.now()).first()
    if station is None:
        raise ValidationError(
            _("This code is wrong, was used already, or is too old. Ask for a new one."),
            code="pairing_unknown",
        )
    secret = secrets.token_urlsafe(32)
    station.digest, station.pairing, station.pairing_until = digest_of(secret), "", None
    station.paired_at, station.revoked_at = timezone.now(), None
    station.save()
    return station, secret


class Held(NamedTuple):
    """Something that a tablet still holds: what, and the page that settles it."""

    what: str
    path: str


Asked = Callable[[Station], Iterable[Held]]
_asked: list[Asked] = []


def ask_before_withdrawing(asked: Asked) -> None:
    """Let a room above say what a tablet holds, before it is withdrawn."""
    if asked not in _asked:
        _asked.append(asked)


def held_by(station: Station) -> list[Held]:
    """What should be given back before this tablet is withdrawn."""
    return [held for asked in _asked for held in asked(station)]


@transaction.atomic
def withdraw(*, station: Station, is_sure: bool = False) -> None:
    """End a tablet: nobody signs in on it, and what it still sends waits for a decision.

    ``is_sure``: though it holds something, as where it is lost.
    Raises ValidationError ``still_holds``.
    """
    if not is_sure and not station.revoked_at and (held := held_by(station)):
        raise ValidationError([ValidationError(each.what, code="still_holds") for each in held])
    station.revoked_at = station.revoked_at or timezone.now()
    station.pairing, station.pairing_until = "", None
    station.save()


# PINs


def set_pin(*, person: User, pin: str) -> None:
    """Give ``person`` a PIN for tablets, or none. Raises ValidationError ``pin_shape``,
    ``pin_too_plain``.
    """
    if pin:
        _require_good(pin)
    person.pin = make_password(pin) if pin else ""
    person.save(update_fields=["pin"])


def _require_good(pin: str) -> None:
    if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 6):
        raise ValidationError(_("A PIN has 4 to 6 digits."), code="pin_shape")
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise ValidationError(
            _("Everybody tries this one first: choose another."), code="pin_too_plain"
        )


def sign_in(*, station: Station, person: User, pin: str) -> None:
    """Let ``person`` open ``station``, with their PIN; a site's team needs none.

    A wrong PIN is counted even where its refusal undoes all else: call it outside a transaction.
    Raises ValidationError ``station_withdrawn``, ``not_here``, ``pin_wait`` or ``pin_wrong``.
    """
    if station.revoked_at:
        raise ValidationError(_("This tablet has been withdrawn."), code="station_withdrawn")
    if not may_open(station, person):
        raise ValidationError(_("This person does not work here any more."), code="not_here")
    if person.team_of_id:
        return
    now = timezone.now()
    with writing():
        failures = [_failures(station, who) for who in (person, None)]
        waits = [_wait(failed, now) for failed in failures]
        if wait := max(waits):
            raise ValidationError(
                _("Too many wrong PINs: try again in %(seconds)s s."),
                code="pin_wait",
                params={"seconds": int(wait.total_seconds()) + 1},
            )
        is_right = check_password(pin, person.pin)
        _count(failures, is_right, now)
    if not is_right:
        raise ValidationError(_("This is not the PIN of this person."), code="pin_wrong")


def may_open(station: Station, person: User) -> bool:
    """Whether ``person`` may work at this tablet: active, with a PIN, with a role at its site."""
    is_known = bool(person.pin) or person.team_of_id == station.site_id
    works_here = any(
        role != Role.AUDITOR and site in (None, station.site_id) for site, role in person.grants
    )
    is_ours = person.organisation_id == station.site.organisation_id
    return person.is_active and is_known and works_here and is_ours


def _failures(station: Station, person: User | None) -> PinFailures:
    """How often this person, or anybody, was wrong here; one try after the other."""
    row, _is_new = PinFailures.objects.get_or_create(
        station=station, user=person, defaults={"last_at": timezone.now()}
    )
    return PinFailures.objects.select_for_update().get(pk=row.pk)


def _wait(failed: PinFailures, now: datetime) -> timedelta:
    """How long until the next try: nothing at first, then twice as long each time."""
    free = FREE_TRIES if failed.user_id else FREE_TRIES_OF_ALL
    over = failed.count - free
    if over < 0:
        return timedelta()
    pause = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
    left: timedelta = failed.last_at + pause - now
    return max(left, timedelta())


def _count(failures: list[PinFailures], is_right: bool, now: datetime) -> None:
    """One more wrong PIN, or a right one: it clears the person's, and a quiet tablet's own."""
    for failed in failures:
        if not is_right:
            failed.count += 1
            failed.last_at = now
        elif failed.user_id or now - failed.last_at > LONGEST_WAIT:
            failed.count = 0
        failed.save()


# The floor as one


@transaction.atomic
def set_team(*, site: Site, is_on: bool) -> User | None:
    """Let the floor of ``site`` work as one, without PIN, or no longer. It is a sorter there."""
    team = User.objects.filter(team_of=site).first()
    if team is None and is_on:
        team = User(username=f"equipe-{site.code}", organisation=site.organisation, team_of=site)
        team.first_name = "Équipe tri"
        team.set_unusable_password()
        team.full_clean()
        team.save()
        Membership.objects.create(user=team, site=site, role=Role.SORTER)
    elif team is not None and team.is_active != is_on:
        team.is_active = is_on
        team.save(update_fields=["is_active"])
    return team

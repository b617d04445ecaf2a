"""“Santé”: whether the machine, its copies, its proofs and its tablets are as they should be."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

import config
from config.backup.nightly import Made, last_made
from config.health import LEAST_FREE_BYTES
from config.verifying import BOOKS, TILLS, Proof, last_proof, verify_now
from inventory import triggers
from organisation.doors import page
from organisation.models import Organisation, Site, Station
from organisation.permissions import CallerRequest
from sales.journal import SOFTWARE
from sales.models import Chain

Gravity = Literal["good", "off", "warn", "bad"]
WORST: tuple[Gravity, ...] = ("bad", "warn")
BACKUP_EVERY = timedelta(hours=36)  # a night may be late
PROVEN_EVERY = timedelta(days=8)
SILENT = timedelta(days=14)  # a tablet of which nothing was heard: mostly one in a drawer
LITTLE_FREE_BYTES = 2_000_000_000
SHOWN = 200
ICONS = {"good": "circle-check", "off": "circle-minus", "warn": "triangle-alert", "bad": "circle-x"}


class Line(NamedTuple):
    """Something looked at: how it is, and what follows."""

    icon: str
    name: str
    gravity: Gravity
    tag: str
    text: str

    @property
    def sign(self) -> str:
        return ICONS[self.gravity]


@page("govern")
@never_cache
@require_safe
def checkup(request: CallerRequest) -> HttpResponse:
    """One glance: everything is well, or what to do."""
    organisation: Organisation = request.user.organisation  # type: ignore[assignment]
    now = timezone.now()
    groups = [
        (_("Copies and books"), list(_kept(organisation, now))),
        (_("This machine"), list(_machine())),
        (_("Tablets"), list(_tablets(request, now))),
    ]
    worst_first = sorted(
        (line for _title, lines in groups for line in lines if line.gravity in WORST),
        key=lambda line: WORST.index(line.gravity),
    )
    context = {
        "groups": groups,
        "to_do": worst_first,
        "gravity": worst_first[0].gravity if worst_first else "good",
    }
    return render(request, "checkup.html", context)


@page("govern")
@require_POST
def verify(request: CallerRequest) -> HttpResponse:
    """Prove the books and the tills' journal now."""
    organisation: Organisation = request.user.organisation  # type: ignore[assignment]
    proofs = verify_now(organisation=organisation)
    if any(proof.faults for proof in proofs):
        messages.error(request, _("Something is not right: see below."))
    elif any(proof.is_cut for proof in proofs):
        messages.warning(request, _("This takes longer than a page may: leave it to the night."))
    else:
        messages.success(request, _("Verified: everything is right."))
    return redirect("checkup")


# Copies and proofs


def _kept(organisation: Organisation, now: datetime) -> Iterator[Line]:
    made = last_made()
    yield _backup(made, now)
    books = last_proof(BOOKS, organisation.code)
    if made and connection.vendor == "sqlite" and (books is None or books.at < made.at):
        books = Proof(made.at, BOOKS, "", len(made.wrong))  # each copy is proven as it is made
    command = "manage.py verify"
    yield _proof("scale", _("Books, to the gram"), books, command, now)
    if Chain.objects.filter(organisation=organisation).exists():
        tills = last_proof(TILLS, organisation.code)
        yield _proof("receipt", _("Journal of the tills"), tills, "manage.py caisse_verify", now)


def _backup(made: Made | None, now: datetime) -> Line:
    icon, name = "archive", _("Last backup")
    if made is None:
        text = _("Nothing is copied by itself. Switch the nightly copy on: docs/operations.md.")
        return Line(icon, name, "bad", _("Never"), text)
    tag = _ago(made.at, now)
    if made.wrong:
        text = _("Its books are not right. Keep every older copy and run manage.py verify.")
        return Line(icon, name, "bad", tag, text)
    text = _("%(at)s, %(size)s.") % {"at": _moment(made.at), "size": written(made.size_bytes)}
    if now - made.at > BACKUP_EVERY:
        text = f"{text} " + _("No copy for more than 36 hours: look at why the night made none.")
        return Line(icon, name, "bad", tag, text)
    return Line(icon, name, "good", tag, text)


def _proof(icon: str, name: str, proof: Proof | None, command: str, now: datetime) -> Line:
    if proof is None:
        text = _("Not verified yet: verify now, or each night with %(command)s.")
        return Line(icon, name, "warn", _("Never"), text % {"command": command})
    tag = _ago(proof.at, now)
    if proof.is_cut:
        text = _("Too long for a page: run %(command)s by night.")
        return Line(icon, name, "warn", tag, text % {"command": command})
    if proof.faults:
        text = ngettext("%(n)s difference.", "%(n)s differences.", proof.faults)
        text = f"{text} " + _("Do not enter corrections: %(command)s tells each one.")
        said = {"n": number_format(proof.faults, force_grouping=True), "command": command}
        return Line(icon, name, "bad", tag, text % said)
    if now - proof.at > PROVEN_EVERY:
        text = _("Right, but it was not verified for more than a week.")
        return Line(icon, name, "warn", tag, text)
    return Line(
        icon, name, "good", tag, _("Right, verified on %(at)s.") % {"at": _moment(proof.at)}
    )


# The machine


def _machine() -> Iterator[Line]:
    yield _disk()
    vendor = f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"
    yield Line("database", _("Database"), "good", vendor, _("It answers."))
    yield _guards()
    text = _("Till: version %(version)s.") % {"version": SOFTWARE.rpartition("/")[2]}
    yield Line("badge-check", _("Version of Tracerie"), "good", config.VERSION, text)


def _disk() -> Line:
    total, _used, free = shutil.disk_usage(settings.DATA_DIR)
    icon, name = "hard-drive", _("Disk")
    share = number_format(100 * free // total)
    text = _("Free of %(total)s: %(share)s %%.") % {"total": written(total), "share": share}
    if free >= LITTLE_FREE_BYTES:
        return Line(icon, name, "good", written(free), text)
    gravity: Gravity = "bad" if free < LEAST_FREE_BYTES else "warn"
    text = f"{text} " + _("Make room: move old copies elsewhere, never the database.")
    return Line(icon, name, gravity, written(free), text)


def _guards() -> Line:
    icon, name = "shield-check", _("Guards of the database")
    lost = len(triggers.missing(connection))
    if not lost:
        return Line(icon, name, "good", _("In place"), _("What is recorded cannot be altered."))
    tag = ngettext("%(n)s missing", "%(n)s missing", lost) % {"n": lost}
    return Line(icon, name, "bad", tag, _("Stop and start Tracerie again: it puts them back."))


# Tablets


def _tablets(request: CallerRequest, now: datetime) -> Iterator[Line]:
    sites = Site.objects.permitted(request.user, "govern")
    rows = Station.objects.filter(site__in=sites, revoked_at=None).exclude(paired_at=None)
    for station in rows.select_related("site").order_by("site__name", "name")[:SHOWN]:
        yield _tablet(station, now)


def _tablet(station: Station, now: datetime) -> Line:
    icon, name = "tablet", f"{station.name} · {station.site.name}"
    if station.seen_at is None:
        return Line(icon, name, "off", _("Never seen"), _("Nothing was heard of it yet."))
    tag, held = _ago(station.seen_at, now), station.queue_length
    if held:
        text = ngettext(
            "It still held %(n)s entry: open it where the network is, then touch its pill.",
            "It still held %(n)s entries: open it where the network is, then touch its pill.",
            held,
        ) % {"n": number_format(held, force_grouping=True)}
        return Line(icon, name, "warn", tag, text)
    if now - station.seen_at > SILENT:
        return Line(icon, name, "off", tag, _("Out of use? Withdraw it from the tablets."))
    said = _("It held nothing back.") if held == 0 else _("It has not said what it holds.")
    return Line(icon, name, "good", tag, said)


# Words


def _ago(at: datetime, now: datetime) -> str:
    if now - at < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, now, depth=1)}


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F, H:i")


def written(size_bytes: int) -> str:
    """A size as people read it, in powers of a thousand: ``"12,3 Go"``."""
    units = ((10**12, _("TB")), (10**9, _("GB")), (10**6, _("MB")))
    unit, name = next((each for each in units if size_bytes >= each[0]), units[-1])
    size = size_bytes / unit
    return f"{number_format(size, 1 if size < 100 else 0)}\u00a0{name}"

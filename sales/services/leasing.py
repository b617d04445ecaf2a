"""A till lent to a tablet, given back, or taken out of use with the tablet that was lost."""

from dataclasses import dataclass
from itertools import chain, count
from string import ascii_uppercase

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from organisation.models import Station
from organisation.services import Held
from sales import journal
from sales.journal import Event, technical
from sales.journal.bodies import lease_begun_data, lease_ended_data
from sales.journal.sealed import held_by
from sales.models import Chain, Kind, Till, TillLease, TillSession
from sales.models.leases import where_it_stands
from sales.services.sessions import close_as_missed, require_in_use


@transaction.atomic
def lease_till(
    *, entry: Entry, till: Till, station: Station | None, public_key: str = ""
) -> TillLease:
    """Lend a till to a tablet; to the one that holds it already, the same lease again.

    Raises ValidationError ``no_station``, ``till_retired``, ``till_leased`` or ``session_open``.
    """
    if station is None or station.revoked_at or station.site_id != till.site_id:
        raise ValidationError(
            _("A till is lent to a tablet of its own site: ask from that tablet."),
            code="no_station",
        )
    head = journal.hold(till)
    if lease := TillLease.objects.live_at(till):
        if lease.station_id != station.pk:
            raise held_by(lease)
        return lease
    _require_leasable(till)
    stands = where_it_stands(till)
    lease = TillLease(
        till=till,
        station=station,
        first_seq=stands["next_seq"],
        prev_hash=stands["prev_hash"],
        public_key=public_key,
    )
    event = Event(Kind.LEASE, lease_begun_data(lease))
    lease.begun = journal.append(head=head, entry=entry, event=event)
    lease.save(force_insert=True)
    return lease


def _require_leasable(till: Till) -> None:
    """In use, closed, and of numbers that no lost tablet may have given already."""
    require_in_use(till)
    if till.leases.filter(is_retired=True).exists():
        raise ValidationError(
            _("This till was given up with its tablet: lend another."), code="till_retired"
        )
    _require_closed(till)


def _require_closed(till: Till) -> None:
    if TillSession.objects.open_at(till):
        raise ValidationError(
            _("This till is open: close it first, so that nothing is counted twice."),
            code="session_open",
        )


@transaction.atomic
def give_back(*, entry: Entry, till: Till, station: Station | None) -> TillLease:
    """End a lease from the tablet that holds it, its queue empty and its till closed.

    Raises ValidationError ``till_leased`` or ``session_open``.
    """
    head = journal.hold(till)
    lease = require_lease(till, station)
    _require_closed(till)
    _end(head, entry, lease)
    return lease


def require_lease(till: Till, station: Station | None) -> TillLease:
    """The lease under way, of this tablet. Raises ValidationError ``till_leased``."""
    lease = TillLease.objects.live_at(till)
    if lease is None:
        raise ValidationError(
            _("This tablet does not hold the till “%(till)s” any more."),
            code="till_leased",
            params={"till": till},
        )
    if station is None or lease.station_id != station.pk:
        raise held_by(lease)
    return lease


def held_by_tablet(station: Station) -> list[Held]:
    """The tills that a tablet holds: given back first, or they are given up with it."""
    said = _(
        "This tablet holds the till “%(till)s”. First, on the tablet: send what waits, close the"
        " drawer, and free the till. Where the tablet is lost, give the till up on its page."
    )
    leases = TillLease.objects.live().filter(station=station).select_related("till__site")
    return [
        Held(
            str(said % {"till": lease.till}),
            reverse("till-lease", args=[lease.till.site.code, lease.till.code]),
        )
        for lease in leases
    ]


@dataclass(frozen=True, slots=True)
class Retired:
    """A till out of use with its tablet, and the one that takes its place."""

    lease: TillLease
    successor: Till


@transaction.atomic
def retire_till(*, entry: Entry, till: Till, last_seq: int) -> Retired:
    """Take a till out of use whose tablet was lost, with what never came of it.

    ``last_seq``: the last envelope that the tablet wrote, as far as anybody knows.
    Raises ValidationError ``not_leased`` or ``seq_known``.
    """
    head = journal.hold(till)
    lease = TillLease.objects.live_at(till)
    if lease is None:
        raise ValidationError(_("No tablet holds this till."), code="not_leased")
    known = where_it_stands(till)["next_seq"] - 1
    if last_seq < known:
        raise ValidationError(
            _("The tablet sent %(known)s entries already: say no fewer."),
            code="seq_known",
            params={"known": known},
        )
    lease.reason = entry.note[:120]
    _end(head, entry, lease, lost_seq=last_seq if last_seq > known else None, is_retired=True)
    close_as_missed(head, entry)
    till.is_active = False
    till.save(update_fields=["is_active"])
    successor = _successor(till)
    technical.note_listed(successor, "created", {}, entry.author)
    return Retired(lease, successor)


def _end(
    head: Chain,
    entry: Entry,
    lease: TillLease,
    *,
    lost_seq: int | None = None,
    is_retired: bool = False,
) -> None:
    lease.last_seq = where_it_stands(lease.till)["next_seq"] - 1
    lease.lost_seq = lost_seq
    lease.is_retired = is_retired
    event = Event(Kind.LEASE, lease_ended_data(lease))
    lease.ended = journal.append(head=head, entry=entry, event=event)
    lease.save(force_update=True)


def _successor(till: Till) -> Till:
    """The till that takes the place of one out of use: ``C1`` is followed by ``C1B``."""
    return Till.objects.create(
        organisation_id=till.organisation_id,
        site=till.site,
        code=_next_code(till),
        name=till.name,
        place=till.place,
        position=till.position,
    )


def _next_code(till: Till) -> str:
    has_letter = till.code[-1].isupper() and till.code[-2:-1].isdigit()
    stem = till.code[:-1] if has_letter else till.code
    used = Till.objects.filter(organisation=till.organisation_id, code__startswith=stem)
    taken = set(used.values_list("code", flat=True))
    letters = (f"{stem}{letter}" for letter in ascii_uppercase[1:])
    beyond = (f"{stem}{number}" for number in count(2))
    return next(code for code in chain(letters, beyond) if code not in taken)

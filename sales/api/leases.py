"""Tills that a tablet holds: lent, given back, given up; and how each act at one is sealed."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Self

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema
from pydantic import BaseModel, StringConstraints

from inventory.api.acts import entry_of
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.models.ledger import PREFIXES
from organisation.doors import Doors, May, Permitted, caller
from organisation.models import Submission
from organisation.permissions import CallerRequest
from organisation.shapes import WRITE_ERRORS, Id, Shape, Why
from organisation.stations import named_by, person_of
from organisation.submissions import facts_of, once, writing
from sales import services
from sales.journal.sealed import LeasedEntry, held_by
from sales.models import Kind, Till, TillLease, TillSession
from sales.models.leases import where_it_stands
from sales.services import EnvelopeDiffersError, Sent

router = Doors()

Seq = Annotated[int, Field(strict=True, ge=0, le=10**9)]
VERBS = {Kind.REFUND: Verb.RETURN}  # what is not a sale, or counts as one


class EnvelopeIn(Shape):
    """What the tablet wrote down, byte for byte, and its hash: of whoever holds the till."""

    body: Annotated[str, StringConstraints(max_length=300_000)]
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class TillAct(Shape):
    """What is done at a till: sealed where a tablet holds it."""

    id: Id
    envelope: EnvelopeIn | None = None


class Counter(May):
    """The guard of what is done at a till: whoever stood there, though they were let go since.

    Only at a tablet that holds a till, for what it wrote down while they stood there.
    """

    @staticmethod
    def _at_station(request: HttpRequest, said: str) -> Any:
        station = request.station  # type: ignore[attr-defined]
        person = named_by(station, said.strip())
        is_gone = person and not person.is_active and not station.revoked_at
        if is_gone and TillLease.objects.live().filter(station=station).exists():
            return person
        return person_of(station, said.strip())


def is_sealed(request: HttpRequest) -> bool:
    """Whether a tablet that holds a till sent it: then it happened, whatever the books say."""
    return "envelope" in json.loads(request.body)


def once_at(
    request: CallerRequest,
    till: Till,
    payload: TillAct,
    kind: Kind,
    record: Callable[[Entry], BaseModel],
) -> HttpResponse:
    """Record an act at a till exactly once: sealed, and in its order, where a tablet holds it."""
    sent = _sent(request, payload, kind)

    def recorded(submission: Submission) -> BaseModel:
        if sent is None:
            return record(_unsealed(request, submission, payload, till, kind))
        return record(_sealed(request, submission, payload, till, sent))

    try:
        try:
            return once(request, payload.id, recorded)
        finally:
            if sent:
                services.require_same_envelope(till, sent)
    except EnvelopeDiffersError as refusal:
        with writing():
            services.note_difference(till=till, by=caller(request), refusal=refusal)
        raise


def _sent(request: CallerRequest, payload: TillAct, kind: Kind) -> Sent | None:
    sealed = payload.envelope
    if sealed is None:
        return None
    content = facts_of(json.loads(request.body))
    return Sent(payload.id, kind, content, sealed.body, sealed.hash)


def _unsealed(
    request: CallerRequest, submission: Submission, payload: TillAct, till: Till, kind: Kind
) -> Entry:
    """Who, where and when, at a till that the server numbers.

    Raises ValidationError ``till_leased``, ``person_withdrawn``; PermissionDenied.
    """
    if lease := TillLease.objects.live_at(till):
        raise held_by(lease)
    if not caller(request).is_active:
        raise ValidationError(
            _("This person does not work here any more."), code="person_withdrawn"
        )
    return entry_of(request, submission, VERBS.get(kind, Verb.SELL), payload, till.site)


def _sealed(
    request: CallerRequest, submission: Submission, payload: TillAct, till: Till, sent: Sent
) -> Entry:
    """Who, where and when, as the tablet that holds the till wrote it down.

    Raises ValidationError, as ``open_envelope`` does.
    """
    opened = services.open_envelope(till=till, station=request.station, sent=sent)
    verb, number = VERBS.get(sent.kind, Verb.SELL), opened.sealed.number
    entry = LeasedEntry(
        site=till.site,
        verb=verb,
        submission=submission,
        author=caller(request),
        occurred_at=opened.at,
        note=getattr(payload, "comment", "") or getattr(payload, "reason", ""),
        number=f"{PREFIXES[verb]}-{till.site.code}-{number}" if number else "",
        sealed=opened.sealed,
    )
    services.note_spell(entry=entry, till=till)
    return entry


class LeaseIn(Shape):
    """``public_key``: what the tablet may sign with later; kept, and judged by nobody yet."""

    id: Id
    public_key: Annotated[str, StringConstraints(max_length=500, pattern=r"^[ -~]*$")] = ""


class OpenSession(Schema):
    session: int
    business_date: str
    opened_at: str
    float_cents: int


class LeaseOut(Schema):
    """Where the server stands: the number, the hash before and the ticket that come next."""

    till: str
    lease: str
    site: str
    next_seq: int
    prev_hash: str
    next_number: str
    business_date: str | None
    session: OpenSession | None

    @classmethod
    def of(cls, lease: TillLease) -> Self:
        session = TillSession.objects.open_at(lease.till)
        return cls(
            till=lease.till.code,
            lease=str(lease.uuid),
            site=lease.till.site.code,
            **where_it_stands(lease.till),
            business_date=session.business_date.isoformat() if session else None,
            session=_open_session(session) if session else None,
        )


def _open_session(session: TillSession) -> OpenSession:
    return OpenSession(
        session=session.number,
        business_date=session.business_date.isoformat(),
        opened_at=session.opened_at.isoformat(),
        float_cents=session.float_cents,
    )


@router.post(
    "tills/{till}/lease",
    auth=May("sell"),
    response={201: LeaseOut, 200: LeaseOut, **WRITE_ERRORS},
)
def create_lease(request: CallerRequest, till: Permitted[Till], payload: LeaseIn) -> HttpResponse:
    """Lend a till to the tablet that asks; to the one that holds it, say where it stands."""

    def record(submission: Submission) -> LeaseOut:
        lease = services.lease_till(
            entry=entry_of(request, submission, Verb.SELL, payload, till.site),
            till=till,
            station=request.station,
            public_key=payload.public_key,
        )
        return LeaseOut.of(lease)

    return once(request, payload.id, record)


class LeaseEndIn(Shape):
    id: Id


class LeaseEndOut(Schema):
    till: str
    lease: str
    last_seq: int


@router.post(
    "tills/{till}/lease/end",
    auth=May("sell"),
    response={201: LeaseEndOut, 200: LeaseEndOut, **WRITE_ERRORS},
)
def create_lease_end(
    request: CallerRequest, till: Permitted[Till], payload: LeaseEndIn
) -> HttpResponse:
    """Give a till back from the tablet that holds it: the server numbers it again."""

    def record(submission: Submission) -> LeaseEndOut:
        entry = entry_of(request, submission, Verb.SELL, payload, till.site)
        lease = services.give_back(entry=entry, till=till, station=request.station)
        return LeaseEndOut(till=till.code, lease=str(lease.uuid), last_seq=lease.last_seq or 0)

    return once(request, payload.id, record)


class RetirementIn(Shape):
    """``last_seq``: the last entry that the lost tablet wrote, as far as anybody knows."""

    id: Id
    last_seq: Seq
    reason: Why


class RetirementOut(Schema):
    till: str
    lease: str
    hole: list[int] | None
    new_till: str


@router.post(
    "tills/{till}/retirement",
    auth=May("configure"),
    response={201: RetirementOut, 200: RetirementOut, **WRITE_ERRORS},
)
def create_retirement(
    request: CallerRequest, till: Permitted[Till], payload: RetirementIn
) -> HttpResponse:
    """Take a till out of use whose tablet was lost, saying what never came; open another."""

    def record(submission: Submission) -> RetirementOut:
        entry = entry_of(request, submission, Verb.SELL, payload, till.site)
        done = services.retire_till(entry=entry, till=till, last_seq=payload.last_seq)
        return RetirementOut(
            till=till.code,
            lease=str(done.lease.uuid),
            hole=done.lease.hole,
            new_till=done.successor.code,
        )

    return once(request, payload.id, record)

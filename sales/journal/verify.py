"""The journal proven: hashes, order, sums, and every row that tells the same as an event.

What is wrong is told apart: *altered* (it says something else than what was chained), *missing*
(it was there), *unverifiable* (nothing here can tell, such as a recipe that is not known).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.db import connections, transaction
from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from inventory import triggers
from sales import vat
from sales.journal import RECIPE, SITE, canonical, hash_of
from sales.journal.bodies import (
    Data,
    cash_move_data,
    closing_data,
    codes_of,
    refund_data,
    sale_data,
    session_data,
    vat_terms_data,
)
from sales.journal.keys import public_pem
from sales.journal.sealed_proof import Seals, strays, unsealed
from sales.journal.totals import totals_of
from sales.models import (
    TECHNICAL,
    CashMove,
    Chain,
    Closing,
    JournalEntry,
    Kind,
    Refund,
    Sale,
    TillSession,
    VatTerms,
)
from sales.models.journal import GENESIS
from sales.verify import CHECKS

TOGETHER = 500  # events whose rows are read at a time

Told = tuple[int, Callable[[], Data]]  # an event's key, and what its rows say
Wrong = Literal["altered", "missing", "unverifiable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, at an event of a chain (0: the chain itself)."""

    chain: str
    seq: int
    wrong: Wrong
    why: str


@dataclass(slots=True)
class _Walk:
    """How far a chain was read, and what it came to."""

    chain: str
    seq: int = 0
    hash: str = GENESIS
    perpetual_cents: int = 0
    perpetual_abs_cents: int = 0
    is_open: bool = False
    seals: Seals = field(default_factory=Seals)


def findings(
    *, chains: Iterable[Chain], anchors: Mapping[str, Mapping[int, str]], using: str = "report"
) -> Iterator[Finding]:
    """All that is wrong with these chains, in their order.

    ``anchors``: chain → number of an event → its hash, or its first characters, as written down
    outside: on a ticket, on a Z.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        for name in sorted(triggers.missing(connection)):
            yield Finding("", 0, "missing", _("trigger %(name)s") % {"name": name})
        yield from _strays(using)
        yield from _sums(using)
        yield from _key(using)
        for chain in chains:
            yield from _chain(chain, anchors.get(chain.name, {}), using)


def _strays(using: str) -> Iterator[Finding]:
    """Rows that no event of their kind stands behind, and events of no chain."""
    for kind, (model, _told) in TOLD_BY.items():
        known = JournalEntry.objects.using(using).filter(kind=kind).values("pk")
        for row in model._default_manager.using(using).exclude(event__in=known):
            what = f"{model._meta.verbose_name} {row.pk}"
            yield Finding("", 0, "missing", _("the event of %(what)s") % {"what": what})
    for what in strays(using):
        yield Finding("", 0, "missing", _("the event of %(what)s") % {"what": what})
    chains = Chain.objects.using(using).values("name")
    for name in (
        JournalEntry.objects.using(using)
        .exclude(chain__in=chains)
        .values_list("chain_id", flat=True)
        .distinct()
    ):
        yield Finding(name, 0, "missing", _("the head of the chain"))


def _key(using: str) -> Iterator[Finding]:
    """Whether the key is the one that signed the last archive."""
    last = JournalEntry.objects.using(using).filter(kind=Kind.ARCHIVE).order_by("-pk").first()
    if last and json.loads(last.body)["data"]["public_key"] != public_pem():
        yield Finding(last.chain_id, last.seq, "altered", _("the signing key"))


def _sums(using: str) -> Iterator[Finding]:
    """Tickets and refunds that do not add up, whatever their events say."""
    for what, query in CHECKS:
        with connections[using].cursor() as cursor:
            cursor.execute(query.format(since=0))
            for where, *_numbers in cursor.fetchall():
                yield Finding("", 0, "altered", f"{what}: {where}")


def _chain(chain: Chain, anchors: Mapping[int, str], using: str) -> Iterator[Finding]:
    walk = _Walk(chain.name)
    events = JournalEntry.objects.using(using).filter(chain=chain.name).raw_bodies().order_by("seq")
    rows = iter(events.iterator(TOGETHER))
    while batch := list(islice(rows, TOGETHER)):
        for event in batch:
            yield from _event(event, walk, anchors)
        yield from _rows(batch, using)
        for event, wrong, why in unsealed(batch, walk.seals, using):
            yield Finding(walk.chain, event.seq, wrong, why)
    yield from _head(chain, walk, using)
    for seq in sorted(seq for seq in anchors if not 0 < seq <= walk.seq):
        yield Finding(chain.name, seq, "missing", _("the event that an anchor names"))


def _event(event: JournalEntry, walk: _Walk, anchors: Mapping[int, str]) -> Iterator[Finding]:
    def found(wrong: Wrong, why: str) -> Finding:
        return Finding(walk.chain, event.seq, wrong, why)

    if event.seq != walk.seq + 1:
        why = _("events %(first)d to %(last)d") % {"first": walk.seq + 1, "last": event.seq - 1}
        yield Finding(walk.chain, walk.seq + 1, "missing", why)
    elif event.prev_hash != walk.hash:
        yield found("altered", _("it does not follow the event before"))
    if hash_of(event.prev_hash, bytes(event.raw)) != event.hash:
        yield found("altered", _("its hash is not that of its body"))
    if not event.hash.startswith(anchors.get(event.seq, "")):
        yield found("altered", _("an anchor outside names another hash"))
    walk.seq, walk.hash = event.seq, event.hash
    yield from (found(wrong, why) for wrong, why in _said(event, walk))


def _said(event: JournalEntry, walk: _Walk) -> Iterator[tuple[Wrong, str]]:
    """What an event says of itself, against its row; and its sums, against those before."""
    try:
        body = json.loads(bytes(event.raw))
        if body["v"] != RECIPE:
            yield "unverifiable", _("recipe %(recipe)s is not known") % {"recipe": body["v"]}
            return
        told = [body["chain"], body["seq"], body["kind"], body["uuid"]]
        cents = _amount(body)
        sums = body["perpetual_cents"], body["perpetual_abs_cents"]
        vat_adds_up = _vat_adds_up(body)
    except (ValueError, TypeError, LookupError):
        yield "altered", _("its body cannot be read")
        return
    if told != [walk.chain, event.seq, event.kind, str(event.uuid)]:
        yield "altered", _("its body names another event")
    expected = walk.perpetual_cents + cents, walk.perpetual_abs_cents + abs(cents)
    if sums != expected:
        yield "altered", _("its perpetual totals do not follow")
    if not vat_adds_up:
        yield "altered", _("its VAT does not follow from its lines")
    walk.perpetual_cents, walk.perpetual_abs_cents = sums
    if event.kind in TECHNICAL:
        return
    is_till = not walk.chain.endswith(f"/{SITE}")
    if is_till and walk.is_open == (event.kind == Kind.SESSION_OPEN):
        yield "altered", _("it is in no session, or opens one in another")
    walk.is_open = event.kind != Kind.CLOSE_DAY


def _amount(body: Mapping[str, Any]) -> int:
    """What an event adds to all that was ever sold."""
    sign = {Kind.SALE: 1, Kind.REFUND: -1}.get(body["kind"], 0)
    return sign * int(body["data"].get("total_cents", 0))


def _vat_adds_up(body: Mapping[str, Any]) -> bool:
    """Whether a ticket's VAT is that of its lines, by rate; a refund's follows its ticket's."""
    if body["kind"] != Kind.SALE:
        return True
    totals: Counter[int] = Counter()
    for line in body["data"]["lines"]:
        if line["vat_bp"] is not None:
            totals[line["vat_bp"]] += line["total_cents"]
    told = [[bp, cents, vat.within(cents, bp)] for bp, cents in sorted(totals.items())]
    return bool(body["data"]["vat"] == told)


def _head(chain: Chain, walk: _Walk, using: str) -> Iterator[Finding]:
    names = Chain.objects.using(using).filter(name=chain.name, site__organisation=F("organisation"))
    codes = names.filter(Q(till=None) | Q(till__site=F("site"))).values_list(
        "organisation__code", "site__code", "till__code"
    )
    if [f"{owner}/{site}/{till or SITE}" for owner, site, till in codes] != [chain.name]:
        yield Finding(chain.name, 0, "altered", _("the till of the chain"))
    if chain.last_seq > walk.seq:
        why = _("events %(first)d to %(last)d") % {"first": walk.seq + 1, "last": chain.last_seq}
        yield Finding(chain.name, walk.seq + 1, "missing", why)
    elif (chain.last_seq, chain.last_hash) != (walk.seq, walk.hash):
        yield Finding(chain.name, walk.seq, "altered", _("the head of the chain"))
    if (chain.perpetual_cents, chain.perpetual_abs_cents) != (
        walk.perpetual_cents,
        walk.perpetual_abs_cents,
    ):
        yield Finding(chain.name, walk.seq, "altered", _("the perpetual totals of the head"))


# What the rows of tickets and refunds tell


def _sales(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Sale.objects.using(using).filter(event__in=keys).select_related("movement", "till")
    rows = rows.prefetch_related(
        "payments__voucher", "lines__category", "lines__key", "lines__voucher"
    )
    codes = codes_of([line for sale in rows for line in sale.lines.all()])
    for sale in rows:
        payments = sorted(sale.payments.all(), key=lambda paid: paid.pk)
        yield sale.event_id, partial(sale_data, sale, sale.lines.all(), payments, codes)


def _refunds(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Refund.objects.using(using).filter(event__in=keys)
    rows = rows.select_related("movement", "sale__movement", "till", "voucher").prefetch_related(
        "lines__line"
    )
    for refund in rows:
        yield refund.event_id, partial(refund_data, refund, refund.lines.all())


def _sessions(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = TillSession.objects.using(using).filter(event__in=keys)
    for session in rows.select_related("till"):
        yield session.event_id, partial(session_data, session)


def _cash_moves(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = CashMove.objects.using(using).filter(event__in=keys).select_related("session")
    for move in rows:
        yield move.event_id, partial(cash_move_data, move)


def _closings(keys: Sequence[int], using: str) -> Iterator[Told]:
    rows = Closing.objects.using(using).filter(event__in=keys)
    for closing in rows.select_related("event", "session__event"):
        yield closing.event_id, partial(_reckoned, closing, using)


def _vat_terms(keys: Sequence[int], using: str) -> Iterator[Told]:
    for terms in VatTerms.objects.using(using).filter(event__in=keys).select_related("site"):
        yield terms.event_id, partial(vat_terms_data, terms)


def _reckoned(closing: Closing, using: str) -> Data:
    """What a Z should say, by the events of its session; nothing where its row says otherwise."""
    session, event = closing.session, closing.event
    totals = totals_of(session, until=event.seq - 1)
    earlier = Closing.objects.using(using).filter(
        session__till=session.till_id, session__number__lt=session.number
    )
    before = earlier.select_related("event", "session").order_by("-session__number").first()
    counted = json.loads(event.body)["data"]["counted"]
    in_drawer = totals.expected_cents(session.float_cents)
    found = counted and _cash(counted["pieces"])
    if (closing.total_cents, closing.expected_cents, closing.counted_cents) != (
        totals.total_cents,
        in_drawer,
        found,
    ):
        return {}
    return closing_data(closing, totals, before, counted)


def _cash(pieces: Mapping[str, int]) -> int:
    return sum(int(piece) * number for piece, number in pieces.items())


TOLD_BY: dict[Kind, tuple[type[Model], Callable[[Sequence[int], str], Iterator[Told]]]] = {
    Kind.SALE: (Sale, _sales),
    Kind.REFUND: (Refund, _refunds),
    Kind.SESSION_OPEN: (TillSession, _sessions),
    Kind.CASH_MOVE: (CashMove, _cash_moves),
    Kind.CLOSE_DAY: (Closing, _closings),
    Kind.SETTING: (VatTerms, _vat_terms),
}


def _rows(batch: Sequence[JournalEntry], using: str) -> Iterator[Finding]:
    for kind, (_model, told_by) in TOLD_BY.items():
        events = [event for event in batch if event.kind == kind]
        told = dict(told_by([event.pk for event in events], using)) if events else {}
        for event in events:
            if event.pk not in told:
                yield Finding(event.chain_id, event.seq, "missing", _("the rows of the event"))
            elif not _tells(event, told[event.pk]):
                why = _("rows that say otherwise than it")
                yield Finding(event.chain_id, event.seq, "altered", why)


def _tells(event: JournalEntry, told: Callable[[], Data]) -> bool:
    """Whether the rows say what the event says. A row may name another that is gone."""
    try:
        said = json.loads(bytes(event.raw))["data"]
        said.pop("envelope", None)  # proven by itself: see ``sealed_proof``
        return canonical(said) == canonical(told())
    except (ValueError, TypeError, AttributeError, LookupError, ObjectDoesNotExist):
        return False

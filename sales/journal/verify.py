"""The journal proven: hashes, order, sums, and every row that tells the same as an event.

What is wrong is told apart: *altered* (it says something else than what was chained), *missing*
(it was there), *unverifiable* (nothing here can tell, such as a recipe that is not known).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.db import connections, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from inventory import triggers
from sales import vat
from sales.journal import RECIPE, SITE, TRAINING, canonical, hash_of
from sales.journal.bodies import Data
from sales.journal.keys import known_pem
from sales.journal.sealed_proof import Seals, strays, unsealed
from sales.journal.signatures import fault_of, keys_of, said_by, unsigned
from sales.journal.told import TOLD_BY
from sales.models import SIGNED, TECHNICAL, Chain, JournalEntry, Kind
from sales.models.journal import GENESIS
from sales.verify import CHECKS

SOLD = (Kind.SALE, Kind.REFUND)
TOGETHER = 500  # events whose rows are read at a time

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
    is_training: bool = False
    seq: int = 0
    hash: str = GENESIS
    perpetual_cents: int = 0
    perpetual_abs_cents: int = 0
    is_open: bool = False
    keys: frozenset[str] = frozenset()  # that the site's own chain names
    operator: int | None = None
    software: str = ""
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
    for model in dict.fromkeys(model for model, _told in TOLD_BY.values()):
        kinds = [kind for kind, (other, _told) in TOLD_BY.items() if other is model]
        known = JournalEntry.objects.using(using).filter(kind__in=kinds).values("pk")
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
    """Whether the key is here, and the one that each site's own chain names last."""
    pem = known_pem()
    rows = JournalEntry.objects.using(using).filter(kind=Kind.KEY).raw_bodies().order_by("pk")
    for last in {row.chain_id: row for row in rows}.values():
        if pem is None:
            yield Finding(last.chain_id, last.seq, "unverifiable", _("the signing key is not here"))
        elif said_by(last, "public_key") != pem:
            yield Finding(last.chain_id, last.seq, "altered", _("the signing key"))


def _sums(using: str) -> Iterator[Finding]:
    """Tickets and refunds that do not add up, whatever their events say."""
    for what, query in CHECKS:
        with connections[using].cursor() as cursor:
            cursor.execute(query.format(since=0))
            for where, *_numbers in cursor.fetchall():
                yield Finding("", 0, "altered", f"{what}: {where}")


def _chain(chain: Chain, anchors: Mapping[int, str], using: str) -> Iterator[Finding]:
    walk = _Walk(chain.name, keys=keys_of(chain, using), is_training=chain.is_training)
    events = JournalEntry.objects.using(using).filter(chain=chain.name).raw_bodies().order_by("seq")
    rows = iter(events.iterator(TOGETHER))
    while batch := list(islice(rows, TOGETHER)):
        for event in batch:
            yield from _event(event, walk, anchors)
        yield from _rows_of_none(batch, using) if chain.is_training else _rows(batch, using)
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
        cents = 0 if walk.is_training else _amount(body)
        walk.operator, walk.software = body["operator"] or walk.operator, body["software"]
        sums = body["perpetual_cents"], body["perpetual_abs_cents"]
        vat_adds_up = _vat_adds_up(body)
        is_lesson = bool(body["data"].get("training"))
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
    yield from _signed(event, body, walk)
    if event.kind in SOLD and is_lesson != walk.is_training:
        yield "altered", _("it is of a training, or of none")
    if event.kind not in TECHNICAL:
        yield from _in_session(event, walk)


def _signed(event: JournalEntry, body: Any, walk: _Walk) -> Iterator[tuple[Wrong, str]]:
    if event.kind in SIGNED and (fault := fault_of(event.prev_hash, body, walk.keys)):
        yield "altered", _("signed by an unknown key") if fault == "key" else _("its signature")


def _in_session(event: JournalEntry, walk: _Walk) -> Iterator[tuple[Wrong, str]]:
    """Whether a till sells between an opening and a closing; sites and lessons know neither."""
    is_till = not walk.chain.endswith(f"/{SITE}") and not walk.is_training
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
    told = body["data"]
    lines = ((line["vat_bp"], line["total_cents"]) for line in told["lines"])
    return bool(told["vat"] == vat.split_of(lines))


def _head(chain: Chain, walk: _Walk, using: str) -> Iterator[Finding]:
    names = Chain.objects.using(using).filter(name=chain.name, site__organisation=F("organisation"))
    codes = names.filter(Q(till=None) | Q(till__site=F("site"))).values_list(
        "organisation__code", "site__code", "till__code"
    )
    end = TRAINING if chain.is_training else ""
    if [f"{owner}/{site}/{till or SITE}{end}" for owner, site, till in codes] != [chain.name]:
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
    if (chain.operator, chain.software) != (walk.operator, walk.software):
        yield Finding(chain.name, walk.seq, "altered", _("the person or the version of the head"))


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


def _rows_of_none(batch: Sequence[JournalEntry], using: str) -> Iterator[Finding]:
    """Rows that name an event of a training, where nothing was sold."""
    keys = {event.pk: event for event in batch}
    for model, _told in TOLD_BY.values():
        rows = model._default_manager.using(using).filter(event__in=keys)
        for key in rows.values_list("event_id", flat=True):
            yield Finding(keys[key].chain_id, keys[key].seq, "altered", _("rows of a training"))


def _tells(event: JournalEntry, told: Callable[[], Data]) -> bool:
    """Whether the rows say what the event says. A row may name another that is gone."""
    try:
        said = json.loads(bytes(event.raw))["data"]
        said = unsigned(said) if event.kind in SIGNED else said
        said.pop("envelope", None)  # proven by itself: see ``sealed_proof``
        return canonical(said) == canonical(told())
    except (ValueError, TypeError, AttributeError, LookupError, ObjectDoesNotExist):
        return False

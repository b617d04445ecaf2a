"""What éco-organismes are billed for, quarter by quarter, and what is left to bill.

Only what leaves is claimed: a gram leaves once, so that it is claimed once. What comes back, or
is cancelled, takes its grams off the quarter in which it does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.models import EXITS, EcoOrganisme, EprStream, Flow, Kind
from organisation.models import Site, Submission, User
from reporting.intakes import Kept, kept_under
from reporting.models import ClaimedFlow, ClaimRelease, EprClaim
from reporting.registers.declaring import one_at_a_time
from reporting.registers.quarters import Quarter

WHO = "claimed__claim__eco_organisme__name"
SIGN = Case(When(to_account__kind__in=EXITS, then=Value(1)), default=Value(-1))
FATE = Case(
    When(to_account__kind__in=EXITS, then=F("to_account__kind")), default=F("from_account__kind")
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one wants to claim: of whom, which stream and quarter, and what became of it."""

    eco_organisme: EcoOrganisme
    stream: EprStream
    quarter: Quarter
    fates: tuple[Kind, ...] = (Kind.REUSE,)


@dataclass(slots=True)
class Left:
    """A stream and a fate of a quarter: all of it, and who claimed how much."""

    stream: str
    fate: Kind
    weight_g: int = 0
    units: int = 0
    claimed: dict[str, list[int]] = field(default_factory=dict)

    @property
    def left_g(self) -> int:
        return self.weight_g - sum(grams for grams, _units in self.claimed.values())

    @property
    def left_units(self) -> int:
        return self.units - sum(units for _grams, units in self.claimed.values())


def went_out(sites: Collection[Site], quarter: Quarter, fates: Collection[Kind]) -> QuerySet[Flow]:
    """Flows of a quarter through these ways out, those that came back through them too."""
    period = quarter.period
    through = Q(to_account__kind__in=fates) | Q(from_account__kind__in=fates)
    flows = Flow.objects.on_days(period.start, period.end)
    return flows.filter(through, movement__site__in=sites)


def unclaimed(flows: QuerySet[Flow]) -> QuerySet[Flow]:
    """Those that are in no standing claim."""
    standing = ClaimedFlow.objects.filter(flow=OuterRef("pk"), release=None)
    return flows.filter(~Exists(standing))


def in_quarter(sites: Collection[Site], quarter: Quarter) -> list[Left]:
    """What left in a quarter by stream and fate, claimed or not; streams in their order."""
    kept = kept_under()
    table: dict[tuple[str, Kind], Left] = {}
    flows = went_out(sites, quarter, EXITS).annotate(fate=FATE, sign=SIGN).order_by()
    for category, fate, grams, units in _summed(flows):
        left = _left(table, kept, category, fate)
        left.weight_g += grams
        left.units += units
    claimed = flows.filter(claimed__release=None, claimed__isnull=False)
    for category, fate, who, grams, units in _summed(claimed, WHO):
        held = _left(table, kept, category, fate).claimed.setdefault(who, [0, 0])
        held[0] += grams
        held[1] += units
    return [table[spot] for spot in sorted(table, key=lambda s: (s[0], EXITS.index(s[1])))]


def _summed(flows: QuerySet[Flow], *more: str) -> Iterator[Any]:
    """Category, fate and ``more``, then grams and units, what came back taken off."""
    keys = ("from_category", "fate", *more)
    rows = flows.values(*keys).annotate(
        grams=Sum(F("sign") * F("weight_g")), pieces=Sum(F("sign") * F("units"))
    )
    yield from rows.values_list(*keys, "grams", "pieces")


def _left(
    table: dict[tuple[str, Kind], Left], kept: Mapping[int, Kept], category: int, said: str
) -> Left:
    stream, fate = kept[category].stream or "NONE", Kind(said)
    return table.setdefault((stream, fate), Left(stream, fate))


@transaction.atomic
def claim(
    *, wanted: Claim, sites: Sequence[Site], author: User, submission: Submission
) -> EprClaim:
    """Claim all that no one has claimed yet of a stream in a quarter: later, what came since.

    Raises ValidationError ``stream_not_under_contract``, ``nothing_left_to_claim`` or
    ``claimed_meanwhile``.
    """
    one_at_a_time(submission.organisation)
    _require_claimable(wanted)
    flows = unclaimed(went_out(sites, wanted.quarter, wanted.fates))
    rows = _of_stream(flows, wanted.stream)
    if not rows:
        raise ValidationError(
            _("Nothing is left to claim of this stream in this quarter."),
            code="nothing_left_to_claim",
        )
    made = EprClaim.objects.create(
        submission=submission,
        organisation=submission.organisation,
        eco_organisme=wanted.eco_organisme,
        stream=wanted.stream,
        quarter=wanted.quarter.key,
        fates=[fate.value for fate in wanted.fates],
        weight_g=sum(sign * grams for _pk, sign, grams, _units in rows),
        units=sum(sign * units for _pk, sign, _grams, units in rows),
        claimed_at=timezone.now().replace(microsecond=0),  # as every answer tells it
        author=author,
    )
    _hold(made, [pk for pk, *_rest in rows])
    return made


def _require_claimable(wanted: Claim) -> None:
    if not wanted.eco_organisme.streams.filter(pk=wanted.stream.pk).exists():
        raise ValidationError(
            _("%(name)s has no contract for this stream: add it to its card."),
            code="stream_not_under_contract",
            params={"name": wanted.eco_organisme},
        )


def _of_stream(flows: QuerySet[Flow], stream: EprStream) -> list[tuple[int, int, int, int]]:
    """Key, sign, grams and units of the flows of a stream."""
    by_stream: dict[str, list[int]] = defaultdict(list)
    for pk, kept in kept_under().items():
        by_stream[kept.stream or "NONE"].append(pk)
    rows = flows.filter(from_category__in=by_stream[stream.code]).annotate(sign=SIGN)
    return list(rows.order_by("pk").values_list("pk", "sign", "weight_g", "units"))


def _hold(made: EprClaim, flows: Sequence[int]) -> None:
    """Raises ValidationError ``claimed_meanwhile``: the database knows of no second claim."""
    held = [ClaimedFlow(claim=made, flow_id=pk) for pk in flows]
    try:
        with transaction.atomic():
            ClaimedFlow.objects.bulk_create(held, batch_size=2_000)
    except IntegrityError as refusal:
        raise ValidationError(
            _("Somebody claimed part of it just now: look again."), code="claimed_meanwhile"
        ) from refusal


@transaction.atomic
def release(*, claim: EprClaim, reason: str, author: User, submission: Submission) -> ClaimRelease:
    """Give a claim up, for good: its flows may be claimed again, and it stays on record.

    Raises ValidationError ``already_released``.
    """
    one_at_a_time(submission.organisation)
    if ClaimRelease.objects.filter(claim=claim).exists():
        raise ValidationError(_("This claim is already released."), code="already_released")
    made = ClaimRelease.objects.create(
        claim=claim, submission=submission, reason=reason, released_at=timezone.now(), author=author
    )
    claim.flows.filter(release=None).update(release=made)
    return made

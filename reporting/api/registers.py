"""Registers and claims over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema
from ninja.errors import ValidationError as ShapeError
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from inventory.models import EcoOrganisme, EprStream, Kind
from organisation.doors import Doors, May, Permitted, caller, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    READ_ERRORS,
    WRITE_ERRORS,
    Day,
    Id,
    Page,
    Shape,
    Why,
    keyset,
)
from organisation.submissions import once
from reporting.models import EprClaim
from reporting.periods import Period
from reporting.registers import claims
from reporting.registers.lines import Outgoing, WasteLine
from reporting.registers.quarters import CODE, Quarter
from reporting.scopes import Scope

router = Doors()
Fate = Literal["reuse", "recycling", "other_recovery", "energy", "disposal"]
MOST = 200


def _quarter(value: Any) -> Any:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise PydanticCustomError("quarter_parsing", "")
    return value


QuarterCode = Annotated[str, BeforeValidator(_quarter), Field(examples=["2026-Q1"])]


class WasteRow(Schema):
    """A line of the register of outgoing waste."""

    id: str
    document: str
    site: str
    on: date
    name: str
    waste_code: str | None
    fate: Fate
    treatment_code: str | None
    partner: str | None
    carrier: str
    bsd: str
    eco_organisme: str | None
    weight_g: int
    sent_g: int
    partner_g: int | None
    estimated: bool
    cancelled: bool

    @classmethod
    def told(cls, line: WasteLine) -> dict[str, Any]:
        return {
            "id": line.public_id,
            "document": line.movement.number,
            "site": line.movement.site.code,
            "on": line.day,
            "name": line.name,
            "waste_code": line.waste_code and line.waste_code.code,
            "fate": line.fate.value,
            "treatment_code": line.treatment_code and line.treatment_code.code,
            "partner": line.partner and line.partner.code,
            "carrier": line.carrier_said,
            "bsd": line.bsd,
            "eco_organisme": line.eco_organisme and line.eco_organisme.code,
            "weight_g": line.weight_g,
            "sent_g": line.sent_g,
            "partner_g": line.weighed_g,
            "estimated": line.is_estimated,
            "cancelled": line.is_cancelled,
        }


class WasteRows(Schema):
    items: list[WasteRow]
    next: str | None


class LeftQuery(Shape):
    """Which lines: of a period, of sites or of all where one may."""

    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")
    site: list[Permitted[Site]] = Field(default_factory=list)

    def outgoing(self, request: CallerRequest, act: str) -> Outgoing:
        """What left of the sites that are named, or of all where the caller may do ``act``."""
        sites = self.site or Site.objects.permitted(caller(request), act)
        rows = sites if isinstance(sites, list) else sites.select_related("organisation")
        return Outgoing(Scope.of_sites(rows), Period(self.first_day, self.last_day))


class WasteQuery(LeftQuery):
    """The same, some hundred at a time."""

    limit: int = Field(50, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=40, pattern=r"^\d{4}-\d{2}-\d{2}\.\d{1,18}$")


@router.get("waste", auth=May("read_figures"), response={200: WasteRows, **READ_ERRORS})
def list_waste(request: CallerRequest, asked: Query[WasteQuery]) -> dict[str, Any]:
    """The register of outgoing waste, first to last; a page may hold several lines of an act."""
    lines, after = asked.outgoing(request, "read_figures").page(asked.limit, _spot(asked.cursor))
    spot = f"{after[0].isoformat()}.{after[1]}" if after else None
    return {"items": [WasteRow.told(line) for line in lines], "next": spot}


def _spot(cursor: str | None) -> tuple[date, int] | None:
    """Raises ValidationError ``bad_cursor``."""
    if not cursor:
        return None
    day, _dot, key = cursor.partition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError as wrong:
        raise ShapeError([{"type": "bad_cursor", "loc": ["query", "cursor"]}]) from wrong


class ClaimedBy(Schema):
    eco_organisme: str
    weight_g: int
    units: int


class UnclaimedRow(Schema):
    """A stream and a fate of a quarter: all of it, what is claimed, what is left."""

    stream: str
    fate: Fate
    weight_g: int
    units: int
    claimed: list[ClaimedBy]
    left_g: int
    left_units: int


class Unclaimed(Schema):
    quarter: str
    items: list[UnclaimedRow]


class QuarterQuery(Shape):
    quarter: QuarterCode


@router.get("unclaimed", auth=May("read_figures"), response={200: Unclaimed, **READ_ERRORS})
def unclaimed(request: CallerRequest, asked: Query[QuarterQuery]) -> dict[str, Any]:
    """What left in a quarter by stream and fate: claimed of whom, and what is left to claim."""
    sites = list(Site.objects.permitted(caller(request), "read_figures"))
    rows = claims.in_quarter(sites, Quarter.read(asked.quarter))
    return {
        "quarter": asked.quarter,
        "items": [
            {
                "stream": row.stream,
                "fate": row.fate.value,
                "weight_g": row.weight_g,
                "units": row.units,
                "claimed": [
                    {"eco_organisme": who, "weight_g": grams, "units": units}
                    for who, (grams, units) in row.claimed.items()
                ],
                "left_g": row.left_g,
                "left_units": row.left_units,
            }
            for row in rows
        ],
    }


class ClaimIn(Shape):
    id: Id
    eco_organisme: Permitted[EcoOrganisme]
    stream: Permitted[EprStream]
    quarter: QuarterCode
    fates: Annotated[list[Fate], Field(min_length=1, max_length=5)] = ["reuse"]


class ClaimOut(Schema):
    """A claim: what of a quarter is billed to one éco-organisme."""

    id: UUID
    eco_organisme: str
    stream: str
    quarter: str
    fates: list[Fate]
    weight_g: int
    units: int
    claimed_at: datetime
    released: bool

    @classmethod
    def told(cls, claim: EprClaim) -> dict[str, Any]:
        return {
            "id": claim.submission.uuid,
            "eco_organisme": claim.eco_organisme.code,
            "stream": claim.stream.code,
            "quarter": Quarter.of_key(claim.quarter).code,
            "fates": claim.fates,
            "weight_g": claim.weight_g,
            "units": claim.units,
            "claimed_at": claim.claimed_at,
            "released": claim.is_released,
        }


class ClaimsOut(Schema):
    items: list[ClaimOut]
    next: str | None


@router.post("claims", auth=May("govern"), response={201: ClaimOut, 200: ClaimOut, **WRITE_ERRORS})
def create_claim(request: CallerRequest, payload: ClaimIn) -> HttpResponse:
    """Claim all that no one has claimed yet of a stream in a quarter, at one's own sites."""
    fates = tuple(Kind(fate) for fate in dict.fromkeys(payload.fates))
    wanted = claims.Claim(
        payload.eco_organisme, payload.stream, Quarter.read(payload.quarter), fates
    )

    def record(submission: Submission) -> ClaimOut:
        made = claims.claim(
            wanted=wanted,
            sites=list(Site.objects.permitted(caller(request), "govern")),
            author=caller(request),
            submission=submission,
        )
        return ClaimOut(**ClaimOut.told(made))

    return once(request, payload.id, record)


@router.get("claims", auth=May("read_figures"), response={200: ClaimsOut, **READ_ERRORS})
def list_claims(request: CallerRequest, page: Annotated[Page, Query()]) -> dict[str, Any]:
    """Claims, the latest first; those released too."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    found = keyset(EprClaim.objects.within(request).of(sites).told(), page, "-pk")
    return {**found, "items": [ClaimOut.told(claim) for claim in found["items"]]}


@router.get("claims/{id}", auth=May("read_figures"), response={200: ClaimOut, **READ_ERRORS})
def get_claim(request: CallerRequest, id: Id) -> dict[str, Any]:
    """One claim by the id its sender gave it."""
    return ClaimOut.told(_claim(request, id))


class ReleaseIn(Shape):
    id: Id
    reason: Why


@router.post(
    "claims/{claim}/release",
    auth=May("govern"),
    response={201: ClaimOut, 200: ClaimOut, **WRITE_ERRORS},
)
def release_claim(request: CallerRequest, claim: Id, payload: ReleaseIn) -> HttpResponse:
    """Give a claim up, for good; it stays on record, and its grams may be claimed again."""
    held = _claim(request, claim)

    def record(submission: Submission) -> ClaimOut:
        claims.release(
            claim=held, reason=payload.reason, author=caller(request), submission=submission
        )
        return ClaimOut(**ClaimOut.told(_claim(request, claim)))

    return once(request, payload.id, record)


def _claim(request: CallerRequest, uuid: UUID) -> EprClaim:
    """A claim of the caller's structure and sites. Raises Http404, PermissionDenied."""
    claim = get_object_or_404(EprClaim.objects.within(request).told(), submission__uuid=uuid)
    for site in claim.sites:
        require(request, site)
    return claim

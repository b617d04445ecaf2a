"""A till's day over HTTP: opened, cash in and out, read (X), closed (Z)."""

from typing import Annotated, Any, Literal, Self

from django.http import Http404, HttpResponse
from ninja import Field, Schema
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory.ledger import Entry
from organisation.doors import Doors, May, Permitted
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, WRITE_ERRORS, Shape, Text
from sales import services
from sales.api.leases import Counter, TillAct, once_at
from sales.journal.totals import totals_of
from sales.models import CashMove, Closing, Kind, Method, Till, TillSession
from sales.services import MOST_CENTS, MOST_PIECES, PIECES, Count

router = Doors()

Cents = Annotated[int, Field(strict=True, ge=0, le=MOST_CENTS)]
Reason = Literal["change", "bank", "purchase", "mistake", "other"]
Piece = Literal["1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000", "5000",
                "10000", "20000", "50000"]  # fmt: skip
Pieces = dict[Piece, Annotated[int, Field(strict=True, ge=0, le=MOST_PIECES)]]
Sum = Annotated[int, Field(strict=True, ge=0, le=100 * MOST_CENTS)]
OtherMeans = Literal["card", "cheque", "voucher", "local_currency", "other"]


class SessionIn(TillAct):
    float_cents: Cents


class SessionOut(Schema):
    till: str
    session: int
    business_date: str
    opened_at: str
    float_cents: int
    hash: str

    @classmethod
    def of(cls, session: TillSession) -> Self:
        return cls(
            till=session.till.code,
            session=session.number,
            business_date=session.business_date.isoformat(),
            opened_at=session.opened_at.isoformat(),
            float_cents=session.float_cents,
            hash=session.event.hash,
        )


@router.post(
    "tills/{till}/sessions",
    auth=Counter("sell"),
    response={201: SessionOut, 200: SessionOut, **WRITE_ERRORS},
)
def create_session(
    request: CallerRequest, till: Permitted[Till], payload: SessionIn
) -> HttpResponse:
    """Open a till with the float that was counted."""

    def record(entry: Entry) -> SessionOut:
        return SessionOut.of(
            services.open_session(entry=entry, till=till, float_cents=payload.float_cents)
        )

    return once_at(request, till, payload, Kind.SESSION_OPEN, record)


class CashMoveIn(TillAct):
    """Cash put into the drawer, or taken out below zero."""

    amount_cents: Annotated[int, Field(strict=True, ge=-MOST_CENTS, le=MOST_CENTS)]
    reason: Reason
    comment: Text = ""

    @model_validator(mode="after")
    def moves_something(self) -> Self:
        if not self.amount_cents:
            raise PydanticCustomError("no_amount", "")
        return self


class CashMoveOut(Schema):
    till: str
    session: int
    amount_cents: int
    reason: Reason
    hash: str


@router.post(
    "tills/{till}/cash-moves",
    auth=Counter("sell"),
    response={201: CashMoveOut, 200: CashMoveOut, **WRITE_ERRORS},
)
def create_cash_move(
    request: CallerRequest, till: Permitted[Till], payload: CashMoveIn
) -> HttpResponse:
    """Put cash into a till's drawer, or take some out."""

    def record(entry: Entry) -> CashMoveOut:
        kind, cents = CashMove.Kind(payload.reason), payload.amount_cents
        move = services.move_cash(entry=entry, till=till, kind=kind, amount_cents=cents)
        return CashMoveOut(
            till=till.code,
            session=move.session.number,
            amount_cents=move.amount_cents,
            reason=payload.reason,
            hash=move.event.hash,
        )

    return once_at(request, till, payload, Kind.CASH_MOVE, record)


class CountedIn(Shape):
    """What was found: notes and coins by their cents; other means by their sum."""

    cash: Pieces
    others: dict[OtherMeans, Sum] = {}

    def count(self) -> Count:
        others = {Method(method): cents for method, cents in self.others.items()}
        return Count({int(piece): number for piece, number in self.cash.items()}, others)


class ClosingIn(TillAct):
    """``last_seq``: the last event that whoever counts had seen, as ``x`` tells it.

    Where a tablet holds the till: the last envelope that it sent before this one.
    """

    counted: CountedIn
    last_seq: Annotated[int, Field(strict=True, ge=0)] | None = None
    comment: Text = ""


class ClosingOut(Schema):
    """A Z: its figures are those of its event in the journal."""

    number: str
    till: str
    session: int
    business_date: str
    figures: dict[str, Any]
    gap_cents: int | None
    hash: str

    @classmethod
    def of(cls, closing: Closing) -> Self:
        return cls(
            number=closing.number,
            till=closing.session.till.code,
            session=closing.session.number,
            business_date=closing.session.business_date.isoformat(),
            figures=closing.figures,
            gap_cents=closing.gap_cents,
            hash=closing.event.hash,
        )


@router.post(
    "tills/{till}/closings",
    auth=Counter("sell"),
    response={201: ClosingOut, 200: ClosingOut, **WRITE_ERRORS},
)
def create_closing(
    request: CallerRequest, till: Permitted[Till], payload: ClosingIn
) -> HttpResponse:
    """Close a till with what was counted (Z)."""

    def record(entry: Entry) -> ClosingOut:
        return ClosingOut.of(
            services.close_session(
                entry=entry, till=till, count=payload.counted.count(), last_seq=payload.last_seq
            )
        )

    return once_at(request, till, payload, Kind.CLOSE_DAY, record)


class XOut(Schema):
    """What the session under way has brought so far."""

    till: str
    session: int
    business_date: str
    float_cents: int
    expected_cents: int
    last_seq: int
    figures: dict[str, Any]


@router.get("tills/{till}/x", auth=May("sell"), response={200: XOut, **READ_ERRORS})
def get_x(request: CallerRequest, till: Permitted[Till]) -> XOut:
    """Read a till without closing it; 404 where it is not open."""
    session = TillSession.objects.open_at(till)
    if session is None:
        raise Http404
    totals = totals_of(session)
    return XOut(
        till=till.code,
        session=session.number,
        business_date=session.business_date.isoformat(),
        float_cents=session.float_cents,
        expected_cents=totals.expected_cents(session.float_cents),
        last_seq=totals.last_seq,
        figures=totals.told(),
    )


assert {int(piece) for piece in Piece.__args__} == set(PIECES)  # type: ignore[attr-defined]  # noqa: S101

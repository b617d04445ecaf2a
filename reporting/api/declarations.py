"""What is declared to the national register of waste, over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Query, Schema

from organisation.doors import Doors, May, Permitted, SitePage, caller
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    FIRST_DAY,
    LAST_DAY,
    READ_ERRORS,
    WRITE_ERRORS,
    Day,
    Id,
    Shape,
    file_answer,
    keyset,
)
from organisation.submissions import once
from reporting.api.registers import LeftQuery
from reporting.models import Declaration, DeclarationFile
from reporting.registers import declaring
from reporting.registers.declaring import Sending, Situation, Unsent
from reporting.registers.files import csv_of, file_of, xlsx_of
from reporting.workbook import XLSX

router = Doors()
Status = Literal["to_send", "blocked", "traced"]
Kind = Literal["new", "modify", "cancel"]
STATUSES: tuple[Status, ...] = ("to_send", "blocked", "traced")
MOST = 1_000


class ReasonOut(Schema):
    """Why a line is not sent: a code for machines, a sentence for people."""

    code: str
    text: str


class LineOut(Schema):
    """A line of waste as it stands: to send, blocked, or traced by a slip already."""

    status: Status
    document: str
    id: str | None
    on: date
    name: str
    waste_code: str | None
    partner: str | None
    weight_g: int | None
    bsd: str
    kind: Kind | None
    reasons: list[ReasonOut]

    @classmethod
    def told(cls, status: Status, each: Sending | Unsent) -> dict[str, Any]:
        line, sent = each.line, each if isinstance(each, Sending) else None
        return {
            "status": status,
            "document": each.movement.number,
            "id": sent.cells["publicId"] if sent else line and line.public_id,
            "on": line.day if line else each.movement.business_date,
            "name": line.name if line else "",
            "waste_code": line and line.waste_code and line.waste_code.code,
            "partner": line and line.partner and line.partner.code,
            "weight_g": line and line.weight_g,
            "bsd": line.bsd if line else "",
            "kind": sent and sent.kind.value,
            "reasons": [] if isinstance(each, Sending) else [_reason(r) for r in each.reasons],
        }


def _reason(said: Any) -> dict[str, str]:
    return {"code": said.code, "text": said.text}


class Preview(Schema):
    """How many lines there are of each kind, and the first of them; a shorter period tells all."""

    to_send: int
    blocked: int
    traced: int
    as_sent: int
    items: list[LineOut]


class PreviewQuery(LeftQuery):
    status: Status | None = None
    limit: int = Field(200, ge=1, le=200)


@router.get(
    "declarations/preview", auth=May("read_figures"), response={200: Preview, **READ_ERRORS}
)
def preview_declaration(request: CallerRequest, asked: Query[PreviewQuery]) -> dict[str, Any]:
    """What of a period is to declare, what cannot be and why, what a slip traces already."""
    found = declaring.situation(asked.outgoing(request, "read_figures"), timezone.localdate())
    wanted = (asked.status,) if asked.status else STATUSES
    return {
        **{status: len(_lines(found, status)) for status in STATUSES},
        "as_sent": found.as_sent,
        "items": [
            LineOut.told(status, each)
            for status in wanted
            for each in _lines(found, status)[: asked.limit]
        ],
    }


def _lines(found: Situation, status: Status) -> Any:
    return getattr(found, status)


class DeclarationRow(Schema):
    """A file made ready for the national register; withdrawn, it declared nothing."""

    id: UUID
    made_at: datetime
    lines: int
    withdrawn: bool

    @classmethod
    def told(cls, file: Any) -> dict[str, Any]:  # rows of ``told``: with their count
        return {
            "id": file.submission.uuid,
            "made_at": file.made_at,
            "lines": file.count,
            "withdrawn": file.is_withdrawn,
        }


class Declarations(Schema):
    items: list[DeclarationRow]
    next: str | None


class DeclaredLine(Schema):
    """A line of a file: its cells by the keys of the register's columns."""

    id: str
    document: str
    kind: Kind
    cells: dict[str, str]

    @classmethod
    def told(cls, line: Declaration) -> dict[str, Any]:
        names = {"id": line.public_id, "document": line.movement.number}
        return {**names, "kind": line.kind, "cells": line.cells}


class DeclarationOut(DeclarationRow):
    """The same, with its sites and every line as it was made ready."""

    sites: list[str]
    items: list[DeclaredLine]

    @classmethod
    def told(cls, file: DeclarationFile) -> dict[str, Any]:
        lines = file.lines.select_related("movement").order_by("pk")
        return {
            **DeclarationRow.told(file),
            "sites": sorted(site.code for site in file.sites),
            "items": [DeclaredLine.told(line) for line in lines],
        }


class DeclarationsQuery(SitePage):
    """Files with a departure of these days, of one site or of all one may read."""

    first_day: Day = Field(FIRST_DAY, alias="from")
    last_day: Day = Field(LAST_DAY, alias="to")


@router.get("declarations", auth=May("read_figures"), response={200: Declarations, **READ_ERRORS})
def list_declarations(request: CallerRequest, asked: Query[DeclarationsQuery]) -> dict[str, Any]:
    """Files made, the latest first; those withdrawn too."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    of_site = {"site": asked.site} if asked.site else {}
    days = (asked.first_day, asked.last_day)
    rows = DeclarationFile.objects.within(request).of(sites).told()
    found = keyset(rows.about(business_date__range=days, **of_site), asked, "-pk")
    return {**found, "items": [DeclarationRow.told(file) for file in found["items"]]}


class DeclarationIn(LeftQuery):
    """Everything to send of a period, at the named sites."""

    id: Id
    site: Annotated[list[Permitted[Site]], Field(min_length=1, max_length=MOST)]


@router.post(
    "declarations",
    auth=May("govern"),
    response={201: DeclarationOut, 200: DeclarationOut, **WRITE_ERRORS},
)
def create_declaration(request: CallerRequest, payload: DeclarationIn) -> HttpResponse:
    """Make a file of all that is to send, and remember it as declared."""

    def record(submission: Submission) -> DeclarationOut:
        declaring.declare(
            outgoing=payload.outgoing(request, "govern"),
            today=timezone.localdate(),
            author=caller(request),
            submission=submission,
        )
        return DeclarationOut(**DeclarationOut.told(file_of(request, payload.id)))

    return once(request, payload.id, record)


@router.get(
    "declarations/{id}.csv",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=file_answer("text/csv"),
)
def get_declaration_csv(request: CallerRequest, id: Id) -> Any:
    """A file as it was made ready: CSV, as the national register takes it."""
    return csv_of(file_of(request, id))


@router.get(
    "declarations/{id}.xlsx",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=file_answer(XLSX),
)
def get_declaration_xlsx(request: CallerRequest, id: Id) -> HttpResponse:
    """A file as it was made ready: XLSX, as the national register takes it."""
    return xlsx_of(file_of(request, id))


# after the files, whose addresses would be taken for ids
@router.get(
    "declarations/{id}", auth=May("read_figures"), response={200: DeclarationOut, **READ_ERRORS}
)
def get_declaration(request: CallerRequest, id: Id) -> dict[str, Any]:
    """One file by the id its sender gave it, line by line."""
    return DeclarationOut.told(file_of(request, id))


class WithdrawIn(Shape):
    id: Id


@router.post(
    "declarations/{declaration}/withdraw",
    auth=May("govern"),
    response={201: DeclarationOut, 200: DeclarationOut, **WRITE_ERRORS},
)
def withdraw_declaration(
    request: CallerRequest, declaration: Id, payload: WithdrawIn
) -> HttpResponse:
    """Say that a file was never sent, or was refused whole: its lines are to send again."""
    file = file_of(request, declaration)

    def record(submission: Submission) -> DeclarationOut:
        declaring.withdraw(file=file, author=caller(request), submission=submission)
        return DeclarationOut(**DeclarationOut.told(file_of(request, declaration)))

    return once(request, payload.id, record)

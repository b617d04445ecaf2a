"""Published reports over HTTP: what they say, their fingerprint, and their files."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from organisation.doors import Doors, May, caller, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Id, Page, file_answer, keyset
from reporting.models import Report
from reporting.reports import files
from reporting.workbook import XLSX

router = Doors()


class ReportRow(Schema):
    """A published report; its fingerprint is the SHA-256 of its JSON document."""

    id: UUID
    code: str
    title: str
    template: str
    version: int
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    sites: list[str]
    published_at: datetime
    fingerprint: str
    flows_hash: str
    movements: int
    is_public: bool


class ReportOut(ReportRow):
    """The same, and all that it says."""

    document: dict[str, Any]


class ReportList(Schema):
    items: list[ReportRow]
    next: str | None


def _told(report: Report) -> dict[str, Any]:
    names = ("code", "title", "template", "version", "published_at")
    return {
        **{name: getattr(report, name) for name in names},
        "id": report.submission.uuid,
        "from": report.start,
        "to": report.end,
        "sites": sorted(site.code for site in report.sites.all()),
        "fingerprint": report.fingerprint,
        "flows_hash": report.flows_hash,
        "movements": report.movements,
        "is_public": report.page.is_open,
    }


def _named(request: CallerRequest, id: Any) -> Report:
    """A report of the caller's structure, all of whose sites they may read."""
    rows = Report.objects.within(request).select_related("submission", "page")
    found = get_object_or_404(rows.prefetch_related("sites"), submission__uuid=id)
    for site in found.sites.all():
        require(request, site)
    return found


@router.get(
    "reports",
    auth=May("read_figures"),
    response={200: ReportList, **READ_ERRORS},
    by_alias=True,
)
def list_reports(request: CallerRequest, page: Annotated[Page, Query()]) -> dict[str, Any]:
    """Published reports, the latest first."""
    sites = Site.objects.permitted(caller(request), "read_figures")
    rows = Report.objects.within(request).of_sites(sites).listed()
    found = keyset(rows.select_related("submission").prefetch_related("sites"), page, "-pk")
    return {**found, "items": [_told(report) for report in found["items"]]}


def _file(request: CallerRequest, id: Any, kind: str) -> HttpResponse:
    return files.file_of(_named(request, id), kind)


@router.get(
    "reports/{id}.pdf",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=file_answer("application/pdf"),
)
def get_report_pdf(request: CallerRequest, id: Id) -> HttpResponse:
    """The PDF that was published, to the byte."""
    return _file(request, id, "pdf")


@router.get(
    "reports/{id}.xlsx",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=file_answer(XLSX),
)
def get_report_xlsx(request: CallerRequest, id: Id) -> HttpResponse:
    """The workbook that was published, to the byte."""
    return _file(request, id, "xlsx")


@router.get(
    "reports/{id}.csv",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=file_answer("text/csv"),
)
def get_report_csv(request: CallerRequest, id: Id) -> HttpResponse:
    """The CSV that was published, to the byte."""
    return _file(request, id, "csv")


# after the files, whose addresses would be taken for ids
@router.get(
    "reports/{id}",
    auth=May("read_figures"),
    response={200: ReportOut, **READ_ERRORS},
    by_alias=True,
)
def get_report(request: CallerRequest, id: Id) -> dict[str, Any]:
    """One published report by the id its sender gave it: all that it says."""
    report = _named(request, id)
    return {**_told(report), "document": files.read(report)}

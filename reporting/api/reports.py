"""Published reports over HTTP: what they say, their fingerprint, and their files."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from organisation.doors import Doors, May, Permitted, SitePage, caller
from organisation.models import Network
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Id, file_answer, keyset
from reporting.models import Report
from reporting.models.reports import ReportQuerySet
from reporting.reports import files
from reporting.reports.reading import require_told
from reporting.workbook import XLSX

router = Doors()


class ReportsAsked(SitePage):
    """Those of one site, of a network, or all that the caller may read."""

    network: Permitted[Network] | None = None

    @model_validator(mode="after")
    def names_one_scope(self) -> Self:
        if self.network is not None and self.site is not None:
            raise PydanticCustomError("scope_twice", "")
        return self

    def narrowed(self, rows: ReportQuerySet) -> ReportQuerySet:
        if self.network is not None:
            return rows.filter(network=self.network)
        if self.site is not None:
            return rows.filter(network=None, sites=self.site)
        return rows


class ReportRow(Schema):
    """A published report; its fingerprint is the SHA-256 of its JSON document.

    One of a network names no site.
    """

    id: UUID
    code: str
    title: str
    template: str
    version: int
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    network: str | None
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
        "network": report.network and report.network.code,
        "sites": [] if report.network else sorted(site.code for site in report.sites.all()),
        "fingerprint": report.fingerprint,
        "flows_hash": report.flows_hash,
        "movements": report.movements,
        "is_public": report.page.is_open,
    }


def _named(request: CallerRequest, id: Any) -> Report:
    """A report of the caller's structure, if they may read all that it is about."""
    rows = Report.objects.within(request).select_related("submission", "network", "page")
    found = get_object_or_404(rows.prefetch_related("sites"), submission__uuid=id)
    require_told(request, found)
    return found


@router.get(
    "reports",
    auth=May("read_figures"),
    response={200: ReportList, **READ_ERRORS},
    by_alias=True,
)
def list_reports(request: CallerRequest, asked: Annotated[ReportsAsked, Query()]) -> dict[str, Any]:
    """Published reports, the latest first; of a site, or of a network, where one is named."""
    rows = asked.narrowed(Report.objects.within(request).readable_by(caller(request))).listed()
    found = keyset(rows.select_related("submission").prefetch_related("sites"), asked, "-pk")
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

"""The whole ledger over HTTP: the files of the open data, streamed."""

from typing import Any

from django.http import StreamingHttpResponse
from ninja import Field, Query

from organisation.doors import Doors, May, Permitted, caller
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import FIRST_DAY, LAST_DAY, READ_ERRORS, Day, Shape, file_answer
from reporting.opendata import FILES, Ledger, answer
from reporting.periods import Period
from reporting.scopes import Scope

router = Doors()


class LedgerAsked(Shape):
    """Which days and sites: all of them where none is named."""

    first_day: Day = Field(FIRST_DAY, alias="from")
    last_day: Day = Field(LAST_DAY, alias="to")
    site: list[Permitted[Site]] = Field(default_factory=list)

    def ledger(self, request: CallerRequest) -> Ledger:
        """Raises ValidationError ``period_reversed``."""
        organisation = request.user.organisation
        assert organisation is not None  # noqa: S101 (the guard saw to it)
        permitted = Site.objects.permitted(caller(request), "read_figures")
        scope = Scope.of_sites(self.site or permitted.select_related("organisation"))
        return Ledger(organisation, scope, Period(self.first_day, self.last_day))


def _file(form: str) -> dict[str, Any]:
    """How the API describes an answer that is a file."""
    kind = FILES[form][1].partition(";")[0]
    return file_answer(kind)


@router.get(
    "ledger.ndjson",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=_file("ndjson"),
)
def get_ledger_ndjson(request: CallerRequest, asked: Query[LedgerAsked]) -> StreamingHttpResponse:
    """Every record of the books, one a line: whole grams and cents, no personal data."""
    return answer(asked.ledger(request), "ndjson")


@router.get(
    "ledger.csv",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=_file("csv"),
)
def get_ledger_csv(request: CallerRequest, asked: Query[LedgerAsked]) -> StreamingHttpResponse:
    """Every flow, one a row, for French spreadsheets."""
    return answer(asked.ledger(request), "csv")


@router.get(
    "ledger.zip",
    auth=May("read_figures"),
    response=READ_ERRORS,
    openapi_extra=_file("zip"),
)
def get_ledger_zip(request: CallerRequest, asked: Query[LedgerAsked]) -> StreamingHttpResponse:
    """Both, with their schema and a program that recomputes the figures."""
    return answer(asked.ledger(request), "zip")

"""Which templates a structure has, and which one a page is about."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from organisation.doors import require
from organisation.models import Network, Organisation
from organisation.permissions import CallerRequest
from reporting.models import Report, ReportTemplate
from reporting.reports import shipped
from reporting.reports.layout import Layout, read
from reporting.reports.publishing import Chosen


class Offered(NamedTuple):
    """A template in the list."""

    chosen: Chosen

    @property
    def code(self) -> str:
        return self.chosen.template

    @property
    def layout(self) -> Layout:
        return self.chosen.layout


def offered(organisation: Organisation) -> list[Offered]:
    """Shipped templates in their order, as the structure changed them, then its own."""
    rows = {row.code: row for row in ReportTemplate.objects.of(organisation)}
    codes = [*shipped.LAYOUTS, *sorted(rows.keys() - shipped.LAYOUTS.keys())]
    return [_offered(code, rows.get(code)) for code in codes]


def chosen(organisation: Organisation, code: str) -> Offered | None:
    """One template by its code; None where there is none."""
    row = ReportTemplate.objects.of(organisation).filter(code=code).first()
    if row is None and code not in shipped.LAYOUTS:
        return None
    return _offered(code, row)


def _offered(code: str, row: ReportTemplate | None) -> Offered:
    """Versions of one's own go on from the shipped one's."""
    if row is None:
        return Offered(Chosen(code, shipped.VERSION, shipped.layouts()[code]))
    latest = row.latest
    return Offered(Chosen(code, latest.number, read(latest.layout)))


def require_told(request: CallerRequest, report: Report) -> None:
    """Refuse a caller who may not read all that a report is about. Raises PermissionDenied."""
    if report.network_id is None:
        for site in report.sites.all():
            require(request, site)
    elif not Network.objects.within(request).filter(pk=report.network_id).exists():
        raise PermissionDenied(_("You do not read this network's figures."))

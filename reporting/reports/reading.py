"""Which templates a structure has, and which one a page is about."""

from typing import NamedTuple

from organisation.models import Organisation
from reporting.models import ReportTemplate
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

"""The file of January: for each funder, when it is due, what is ready and what is missing."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.months import last_day
from organisation.models import Organisation
from reporting import indicators
from reporting.indicators import Reading
from reporting.indicators.measure import Group
from reporting.models import PartnerOutlet, Report
from reporting.months import first_open
from reporting.periods import Period
from reporting.reports.forms import periods, usual
from reporting.reports.layout import placeholders
from reporting.reports.reading import Offered, offered
from reporting.scopes import Scope


class Due(NamedTuple):
    """A report that a funder waits for: what was published of it, and what is still missing."""

    offered: Offered
    name: str
    period: Period
    day: date | None
    published: Report | None
    missing: list[str]

    @property
    def is_ready(self) -> bool:
        return not self.missing


def dossier(organisation: Organisation, scope: Scope, today: date) -> list[Due]:
    """Every template for the last period that is over, the next deadline first."""
    found = offered(organisation)
    readings: dict[Period, Reading] = {}
    with transaction.atomic(using="report"):
        dues = [_due(each, organisation, scope, today, readings) for each in found]
    return sorted(dues, key=lambda due: (due.day or date.max, due.offered.code))


def _due(
    each: Offered,
    organisation: Organisation,
    scope: Scope,
    today: date,
    readings: dict[Period, Reading],
) -> Due:
    name = usual(each.layout.rule, today)
    period = periods(each.layout.rule, today)[name]
    if period not in readings:
        readings[period] = Reading(scope, period)
    rows = Report.objects.filter(organisation=organisation, template=each.code)
    return Due(
        offered=each,
        name=name,
        period=period,
        day=deadline(each.layout.deadline, period.end),
        published=rows.filter(start=period.start, end=period.end).listed().first(),
        missing=list(_missing(each, organisation, readings[period])),
    )


def deadline(month_day: str, after: date) -> date | None:
    """The first such day after a period's end; a 30 February is the month's last day."""
    if not month_day:
        return None
    month, day = map(int, month_day.split("-"))
    for year in (after.year, after.year + 1):
        found = last_day(year * 100 + month)
        found = found.replace(day=min(day, found.day))
        if found > after:
            return found
    return None


def _missing(each: Offered, organisation: Organisation, reading: Reading) -> Iterable[str]:
    yield from _open_months(reading)
    yield from _unknown(each, reading)
    yield from _outlets(each, organisation, reading)
    yield from (note["msg"] for note in reading.balance["warnings"] if note["type"] in SERIOUS)


SERIOUS = ("negative_stock", "unknown_weight")


def _open_months(reading: Reading) -> Iterable[str]:
    months = first_open(reading.scope.sites)
    for site in reading.scope.sites:
        month = months.get(site.pk)
        if month is not None and last_day(month) <= reading.period.end:
            yield _("%(site)s: months are not closed yet.") % {"site": site.name}


def _unknown(each: Offered, reading: Reading) -> Iterable[str]:
    """Indicators that the template shows and of which nothing was noted."""
    texts = [each.layout.intro, *(part.text for part in each.layout.parts)]
    shown = {code for part in each.layout.parts for code in part.indicators}
    shown |= set(placeholders(texts)) & indicators.ALL.keys()
    for code, indicator in indicators.ALL.items():
        if code in shown:
            nothing = (None, 0) if indicator.group == Group.PEOPLE else (None,)
            if all(value.amount in nothing for value in indicator.values(reading)):
                yield _("%(indicator)s: nothing is known.") % {"indicator": indicator.name}


def _outlets(each: Offered, organisation: Organisation, reading: Reading) -> Iterable[str]:
    if not any(part.kind == "outlets" for part in each.layout.parts):
        return
    period: Any = reading.period
    if not PartnerOutlet.objects.between(organisation, period.start, period.end).exists():
        yield _("No partner’s outlet is declared for this period.")

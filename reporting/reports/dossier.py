"""The file of January: for each funder, when it is due, what is ready and what is missing."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.months import last_day
from organisation.models import Network, Organisation
from reporting import indicators
from reporting.indicators import Reading
from reporting.indicators.measure import Group
from reporting.models import PartnerOutlet, Report
from reporting.months import first_open
from reporting.periods import Period
from reporting.reports import shipped
from reporting.reports.forms import periods, usual
from reporting.reports.layout import placeholders
from reporting.reports.reading import Offered, offered
from reporting.scopes import Scope


class Due(NamedTuple):
    """A report that a funder waits for: what was published of it, and what is still missing.

    Of ``network`` where it is a network's.
    """

    offered: Offered
    name: str
    period: Period
    day: date | None
    is_past: bool
    published: Report | None
    missing: list[str]
    network: Network | None = None

    @property
    def is_ready(self) -> bool:
        return not self.missing

    @property
    def address(self) -> str:
        """How a draft of it is asked for."""
        network = {"network": self.network.code} if self.network else {}
        return urlencode({"period": self.name, **network})


def dossier(
    organisation: Organisation, scope: Scope, today: date, networks: Iterable[Network] = ()
) -> list[Due]:
    """Every template for the last period that is over, the next deadline first.

    The one of networks is for each of ``networks``; without any, for the scope.
    """
    found, readings = offered(organisation), dict[tuple[Scope, Period], Reading]()
    of_networks = [Scope.of_network(network) for network in networks] or [scope]
    with transaction.atomic(using="report"):
        dues = [
            _due(each, organisation, about, today, readings)
            for each in found
            for about in (of_networks if each.code == shipped.OF_NETWORKS else [scope])
        ]
    return sorted(dues, key=lambda due: (due.day or date.max, due.offered.code))


def _due(
    each: Offered,
    organisation: Organisation,
    scope: Scope,
    today: date,
    readings: dict[tuple[Scope, Period], Reading],
) -> Due:
    name = usual(each.layout.rule, today)
    period = periods(each.layout.rule, today)[name]
    if (scope, period) not in readings:
        readings[scope, period] = Reading(scope, period)
    rows = Report.objects.filter(organisation=organisation, network=scope.network)
    rows = rows.of_period(each.code, period.start, period.end)
    day = deadline(each.layout.deadline, period.end)
    return Due(
        offered=each,
        name=name,
        period=period,
        day=day,
        is_past=day is not None and day < today,
        published=rows.listed().first(),
        missing=list(_missing(each, organisation, readings[scope, period])),
        network=scope.network,
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
    yield from _warned(reading, *SERIOUS)


SERIOUS = ("negative_stock", "unknown_weight")


def _open_months(reading: Reading) -> Iterable[str]:
    """Sites whose months are open; a network's are only counted."""
    if reading.scope.network is not None:
        yield from _warned(reading, "open_months")
        return
    months = first_open(reading.scope.sites)
    for site in reading.scope.sites:
        month = months.get(site.pk)
        if month is not None and last_day(month) <= reading.period.end:
            yield _("%(site)s: months are not closed yet.") % {"site": site.name}


def _warned(reading: Reading, *types: str) -> Iterable[str]:
    return (note["msg"] for note in reading.balance["warnings"] if note["type"] in types)


def _unknown(each: Offered, reading: Reading) -> Iterable[str]:
    """Indicators that the template shows and of which nothing was noted."""
    texts = [each.layout.intro, *(part.text for part in each.layout.parts)]
    shown = {code for part in each.layout.parts for code in part.indicators}
    shown |= set(placeholders(texts)) & indicators.ALL.keys()
    is_network = reading.scope.network is not None
    for code, indicator in indicators.ALL.items():
        if code in shown and (indicator.is_for_networks or not is_network):
            nothing = (None, 0) if indicator.group == Group.PEOPLE else (None,)
            if all(value.amount in nothing for value in indicator.values(reading)):
                yield _("%(indicator)s: nothing is known.") % {"indicator": indicator.name}


def _outlets(each: Offered, organisation: Organisation, reading: Reading) -> Iterable[str]:
    is_asked = any(part.kind == "outlets" for part in each.layout.parts)
    if not is_asked or reading.scope.network is not None:
        return
    period: Any = reading.period
    if not PartnerOutlet.objects.between(organisation, period.start, period.end).exists():
        yield _("No partner’s outlet is declared for this period.")

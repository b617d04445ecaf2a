"""What a reader must know before trusting a figure."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.models import UNSORTED, Category
from inventory.months import first_day, month_of
from inventory.units import format_kg
from organisation.models import Site
from reporting.cube import Categories
from reporting.months import first_open
from reporting.periods import Period
from reporting.scopes import LEAVES, Border, Scope
from reporting.stock import Spot, bulk_below_zero
from sales.models import SaleLine


def of(
    border: Border,
    period: Period,
    categories: Categories,
    standing: Counter[Spot],
    cells: Iterable[Any],
) -> list[dict[str, str]]:
    """Return the warnings of a report, as ``{type, msg}``; ``cells`` are summed by category."""
    found = [
        *_negative_stock(border.scope, standing),
        *_without_category(border, unsorted(categories), cells),
        *_unknown_weight(border.scope, period, categories),
        *_open_months(border.scope, period),
    ]
    return [{"type": kind, "msg": str(msg)} for kind, msg in found]


def unsorted(categories: Categories) -> frozenset[int]:
    """The key of what nobody sorted, where it is among the categories asked for."""
    rows = Category.objects.using("report").filter(organisation=None, code=UNSORTED)
    keys = frozenset(rows.values_list("pk", flat=True))
    return keys if categories is None or keys <= categories else frozenset()


def _negative_stock(scope: Scope, standing: Counter[Spot]) -> list[tuple[str, str]]:
    sites = {site.pk: site.name for site in scope.sites}
    below = sorted(
        (sites[spot.site], spot.top, grams)
        for spot, grams in bulk_below_zero(standing).items()
        if spot.site is not None
    )
    if not below:
        return []
    if scope.network is not None:
        return [("negative_stock", _negatives(len(below)))]
    names = Category.objects.using("report").in_bulk([top for _site, top, _grams in below])
    return [
        (
            "negative_stock",
            _("%(site)s: %(category)s stands at %(weight)s kg. Count, or settle the month.")
            % {"site": site, "category": names[top].name, "weight": format_kg(grams)},
        )
        for site, top, grams in below
    ]


def _negatives(count: int) -> str:
    return ngettext(
        "%(count)s category of a site stands below zero.",
        "%(count)s categories of sites stand below zero.",
        count,
    ) % {"count": count}


def _without_category(
    border: Border, unsorted: frozenset[int], cells: Iterable[Any]
) -> list[tuple[str, str]]:
    if not unsorted:
        return []
    out = set(LEAVES.values())
    gone_g = sum(
        sign * cell.grams
        for cell in cells
        if cell.from_category_id in unsorted
        for figure, sign in border.effects(cell.from_account_id, cell.to_account_id)
        if figure in out
    )
    if gone_g <= 0:
        return []
    msg = _("%(weight)s kg left without a category: the total holds, single categories do not.")
    return [("without_category", msg % {"weight": format_kg(gone_g)})]


def _unknown_weight(scope: Scope, period: Period, categories: Categories) -> list[tuple[str, str]]:
    """What was sold without grams is missing from reuse, and the reader must know."""
    lines = SaleLine.objects.using("report").unweighed(scope.sites, period.start, period.end)
    if categories is not None:
        lines = lines.filter(category__in=categories)
    if not (count := lines.count()):
        return []
    msg = ngettext(
        "%(count)s line was sold without a known weight: it is missing from what was reused.",
        "%(count)s lines were sold without a known weight: they are missing from what was reused.",
        count,
    )
    return [("unknown_weight", msg % {"count": count})]


def _open_months(scope: Scope, period: Period) -> list[tuple[str, str]]:
    last = month_of(min(period.end, timezone.localdate()))
    months = first_open(scope.sites)
    waiting = [
        (site, max(months[site.pk], month_of(period.start)))
        for site in scope.sites
        if months.get(site.pk, last + 1) <= last
    ]
    if not waiting:
        return []
    if scope.network is not None or len(waiting) > 3:
        msg = ngettext(
            "%(count)s site has months that are not closed yet.",
            "%(count)s sites have months that are not closed yet.",
            len(waiting),
        ) % {"count": len(waiting)}
    else:
        msg = _("Not closed yet, so still moving: %(sites)s.") % {
            "sites": ", ".join(_since(site, first) for site, first in waiting)
        }
    return [("open_months", msg)]


def _since(site: Site, month: int) -> str:
    day: date = first_day(month)
    return _("%(site)s from %(month)s") % {"site": site.name, "month": date_format(day, "F Y")}

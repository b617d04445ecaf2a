"""Which month of a site is the next to close, and from when on it may be."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from inventory.models import Movement
from inventory.months import add_months, first_day
from organisation.models import Site

GRACE = timedelta(hours=48)  # a tablet's queue may be offline for a day


def first_open(sites: Collection[Site]) -> dict[int, int]:
    """Site key → its first open month (YYYYMM); sites where nothing has happened are left out."""
    earliest = (
        Movement.objects.filter(site=OuterRef("pk")).order_by("business_date").values("month")
    )
    begun = (
        Site.objects.using("report")
        .filter(pk__in=[site.pk for site in sites if not site.books_closed_through])
        .annotate(first=Subquery(earliest[:1]))
        .exclude(first=None)
        .values_list("pk", "first")
    )
    closed = {
        site.pk: add_months(site.books_closed_through, 1)
        for site in sites
        if site.books_closed_through
    }
    return closed | dict(begun)


def closes_from(site: Site, month: int) -> datetime:
    """The instant from which ``month`` may be closed at ``site``: 48 h after its end there."""
    end = first_day(add_months(month, 1))
    return datetime.combine(end, time(), ZoneInfo(site.timezone)) + GRACE

"""The one act of reporting: closing a month."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from inventory import ledger
from inventory.months import first_day, last_day
from organisation.models import Site, Submission, User
from reporting.models import MonthClosing
from reporting.months import closes_from
from reporting.periods import Period
from reporting.scopes import Border, Scope
from reporting.stock import bulk_below_zero, standing
from sales.models import TillSession
from sales.services import stands_open

DECEMBER = 12


@transaction.atomic
def close_month(
    *,
    site: Site,
    month: int,
    author: User,
    submission: Submission,
    accepts_negative: bool = False,
) -> MonthClosing:
    """Close ``month`` (YYYYMM) of ``site``: from then on its figures stand.

    Raises ValidationError ``too_early``, ``session_open`` (a till of that month is not closed),
    ``negative_stock`` (December, unless accepted) or ``month_out_of_order``.
    """
    if timezone.now() < (start := closes_from(site, month)):
        raise ValidationError(
            _("This month can be closed from %(start)s on: entries may still be on their way."),
            code="too_early",
            params={"start": date_format(timezone.localtime(start), "j F Y, H:i")},
        )
    ledger.lock_site(site, exclusively=True)
    if left := TillSession.objects.open_through(site, month):
        raise stands_open(left[0])
    if month % 100 == DECEMBER and not accepts_negative and negative_tops(site, month):
        raise ValidationError(
            _("Some categories stand below zero at the end of the year: count, settle or accept."),
            code="negative_stock",
        )
    ledger.close_month(site=site, month=month)
    return MonthClosing.objects.create(
        submission=submission, site=site, month=month, closed_at=timezone.now(), author=author
    )


def negative_tops(site: Site, month: int) -> dict[int, int]:
    """Top category → grams of bulk, for those below zero at the end of ``month``."""
    period = Period(first_day(month), last_day(month))
    with transaction.atomic(using="report"):
        stood = standing(Border(Scope.of_sites([site])), period)
    return {spot.top: grams for spot, grams in bulk_below_zero(stood).items()}

"""What reporting does: close a month, and share figures with somebody outside."""

import secrets
from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from inventory import ledger
from inventory.months import first_day, last_day
from organisation.models import Organisation, Site, Submission, User
from organisation.models.stations import digest_of
from reporting.models import AuditLink, MonthClosing
from reporting.months import closes_from
from reporting.periods import Period
from reporting.scopes import Border, Scope
from reporting.stock import bulk_below_zero, standing
from sales.models import TillSession
from sales.services import stands_open

DECEMBER = 12
SHARED_DAYS, LONGEST_SHARED_DAYS = 30, 365


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


@transaction.atomic
def share(
    *,
    organisation: Organisation,
    sites: Collection[Site],
    period: Period,
    author: User | None,
    days: int = SHARED_DAYS,
) -> tuple[AuditLink, str]:
    """Open the figures of ``sites`` and ``period`` to whoever holds the token, told only now.

    Raises ValidationError ``no_site``, ``other_structure`` or ``days_out_of_range``.
    """
    if not sites:
        raise ValidationError(_("Choose at least one site."), code="no_site")
    if any(site.organisation_id != organisation.pk for site in sites):
        raise ValidationError(_("This site belongs to another structure."), code="other_structure")
    if not 1 <= days <= LONGEST_SHARED_DAYS:
        raise ValidationError(_("A link lives between a day and a year."), code="days_out_of_range")
    token, now = secrets.token_urlsafe(32), timezone.now()
    link = AuditLink.objects.create(
        organisation=organisation,
        start=period.start,
        end=period.end,
        digest=digest_of(token),
        created_by=author,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    link.sites.set(sites)
    return link, token


def withdraw(*, link: AuditLink) -> None:
    """End a link at once; one that has ended stays as it was."""
    AuditLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())

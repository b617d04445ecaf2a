"""Takings without tickets: a day's money by means of payment, noted once, cancelled once."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, lock_site, open_day, require_open
from sales.models import DayPayment, DayTakings, Method


@transaction.atomic
def note_takings(
    *, entry: Entry, cents: Mapping[Method, int], customers: int | None = None
) -> DayTakings:
    """Note what a shop without tickets took on a day. It moves no grams.

    Raises ValidationError ``no_takings`` or ``month_closed``.
    """
    if not any(cents.values()):
        raise ValidationError(_("There is no amount to record."), code="no_takings")
    require_open(entry.day, lock_site(entry.site))
    takings = DayTakings.objects.create(
        submission=entry.submission,
        site=entry.site,
        business_date=entry.day,
        customers=customers,
        recorded_at=timezone.now(),
        author=entry.author,
        note=entry.note,
    )
    _write_payments(takings, cents)
    return takings


@transaction.atomic
def cancel_takings(*, entry: Entry, takings: DayTakings) -> DayTakings:
    """Note the mirror of a day's takings, on its own day or on the first one still open.

    Raises ValidationError ``cannot_reverse`` or ``already_reversed``.
    """
    closed_through = lock_site(takings.site, exclusively=True)
    if takings.reverses_id:
        raise ValidationError(_("A cancellation is not cancelled."), code="cannot_reverse")
    if DayTakings.objects.filter(reverses=takings).exists():
        raise ValidationError(_("These takings are already cancelled."), code="already_reversed")
    mirror = DayTakings.objects.create(
        submission=entry.submission,
        site=takings.site,
        business_date=open_day(takings.business_date, closed_through),
        recorded_at=timezone.now(),
        author=entry.author,
        reverses=takings,
        note=entry.note,
    )
    _write_payments(mirror, {Method(p.method): -p.amount_cents for p in takings.payments.all()})
    return mirror


def _write_payments(takings: DayTakings, cents: Mapping[Method, int]) -> None:
    DayPayment.objects.bulk_create(
        DayPayment(takings=takings, method=method, amount_cents=amount_cents)
        for method, amount_cents in cents.items()
        if amount_cents
    )

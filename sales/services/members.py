"""Who buys by name: what a ticket asks of them, members' prices, memberships sold."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from sales.journal.periods import accounting_year
from sales.models import (
    Buyer,
    MemberPeriod,
    Method,
    Nature,
    RefundLine,
    Sale,
    SaleLine,
    ShopSettings,
    Till,
)

if TYPE_CHECKING:
    from sales.services.asking import Paid, Wanted


def require_buyer(till: Till, buyer: Buyer | None, payments: Sequence["Paid"]) -> None:
    """Raises ValidationError ``unknown_buyer``, or ``buyer_needed`` for who pays later."""
    if buyer and (buyer.is_erased or buyer.organisation_id != till.organisation_id):
        raise ValidationError(_("This buyer is not known here."), code="unknown_buyer")
    if buyer is None and any(paid.method == Method.ACCOUNT for paid in payments):
        raise ValidationError(_("Say who pays later: choose the buyer first."), code="buyer_needed")


def for_buyer(lines: Sequence["Wanted"], buyer: Buyer | None, day: date) -> list["Wanted"]:
    """The lines as this buyer gets them: a member, or who becomes one by them, at their prices."""
    becomes_one = any(line.kind == Nature.MEMBERSHIP for line in lines)
    is_member = buyer is not None and (becomes_one or buyer.is_member(day))
    return [replace(line, is_member=is_member) for line in lines]


def make_member(sale: Sale, rows: Iterable[SaleLine]) -> None:
    """Note what the memberships among the lines of a ticket make of its buyer."""
    sold = [row for row in rows if row.nature == Nature.MEMBERSHIP]
    if not sold or sale.buyer is None:
        return
    day, by = sale.movement.business_date, sale.movement.author
    settings = ShopSettings.objects.of(sale.buyer.organisation_id)
    held = Buyer.objects.select_for_update().get(pk=sale.buyer.pk)
    for row in sold:
        start = day
        if held.member_until and held.member_until >= day:
            start = held.member_until + timedelta(days=1)
        held.member_until = period_end(start, settings)
        MemberPeriod.objects.create(
            buyer=held, line=row, starts_on=start, ends_on=held.member_until, author=by
        )
    held.save(update_fields=["member_until"])


def period_end(start: date, settings: ShopSettings) -> date:
    """The last day of a membership that starts on ``start``."""
    ends = ShopSettings.MembershipEnds
    if settings.membership_ends == ends.CALENDAR_YEAR:
        return date(start.year, 12, 31)
    if settings.membership_ends == ends.ACCOUNTING_YEAR:
        return accounting_year(start, settings.year_starts_month)[1]
    last = monthrange(start.year + 1, start.month)[1]
    if start.day > last:  # 29 February
        return date(start.year + 1, start.month, last)
    return start.replace(year=start.year + 1) - timedelta(days=1)


def unmake_member(backs: Iterable[RefundLine]) -> None:
    """Take back the memberships of lines of which nothing is left."""
    lines = {back.line_id for back in backs}
    for period in MemberPeriod.objects.filter(line__in=lines).select_related("buyer", "line"):
        assert period.line is not None  # noqa: S101 (the filter gave it)
        back, _without = RefundLine.objects.so_far([period.line])
        if back[period.line.pk] == period.line.quantity:
            buyer = period.buyer
            period.delete()
            buyer.member_until = buyer.periods.aggregate(last=Max("ends_on"))["last"]
            if not buyer.is_erased:
                buyer.save(update_fields=["member_until"])

"""Vouchers of the house: issued by a ticket or a refund, paid with, never beyond what is left."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from inventory.units import format_euros
from organisation.models import Site
from sales.models import Method, Nature, RefundLine, SaleLine, Voucher
from sales.models.vouchers import draw
from sales.services.asking import Paid, Wanted

LASTS = timedelta(days=365)
KEPT_ASIDE = timedelta(days=14)
ISSUED = {Nature.VOUCHER: Voucher.Kind.GIFT, Nature.DEPOSIT: Voucher.Kind.DEPOSIT}


def require_vouchers(entry: Entry, payments: Sequence[Paid]) -> None:
    """Hold the vouchers that are paid with, and refuse what they do not cover.

    Raises ValidationError ``voucher_missing``, ``unknown_voucher``, ``voucher_over`` or
    ``voucher_too_low``.
    """
    asked: Counter[int] = Counter()
    for paid in payments:
        if (paid.method == Method.CREDIT) != (paid.voucher is not None):
            raise ValidationError(_("Scan the voucher, or type its code."), code="voucher_missing")
        if paid.voucher is not None:
            asked[paid.voucher.pk] += paid.amount_cents
    if not asked:
        return
    for voucher in Voucher.objects.select_for_update().filter(pk__in=asked).order_by("pk"):
        _require(voucher, entry, asked[voucher.pk])


def require_good(voucher: Voucher | None, site: Site, day: date) -> Voucher:
    """One of ours, on a day that it is good. Raises ``unknown_voucher`` or ``voucher_over``."""
    if voucher is None or voucher.organisation_id != site.organisation_id:
        raise ValidationError(_("This voucher is not one of ours."), code="unknown_voucher")
    if voucher.is_over(day):
        raise ValidationError(
            _("The voucher %(voucher)s was good until %(day)s."),
            code="voucher_over",
            params={"voucher": voucher, "day": voucher.expires_on},
        )
    return voucher


def _require(voucher: Voucher, entry: Entry, cents: int) -> None:
    require_good(voucher, entry.site, entry.day)
    left_cents = voucher.left_cents
    if left_cents < cents:
        raise ValidationError(
            _("Of the voucher %(voucher)s, %(left)s is left."),
            code="voucher_too_low",
            params={"voucher": voucher, "left": format_euros(left_cents)},
        )


def issue(entry: Entry, rows: Sequence[SaleLine], lines: Sequence[Wanted]) -> None:
    """Make the vouchers that lines of a ticket sell, and keep aside what a deposit is for."""
    for row, line in zip(rows, lines, strict=True):
        if kind := ISSUED.get(Nature(row.nature)):
            lasts = KEPT_ASIDE if kind == Voucher.Kind.DEPOSIT else LASTS
            until = line.until or entry.day + lasts
            row.voucher = make(entry, kind, until, item_id=line.aside.pk if line.aside else None)


def make(
    entry: Entry, kind: Voucher.Kind, until: date | None, item_id: int | None = None
) -> Voucher:
    """A new voucher of the structure."""
    return Voucher.objects.create(
        organisation_id=entry.site.organisation_id,
        code=draw(),
        kind=kind,
        expires_on=until,
        item_id=item_id,
    )


def require_unused(backs: Iterable[RefundLine]) -> None:
    """What was bought as a voucher is given back as far as it was not used.

    Raises ValidationError ``voucher_used``.
    """
    for back in backs:
        voucher = back.line.voucher
        if voucher is None:
            continue
        held = Voucher.objects.select_for_update().get(pk=voucher.pk)
        if held.left_cents < back.amount_cents:
            raise ValidationError(
                _("The voucher %(voucher)s was used: %(left)s is left of it."),
                code="voucher_used",
                params={"voucher": held, "left": format_euros(held.left_cents)},
            )

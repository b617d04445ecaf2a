"""Vouchers of the house: sold as gifts, given for what came back, or for a deposit.

A voucher is a row that never changes; what is left of it is what its ticket or refund put in, less
what was paid with it and what was given back of it.
"""

import secrets
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from inventory import codes
from inventory.models import Item
from organisation.models import Organisation
from organisation.permissions import CallerRequest

PREFIX = "BON"
DRAWN = 8  # of 31 signs: nobody finds one by trying


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)

    def named(self, text: str) -> Self:
        return self.filter(code=plain(text))

    def keeping(self, organisation: Organisation, day: date) -> "list[Voucher]":
        """Deposits that keep an object aside on ``day``: not over, and not used up."""
        rows = self.filter(organisation=organisation, expires_on__gte=day, item__isnull=False)
        return [row for row in rows.order_by("pk") if row.left_cents > 0]


def plain(text: str) -> str:
    """A voucher's code as it is kept, however it was typed or read."""
    return "".join(sign for sign in text.upper().rsplit("/", 1)[-1] if sign.isalnum())


def is_voucher(text: str) -> bool:
    """Whether a scanned text names a voucher, and no object."""
    code = plain(text)
    return code.startswith(PREFIX) and len(code) == len(PREFIX) + DRAWN


def draw() -> str:
    """A new code."""
    return PREFIX + "".join(secrets.choice(codes.ALPHABET) for _sign in range(DRAWN))


class Voucher(models.Model):
    """Money that the house owes to whoever holds the code."""

    class Kind(models.TextChoices):
        GIFT = "gift", _("gift voucher")
        CREDIT = "credit", _("store credit")
        DEPOSIT = "deposit", _("deposit")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    expires_on = models.DateField(_("good until"), null=True)
    item = models.ForeignKey(  # what a deposit keeps for its holder, until it expires
        Item, models.PROTECT, null=True, related_name="deposits"
    )

    objects = VoucherQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("voucher of the house")
        verbose_name_plural = _("vouchers of the house")

    def __str__(self) -> str:
        return f"{self.code[:3]}-{self.code[3:7]}-{self.code[7:]}"

    @property
    def left_cents(self) -> int:
        """What can still be paid with it."""
        put_in = _sum(self.lines.all(), "total_cents") + _sum(self.credits.all(), "total_cents")
        back: Any = self.lines.aggregate(sum=Sum("refunds__amount_cents"))["sum"] or 0
        return put_in - _sum(self.payments.all(), "amount_cents") - int(back)

    def is_over(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day


def _sum(rows: Any, name: str) -> int:
    return int(rows.aggregate(sum=Sum(name))["sum"] or 0)

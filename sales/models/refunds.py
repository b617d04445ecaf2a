"""Refunds: what came back of a ticket, and the money for it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from inventory.models import Movement
from organisation.models import Site
from sales.models.issuers import VoucherIssuer
from sales.models.journal import JournalEntry
from sales.models.lines import SaleLine
from sales.models.shop import Till
from sales.models.tickets import Method, Sale, public_number
from sales.models.vouchers import Voucher


class RefundQuerySet(models.QuerySet["Refund"]):
    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Refunds of these sites on these business days."""
        return self.filter(movement__site__in=sites, movement__business_date__range=(start, end))

    def money_left(self, sale: Sale) -> int:
        """Cents of a ticket that may still go back otherwise than as what it was paid with."""
        back = self.filter(sale=sale).exclude(method__in=sale.paid_as)
        back_cents = back.aggregate(sum=Sum("total_cents"))["sum"] or 0
        return max(sale.money_cents - int(back_cents), 0)


class Refund(models.Model):
    """Part of a ticket given back: what returns to stock, and the money for it."""

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="refund")
    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="refund")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="refunds")
    till = models.ForeignKey(Till, models.PROTECT, related_name="refunds")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    total_cents = models.PositiveBigIntegerField(_("total (cents)"))
    voucher = models.ForeignKey(  # what it gives in the place of money
        Voucher, models.PROTECT, null=True, related_name="credits"
    )
    issuer = models.ForeignKey(  # whose voucher was given back
        VoucherIssuer, models.PROTECT, null=True, related_name="refunds", db_index=False
    )
    vat = models.JSONField(default=list)  # [[rate in hundredths of a percent, cents, VAT cents]]

    objects = RefundQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As people see it; a refund is given where its ticket was."""
        return public_number(self.movement, self.sale.movement.site)


class RefundLineQuerySet(models.QuerySet["RefundLine"]):
    def so_far(self, lines: Iterable[SaleLine]) -> tuple[Counter[int], Counter[int]]:
        """Lines of a ticket → how many of each were given back, and how many without a gram yet.

        A share may round down to 0 g; the next one that weighs takes its units along.
        """
        back: Counter[int] = Counter()
        without_g: Counter[int] = Counter()
        rows = self.filter(line__in=[line.pk for line in lines]).order_by("pk")
        for line, quantity, weight_g in rows.values_list("line", "quantity", "weight_g"):
            back[line] += quantity
            without_g[line] = 0 if weight_g else without_g[line] + quantity
        return back, without_g


class RefundLine(models.Model):
    """So many of a line of a ticket, given back."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    line = models.ForeignKey(SaleLine, models.PROTECT, related_name="refunds")
    quantity = models.PositiveIntegerField()
    amount_cents = models.PositiveBigIntegerField()
    weight_g = models.BigIntegerField(null=True)

    objects = RefundLineQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(name="refund_counts", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"


def taken_cents(sites: Iterable[Site], start: date, end: date) -> int:
    """What these sites took between two days, refunds taken off."""
    sold = Sale.objects.between(sites, start, end).aggregate(sum=Sum("total_cents"))["sum"] or 0
    back = Refund.objects.between(sites, start, end).aggregate(sum=Sum("total_cents"))["sum"] or 0
    return int(sold) - int(back)

"""Takings of shops that give no tickets: what a day brought, by means of payment.

They move no grams: what such a shop sold is known from the month's balance.
"""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, Submission, User
from sales.models.tickets import Method


class DayTakingsQuerySet(models.QuerySet["DayTakings"]):
    def between(self, sites: Iterable[Site], start: date, end: date) -> Self:
        """Takings of these sites on these business days, counter-entries among them."""
        return self.filter(site__in=sites, business_date__range=(start, end))

    def cents(self) -> dict[str, int]:
        """Site code → cents, what was cancelled taken off."""
        sums = self.order_by().values_list("site__code").annotate(Sum("payments__amount_cents"))
        return {code: int(cents or 0) for code, cents in sums}


class DayTakings(models.Model):
    """What a shop without tickets took on a day. A counter-entry names the one that it cancels."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="day_takings")
    site = models.ForeignKey(Site, models.PROTECT, related_name="day_takings")
    business_date = models.DateField(_("counted on"))
    customers = models.PositiveIntegerField(_("number of customers"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("cancels")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = DayTakingsQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("takings of a day")
        verbose_name_plural = _("takings of days")
        indexes = [models.Index(fields=["site", "business_date"], name="day_takings_site_day")]

    def __str__(self) -> str:
        return f"{self.site} {self.business_date}"

    @property
    def total_cents(self) -> int:
        return sum(payment.amount_cents for payment in self.payments.all())


class DayPayment(models.Model):
    """What a day brought by one means of payment; below zero in a counter-entry."""

    takings = models.ForeignKey(DayTakings, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=16, choices=Method)
    amount_cents = models.BigIntegerField(_("amount (cents)"))

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("payments of a day")
        verbose_name_plural = _("payments of days")
        constraints = [
            models.UniqueConstraint(fields=["takings", "method"], name="day_payment_once"),
            models.CheckConstraint(name="day_payment_counts", condition=~Q(amount_cents=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} {self.get_method_display()}"

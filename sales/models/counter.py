"""What a till keeps beside its tickets: those put aside for a moment, and who came in."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, User
from sales.models.shop import Till


class ParkedTicket(models.Model):
    """A ticket under way that waits for its customer: the raw fields of the form, nothing sold.

    It keeps the id under which it will be sold, and goes away in the same transaction.
    """

    till = models.ForeignKey(Till, models.CASCADE, related_name="parked")
    uuid = models.UUIDField(unique=True)
    fields = models.JSONField()
    count = models.PositiveIntegerField()
    total_cents = models.PositiveBigIntegerField()
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    parked_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ("view",)
        ordering = ["parked_at"]
        verbose_name = _("ticket that waits")
        verbose_name_plural = _("tickets that wait")

    def __str__(self) -> str:
        return str(self.uuid)


class VisitorsQuerySet(models.QuerySet["Visitors"]):
    def between(self, sites: Iterable[Site], start: date, end: date) -> int:
        """How many came in at these sites on these days."""
        rows = self.filter(till__site__in=sites, day__range=(start, end))
        found: Any = rows.aggregate(sum=Sum("count"))["sum"]
        return int(found or 0)


class Visitors(models.Model):
    """How many people were counted at a till on a day."""

    till = models.ForeignKey(Till, models.PROTECT, related_name="visitors")
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("visitors"))

    objects = VisitorsQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("visitors of a day")
        verbose_name_plural = _("visitors of days")
        constraints = [
            models.UniqueConstraint(fields=["till", "day"], name="visitors_of_a_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.till} {self.day}: {self.count}"

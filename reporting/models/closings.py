"""The closing of a month."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.months import first_day
from organisation.models import Site, Submission, User
from organisation.permissions import CallerRequest


class MonthClosingQuerySet(models.QuerySet["MonthClosing"]):
    def of(self, sites: Iterable[Site]) -> "MonthClosingQuerySet":
        """Closings at ``sites``, latest month first."""
        return self.filter(site__in=sites).order_by("-month", "site__code")

    def within(self, request: CallerRequest) -> "MonthClosingQuerySet":
        """Closings of the caller's structure."""
        return self.filter(site__organisation=request.user.organisation_id)


class MonthClosing(models.Model):
    """A month that someone closed at a site; from then on its figures stand."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="month_closing")
    site = models.ForeignKey(Site, models.PROTECT, related_name="closings")
    month = models.PositiveIntegerField(_("month (YYYYMM)"))
    closed_at = models.DateTimeField(_("closed at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = MonthClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing of a month")
        verbose_name_plural = _("closings of months")
        constraints = [models.UniqueConstraint(fields=["site", "month"], name="month_closed_once")]

    def __str__(self) -> str:
        return f"{self.site} {self.month}"

    @property
    def first_day(self) -> date:
        return first_day(self.month)

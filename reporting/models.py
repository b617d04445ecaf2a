"""What reporting itself declares: the closing of a month."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Site, Submission, User


class MonthClosing(models.Model):
    """A month that someone closed at a site; from then on its figures stand."""

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="month_closing")
    site = models.ForeignKey(Site, models.PROTECT, related_name="closings")
    month = models.PositiveIntegerField(_("month (YYYYMM)"))
    closed_at = models.DateTimeField(_("closed at"))
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("closing of a month")
        verbose_name_plural = _("closings of months")
        constraints = [models.UniqueConstraint(fields=["site", "month"], name="month_closed_once")]

    def __str__(self) -> str:
        return f"{self.site} {self.month}"

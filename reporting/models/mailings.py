"""What was mailed about reports: each thing once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Organisation


class Mailing(models.Model):
    """A monthly report, or a reminder of a deadline, that was sent. No address is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # month/2026-10, deadline/ademe/2026-01-31/30
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="mailed_once")]

    def __str__(self) -> str:
        return self.key

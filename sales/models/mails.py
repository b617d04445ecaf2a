"""What was tried to bring a Z to the treasurer. No address is kept: it is in the settings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sales.models.sessions import Closing


class ClosingMail(models.Model):
    """A Z that was sent by e-mail, or could not be."""

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="mails")
    tried_at = models.DateTimeField(auto_now_add=True)
    is_sent = models.BooleanField()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("mail of a closing")
        verbose_name_plural = _("mails of closings")

    def __str__(self) -> str:
        return f"{self.closing} {self.tried_at}"

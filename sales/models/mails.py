"""What was tried to bring a Z to the treasurer. No address is kept: it is in the settings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.models.sessions import Closing


class ClosingMail(models.Model):
    """A Z that was sent by e-mail, or could not be.

    The row comes before the mail: of two that would send it by themselves, one does. ``is_again``
    where somebody asked for it.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="mails")
    tried_at = models.DateTimeField(auto_now_add=True)
    is_sent = models.BooleanField(default=False)
    is_again = models.BooleanField(default=False)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("mail of a closing")
        verbose_name_plural = _("mails of closings")
        constraints = [
            models.UniqueConstraint(
                fields=["closing"], condition=Q(is_again=False), name="closing_mailed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.closing} {self.tried_at}"

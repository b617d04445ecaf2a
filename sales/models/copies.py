"""Tickets as they are handed out: on paper, as a file, by e-mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sales.models.journal import JournalEntry
from sales.models.tickets import Sale


class Copy(models.Model):
    """A ticket that was handed out: the first is the original, each other one a duplicate."""

    class Way(models.TextChoices):
        PRINT = "print", _("printed")
        PDF = "pdf", _("as a PDF")
        MAIL = "mail", _("by e-mail")

    event = models.OneToOneField(JournalEntry, models.PROTECT, related_name="copy")
    sale = models.ForeignKey(Sale, models.PROTECT, related_name="copies", db_index=False)
    number = models.PositiveIntegerField()  # 0: the original
    way = models.CharField(_("how"), max_length=8, choices=Way)

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("ticket handed out")
        verbose_name_plural = _("tickets handed out")
        constraints = [models.UniqueConstraint(fields=["sale", "number"], name="copy_number_once")]

    def __str__(self) -> str:
        return f"{self.sale} / {self.number}"

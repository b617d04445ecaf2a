"""Which account of the books each purpose goes to, where a structure chose otherwise than usual."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models import Organisation
from organisation.permissions import CallerRequest


class BookAccountQuerySet(models.QuerySet["BookAccount"]):
    def within(self, request: CallerRequest) -> Self:
        return self.filter(organisation=request.user.organisation_id)


class BookAccount(models.Model):
    """The account of one purpose: ``method:cash``, ``nature:goods``, ``category:MOB``…

    ``number`` is empty where a category has no account of its own.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="book_accounts")
    purpose = models.CharField(_("what for"), max_length=80)
    number = models.CharField(_("account"), max_length=20, blank=True)
    label = models.CharField(_("name"), max_length=120, blank=True)
    history = HistoricalRecords()

    objects = BookAccountQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("account of the books")
        verbose_name_plural = _("accounts of the books")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "purpose"], name="book_account_purpose_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

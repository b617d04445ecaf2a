"""What a structure decides once for all its tills."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models import Organisation
from organisation.permissions import CallerRequest


class ShopSettingsQuerySet(models.QuerySet["ShopSettings"]):
    def within(self, request: CallerRequest) -> "ShopSettingsQuerySet":
        return self.filter(organisation=request.user.organisation_id)

    def of(self, organisation: Organisation | int) -> "ShopSettings":
        """Those of a structure; the usual ones where it said nothing yet."""
        found = self.filter(organisation=organisation).first()
        key = organisation if isinstance(organisation, int) else organisation.pk
        return found or ShopSettings(organisation_id=key)


class ShopSettings(models.Model):
    """The accounting year, where a Z goes, what tickets and invoices say of the structure."""

    class MembershipEnds(models.TextChoices):
        TWELVE_MONTHS = "twelve_months", _("twelve months later")
        CALENDAR_YEAR = "calendar_year", _("on 31 December")
        ACCOUNTING_YEAR = "accounting_year", _("with the accounting year")

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="shop_settings")
    year_starts_month = models.PositiveSmallIntegerField(
        _("accounting year begins in"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    treasurer_email = models.EmailField(_("e-mail of the treasurer"), blank=True)
    ticket_foot = models.CharField(_("foot of tickets"), max_length=200, blank=True)
    membership_ends = models.CharField(
        _("a membership ends"),
        max_length=16,
        choices=MembershipEnds,
        default=MembershipEnds.TWELVE_MONTHS,
    )
    address = models.CharField(_("address of the structure"), max_length=300, blank=True)
    shows_tickets = models.BooleanField(_("tickets on customers' telephones"), default=True)
    history = HistoricalRecords()

    objects = ShopSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings of the shop")
        verbose_name_plural = _("settings of shops")

    def __str__(self) -> str:
        return str(self.organisation)

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
    """The accounting year, where a Z goes, and what tickets say at their foot."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="shop_settings")
    year_starts_month = models.PositiveSmallIntegerField(
        _("accounting year begins in"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    treasurer_email = models.EmailField(_("e-mail of the treasurer"), blank=True)
    ticket_foot = models.CharField(_("foot of tickets"), max_length=200, blank=True)
    history = HistoricalRecords()

    objects = ShopSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings of the shop")
        verbose_name_plural = _("settings of shops")

    def __str__(self) -> str:
        return str(self.organisation)

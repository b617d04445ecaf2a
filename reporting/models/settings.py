"""How a structure reckons some of its figures."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models import Organisation


class FigureSettingsQuerySet(models.QuerySet["FigureSettings"]):
    def of(self, organisation: Organisation | int) -> "FigureSettings":
        """Those of a structure; the usual ones where it said nothing yet."""
        found = self.filter(organisation=organisation).first()
        key = organisation if isinstance(organisation, int) else organisation.pk
        return found or FigureSettings(organisation_id=key)


class FigureSettings(models.Model):
    """The hours of a full-time year, and whether and how avoided CO₂ is told."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="figure_settings"
    )
    fte_hours = models.PositiveSmallIntegerField(
        _("paid hours of one full-time job in a year"),
        default=1820,
        validators=[MinValueValidator(1), MaxValueValidator(3_000)],
    )
    tells_carbon = models.BooleanField(_("estimate the CO₂ avoided"), default=False)
    displacement_hundredths = models.PositiveSmallIntegerField(
        _("displacement rate, in hundredths"), default=50, validators=[MaxValueValidator(100)]
    )
    history = HistoricalRecords()

    objects = FigureSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings of the figures")
        verbose_name_plural = _("settings of figures")

    def __str__(self) -> str:
        return str(self.organisation)

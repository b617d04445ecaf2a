"""What a structure, or one of its sites, means to reach in a year."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organisation.models import Organisation, Site
from organisation.permissions import CallerRequest
from organisation.shapes import FIRST_DAY, LAST_DAY


class TargetQuerySet(models.QuerySet["Target"]):
    def within(self, request: CallerRequest) -> "TargetQuerySet":
        """Targets of the caller's structure."""
        return self.filter(organisation=request.user.organisation_id)


class Target(models.Model):
    """A figure to reach in a year, or not to pass.

    ``indicator`` is a code of ``reporting.indicators.ALL``; ``amount`` is in its unit, rates in
    tenths of a percent. Without a site it is the whole structure's.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="targets")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("site")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_DAY.year), MaxValueValidator(LAST_DAY.year)]
    )
    indicator = models.CharField(_("indicator"), max_length=40)
    amount = models.BigIntegerField(_("target"))
    is_ceiling = models.BooleanField(_("not to be passed"), default=False)
    history = HistoricalRecords()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "indicator"],
                condition=Q(site=None),
                name="target_once_for_structure",
            ),
            models.UniqueConstraint(
                fields=["site", "year", "indicator"],
                condition=Q(site__isnull=False),
                name="target_once_for_site",
            ),
            models.CheckConstraint(name="target_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.site or self.organisation} {self.year} {self.indicator}"

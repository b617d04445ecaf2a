"""Reductions of a day: what a shop takes off by itself, all day long."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Category
from inventory.models.places import Owned
from organisation.models import Site
from organisation.prepared import Prepared
from sales.models.shop import AtSiteQuerySet


class ReductionQuerySet(AtSiteQuerySet):
    def on(self, site: Site, day: date) -> "list[Reduction]":
        """Those that hold at a site on ``day``, in their order."""
        return [rule for rule in self.ever(site) if rule.holds_on(day)]

    def ever(self, site: Site) -> "list[Reduction]":
        """Those that a site offers on one day or another, in their order."""
        return sorted(_OFFERED.rows(site.pk), key=lambda rule: (rule.position, rule.code))


class Reduction(Owned):
    """So many percent off everything, or off a category, or off what has been here for long."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="reductions")
    name = models.CharField(_("name"), max_length=120)
    percent = models.PositiveSmallIntegerField(
        _("percent off"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    least_weeks = models.PositiveSmallIntegerField(
        _("weeks on the shelf, at least"), null=True, blank=True
    )
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), null=True, blank=True, choices=[*WEEKDAYS.items()]
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    history = HistoricalRecords()

    objects = ReductionQuerySet.as_manager()  # type: ignore[misc]  # narrower than Owned's

    class Meta(Owned.Meta):
        verbose_name = _("reduction of a day")
        verbose_name_plural = _("reductions of a day")

    def __str__(self) -> str:
        return f"{self.name} −{self.percent} %"

    @property
    def guarded_by(self) -> Site:
        site: Site = self.site
        return site

    def holds_on(self, day: date) -> bool:
        is_begun = self.first_day is None or self.first_day <= day
        is_over = self.last_day is not None and self.last_day < day
        return is_begun and not is_over and self.weekday in (None, day.weekday())

    def clean(self) -> None:
        """Raises ValidationError ``bad_period``."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            said: Any = ValidationError(_("The first day is after the last."), code="bad_period")
            raise ValidationError({"last_day": said})


_OFFERED = Prepared(lambda site: Reduction.objects.offered().filter(site=site), -1)

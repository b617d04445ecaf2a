"""Reductions of a day: what a shop takes off by itself, all day long."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from inventory.models import Category
from inventory.models.places import Owned
from organisation.models import Site
from sales.models.shop import AtSiteQuerySet


class ReductionQuerySet(AtSiteQuerySet):
    def on(self, sites: Iterable[Site], day: date) -> Self:
        """Those that hold at these sites on ``day``."""
        begun = Q(first_day=None) | Q(first_day__lte=day)
        lasting = Q(last_day=None) | Q(last_day__gte=day)
        of_week = Q(weekday=None) | Q(weekday=day.weekday())
        return self.at(sites).filter(begun, lasting, of_week)


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

    def clean(self) -> None:
        """Raises ValidationError ``bad_period``."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            said: Any = ValidationError(_("The first day is after the last."), code="bad_period")
            raise ValidationError({"last_day": said})

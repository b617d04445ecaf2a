"""The calendar of the weekly dots that objects without a label wear."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from inventory.dots import Cycle, Step, require_clear
from organisation.models import Organisation
from organisation.permissions import CallerRequest


class DotCalendarQuerySet(models.QuerySet["DotCalendar"]):
    def within(self, request: CallerRequest) -> "DotCalendarQuerySet":
        return self.filter(organisation=request.user.organisation_id)


class DotCalendar(models.Model):
    """Which colour each week sticks in a structure, and what its age takes off.

    ``colours`` are names of ``dots.LOOKS`` in their order; ``steps`` pairs of weeks and percent.
    """

    class Ending(models.TextChoices):
        FREE = "free", pgettext_lazy("dot", "free")
        OUT = "out", _("to take out")

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="dots")
    first_day = models.DateField(_("first day of the first week"))
    colours = models.JSONField(_("colours, in their order"))
    steps = models.JSONField(_("discounts"))
    ending = models.CharField(
        _("after the last step"), max_length=4, choices=Ending, default=Ending.FREE
    )
    history = HistoricalRecords()

    objects = DotCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar of dots")
        verbose_name_plural = _("calendars of dots")

    def __str__(self) -> str:
        return str(self.organisation)

    def clean(self) -> None:
        """Raises ValidationError, as ``require_clear`` does."""
        require_clear(self.cycle.colours, self.cycle.steps)

    @property
    def cycle(self) -> Cycle:
        steps: Any = [Step(*pair) for pair in self.steps]
        return Cycle(self.first_day, self.colours, steps, self.ending == self.Ending.FREE)

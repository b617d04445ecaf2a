"""The coloured dot of the week, for objects that get no label: its colour tells their age."""

from datetime import date, timedelta
from typing import Any, NamedTuple, Self, TypeAlias

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from organisation.models import Organisation

WEEK = timedelta(weeks=1)
MOST = 8  # colours: more are not told apart
FIRST_MONDAY = date(2026, 1, 5)


class DotColour(models.TextChoices):
    """Told apart by their letter too: eyes and lamps differ."""

    BLUE = "blue", pgettext_lazy("dot", "blue")
    YELLOW = "yellow", pgettext_lazy("dot", "yellow")
    RED = "red", pgettext_lazy("dot", "red")
    GREEN = "green", pgettext_lazy("dot", "green")
    VIOLET = "violet", pgettext_lazy("dot", "violet")
    ORANGE = "orange", pgettext_lazy("dot", "orange")
    WHITE = "white", pgettext_lazy("dot", "white")
    BLACK = "black", pgettext_lazy("dot", "black")


def first_colours() -> list[str]:
    return [colour.value for colour in list(DotColour)[:6]]


def validate_colours(value: Any) -> None:
    """Refuse what is no list of two to eight colours, each there once.

    Raises ValidationError ``bad_colours``.
    """
    is_list = isinstance(value, list) and all(colour in DotColour.values for colour in value)
    if not is_list or not 2 <= len(value) <= MOST or len(set(value)) < len(value):
        raise ValidationError(
            _("Choose two to eight colours, each of them once."), code="bad_colours"
        )


class Dot(NamedTuple):
    """What a colour means on a day: the Monday since which, and the discount; none: take it out."""

    colour: str
    since: date
    weeks: int
    percent: int | None

    @property
    def label(self) -> str:
        return str(DotColour(self.colour).label)

    @property
    def letter(self) -> str:
        return self.label[:1].upper()


def _weeks(name: Any, default: int, least: int = 0) -> Any:
    limits = [MinValueValidator(least), MaxValueValidator(MOST)]
    return models.PositiveSmallIntegerField(name, default=default, validators=limits)


def _percent(name: Any, default: int) -> Any:
    limits = [MinValueValidator(1), MaxValueValidator(100)]
    return models.PositiveSmallIntegerField(name, default=default, validators=limits)


class DotCalendar(models.Model):
    """A structure's colours, turning every Monday, and what each is worth as weeks go by."""

    Colour: TypeAlias = DotColour

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="dots")
    colours = models.JSONField(_("colours"), default=first_colours, validators=[validate_colours])
    starts_on = models.DateField(_("a Monday of the first colour"), default=FIRST_MONDAY)
    full_weeks = _weeks(_("weeks at full price"), 3, least=1)
    first_weeks = _weeks(_("weeks at the first discount"), 1)
    first_percent = _percent(_("first discount (%)"), 25)
    second_weeks = _weeks(_("weeks at the second discount"), 1)
    second_percent = _percent(_("second discount (%)"), 50)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("calendar of dots")
        verbose_name_plural = _("calendars of dots")

    def __str__(self) -> str:
        return ", ".join(str(DotColour(colour).label) for colour in self.colours)

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """The structure's calendar, or the usual one as long as it has none."""
        found = cls.objects.filter(organisation=organisation).first()
        return found or cls(organisation=organisation)

    def clean(self) -> None:
        """Raises ValidationError ``not_a_monday``, ``too_few_colours``."""
        super().clean()
        if self.starts_on and self.starts_on.weekday():
            wrong = ValidationError(_("This is not a Monday."), code="not_a_monday")
            raise ValidationError({"starts_on": wrong})
        if isinstance(self.colours, list) and len(self.steps) > len(self.colours):
            raise ValidationError(
                _("A colour comes back after %(colours)s weeks: the prices must not go on longer."),
                code="too_few_colours",
                params={"colours": len(self.colours)},
            )

    @property
    def steps(self) -> list[int]:
        """The discount in hundredths, by whole weeks of age."""
        first = [self.first_percent] * self.first_weeks
        return [0] * self.full_weeks + first + [self.second_percent] * self.second_weeks

    def colour_on(self, day: date) -> str:
        """The colour to stick on that day."""
        return str(self.colours[(_monday(day) - self.starts_on) // WEEK % len(self.colours)])

    def dots_on(self, day: date) -> list[Dot]:
        """What each colour means on that day, the newest first: each has one age, and one alone."""
        monday, steps = _monday(day), self.steps
        ages = range(len(self.colours))
        return [
            Dot(
                self.colour_on(monday - age * WEEK),
                monday - age * WEEK,
                age,
                steps[age] if age < len(steps) else None,
            )
            for age in ages
        ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

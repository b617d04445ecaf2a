"""The week's dot: a colour that a sticker has for a week, and what its age takes off the price.

Colours turn in order, one a week. As long as a colour returns after more weeks than its discounts
last, the dot on an object says alone how old it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WEEK = timedelta(days=7)
MOST_COLOURS, MOST_STEPS, MOST_WEEKS = 8, 4, 8


class Look(NamedTuple):
    """A colour's name, that of a dot of it, and the shape that tells it without seeing colours."""

    name: Promise
    dot: Promise
    icon: str


LOOKS = {
    "blue": Look(_("blue"), _("blue dot"), "circle"),
    "yellow": Look(_("yellow"), _("yellow dot"), "star"),
    "red": Look(_("red"), _("red dot"), "triangle"),
    "green": Look(_("green"), _("green dot"), "square"),
    "orange": Look(_("orange"), _("orange dot"), "diamond"),
    "pink": Look(_("pink"), _("pink dot"), "heart"),
    "violet": Look(_("violet"), _("violet dot"), "hexagon"),
    "black": Look(_("black"), _("black dot"), "x"),
}


class Step(NamedTuple):
    """So many weeks at so much off."""

    weeks: int
    percent: int


class Dot(NamedTuple):
    """A colour in use on some day: since when, how many weeks old, and what it takes off."""

    colour: str
    since: date
    age_weeks: int
    percent: int
    is_out: bool

    @property
    def name(self) -> Promise:
        return LOOKS[self.colour].name

    @property
    def icon(self) -> str:
        return LOOKS[self.colour].icon

    @property
    def is_free(self) -> bool:
        return self.percent == 100


class Week(NamedTuple):
    """Seven days, the colour that they stick, and what each colour is worth in them."""

    start: date
    dots: list[Dot]

    @property
    def end(self) -> date:
        return self.start + WEEK - timedelta(days=1)

    @property
    def sticks(self) -> Dot | None:
        return self.dots[0] if self.dots else None


@dataclass(frozen=True, slots=True)
class Cycle:
    """Colours in their order from ``first_day``, a week each; discounts by age, and their end."""

    first_day: date
    colours: Sequence[str]
    steps: Sequence[Step]
    ends_free: bool

    def week_of(self, day: date) -> date:
        """The first day of the week of ``day``."""
        return day - (day - self.first_day) % WEEK

    def colour_of(self, day: date) -> str | None:
        """The colour that objects of this day get; none before the first day."""
        if day < self.first_day:
            return None
        return self.colours[(day - self.first_day) // WEEK % len(self.colours)]

    def dots_on(self, day: date) -> list[Dot]:
        """Every colour in use on this day, the youngest first: each has one age."""
        start = self.week_of(day)
        return [
            Dot(colour, since, age, *self._worth(age))
            for age in range(len(self.colours))
            for since in [start - age * WEEK]
            for colour in [self.colour_of(since)]
            if colour
        ]

    def by_colour(self, week: Week) -> list[Dot | None]:
        """What each colour is worth in a week, in the order of the cycle."""
        worth = {dot.colour: dot for dot in week.dots}
        return [worth.get(colour) for colour in self.colours]

    def weeks(self, first: date, count: int) -> Iterator[Week]:
        """Some weeks in a row, from the one of the day ``first``."""
        for n in range(count):
            start = self.week_of(first) + n * WEEK
            yield Week(start, self.dots_on(start))

    def _worth(self, age: int) -> tuple[int, bool]:
        """What is off after so many whole weeks, in percent; and whether it should be gone."""
        for step in self.steps:
            if age < step.weeks:
                return step.percent, False
            age -= step.weeks
        return (100, False) if self.ends_free else (0, True)


def require_clear(colours: Sequence[str], steps: Sequence[Step]) -> None:
    """Refuse a calendar whose dots could mean two things.

    Raises ValidationError ``too_few_colours``, ``colour_twice``, ``no_steps``,
    ``discount_shrinks`` or ``dots_outlast_cycle``.
    """
    if len(colours) < 2:
        raise ValidationError(_("Choose two colours at least."), code="too_few_colours")
    if len(set(colours)) < len(colours):
        raise ValidationError(_("The same colour is there twice."), code="colour_twice")
    if not steps:
        raise ValidationError(_("Say how many weeks the first price lasts."), code="no_steps")
    percents = [step.percent for step in steps]
    if percents != sorted(set(percents)):
        raise ValidationError(
            _("Each step takes more off than the one before."), code="discount_shrinks"
        )
    _require_end(len(colours), sum(step.weeks for step in steps))


def _require_end(cycle: int, lasting: int) -> None:
    """A week at least is left to take out what remains, before its colour returns."""
    if lasting >= cycle:
        raise ValidationError(
            _(
                "With %(cycle)s colours, a colour returns after %(cycle)s weeks: the steps may last"
                " %(most)s weeks at most, not %(lasting)s. Add colours, or shorten a step."
            ),
            code="dots_outlast_cycle",
            params={"cycle": cycle, "most": cycle - 1, "lasting": lasting},
        )

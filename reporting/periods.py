"""Periods in whole months and edge days.

The monthly cube answers for whole months; only the days that stick out are read from the flows.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.months import add_months, first_day, last_day, month_of, span
from organisation.shapes import FIRST_DAY

LONGEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Period:
    """Business days from ``start`` to ``end``, both included.

    Raises ValidationError ``period_reversed`` or ``period_too_long``.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValidationError(_("The period ends before it starts."), code="period_reversed")
        if self.end.year - self.start.year > LONGEST_YEARS:
            raise ValidationError(
                _("A period is at most %(years)s years long."),
                code="period_too_long",
                params={"years": LONGEST_YEARS},
            )

    @classmethod
    def this_year(cls, today: date) -> Self:
        """Return the calendar year of ``today``, whole: days to come hold nothing yet."""
        return cls(date(today.year, 1, 1), date(today.year, 12, 31))

    @classmethod
    def last_year(cls, today: date) -> Self:
        """Return the calendar year before that of ``today``."""
        return cls(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))

    @classmethod
    def until(cls, end: date) -> Self:
        """All that led to the end of a day."""
        return cls(min(FIRST_DAY, end), end)

    @classmethod
    def this_month(cls, today: date) -> Self:
        """Return the calendar month of ``today``, whole."""
        month = month_of(today)
        return cls(first_day(month), last_day(month))

    @property
    def before(self) -> "Period":
        """The period as long as this one that ends the day before it: months, if it is of months.

        Raises ValidationError ``period_too_early``.
        """
        if not self._is_of_months:
            days = self.end - self.start + timedelta(days=1)
            return _within_calendar(self.start - days, self.end - days)
        first, last = month_of(self.start), month_of(self.end)
        count = (last // 100 - first // 100) * 12 + last % 100 - first % 100 + 1
        return _within_calendar(
            first_day(add_months(first, -count)), last_day(add_months(first, -1))
        )

    @property
    def year_earlier(self) -> "Period":
        """The same days of the year before; the end of a month stays the end of its month.

        Raises ValidationError ``period_too_early``.
        """
        return _within_calendar(_year_earlier(self.start), _year_earlier(self.end))

    def is_year_after(self, other: "Period") -> bool:
        """Whether ``other`` has the same days of the year before."""
        return (_year_earlier(self.start), _year_earlier(self.end)) == (other.start, other.end)

    def as_long_as(self, other: "Period") -> "Period":
        """Its first days, as many as ``other`` has; the whole of it where that has more."""
        return Period(self.start, min(self.end, self.start + (other.end - other.start)))

    def in_month(self, month: int) -> "Period | None":
        """Its days in ``month`` (YYYYMM), if it has any."""
        start, end = max(self.start, first_day(month)), min(self.end, last_day(month))
        return Period(start, end) if start <= end else None

    def describe(self) -> dict[str, str]:
        """Return the first and the last day, as ISO dates."""
        return {"from": self.start.isoformat(), "to": self.end.isoformat()}

    @property
    def months(self) -> tuple[int, ...]:
        """The whole months inside, as YYYYMM, in order and without a hole; empty if none."""
        return tuple(span(*self._whole_months()))

    @property
    def touched(self) -> list[int]:
        """Every month with a day inside, in order."""
        return span(month_of(self.start), month_of(self.end))

    @property
    def edges(self) -> tuple["Period", ...]:
        """The days outside whole months: at most one run before them and one after."""
        first, last = self._whole_months()
        if last < first:
            return (self,)
        before, after = first_day(first), last_day(last)
        edges = []
        if self.start < before:
            edges.append(Period(self.start, last_day(add_months(first, -1))))
        if after < self.end:
            edges.append(Period(first_day(add_months(last, 1)), self.end))
        return tuple(edges)

    @property
    def _is_of_months(self) -> bool:
        starts_one = self.start == first_day(month_of(self.start))
        return starts_one and self.end == last_day(month_of(self.end))

    def _whole_months(self) -> tuple[int, int]:
        first, last = month_of(self.start), month_of(self.end)
        if self.start != first_day(first):
            first = add_months(first, 1)
        if self.end != last_day(last):
            last = add_months(last, -1)
        return first, last


def _within_calendar(start: date, end: date) -> Period:
    if start < FIRST_DAY:
        raise ValidationError(
            _("There is nothing to compare with before %(year)s."),
            code="period_too_early",
            params={"year": FIRST_DAY.year},
        )
    return Period(start, end)


def _year_earlier(day: date) -> date:
    month = add_months(month_of(day), -12)
    if day == last_day(month_of(day)):
        return last_day(month)
    return first_day(month).replace(day=min(day.day, last_day(month).day))


def since(day: date) -> tuple[int, Period | None]:
    """Return the first whole month from ``day`` on, and the days before it, if any.

    A balance at the start of ``day`` is today's, less those days and those months.
    """
    month = month_of(day)
    if day == first_day(month):
        return month, None
    return add_months(month, 1), Period(day, last_day(month))

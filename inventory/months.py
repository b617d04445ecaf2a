"""Months as integers such as 202601, which sort and compare as time does."""

from calendar import monthrange
from datetime import date


def month_of(day: date) -> int:
    """Return the month of a day as YYYYMM."""
    return day.year * 100 + day.month


def add_months(month: int, count: int) -> int:
    """Return the month that lies ``count`` months after, or before where negative."""
    year, index = divmod(month // 100 * 12 + month % 100 - 1 + count, 12)
    return year * 100 + index + 1


def first_day(month: int) -> date:
    """Return the first day of a month."""
    return date(month // 100, month % 100, 1)


def last_day(month: int) -> date:
    """Return the last day of a month."""
    year, number = divmod(month, 100)
    return date(year, number, monthrange(year, number)[1])


def span(first: int, last: int) -> list[int]:
    """Every month from ``first`` to ``last``, both included; none where they are reversed."""
    count = (last // 100 - first // 100) * 12 + last % 100 - first % 100 + 1
    return [add_months(first, n) for n in range(count)]

"""What a report offers at one tap: other periods, and what to compare with."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from reporting.forms import BASES, BEFORE, DATES, WHENCE, YEAR_EARLIER, Question
from reporting.periods import Period
from reporting.printing import period_name


def presets(asked: Question) -> list[dict[str, Any]]:
    """This year, last year, this month; what is compared by two dates is let go of."""
    periods = {
        "this_year": Period.this_year(asked.today),
        "last_year": Period.last_year(asked.today),
        "this_month": Period.this_month(asked.today),
    }
    kept = {"compare": ""} if asked.cleaned_data["compare"] == DATES else {}
    return [
        {
            "name": name,
            "href": "?" + asked.address(period, **kept),
            "is_current": period == asked.period,
        }
        for name, period in periods.items()
    ]


def bases(asked: Question) -> list[dict[str, Any]]:
    """What rates may be shares of."""
    return [
        {"name": name, "label": label, "href": "?" + asked.address(base=name)}
        for name, label in BASES
    ]


def whences(asked: Question) -> list[dict[str, Any]]:
    """What the flow picture may begin with."""
    return [
        {
            "label": label,
            "href": f"?{asked.address(whence=name)}#flow",
            "is_current": name == asked.whence_asked,
        }
        for name, label in WHENCE
    ]


def comparisons(asked: Question) -> list[dict[str, Any]]:
    """Nothing, a year earlier, just before: by the name of the period, and each period once."""
    offered: dict[str, Period] = {}
    for name, label in ((YEAR_EARLIER, "year_earlier"), (BEFORE, "before")):
        try:
            period = getattr(asked.period, label)
        except ValidationError:
            continue  # earlier than the calendar goes
        if period not in offered.values():
            offered[name] = period
    if asked.compared is not None and asked.compared not in offered.values():
        offered[DATES] = asked.compared
    found: list[dict[str, Any]] = [
        {
            "label": _("nothing"),
            "href": "?" + asked.address(compare=""),
            "is_current": not asked.compared,
        }
    ]
    for name, period in offered.items():
        found.append(
            {
                "label": period_name(period),
                "href": "?" + asked.address(compare=name),
                "is_current": period == asked.compared,
            }
        )
    return found


def until_today(asked: Question) -> str:
    """The address of a fairer comparison, where a period is not over and the other is.

    Both are cut: to the same days of the year before, or to as many days from the first on.
    """
    period, compared = asked.period, asked.compared
    if compared is None or not period.start <= asked.today < period.end:
        return ""
    if compared.end >= asked.today:
        return ""
    elapsed = Period(period.start, asked.today)
    if period.is_year_after(compared):
        return "?" + asked.address(elapsed, compare=YEAR_EARLIER)
    other = compared.as_long_as(elapsed)
    days = {"compare_from": other.start.isoformat(), "compare_to": other.end.isoformat()}
    return "?" + asked.address(elapsed, compare=DATES, **days)

"""What the coming days take off by themselves, told to a tablet that may be without a network."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from inventory.models import Category, DotCalendar
from organisation.models import Site
from sales.models import Reduction
from sales.reductions import reason_of, worn_on

AHEAD = 16  # days: from yesterday on, as a session may have begun then


def days_of(site: Site) -> dict[str, Any]:
    """Rules with the days on which they hold, and dots with what they take off each day."""
    first = site.business_date(timezone.now()) - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range(AHEAD)]
    calendar = DotCalendar.objects.filter(organisation=site.organisation_id).first()
    rules = [_rule(rule, days) for rule in Reduction.objects.ever(site)]
    return {
        "timezone": site.timezone,
        "rules": [rule for rule in rules if rule["days"]],
        "dots": {day.isoformat(): _dots(calendar, day) for day in days if calendar},
    }


def _rule(rule: Reduction, days: Sequence[date]) -> dict[str, Any]:
    """``categories``: the one that it is for and those below it; none: whatever it is."""
    kinds = Category.objects.under(rule.category) if rule.category else None
    return {
        "name": rule.name,
        "percent": rule.percent,
        "categories": kinds and sorted(kinds.values_list("code", flat=True)),
        "weeks": rule.least_weeks,
        "days": [day.isoformat() for day in days if rule.holds_on(day)],
    }


def _dots(calendar: DotCalendar, day: date) -> list[dict[str, Any]]:
    return [
        {
            "colour": dot.colour,
            "name": str(dot.name),
            "reason": reason_of(dot),
            "percent": dot.percent,
        }
        for dot in worn_on(calendar, day)
    ]

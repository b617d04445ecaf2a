"""What is taken off a price: said at the till, or by itself all day long.

By itself: half-price days, categories on sale, what has been on the shelf for long, and the
weekly dots. Where several hold, the largest; what somebody says at the till takes their place.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from inventory.dots import LOOKS, WEEK, Dot
from inventory.models import DotCalendar, Item
from organisation.models import Site
from sales.models import Nature, Reduction

if TYPE_CHECKING:
    from sales.services import Wanted

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off a line, in cents or in hundredths of it, and why."""

    reason: str
    amount_cents: int = 0
    percent: int = 0

    def of(self, price_cents: int) -> int:
        """Cents taken off ``price_cents``; a share of it rounds half up."""
        return self.amount_cents + (price_cents * self.percent * 2 + HUNDRED) // (2 * HUNDRED)


class Today:
    """What a site takes off by itself on a day; read once for a ticket, and only where needed."""

    def __init__(self, site: Site, day: date) -> None:
        self.site, self.day = site, day

    @cached_property
    def rules(self) -> list[Reduction]:
        return Reduction.objects.on(self.site, self.day)

    @cached_property
    def dots(self) -> dict[str, Dot]:
        """Colour → what it takes off today; those that take nothing off aside."""
        calendar = DotCalendar.objects.filter(organisation=self.site.organisation_id).first()
        return {dot.colour: dot for dot in worn_on(calendar, self.day)}

    def discount(self, line: "Wanted") -> Discount | None:
        """What the day takes off a line by itself. Raises ValidationError ``unknown_dot``."""
        if line.kind != Nature.GOODS:
            return None
        found = [
            Discount(rule.name, percent=rule.percent)
            for rule in self.rules
            if self._holds(rule, line)
        ]
        if line.dot:
            found.append(self._dotted(line.dot))
        return max(found, key=lambda discount: discount.percent, default=None)

    def _holds(self, rule: Reduction, line: "Wanted") -> bool:
        lineage = line.what.lineage if line.what else []
        if rule.category_id and rule.category_id not in [each.pk for each in lineage]:
            return False
        return rule.least_weeks is None or self._lies_long(line.item, rule.least_weeks)

    def _lies_long(self, item: Item | None, weeks: int) -> bool:
        """Only an object with a label says since when it is here; the rest wear dots."""
        return item is not None and self.day - item.since >= weeks * WEEK

    def _dotted(self, colour: str) -> Discount:
        dot = self.dots.get(colour)
        if dot is None:
            raise ValidationError(_("This dot takes nothing off today."), code="unknown_dot")
        return Discount(reason_of(dot), percent=dot.percent)


def worn_on(calendar: DotCalendar | None, day: date) -> list[Dot]:
    """The dots that take something off on a day."""
    return [dot for dot in calendar.cycle.dots_on(day) if dot.percent] if calendar else []


def reason_of(dot: Dot) -> str:
    """What a ticket says of a dot, whoever's language the screen speaks."""
    with translation.override("fr"):
        return str(LOOKS[dot.colour].dot)

"""One of the two periods of a report: its figures as printed, each with what is behind it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.breakdown import Breakdown
from reporting.forms import Question
from reporting.indicators import Tally
from reporting.listing import STOCK
from reporting.periods import Period
from reporting.printing import Unit, printed_balance
from reporting.rounding import FATES

KNOWN = {
    "weighed": gettext_lazy("weighed"),
    "unit_average": gettext_lazy("units × average weight"),
    "estimated": gettext_lazy("estimated"),
    "by_balance": gettext_lazy("deduced from a stock count"),
}
DASH = SafeString('<span class="muted">–</span>')
STANDING = ("opening_stock_g", "closing_stock_g", "in_transit_g")


class Figure(NamedTuple):
    """A figure as printed, and the address of the rows behind it."""

    text: str
    href: str = ""
    is_attributed: bool = False
    is_nothing: bool = False
    css: str = "n"

    @property
    def link(self) -> str:
        """The figure, underlined where it opens, marked where it was shared out."""
        if self.is_attributed:
            return format_html(
                '<span class="about"><span aria-hidden="true">≈</span>{}'
                '<span class="sr"> {}</span></span>',
                self.text,
                _("attributed"),
            )
        if not self.href:
            return self.text
        return format_html('<a class="fig" href="{}">{}</a>', self.href, self.text)

    @property
    def cell(self) -> str:
        """The same in a table, where a dash is easier on the eye than many zeros."""
        return DASH if self.is_nothing else self.link


def missing() -> Figure:
    """What is printed where there is nothing to tell."""
    return Figure(format_html('<span class="muted">{}</span>', _("n/a")))


class Side:
    """A period's figures, rounded once: the same one is printed the same everywhere."""

    def __init__(self, asked: Question, period: Period, found: Breakdown, unit: Unit) -> None:
        self.asked, self.period, self.found, self.unit = asked, period, found, unit
        self.figures = found.figures
        self.printed = printed_balance(self.figures, unit)

    def figure(self, name: str) -> Figure:
        """Figure ``name`` of the report, opening on its rows."""
        return self.opening(name, self.printed[name], self.figures[name])

    def opening(
        self, name: str, printed_g: int, grams: int, period: Period | None = None, **to: str
    ) -> Figure:
        """``grams`` of a figure as printed; where there are any, they open on their rows."""
        period = period or self.period
        if name in STANDING:
            end = period.end
            if name == "opening_stock_g":
                end = date.fromordinal(period.start.toordinal() - 1)
            name = STOCK if name != "in_transit_g" else name
            period = Period.until(end)
        href = self.behind(period, figure=name, **to) if grams else ""
        return Figure(self.unit.write(printed_g), href, is_nothing=not grams)

    def behind(self, period: Period | None = None, **to: str) -> str:
        """The address of the flows behind a figure; it keeps the comparison where it can.

        None of a network's: its members keep their movements.
        """
        if self.asked.network_asked is not None:
            return ""
        period = period or self.period
        if period != self.asked.period:
            to["compare"] = ""
        return f"{reverse('rows')}?{self.asked.address(period, **to)}"

    def grid(self, tallies: Sequence[Tally], *, has_collected: bool) -> list[dict[str, int]]:
        """Masses of a table's rows as printed: columns add up to the report's, rows likewise."""
        outs = self.unit.grid(
            [list(tally.fates_g.values()) for tally in tallies],
            [self.printed[f"{fate}_g"] for fate in FATES],
        )
        ins = self.unit.split(
            [tally["collected_g"] * has_collected for tally in tallies],
            self.printed["collected_g"] * has_collected,
        )
        return [
            {f"{fate}_g": grams for fate, grams in zip(FATES, out, strict=True)}
            | {"collected_g": into, "outgoing_g": sum(out)}
            for into, out in zip(ins, outs, strict=True)
        ]

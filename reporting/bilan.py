"""The *Bilan* as it is read: every figure written in one unit, with the address of what is behind.

Tables are written so that they add up as printed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Category
from inventory.months import first_day, last_day, month_of
from organisation.shapes import FIRST_DAY
from reporting import charts, rounding
from reporting.breakdown import Breakdown
from reporting.forms import Question
from reporting.indicators import Tally
from reporting.listing import COUNTED, LABELS, STOCK
from reporting.months import span
from reporting.periods import Period
from reporting.printing import Unit, unit_for, write_day

BALANCE = (
    ("opening_stock_g", 1, ""),
    ("opened_g", 1, "+"),
    ("collected_g", 1, "+"),
    ("received_g", 1, "+"),
    ("adjusted_g", 1, "±"),
    ("reclassified_g", 1, "±"),
    ("sent_g", -1, "−"),
    ("outgoing_g", -1, "−"),
)
ALWAYS = {"opening_stock_g", "collected_g", "adjusted_g", "outgoing_g"}
KNOWN = {
    "weighed": gettext_lazy("weighed"),
    "unit_average": gettext_lazy("units × average weight"),
    "estimated": gettext_lazy("estimated"),
    "by_balance": gettext_lazy("deduced from a stock count"),
}


class Figure(NamedTuple):
    """A figure as printed, and the address of the flows behind it."""

    text: str
    href: str = ""

    @property
    def link(self) -> str:
        """The figure, underlined where it opens."""
        if not self.href:
            return self.text
        return format_html('<a class="fig" href="{}">{}</a>', self.href, self.text)


class Page:
    """Writes the parts of a report for its template."""

    def __init__(self, asked: Question, found: Breakdown) -> None:
        self.asked, self.found, self.figures = asked, found, found.figures
        self.unit: Unit = unit_for(
            grams for name, grams in self.figures.items() if name.endswith("_g")
        )

    @property
    def is_current(self) -> bool:
        """Whether the period is not over: what stands at its end is what stands now."""
        return self.asked.period.end >= self.asked.today

    def balance(self) -> list[dict[str, Any]]:
        """The rows of the mass balance, from opening to closing stock."""
        parts = [sign * self.figures[name] for name, sign, _mark in BALANCE]
        printed = dict(zip((name for name, *_rest in BALANCE), self.unit.split(parts), strict=True))
        rows = []
        for name, sign, mark in BALANCE:
            if self.figures[name] or name in ALWAYS:
                label = self._label(name)
                figure = self.figure(name, sign * printed[name])
                rows.append({"mark": mark, "label": label, "figure": figure, "name": name})
        rows += self._fates(-printed["outgoing_g"])
        closing = self.figure("closing_stock_g", sum(printed.values()))
        rows.append(
            {"mark": "=", "label": self._label("closing_stock_g"), "figure": closing, "css": "sum"}
        )
        if self.figures["in_transit_g"]:
            figure = self.figure("in_transit_g", self.figures["in_transit_g"])
            rows.append({"label": _("of which on the road"), "figure": figure, "css": "in"})
        return rows

    def months(self) -> list[dict[str, Any]]:
        """One row and one column per month of the period, or per year where it is long."""
        groups = self._grouped_months()
        most_g = max((sum(_above_0(t).values()) for _p, t in groups), default=0)
        rows = []
        for period, tally in groups:
            row = self._row(tally, period=period)
            row["name"] = period_name(period)
            row["short"] = date_format(period.start, "N") if _is_month(period) else row["name"]
            row["column"] = charts.column(
                tally.fates_g, most_g, f"{row['name']}, {row['out'].text} {self.unit.word}"
            )
            rows.append(row)
        return rows

    def categories(self) -> list[dict[str, Any]]:
        """One row per category with anything, in the catalogue's order, and what they make."""
        known = Category.objects.using("report").in_bulk(self.found.categories)
        order = sorted(known.values(), key=lambda c: (c.position, c.code))
        return [
            {**self._row(self.found.categories[c.pk], category=c.code), "category": c}
            for c in order
        ]

    def total(self) -> dict[str, Any]:
        """The last row of both tables."""
        return self._row(Tally.of(self.figures))

    def facts(self) -> dict[str, Any]:
        """The four large figures."""
        names = ("collected_g", "outgoing_g", "closing_stock_g")
        rate = {
            "outgoing": self.figures["recovery_rate"],
            "collected": (self.figures["of_collected"] or {}).get("recovery_rate"),
        }
        return {name: self.figure(name, self.figures[name]) for name in names} | {"rates": rate}

    def known(self) -> list[dict[str, Any]]:
        """How the weights behind the figures are known."""
        return [
            {
                "name": name,
                "word": KNOWN[name],
                "percent": percent,
                "href": self._behind(figure=COUNTED, known=name),
            }
            for name, percent in (self.figures["quality"] or {}).items()
        ]

    def figure(self, name: str, grams: int, period: Period | None = None, **to: str) -> Figure:
        """``grams`` as printed, opening on the flows of figure ``name``."""
        period = period or self.asked.period
        if name in ("opening_stock_g", "closing_stock_g", "in_transit_g"):
            end = period.end
            if name == "opening_stock_g":
                end = date.fromordinal(period.start.toordinal() - 1)
            name = STOCK if name != "in_transit_g" else name
            period = Period(min(FIRST_DAY, end), end)  # all that led to it
        href = self._behind(period, figure=name, **to) if grams else ""
        return Figure(self.unit.write(grams), href)

    def _row(self, tally: Tally, period: Period | None = None, **to: str) -> dict[str, Any]:
        fates_g = tally.fates_g
        printed = dict(zip(fates_g, self.unit.split(list(fates_g.values())), strict=True))
        shares = rounding.published_shares(fates_g)
        return {
            "in": self.figure("collected_g", tally["collected_g"], period, **to),
            "fates": [
                {"fate": f, "figure": self.figure(f"{f}_g", printed[f], period, **to)}
                for f in fates_g
            ],
            "out": self.figure("outgoing_g", sum(printed.values()), period, **to),
            "reuse": shares["reuse"] if shares else None,
        }

    def _fates(self, printed_g: int) -> list[dict[str, Any]]:
        fates_g = {fate: self.figures[f"{fate}_g"] for fate in rounding.FATES}
        parts = self.unit.split(list(fates_g.values()), printed_g)
        return [
            {
                "label": LABELS[f"{fate}_g"],
                "figure": self.figure(f"{fate}_g", grams),
                "fate": fate,
                "css": "in",
            }
            for fate, grams in zip(fates_g, parts, strict=True)
        ]

    def _grouped_months(self) -> list[tuple[Period, Tally]]:
        asked, tallies = self.asked.period, self.found.months
        if not tallies:
            return []
        if month_of(asked.end) - month_of(asked.start) >= 200:
            return self._grouped_years()
        return [
            (_clip(first_day(m), last_day(m), asked), tallies.get(m) or Tally())
            for m in span(min(tallies), max(tallies))
        ]

    def _grouped_years(self) -> list[tuple[Period, Tally]]:
        years: dict[int, Tally] = {}
        for month, tally in self.found.months.items():
            years.setdefault(month // 100, Tally()).merge(tally)
        return [
            (_clip(date(y, 1, 1), date(y, 12, 31), self.asked.period), years[y])
            for y in sorted(years)
        ]

    def _behind(self, period: Period | None = None, **to: str) -> str:
        return f"{reverse('movements')}?{self.asked.address(period, **to)}"

    def _label(self, name: str) -> Any:
        period = self.asked.period
        if name == "opening_stock_g":
            return _("Stock on %(day)s") % {"day": write_day(period.start)}
        if name == "closing_stock_g":
            if self.is_current:
                return _("Stock today")
            return _("Stock at the end of %(day)s") % {"day": write_day(period.end)}
        return LABELS[name]


def period_name(period: Period) -> str:
    if _is_month(period):
        return date_format(period.start, "F Y")
    if period == Period.this_year(period.start):
        return str(period.start.year)
    days = {"start": date_format(period.start, "j M Y"), "end": date_format(period.end, "j M Y")}
    return _("%(start)s to %(end)s") % days


def _is_month(period: Period) -> bool:
    return month_of(period.start) == month_of(period.end)


def _clip(start: date, end: date, inside: Period) -> Period:
    return Period(max(start, inside.start), min(end, inside.end))


def _above_0(tally: Tally) -> Mapping[str, int]:
    return {fate: max(grams, 0) for fate, grams in tally.fates_g.items()}

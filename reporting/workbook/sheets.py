"""What stands in each sheet of a workbook: the same tables as on the page, in grams."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from inventory.months import month_of
from reporting.breakdown import Sides
from reporting.forms import Question
from reporting.indicators import Tally
from reporting.listing import LABELS
from reporting.printing import heads as names_of_columns
from reporting.printing import period_name
from reporting.rounding import published_shares
from reporting.scopes import FATES as FATES_G
from reporting.scopes import REUSED
from reporting.shops import WORDS, Gone, Shop, by_channel, channels, shops
from reporting.tables import Row, Table, tables
from reporting.takings import Takings, together
from reporting.workbook import sections
from reporting.workbook.typed import (
    MONTH,
    Cell,
    Sheet,
    count,
    euros,
    kg,
    missing,
    rate,
    share,
    text,
)

BALANCE = (
    "opening_stock_g",
    "opened_g",
    "collected_g",
    "received_g",
    "adjusted_g",
    "reclassified_g",
    "sent_g",
    "outgoing_g",
    *FATES_G,
    "closing_stock_g",
    "in_transit_g",
)


def sheets(asked: Question, sides: Sides) -> Iterator[Sheet]:
    """The sheets in the order of the page; those with nothing to tell are left out."""
    writer = _Writer(sides)
    yield from sections.targets(asked)
    yield writer.balance()
    yield writer.rates()
    if left := channels(sides):
        yield writer.channels(left)
    if sold := shops(sides, asked.scope):
        yield writer.shops(sold)
    yield from sections.flow(asked, sides)
    for table in tables(sides, asked.organisation):
        yield writer.table(table)
        if table.name == "months":
            yield writer.fates(table)
    yield from sections.indicators(asked, sides)
    yield from sections.ages(asked, sides)
    yield from sections.quality(asked, sides)


class _Writer:
    """Writes sheets of one period, or of two with their difference."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides
        self.now, self.was = sides.now, sides.was
        self.other = names_of_columns(sides.period, sides.compared)[1] if sides.compared else ""

    def balance(self) -> Sheet:
        rows = []
        for name in BALANCE:
            was_g = self.was.figures[name] if self.was else 0
            now_g = self.now.figures[name]
            rows.append([text(_label(name)), *self._beside(now_g, was_g, kg)])
        heads = [_("Mass balance"), f"{period_name(self.sides.period)} (kg)"]
        if self.was:
            heads += [f"{self.other} (kg)", f"{_('difference')} (kg)"]
        return Sheet(_("Mass balance"), heads, rows, has_total=False)

    def rates(self) -> Sheet:
        """Shares and recovery rates, over what went out and over what was collected."""
        columns = [_rates(found.figures) for found in (self.now, self.was) if found]
        rows = [
            [text(label), *(column[n] for column in columns)]
            for n, label in enumerate(_rate_names())
        ]
        heads = [_("Rate"), period_name(self.sides.period), self.other]
        return Sheet(_("Rates"), heads[: len(columns) + 1], rows, has_total=False)

    def channels(self, rows: Sequence[Gone]) -> Sheet:
        def cells(now_g: int, was_g: int, units: int, hundredths: int | None) -> list[Cell]:
            return [*self._beside(now_g, was_g, kg), count(units), share(hundredths)]

        whole = 100 if self.now.figures["shares"] else None
        total = (sum(row.now.weight_g for row in rows), sum(row.was.weight_g for row in rows))
        lines = [
            [text(row.label), *cells(row.now.weight_g, row.was.weight_g, row.now.units, row.share)]
            for row in rows
        ]
        lines.append([text(_("Gone out")), *cells(*total, sum(r.now.units for r in rows), whole)])
        heads = [_("Way out"), *self._heads(_("Gone out (kg)")), _("units"), _("share")]
        return Sheet(_("Sold, given, shipped"), heads, lines)

    def shops(self, rows: Sequence[Shop]) -> Sheet:
        whole = Shop(
            code="",
            name=_("Together"),
            now={name: by_channel(self.now, name) for name in REUSED},
            was={name: by_channel(self.was, name) for name in REUSED},
            takings=together(row.takings for row in rows),
            takings_was=together(row.takings_was for row in rows),
        )
        has_takings = any(row.takings or row.takings_was for row in rows)
        lines = [self._shop(row, has_takings) for row in (*rows, whole)]
        heads = [
            _("Shop"),
            *(f"{WORDS[name]} (kg)" for name in REUSED),
            *self._heads(_("Reuse (kg)")),
        ]
        if has_takings:
            heads += [_("tickets"), *self._heads(_("taken (€)")), _("basket (€)")]
            heads += [_("€ per kg sold"), _("lines without a weight")]
        return Sheet(_("By shop"), heads, lines)

    def table(self, table: Table) -> Sheet:
        was = Tally.of(self.was.figures) if self.was else Tally()
        whole = Row(_("Together"), Tally.of(self.now.figures), was)
        heads, out = [str(table.first)], self._heads(_("Gone out (kg)"), table.is_compared)
        fates = [f"{LABELS[name]} (kg)" for name in FATES_G]
        if table.has_collected:
            heads += self._heads(_("Collected (kg)"), table.is_compared)
            heads += [*fates, *out, _("Reuse (share)")]
        else:
            heads += [*out, *fates]
        if table.is_attributed:
            heads.append(_("what went out is"))
        rows = [self._row(table, row) for row in (*table.rows, whole)]
        return Sheet(str(table.title), heads, rows)

    def fates(self, table: Table) -> Sheet:
        """The same months fate by fate, each beside its counterpart: what the small charts show."""
        was = Tally.of(self.was.figures) if self.was else Tally()
        whole = Row(_("Together"), Tally.of(self.now.figures), was)
        lines = (*table.rows, whole)
        told = [name for name in FATES_G if any(row.now[name] or row.was[name] for row in lines)]
        heads = [
            head for name in told for head in self._heads(f"{LABELS[name]} (kg)", table.is_compared)
        ]
        rows = [
            [_first(row), *(cell for name in told for cell in self._masses(table, row, name))]
            for row in lines
        ]
        return Sheet(_("Months by fate"), [str(table.first), *heads], rows)

    def _masses(self, table: Table, row: Row, name: str) -> list[Cell]:
        if not table.is_compared:
            return [kg(row.now[name])]
        return self._beside(row.now[name], row.was[name], kg)

    def _row(self, table: Table, row: Row) -> list[Cell]:
        out = self._masses(table, row, "outgoing_g")
        fates = [kg(row.now[name]) for name in FATES_G]
        if table.has_collected:
            shares = published_shares(row.now.fates_g)
            reuse = share(shares["reuse"] if shares else None)
            cells = [_first(row), *self._masses(table, row, "collected_g"), *fates, *out, reuse]
        else:
            cells = [_first(row), *out, *fates]
        if table.is_attributed:
            cells.append(text(_("attributed") if row.now.attributed else _("exact")))
        return cells

    def _shop(self, shop: Shop, has_takings: bool) -> list[Cell]:
        now_g, was_g = (
            sum(left.weight_g for left in each.values()) for each in (shop.now, shop.was)
        )
        cells = [text(shop.name), *(kg(shop.now[name].weight_g) for name in REUSED)]
        cells += self._beside(now_g, was_g, kg)
        if not has_takings:
            return cells
        now, was = shop.takings or Takings(), shop.takings_was or Takings()
        return [
            *cells,
            count(now.tickets),
            *self._beside(now.taken_cents, was.taken_cents, euros),
            euros(now.average_basket_cents),
            euros(now.price_per_kg_cents),
            count(now.unweighed_lines),
        ]

    def _heads(self, label: str, is_compared: bool = True) -> list[str]:
        if self.was is None or not is_compared:
            return [label]
        return [label, f"{label}, {self.other}", f"{label}, {_('difference')}"]

    def _beside(self, now: int, was: int, typed: Callable[[int], Cell]) -> list[Cell]:
        """An amount, the one it is compared with and the difference; nothing of a blank period."""
        if self.was is None:
            return [typed(now)]
        if self.was.is_blank:
            return [typed(now), missing(), missing()]
        return [typed(now), typed(was), typed(now - was)]


def _first(row: Row) -> Cell:
    """What the row is; a month is a date."""
    period = row.period
    if period is not None and month_of(period.start) == month_of(period.end):
        return Cell(period.start.replace(day=1), MONTH)
    return text(row.label)


def _label(name: str) -> Any:
    names = {
        "opening_stock_g": _("Stock on the first day"),
        "closing_stock_g": _("Stock at the end"),
        "in_transit_g": _("of which on the road"),
        "outgoing_g": _("Gone out"),
    }
    return names.get(name) or LABELS[name]


def _rate_names() -> list[str]:
    out, collected = _("of what went out"), _("of what was collected")
    words = (_("Reuse"), _("Recycling and other recovery"), _("Disposal and energy"))
    rate_word = _("Recovery rate")
    return [f"{word}, {base}" for base in (out, collected) for word in (*words, rate_word)]


def _rates(figures: dict[str, Any]) -> list[Cell]:
    shares, collected = figures["shares"] or {}, figures["of_collected"] or {}
    names = ("reuse", "recycling", "disposal")
    return [
        *(share(shares.get(name)) for name in names),
        rate(figures["recovery_rate"]),
        *(rate(collected.get(name)) for name in (*names, "recovery_rate")),
    ]

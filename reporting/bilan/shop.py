"""The parts of a report that speak of the shop, as they are read."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from inventory.units import exact_euros
from reporting.bilan.columns import Column, Head, Pair, Printed, lines, percent
from reporting.bilan.side import Figure, Side, missing
from reporting.scopes import REUSED, SHIPPED
from reporting.shops import WORDS, Gone, Shop, by_channel
from reporting.takings import Takings, together


class WrittenChannels:
    """Sold, given, deduced by balance, shipped: mass, units, share."""

    def __init__(self, rows: Sequence[Gone], pair: Pair) -> None:
        masses = pair.columns(
            Head(pair.now.unit.word), _channels(pair.now, rows), _channels(pair.was, rows)
        )
        units = [row.now.units for row in rows]
        counted = [Column(Head(_("units")), [_count(n) for n in (*units, sum(units))])]
        whole = 100 if pair.now.figures["shares"] else None
        shares = [percent(share) for share in (*(row.share for row in rows), whole)]
        columns = [*masses, *(counted if any(units) else []), Column(Head(_("share")), shares)]
        self.heads = [column.head for column in columns]
        *cells, self.total = lines(columns)
        self.rows = [
            {"label": row.label, "cells": cells[n], "name": row.channel}
            for n, row in enumerate(rows)
        ]


class WrittenShops:
    """By site: what was sold, given and deduced; tickets and euros where there are any."""

    def __init__(self, rows: Sequence[Shop], pair: Pair) -> None:
        self.shops, self.pair = rows, pair
        columns = [*self._masses(), *self._money()]
        self.heads = [column.head for column in columns]
        *cells, self.total = lines(columns)
        self.rows = [{"label": row.name, "cells": cells[n]} for n, row in enumerate(rows)]
        self.unweighed = together([row.takings for row in rows]).unweighed_lines

    def _masses(self) -> list[Column]:
        now, was = self._printed(self.pair.now), self._printed(self.pair.was)
        used = [
            name
            for name in REUSED
            if any(any(row.now[name]) or any(row.was[name]) for row in self.shops)
        ]
        columns = []
        for name in used:
            columns += self.pair.columns(Head(WORDS[name]), now[name], [])
        if len(used) == 1:
            return self.pair.columns(Head(WORDS[used[0]]), now[used[0]], was.get(used[0], []))
        return columns + self.pair.columns(Head(_("Reuse")), now["reuse"], was.get("reuse", []))

    def _printed(self, side: Side | None) -> dict[str, list[Printed]]:
        """Cells by channel, and of all of them together, the total's last."""
        if side is None:
            return {}
        lefts = [row.now if side is self.pair.now else row.was for row in self.shops]
        totals = printed_channels(side)
        grid = side.unit.grid(
            [[left[name].weight_g for name in REUSED] for left in lefts],
            [totals[name] for name in REUSED],
        )
        found: dict[str, list[Printed]] = {}
        for name, printed in zip(REUSED, zip(*grid, strict=True), strict=True):
            found[name] = [
                Printed(g, side.opening(f"{name}_g", g, left[name].weight_g, site=shop.code))
                for shop, left, g in zip(self.shops, lefts, printed, strict=True)
            ]
            whole_g = by_channel(side.found, name).weight_g
            figure = side.opening(f"{name}_g", totals[name], whole_g)
            found[name].append(Printed(totals[name], figure))
        sums = [sum(row) for row in grid]
        found["reuse"] = [
            Printed(g, side.opening("reuse_g", g, _reused_g(left), site=shop.code))
            for shop, left, g in zip(self.shops, lefts, sums, strict=True)
        ]
        found["reuse"].append(Printed(side.printed["reuse_g"], side.figure("reuse_g")))
        return found

    def _money(self) -> list[Column]:
        now = [row.takings for row in self.shops]
        was = [row.takings_was for row in self.shops]
        if not any(now) and not any(was):
            return []
        now, was = [*now, together(now)], [*was, together(was)]
        sites = [*(shop.code for shop in self.shops), ""]
        taken = self.pair.columns(
            Head(_("taken, €")),
            [_taken(row, self.pair.now, code) for row, code in zip(now, sites, strict=True)],
            [_taken(row) for row in was] if self.pair.was else [],
            exact_euros,
        )
        baskets = [_ratio(row.average_basket_cents if row else None) for row in now]
        per_kg = [_ratio(row.price_per_kg_cents if row else None) for row in now]
        return [
            Column(Head(_("tickets")), [_count(row.tickets if row else 0) for row in now]),
            *taken,
            Column(Head(_("basket, €")), baskets),
            Column(Head(_("€ per kg sold")), per_kg),
        ]


def printed_channels(side: Side) -> dict[str, int]:
    """Each channel's grams as printed: the reused ones make reuse, and all four what left."""
    parts = [by_channel(side.found, name).weight_g for name in REUSED]
    printed = dict(zip(REUSED, side.unit.split(parts, side.printed["reuse_g"]), strict=True))
    return printed | {SHIPPED: side.printed["outgoing_g"] - side.printed["reuse_g"]}


def _channels(side: Side | None, rows: Sequence[Gone]) -> list[Printed]:
    if side is None:
        return []
    printed, cells = printed_channels(side), []
    for name in (row.channel for row in rows):
        whole_g = by_channel(side.found, name).weight_g
        figure = side.opening(f"{name}_g", printed[name], whole_g)
        cells.append(Printed(printed[name], figure))
    return [*cells, Printed(side.printed["outgoing_g"], side.figure("outgoing_g"))]


def _reused_g(left: Any) -> int:
    return sum(left[name].weight_g for name in REUSED)


def _count(number: int) -> Figure:
    return Figure(number_format(number, force_grouping=True), is_nothing=not number)


def _taken(row: Takings | None, side: Side | None = None, site: str = "") -> Printed:
    """Euros; of this period they open on what they add up, of one site or of all."""
    if row is None or not (row.tickets or row.taken_cents):
        return Printed(0, Figure("", is_nothing=True))
    to = {"site": site} if site else {}
    href = f"{reverse('takings-behind')}?{side.asked.address(**to)}" if side else ""
    return Printed(row.taken_cents, Figure(exact_euros(row.taken_cents), href))


def _ratio(cents: int | None) -> Figure:
    return missing() if cents is None else Figure(exact_euros(cents))

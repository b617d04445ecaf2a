"""The flow picture of a report and, beside it, the same numbers as tables that add up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import sankey
from reporting.bilan.columns import Column, Head, lines
from reporting.bilan.side import Figure, Side
from reporting.forms import Question
from reporting.listing import LABELS
from reporting.names import NOT_KNOWN, names_of
from reporting.rounding import FATES
from reporting.sankey import END, START, Paint, Stream
from reporting.scopes import SHIPPED
from reporting.shops import WORDS

MOST = {START: 8, END: 9}  # names that are told apart on a desk
FEW = {START: 5, END: 5}  # and on a telephone
HEADS = {
    "category": gettext_lazy("Category"),
    "origin": gettext_lazy("Origin"),
}
PUBLIC = {name: word for name, word in WORDS.items() if name != SHIPPED}


class WrittenFlow:
    """What left, from a category or an origin, by its fate, to a partner or the public."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], side: Side) -> None:
        self.side, self.whence = side, side.asked.whence_asked
        self.streams, self.attributed = streams(rows, side.asked)
        told = sankey.folded(self.streams, MOST, _rest())
        self.tables = [_Told(self, told, column) for column in (START, END)]
        self.came_back_g = -sum(min(stream.weight_g, 0) for stream in told)
        self.is_attributed = bool(self.attributed)

    @property
    def wide(self) -> SafeString:
        return self._drawn(sankey.folded(self.streams, MOST, _rest()), self.tables)

    @property
    def narrow(self) -> list[SafeString]:
        """The two halves, one under the other, of fewer names."""
        told = sankey.folded(self.streams, FEW, _rest())
        tables = [_Told(self, told, column) for column in (START, END)]
        return [self._drawn(told, tables, shape) for shape in sankey.NARROW]

    def paper(self) -> SafeString:
        """The picture with colours, patterns and font of its own, for a document."""
        told = sankey.folded(self.streams, MOST, _rest())
        return self._drawn(told, self.tables, paint=sankey.PAPER)

    @property
    def came_back(self) -> str:
        """What the picture leaves out, written."""
        return self.side.unit.say(self.came_back_g) if self.came_back_g else ""

    def heads(self) -> tuple[Any, Any, Any]:
        return HEADS[self.whence], _("Fate"), _("With whom")

    def _drawn(
        self,
        told: Sequence[Stream],
        tables: Sequence["_Told"],
        shape: sankey.Shape = sankey.WIDE,
        paint: Paint = sankey.PAGE,
    ) -> SafeString:
        drawn = [stream for stream in told if stream.weight_g > 0]
        if not drawn:
            return SafeString()
        printed = {table.column: table.printed for table in tables}
        words = sankey.words(
            printed, _fates(self.side), self.side.unit, self.heads(), shape.columns
        )
        return sankey.draw(sankey.layout(drawn, shape, _rest()), words, paint)


class _Told:
    """One side of the picture as a table: names, fates, and what left; it adds up as printed."""

    def __init__(self, flow: WrittenFlow, streams: Sequence[Stream], column: int) -> None:
        self.column, self.side = column, flow.side
        unit, totals = flow.side.unit, _fates(flow.side)
        self.printed = sankey.table(streams, column, totals, unit, _rest())
        self.title = _("From each to its fate") if column == START else _("From each fate to whom")
        self.first, self.is_compared = flow.heads()[column], False
        columns = [self._column(n, fate, flow.attributed) for n, fate in enumerate(FATES)]
        columns.insert(0, self._whole(flow.attributed))
        self.heads = [each.head for each in columns]
        *cells, self.total = lines(columns)
        self.rows = [{"label": name, "cells": cells[n]} for n, name in enumerate(self.printed)]

    def _column(self, n: int, fate: str, attributed: set[tuple[str, str]]) -> Column:
        cells = [
            self._figure(row[n], (name, fate) in attributed) for name, row in self.printed.items()
        ]
        return Column(Head(LABELS[f"{fate}_g"], fate), [*cells, self.side.figure(f"{fate}_g")])

    def _whole(self, attributed: set[tuple[str, str]]) -> Column:
        shared = {name for name, _fate in attributed}
        cells = [self._figure(sum(row), name in shared) for name, row in self.printed.items()]
        return Column(Head(_("Gone out")), [*cells, self.side.figure("outgoing_g")])

    def _figure(self, printed_g: int, is_shared: bool) -> Figure:
        is_shared = is_shared and self.column == START
        text = self.side.unit.write(printed_g)
        return Figure(text, is_attributed=is_shared and bool(printed_g), is_nothing=not printed_g)


def streams(
    rows: Sequence[Mapping[str, Any]], asked: Question
) -> tuple[list[Stream], set[tuple[str, str]]]:
    """The streams by name, and the names and fates of which some grams were shared out."""
    whence, organisation = asked.whence_asked, asked.organisation
    starts = _category_names(asked) if whence == "category" else names_of("origin", organisation)
    partners = {} if asked.network_asked else names_of("partner", organisation)
    found, attributed = [], set()
    for row in rows:
        start = str(starts.get(row[whence], row[whence] or NOT_KNOWN))
        found.append(Stream(start, row["fate"], _taker(row, partners), row["weight_g"]))
        if row["basis"] == "attributed":
            attributed.add((start, row["fate"]))
    return found, attributed


def _taker(row: Mapping[str, Any], partners: Mapping[str | None, Any]) -> str:
    """A partner; without one, how the public came to it."""
    partner = row.get("partner")
    if partner is None and row["channel"] in PUBLIC:
        return str(PUBLIC[row["channel"]])
    return str(partners.get(partner, partner or WORDS[row["channel"]]))


def _category_names(asked: Question) -> dict[str | None, Any]:
    return {code: category.name for code, category in asked.tops.items()}


def _fates(side: Side) -> list[int]:
    """What left by each, as printed."""
    return [side.printed[f"{fate}_g"] for fate in FATES]


def _rest() -> str:
    return _("Others")

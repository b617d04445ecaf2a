"""Grams and units by month, category, mode, origin, partner, stream, fate, site and channel.

Bulk stock forgets how its grams came. What left straight from the gate, or as an item whose
arrival is known, is *exact*; the rest is *attributed*: shared out over what the site took in of
that top category in the twelve months that end with the month of leaving, by largest remainder.
Unsorted stock, and a category that took nothing in, follow all that the site took in; where that
is nothing too, how it came is unknown. Everything adds up to the totals of ``diversion``.

The *channel* says how what left did leave: ``sold`` at the tills, ``given``, deduced by
``balance``, ``untold`` (sold or given: the file it was taken over from does not say), or
``shipped`` to the other fates; what came in has none.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.models import Category
from reporting.intakes import Sums, Way
from reporting.parts import Books, Ground, Head, Part
from reporting.periods import Period
from reporting.scopes import Scope

DIMENSIONS = (
    "month",
    "category",
    "mode",
    "origin",
    "partner",
    "stream",
    "fate",
    "site",
    "channel",
)
WHENCE = frozenset({"mode", "origin"})
KEPT_BY_MEMBERS = frozenset({"partner", "origin", "site"})
WAY_OF: dict[tuple[bool, bool], Callable[[Way], Way]] = {  # is the mode asked, is the origin?
    (False, False): lambda _way: (None, None),
    (True, False): lambda way: (way[0], None),
    (False, True): lambda way: (None, way[1]),
    (True, True): lambda way: way,
}

By = Sequence[str]


def flows(
    *, scope: Scope, period: Period, by: By, category: Category | None = None
) -> list[dict[str, Any]]:
    """What came in and went out, summed ``by`` some of ``DIMENSIONS``: grams, units, basis.

    Raises ValidationError ``not_for_networks`` where a network is asked what its members keep.
    """
    require_told(scope, by)
    with transaction.atomic(using="report"):
        ground = Ground(scope, category)
        [found] = tables(Books(ground, period, ground.cells(period)), [by])
    return found


def require_told(scope: Scope, by: By) -> None:
    """Raises ValidationError ``not_for_networks``: members keep some of it to themselves."""
    if scope.network is not None and KEPT_BY_MEMBERS & set(by):
        raise ValidationError(
            _("A network's figures do not tell its members' sites, partners and origins."),
            code="not_for_networks",
        )


def tables(books: Books, asked: Sequence[By]) -> list[list[dict[str, Any]]]:
    """The same flows summed in several ways; how they came is looked for once, where asked."""
    found = [_Table(by) for by in asked]
    for is_traced in (False, True):
        wanted = [table for table in found if table.is_traced == is_traced]
        if wanted:
            whole = _Table(tuple(dict.fromkeys(name for table in wanted for name in table.by)))
            for part in books.parts(whole.by, is_traced=is_traced):
                whole.add(part)
            for table in wanted:
                table.take(whole)
    return [table.rows() for table in found]


class _Table:
    """Sums by what a part's head tells, and under it by how it had come, as far as is asked."""

    def __init__(self, by: By) -> None:
        self.by = by
        self.is_traced = bool(WHENCE & set(by))
        self.told = [name for name in ("direction", *by, "basis") if name in Head._fields]
        self.head_of = itemgetter(*map(Head._fields.index, self.told))
        self.way_of = WAY_OF["mode" in by, "origin" in by]
        self.sums: dict[tuple[Any, ...], Sums] = defaultdict(_sums)

    def add(self, part: Part) -> None:
        sums, way_of = self.sums[self.head_of(part.head)], self.way_of
        for way, grams, units in zip(part.ways, part.weight_g, part.units, strict=True):
            if grams or units:
                row = sums[way_of(way)]
                row[0] += grams
                row[1] += units

    def take(self, whole: "_Table") -> None:
        """Sum up another table, which tells all that this one does."""
        head_of = itemgetter(*map(whole.told.index, self.told))
        for head, others in whole.sums.items():
            sums = self.sums[head_of(head)]
            for way, (grams, units) in others.items():
                row = sums[self.way_of(way)]
                row[0] += grams
                row[1] += units

    def rows(self) -> list[dict[str, Any]]:
        """One row per combination that is not empty, in the order of the values asked for."""
        rows = [
            self._row(dict(zip(self.told, head, strict=True)), way, *row)
            for head, sums in self.sums.items()
            for way, row in sums.items()
            if any(row)
        ]
        names = ("direction", *self.by, "basis")
        return sorted(rows, key=lambda row: tuple(row[name] or "" for name in names))

    def _row(self, told: dict[str, Any], way: Way, grams: int, units: int) -> dict[str, Any]:
        told["mode"], told["origin"] = way
        return {
            "direction": told["direction"],
            **{name: told[name] for name in self.by},
            "weight_g": grams,
            "units": units,
            "basis": told["basis"],
        }


def _sums() -> Sums:
    return defaultdict(lambda: [0, 0])

"""Grams and units by month, category, mode, origin, partner, stream, fate, site and channel.

Bulk stock forgets how its grams came. What left straight from the gate, or as an item whose
arrival is known, is *exact*; the rest is *attributed*: shared out over what the site took in of
that top category in the twelve months that end with the month of leaving, by largest remainder.
Unsorted stock, and a category that took nothing in, follow all that the site took in; where that
is nothing too, how it came is unknown. Everything adds up to the totals of ``diversion``.

The *channel* says how what left did leave: ``sold`` at the tills, ``given``, deduced by
``balance``, or ``shipped`` to the other fates; what came in has none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory.models import Category
from reporting import cube
from reporting.indicators import below
from reporting.intakes import Sums
from reporting.parts import MONTHLY, Books, Part
from reporting.periods import Period
from reporting.scopes import Border, Scope

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
By = Sequence[str]


def flows(
    *, scope: Scope, period: Period, by: By, category: Category | None = None
) -> list[dict[str, Any]]:
    """What came in and went out, summed ``by`` some of ``DIMENSIONS``: grams, units, basis.

    Raises ValidationError ``not_for_networks`` where a network is asked what its members keep.
    """
    if scope.network is not None and KEPT_BY_MEMBERS & set(by):
        raise ValidationError(
            _("A network's figures do not tell its members' sites, partners and origins."),
            code="not_for_networks",
        )
    with transaction.atomic(using="report"):
        border, categories = Border(scope), below(category)
        cells = cube.within(border, period, MONTHLY, categories)
        [found] = tables(Books(border, period, categories, cells), [by])
    return found


def tables(books: Books, asked: Sequence[By]) -> list[list[dict[str, Any]]]:
    """The same flows summed in several ways; how they came is looked for once, where asked."""
    sums: list[Sums] = [defaultdict(lambda: [0, 0]) for _by in asked]
    for is_traced in (False, True):
        wanted = [
            (itemgetter(*(Part._fields.index(name) for name in ("direction", *by, "basis"))), held)
            for by, held in zip(asked, sums, strict=True)
            if bool(WHENCE & set(by)) == is_traced
        ]
        for part in books.parts(is_traced=is_traced) if wanted else ():
            for key_of, held in wanted:
                row = held[key_of(part)]
                row[0] += part.weight_g
                row[1] += part.units
    return [list(_rows(by, held)) for by, held in zip(asked, sums, strict=True)]


def _rows(by: By, sums: Sums) -> Iterator[dict[str, Any]]:
    for (direction, *values, basis), (grams, units) in sorted(sums.items(), key=_in_order):
        if grams or units:
            yield {
                "direction": direction,
                **dict(zip(by, values, strict=True)),
                "weight_g": grams,
                "units": units,
                "basis": basis,
            }


def _in_order(row: tuple[tuple[Any, ...], list[int]]) -> tuple[str, ...]:
    return tuple(value or "" for value in row[0])

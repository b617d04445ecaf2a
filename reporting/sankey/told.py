"""What a flow picture says in figures: the tables of its sides, and the masses in its words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reporting.listing import LABELS
from reporting.printing import Unit
from reporting.rounding import FATES
from reporting.sankey.drawing import Words
from reporting.sankey.layout import FATE, Stream

Table = dict[str, list[int]]


def table(
    streams: Iterable[Stream], column: int, printed_g: Sequence[int], unit: Unit, rest: str
) -> Table:
    """Name → grams by fate as printed, so that each fate makes its total; what is left over last.

    ``printed_g`` are the totals of the fates.
    """
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FATES, 0))
    for stream in streams:
        sums[str(stream[column])][stream.fate] += stream.weight_g
    ranked = sorted(sums, key=lambda name: (name == rest, -sum(sums[name].values()), name))
    grid = unit.grid([list(sums[name].values()) for name in ranked], printed_g)
    return dict(zip(ranked, grid, strict=True))


def words(
    tables: Mapping[int, Table],
    printed_g: Sequence[int],
    unit: Unit,
    heads: tuple[Any, Any, Any],
    columns: Iterable[int] = range(3),
) -> Words:
    """The words of a picture that shows ``columns``: the same masses as in its tables."""
    masses = {(FATE, "", fate): grams for fate, grams in zip(FATES, printed_g, strict=True)}
    for column, told in tables.items():
        for name, row in told.items():
            masses[column, name, ""] = sum(row)
            masses |= {(column, name, f): g for f, g in zip(FATES, row, strict=True)}
    return Words(
        label=" → ".join(str(heads[column]) for column in columns),
        heads=heads,
        fates={fate: LABELS[f"{fate}_g"] for fate in FATES},
        mass=lambda *key: unit.say(masses[key]),
    )

"""Columns of a table as they are read: a head, a cell per row, and what they add up to."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from inventory.units import NO_BREAK
from reporting.bilan.side import Figure, Side, missing


class Head(NamedTuple):
    """The head of a column of figures."""

    label: Any
    fate: str = ""
    css: str = "n"


class Column(NamedTuple):
    """Its cells from the first row to the line of the total."""

    head: Head
    cells: list[Figure]


class Printed(NamedTuple):
    """An amount as rounded for print, and how it reads; None where there is none."""

    amount: int | None
    figure: Figure


class Pair(NamedTuple):
    """The two sides of a report, and what their columns are called."""

    now: Side
    was: Side | None
    names: tuple[str, str]

    def columns(
        self,
        head: Head,
        now: Sequence[Printed],
        was: Sequence[Printed],
        write: Callable[[int], str] | None = None,
    ) -> list[Column]:
        """A column; where the other side is given, that one and the difference as well."""
        columns = [Column(head, [printed.figure for printed in now])]
        if self.was is None or not was:
            return columns
        is_blank, write = self.was.found.is_blank, write or self.now.unit.write
        others = [missing() if is_blank else printed.figure for printed in was]
        changes = [
            missing() if is_blank else _change(*pair, write) for pair in zip(now, was, strict=True)
        ]
        return [*columns, _muted(self.names[1], others), _muted(_("difference"), changes)]


def _muted(label: str, cells: Sequence[Figure]) -> Column:
    return Column(Head(label, css="n was"), [cell._replace(css="n was") for cell in cells])


def _change(now: Printed, was: Printed, write: Callable[[int], str]) -> Figure:
    """What the first is more than the second, with its sign, as printed."""
    if now.amount is None or was.amount is None:
        return missing()
    more = now.amount - was.amount
    is_attributed = now.figure.is_attributed or was.figure.is_attributed
    text = f"+{write(more)}" if more > 0 else write(more)
    return Figure(text, is_attributed=is_attributed, is_nothing=not more)


def percent(share: int | None, *, is_attributed: bool = False) -> Figure:
    if share is None:
        return missing()
    return Figure(f"{share}{NO_BREAK}%", is_attributed=is_attributed)


def lines(columns: Sequence[Column]) -> list[tuple[Figure, ...]]:
    """The cells of each row, the total's last."""
    return list(zip(*(column.cells for column in columns), strict=True))

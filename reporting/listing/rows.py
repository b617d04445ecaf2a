"""Rows of the cube, pages of a list, and where in it a page ends."""

import re
from datetime import date
from typing import Any, NamedTuple, Self

NAME = re.compile(r"(20[0-9]{2}(?:0[1-9]|1[0-2]))" + r"\.([0-9]{1,18})" * 4 + r"\.([a-z_]{1,12})")
CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")


class Row(NamedTuple):
    """A row of the cube: what went in a month from one account and category to another."""

    month: int
    from_account_id: int
    to_account_id: int
    from_category_id: int
    to_category_id: int
    method: str

    @classmethod
    def of(cls, cell: Any) -> Self:
        return cls(*(getattr(cell, name) for name in cls._fields))

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The row of this name, as addresses carry it; None for what is none."""
        found = NAME.fullmatch(name)
        if found is None:
            return None
        month, start, end, before, after, method = found.groups()
        return cls(int(month), int(start), int(end), int(before), int(after), method)

    @property
    def name(self) -> str:
        return ".".join(map(str, self))

    @property
    def ends(self) -> dict[str, Any]:
        """By what its flows are found among those of its month."""
        return {key: value for key, value in self._asdict().items() if key != "month"}


class Leaf(NamedTuple):
    """A page of what a figure is made of, each with its grams, and what other pages add."""

    rows: list[tuple[Any, int]]
    newer_g: int
    older_g: int
    after: str

    @property
    def page_g(self) -> int:
        return sum(grams for _row, grams in self.rows)

    @property
    def total_g(self) -> int:
        return self.newer_g + self.page_g + self.older_g

    @property
    def is_whole(self) -> bool:
        return not (self.newer_g or self.older_g or self.after)


def spot_of(cursor: str) -> tuple[date, int] | None:
    """The day and key a page ended on; None, the beginning, for what is no cursor of ours."""
    found = CURSOR.fullmatch(cursor)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None

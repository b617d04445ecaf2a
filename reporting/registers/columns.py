"""The columns of the national register's outgoing file, from its published list."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

COLUMNS = Path(__file__).with_name("columns.csv")


class Column(NamedTuple):
    """A column of the file, and what its own cells obey."""

    key: str
    header: str
    kind: str
    is_required: bool
    least: int
    most: int
    values: tuple[str, ...]


@cache
def columns() -> dict[str, Column]:
    """Key → column, in the order of the file."""
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["key"]: Column(
            row["key"],
            row["header"],
            row["kind"],
            row["required"] == "1",
            int(row["least"] or 0),
            int(row["most"] or 0),
            tuple(row["values"].split("|")) if row["values"] else (),
        )
        for row in rows
    }


def headers() -> list[str]:
    """The first row of the file, to the sign."""
    return [column.header for column in columns().values()]

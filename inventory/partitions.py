"""Flows by month on PostgreSQL: a table for each, made ahead; the rest waits in one for all others.

No write is ever refused for want of a table. What waits goes to its month when that is made: the
table for all others is taken off and made anew, so that nothing is ever deleted from one.
"""

from collections.abc import Collection, Iterator
from datetime import date

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from inventory.months import add_months, month_of, span

TABLE = "inventory_flow"
REST = f"{TABLE}_default"
AHEAD = 13  # months after this one
EARLIEST = 200001  # what is dated before it stays among the rest


def is_split(connection: BaseDatabaseWrapper) -> bool:
    """Whether flows are kept by month here: never on SQLite."""
    return connection.vendor == "postgresql" and bool(of(connection, TABLE))


def of(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """The tables that ``table`` is split into."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = to_regclass(%s) ORDER BY 1",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def make_ahead(
    connection: BaseDatabaseWrapper, *, today: date, months: Collection[int] = ()
) -> list[str]:
    """Make the tables of the months to come, of those that wait, and of ``months``.

    Return the names of those that were not there.

    For whoever owns the table. Writers wait meanwhile: some milliseconds, or as long as it takes
    to copy what waits.
    """
    there = set(of(connection, TABLE))
    last = add_months(month_of(today), AHEAD)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        late = set(_waiting(cursor, last))
        past = {month for month in months if month >= EARLIEST}
        wanted = sorted(past.union(late, span(month_of(today), last)))
        missing = [month for month in wanted if f"{TABLE}_{month}" not in there]
        if late:
            cursor.execute(f"LOCK TABLE {TABLE}")
            cursor.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {REST}")
        for month in missing:
            _make(cursor, month, filled=month in late)
        if late:
            _keep_the_rest(cursor, last)
    return [f"{TABLE}_{month}" for month in missing]


def waiting(connection: BaseDatabaseWrapper, *, today: date) -> list[int]:
    """The months that flows wait for, in the table for all others."""
    with connection.cursor() as cursor:
        return list(_waiting(cursor, add_months(month_of(today), AHEAD)))


def ahead(connection: BaseDatabaseWrapper, *, today: date) -> int:
    """How many months after this one have their table."""
    there = set(of(connection, TABLE))
    months = span(add_months(month_of(today), 1), add_months(month_of(today), AHEAD))
    return sum(f"{TABLE}_{month}" in there for month in months)


def _waiting(cursor: CursorWrapper, last: int) -> Iterator[int]:
    cursor.execute(
        f"SELECT DISTINCT month FROM {REST} WHERE month BETWEEN %s AND %s ORDER BY 1",  # noqa: S608
        [EARLIEST, last],
    )
    for (month,) in cursor.fetchall():
        yield month


def _make(cursor: CursorWrapper, month: int, *, filled: bool) -> None:
    """The table of a month; filled before it joins, where no guard asks whether it is closed."""
    name, until = f"{TABLE}_{month}", add_months(month, 1)
    values = f"FOR VALUES FROM ({month}) TO ({until})"
    if not filled:
        cursor.execute(f"CREATE TABLE {name} PARTITION OF {TABLE} {values}")
        return
    cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    cursor.execute(
        f"INSERT INTO {name} SELECT * FROM {REST} WHERE month = %s ORDER BY id",  # noqa: S608
        [month],
    )
    cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} {values}")


def _keep_the_rest(cursor: CursorWrapper, last: int) -> None:
    """The table for all others again, without what went to its month."""
    old = f"{REST}_before"
    cursor.execute(f"ALTER TABLE {REST} RENAME TO {old}")
    cursor.execute(f"CREATE TABLE {REST} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    cursor.execute(
        f"INSERT INTO {REST} SELECT * FROM {old} WHERE month NOT BETWEEN %s AND %s",  # noqa: S608
        [EARLIEST, last],
    )
    cursor.execute(f"DROP TABLE {old}")
    cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {REST} DEFAULT")

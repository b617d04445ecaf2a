"""A table that is written once: every statement that would change it is refused by the database."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction


def hold(table: str, rewrite: str, match: str = "written once", key: str = "id") -> None:
    """Try every way to change ``table``; ``rewrite`` is a SET clause. All are refused."""
    before, columns = _rows(table)
    assert before, f"{table} is empty: nothing could be changed"
    statements = [
        f"UPDATE {table} SET {rewrite}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true"
        f" ON CONFLICT ({key}) DO UPDATE SET {rewrite}",
    ]
    if connection.vendor == "sqlite":
        statements += [
            f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET id = id",
        ]
    else:
        statements += [f"TRUNCATE {table} CASCADE", f"TRUNCATE {table} RESTART IDENTITY CASCADE"]
    for statement in statements:
        refused(statement, match)
    assert _rows(table)[0] == before


def refused(act: str | Callable, match: str) -> None:
    """The database itself says no to a statement, or to what a function writes."""
    do = act if callable(act) else partial(_execute, act)
    with pytest.raises(IntegrityError, match=match):
        _in_a_savepoint(do)


@transaction.atomic
def _in_a_savepoint(do):
    do()


def _execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall(), ", ".join(column[0] for column in cursor.description)

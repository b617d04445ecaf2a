"""Multi-row statements: per arrival, about a sixth of the work of saving objects one by one."""

from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import Any

from django.db import connection, connections, models

Sums = dict[tuple[Any, ...], list[int]]
NOTHING: frozenset[type] = frozenset()
BATCH = 500  # rows of one statement: well under both engines' limit of parameters


def insert(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[int]:
    """Insert ``rows`` of the named fields; return their primary keys, in order."""
    table, columns, marks, fields = _statement(model, tuple(names))
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(batch))}"  # noqa: S608
                " RETURNING id",
                _prepared(fields, batch),
            )
            keys += [row[0] for row in cursor.fetchall()]
    return keys


def keep(*rows: models.Model) -> None:
    """Insert new rows of one model, in one statement, and give them their keys."""
    if not rows:
        return
    names = [f.attname for f in rows[0]._meta.concrete_fields if not f.primary_key]
    values = [[vars(row)[name] for name in names] for row in rows]
    for row, pk in zip(rows, insert(type(rows[0]), names, values), strict=True):
        row.pk, row._state.adding = pk, False


def insert_new(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    returning: str,
) -> list[Any]:
    """Insert those of ``rows`` that break no constraint; return a column of them, in no order."""
    table, columns, marks, fields = _statement(model, tuple(names))
    found: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(batch))}"  # noqa: S608
                f" ON CONFLICT DO NOTHING RETURNING {returning}",
                _prepared(fields, batch),
            )
            found += [row[0] for row in cursor.fetchall()]
    return found


def add(
    model: type[models.Model],
    key: Sequence[str],
    rows: Sums,
    *,
    sums: Sequence[str] = ("weight_g", "units"),
    returning: str = "id",
) -> list[tuple[Any, ...]]:
    """Add to the sums of each key, in the database: two writers never overwrite each other."""
    table, columns, marks, fields = _statement(model, (*key, *sums))
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    found: list[tuple[Any, ...]] = []
    values = [(*k, *rows[k]) for k in sorted(rows) if any(rows[k])]
    with connection.cursor() as cursor:
        for start in range(0, len(values), BATCH):
            batch = values[start : start + BATCH]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(batch))}"  # noqa: S608
                f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added} RETURNING {returning}",
                _prepared(fields, batch),
            )
            found += cursor.fetchall()
    return found


def among(
    sql: str, keys: Sequence[Any], *values: Any, using: str = "default"
) -> list[tuple[Any, ...]]:
    """What ``sql`` finds or changes for these keys, whose place in it is ``{keys}``, its last."""
    found: list[tuple[Any, ...]] = []
    with connections[using].cursor() as cursor:
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            cursor.execute(sql.format(keys=", ".join(["%s"] * len(batch))), [*values, *batch])
            found += cursor.fetchall() if cursor.description else []
    return found


@cache
def _statement(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[str, str, str, list[tuple[Any, frozenset[type]]]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    return model._meta.db_table, columns, marks, [(field, _plain(field)) for field in fields]


def _prepared(
    fields: Sequence[tuple[Any, frozenset[type]]], rows: Sequence[Sequence[Any]]
) -> list[Any]:
    here = connections[connection.alias]  # not through its proxy, which looks it up each time
    return [
        value if type(value) in plain else field.get_db_prep_save(value, here)
        for row in rows
        for (field, plain), value in zip(fields, row, strict=True)
    ]


def _plain(field: Any) -> frozenset[type]:
    """Of which types a field's values go to the database as they are."""
    kind = field.target_field if field.is_relation else field
    if isinstance(kind, models.IntegerField):
        return frozenset({int, NoneType})
    return frozenset({str}) if isinstance(kind, (models.CharField, models.TextField)) else NOTHING

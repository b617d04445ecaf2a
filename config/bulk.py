"""Writes many rows at once: ``COPY`` on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

_SUMS = "weight_g", "units"
COLUMNS = {
    "organisation_submission": ("id", "organisation_id", "uuid", "endpoint", "digest", "answer"),
    "inventory_movement": (
        *("id", "number", "submission_id", "site_id", "verb", "occurred_at", "business_date"),
        *("month", "recorded_at", "note"),
    ),
    "inventory_flow": (
        *("id", "movement_id", "month", "from_account_id", "from_category_id", "to_account_id"),
        *("to_category_id", "origin_id", "weight_g", "units", "method"),
    ),
    "collection_intake": ("id", "movement_id", "mode_id", "origin_id", "waste_status"),
    "collection_weighing": ("intake_id", "flow_id", "gross_g", "container_id"),
    "inventory_shipment": ("movement_id", "fate", "partner_id", "carrier", "bsd", "is_crate"),
    "inventory_monthlyflow": (
        *("month", "from_account_id", "to_account_id", "method", "from_category_id"),
        *("to_category_id", *_SUMS),
    ),
    "inventory_monthlyorigin": ("month", "account_id", "origin_id", "category_id", *_SUMS),
    "inventory_balance": ("account_id", "category_id", *_SUMS),
    "inventory_unitweight": ("site_id", "category_id", *_SUMS),
    "inventory_numberseries": ("site_id", "prefix", "last"),
}
# Running sums are written again every month: key → what the new row replaces.
_RUNNING = {
    "inventory_balance": ("account_id, category_id", _SUMS),
    "inventory_unitweight": ("site_id, category_id", _SUMS),
    "inventory_numberseries": ("site_id, prefix", ("last",)),
}


def first_id(table: str, count: int) -> int:
    """The first of ``count`` free primary keys, kept for the caller's transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(s, nextval(s) + %s) - %s FROM pg_get_serial_sequence(%s, 'id') s",
                [count, count, table],
            )
        else:
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def write(table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows`` of the table's ``COLUMNS``; running sums replace what was there."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS[table])
    if connection.vendor == "postgresql" and table not in _RUNNING:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(COLUMNS[table]))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}){_conflict(table)}",  # noqa: S608
            rows,
        )


def _conflict(table: str) -> str:
    if table not in _RUNNING:
        return ""
    key, sums = _RUNNING[table]
    return f" ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(
        f"{name} = excluded.{name}" for name in sums
    )

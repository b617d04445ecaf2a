"""What the database itself refuses, on SQLite and PostgreSQL.

Movements, flows and accounts are written once: no UPDATE, DELETE, REPLACE or TRUNCATE. A flow
goes only between kinds that may exchange, changes structure only along a road between its two
sites, and category only within stock. A closed month takes nothing more and never reopens.

Triggers are dropped before every migrate and installed after it: SQLite rebuilds tables, which
silently drops theirs and fails on any that read another (docs/decisions/0006).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from inventory import partitions

# Table → which row of it a NEW one would replace, as SQLite's REPLACE would without asking.
WRITTEN_ONCE = {
    "inventory_movement": "id = NEW.id OR number = NEW.number OR reverses_id = NEW.reverses_id",
    "inventory_flow": "id = NEW.id",
    "inventory_account": "id = NEW.id OR key = NEW.key",
}


class Guard(NamedTuple):
    """A row that the database refuses, where ``bad`` is true of NEW (and, in an update, of OLD)."""

    table: str
    act: str  # INSERT or UPDATE
    bad: str
    why: str
    vendors: tuple[str, ...] = ("sqlite", "postgresql")


FORWARD = {
    "source": "stock exit",
    "opening": "stock",
    "stock": "stock transit exit adjustment",
    "transit": "stock",
    "adjustment": "stock",
}
_EXITS = ("reuse", "recycling", "other_recovery", "energy", "disposal")


def _pairs() -> list[tuple[str, str]]:
    return [
        (start, end)
        for start, ends in FORWARD.items()
        for name in ends.split()
        for end in (_EXITS if name == "exit" else (name,))
    ]


PAIRS = frozenset(_pairs())
_FORWARD_SQL = ", ".join(f"'{start}>{end}'" for start, end in sorted(PAIRS))
_INVERSE_SQL = ", ".join(f"'{end}>{start}'" for start, end in sorted(PAIRS))

# True when NEW is a flow that must not be. A road touches its two ends alone.
_BAD_FLOW = f"""
    SELECT 1
      FROM inventory_account a, inventory_account b, inventory_movement m, organisation_site s
     WHERE a.id = NEW.from_account_id AND b.id = NEW.to_account_id
       AND m.id = NEW.movement_id AND s.id = m.site_id
       AND ( s.books_closed_through >= m.month OR NEW.month <> m.month
          OR (a.site_id <> b.site_id AND a.kind <> 'transit' AND b.kind <> 'transit')
          OR (a.kind = 'transit' AND b.site_id NOT IN (a.site_id, a.to_site_id))
          OR (b.kind = 'transit' AND a.site_id NOT IN (b.site_id, b.to_site_id))
          OR (NEW.from_category_id <> NEW.to_category_id
              AND NOT (a.kind = 'stock' AND b.kind = 'stock'))
          OR NOT ( a.kind || '>' || b.kind IN ({_FORWARD_SQL})
                OR (a.kind || '>' || b.kind IN ({_INVERSE_SQL})
                    AND (m.reverses_id IS NOT NULL OR m.verb IN ('return', 'rest')))) )
"""  # noqa: S608
_REOPENS = (
    "OLD.books_closed_through IS NOT NULL AND (NEW.books_closed_through IS NULL"
    " OR NEW.books_closed_through < OLD.books_closed_through)"
)
GUARDS = {
    "flow": Guard("inventory_flow", "INSERT", f"EXISTS ({_BAD_FLOW})", "flow not allowed"),
    "movement": Guard(
        "inventory_movement",
        "INSERT",
        "EXISTS (SELECT 1 FROM organisation_site"
        " WHERE id = NEW.site_id AND books_closed_through >= NEW.month)",
        "month closed",
    ),
    "site_closing": Guard("organisation_site", "UPDATE", _REOPENS, "a closed month never reopens"),
    # REPLACE deletes and inserts: the row would come back with its months open.
    "site_replace": Guard(
        "organisation_site",
        "INSERT",
        "EXISTS (SELECT 1 FROM organisation_site WHERE id = NEW.id OR code = NEW.code)",
        "a closed month never reopens",
        ("sqlite",),
    ),
}
_written_once = dict(WRITTEN_ONCE)
_growing: set[str] = set()
_guards = dict(GUARDS)


def keep_written(
    tables: Mapping[str, str], *, growing: Iterable[str] = (), guards: Mapping[str, Guard] = {}
) -> None:
    """Let rooms above have tables of their own written once: table → twin, as ``WRITTEN_ONCE``.

    Rows of those ``growing`` may change, as far as their guards let them.
    """
    _written_once.update(tables)
    _growing.update(growing)
    _guards.update(guards)


def is_kept(table: str) -> bool:
    """Whether rows of ``table`` are never deleted, nor changed unless it ``grows``."""
    return table in _written_once


def grows(table: str) -> bool:
    """Whether rows of a kept table may change, as far as its guards let them."""
    return table in _growing


def _guards_on(vendor: str) -> Iterator[tuple[str, Guard]]:
    for name, guard in _guards.items():
        if vendor in guard.vendors:
            yield f"tracerie_{name}_guard", guard


def _sqlite() -> dict[str, str]:
    """Trigger name → what follows it."""
    triggers = {
        name: f"BEFORE {guard.act} ON {guard.table} WHEN {guard.bad}"
        f" BEGIN SELECT RAISE(ABORT, 'ledger: {guard.why}'); END"
        for name, guard in _guards_on("sqlite")
    }
    for table, twin in _written_once.items():
        refuse = f" BEGIN SELECT RAISE(ABORT, 'ledger: {table} is written once'); END"
        for act in ("DELETE",) if table in _growing else ("UPDATE", "DELETE"):
            triggers[f"tracerie_{table}_{act.lower()}"] = f"BEFORE {act} ON {table}{refuse}"
        # It deletes without asking the trigger above, too: refuse what it would replace.
        found = f"SELECT 1 FROM {table} WHERE {twin}"  # noqa: S608
        triggers[f"tracerie_{table}_replace"] = (
            f"BEFORE INSERT ON {table} WHEN EXISTS ({found}){refuse}"
        )
    return triggers


def _postgresql() -> dict[str, tuple[str, str, str]]:
    """Trigger name → (table, definition without its function, the function's body)."""
    triggers = {
        name: (
            guard.table,
            f"BEFORE {guard.act} ON {guard.table} FOR EACH ROW",
            f"BEGIN IF {guard.bad} THEN RAISE EXCEPTION 'ledger: {guard.why}'"
            " USING ERRCODE = '23514'; END IF; RETURN NEW; END",
        )
        for name, guard in _guards_on("postgresql")
    }
    refuse = (
        "BEGIN RAISE EXCEPTION 'ledger: % is written once', TG_TABLE_NAME"
        " USING ERRCODE = '23514'; END"
    )
    for table in _written_once:
        acts = "DELETE" if table in _growing else "UPDATE OR DELETE"
        change = f"BEFORE {acts} ON {table} FOR EACH ROW"
        truncate = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        triggers[f"tracerie_{table}_change"] = (table, change, refuse)
        triggers[f"tracerie_{table}_truncate"] = (table, truncate, refuse)
    return triggers


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, replacing what is there."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, definition in _sqlite().items():
                cursor.execute(f"CREATE TRIGGER {name} {definition}")
            return
        for name, (_table, definition, body) in _postgresql().items():
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $body${body}$body$"
            )
            cursor.execute(f"CREATE TRIGGER {name} {definition} EXECUTE FUNCTION {name}()")
    keep_parts(connection)


def keep_parts(connection: BaseDatabaseWrapper) -> None:
    """Refuse TRUNCATE on each part of a table split by month, too: no part inherits that."""
    name = f"tracerie_{partitions.TABLE}_truncate"
    with connection.cursor() as cursor:
        for part in partitions.of(connection, partitions.TABLE):
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {part}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away, so that migrations may rebuild tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        tables = set(connection.introspection.table_names(cursor))
        for name, (table, _definition, _body) in _postgresql().items():
            if table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        name = f"tracerie_{partitions.TABLE}_truncate"
        for part in partitions.of(connection, partitions.TABLE):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {part}")


def has_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables that triggers watch exist: not when migrating back to nothing."""
    with connection.cursor() as cursor:
        return _written_once.keys() <= set(connection.introspection.table_names(cursor))


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that should be there and are not, or are there and say otherwise."""
    if connection.vendor == "sqlite":
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        wanted = {
            (name, said.partition(" ON ")[2].split()[0], f"CREATE TRIGGER {name} {said}")
            for name, said in _sqlite().items()
        }
    else:
        query = (
            "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgenabled IN ('O', 'A')"
        )
        parts = partitions.of(connection, partitions.TABLE)
        wanted = {
            (name, each, body)
            for name, (table, _when, body) in _postgresql().items()
            for each in (table, *(parts if table == partitions.TABLE else ()))
        }
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for name, _table, _said in wanted - set(cursor.fetchall())}

"""What the database itself refuses, on SQLite and PostgreSQL.

Movements, flows and accounts are written once: no UPDATE, DELETE, REPLACE or TRUNCATE. A flow
goes only between kinds that may exchange, changes structure only along a road between its two
sites, and category only within stock. A closed month takes nothing more and never reopens.

Triggers are dropped before every migrate and installed after it: SQLite rebuilds tables, which
silently drops theirs and fails on any that read another (docs/decisions/0006).
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

# Table → which row of it a NEW one would replace, as SQLite's REPLACE would without asking.
WRITTEN_ONCE = {
    "inventory_movement": "id = NEW.id OR number = NEW.number OR reverses_id = NEW.reverses_id",
    "inventory_flow": "id = NEW.id",
    "inventory_account": "id = NEW.id OR key = NEW.key",
}
_rooms_above: dict[str, str] = {}

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
       AND ( s.books_closed_through >= m.month
          OR (a.site_id <> b.site_id AND a.kind <> 'transit' AND b.kind <> 'transit')
          OR (a.kind = 'transit' AND b.site_id NOT IN (a.site_id, a.to_site_id))
          OR (b.kind = 'transit' AND a.site_id NOT IN (b.site_id, b.to_site_id))
          OR (NEW.from_category_id <> NEW.to_category_id
              AND NOT (a.kind = 'stock' AND b.kind = 'stock'))
          OR NOT ( a.kind || '>' || b.kind IN ({_FORWARD_SQL})
                OR (a.kind || '>' || b.kind IN ({_INVERSE_SQL})
                    AND (m.reverses_id IS NOT NULL OR m.verb IN ('return', 'rest')))) )
"""  # noqa: S608
_CLOSED = (
    "SELECT 1 FROM organisation_site WHERE id = NEW.site_id AND books_closed_through >= NEW.month"
)


def keep_written(tables: Mapping[str, str]) -> None:
    """Let rooms above have tables of their own written once: table → twin, as ``WRITTEN_ONCE``."""
    _rooms_above.update(tables)


def _sqlite() -> dict[str, str]:
    triggers = {
        "tracerie_flow_guard": "BEFORE INSERT ON inventory_flow WHEN EXISTS"
        f" ({_BAD_FLOW}) BEGIN SELECT RAISE(ABORT, 'ledger: flow not allowed'); END",
        "tracerie_movement_guard": f"BEFORE INSERT ON inventory_movement WHEN EXISTS ({_CLOSED})"
        " BEGIN SELECT RAISE(ABORT, 'ledger: month closed'); END",
        "tracerie_site_closing": "BEFORE UPDATE OF books_closed_through ON organisation_site"
        " WHEN OLD.books_closed_through IS NOT NULL AND (NEW.books_closed_through IS NULL"
        " OR NEW.books_closed_through < OLD.books_closed_through)"
        " BEGIN SELECT RAISE(ABORT, 'ledger: a closed month never reopens'); END",
        # REPLACE deletes and inserts: the row would come back with its months open.
        "tracerie_site_replace": "BEFORE INSERT ON organisation_site WHEN EXISTS"
        " (SELECT 1 FROM organisation_site WHERE id = NEW.id OR code = NEW.code)"
        " BEGIN SELECT RAISE(ABORT, 'ledger: a closed month never reopens'); END",
    }
    for table, twin in (WRITTEN_ONCE | _rooms_above).items():
        for act in ("UPDATE", "DELETE"):
            triggers[f"tracerie_{table}_{act.lower()}"] = (
                f"BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'ledger: {table} is written once'); END"
            )
        # It deletes without asking the trigger above, too: refuse what it would replace.
        triggers[f"tracerie_{table}_replace"] = (
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table}"  # noqa: S608
            f" WHERE {twin})"
            f" BEGIN SELECT RAISE(ABORT, 'ledger: {table} is written once'); END"
        )
    return triggers


def _postgresql() -> dict[str, tuple[str, str]]:
    """Trigger name → (table, definition without its function)."""
    triggers = {
        "tracerie_flow_guard": ("inventory_flow", "BEFORE INSERT", "FOR EACH ROW"),
        "tracerie_movement_guard": ("inventory_movement", "BEFORE INSERT", "FOR EACH ROW"),
        "tracerie_site_closing": ("organisation_site", "BEFORE UPDATE", "FOR EACH ROW"),
    }
    for table in WRITTEN_ONCE | _rooms_above:
        triggers[f"tracerie_{table}_change"] = (table, "BEFORE UPDATE OR DELETE", "FOR EACH ROW")
        triggers[f"tracerie_{table}_truncate"] = (table, "BEFORE TRUNCATE", "FOR EACH STATEMENT")
    return {
        name: (table, f"{when} ON {table} {each}") for name, (table, when, each) in triggers.items()
    }


_POSTGRESQL_BODIES = {
    "tracerie_flow_guard": f"IF EXISTS ({_BAD_FLOW}) THEN"
    " RAISE EXCEPTION 'ledger: flow not allowed' USING ERRCODE = '23514'; END IF; RETURN NEW;",
    "tracerie_movement_guard": f"IF EXISTS ({_CLOSED}) THEN"
    " RAISE EXCEPTION 'ledger: month closed' USING ERRCODE = '23514'; END IF; RETURN NEW;",
    "tracerie_site_closing": "IF OLD.books_closed_through IS NOT NULL AND"
    " (NEW.books_closed_through IS NULL OR NEW.books_closed_through < OLD.books_closed_through)"
    " THEN RAISE EXCEPTION 'ledger: a closed month never reopens' USING ERRCODE = '23514';"
    " END IF; RETURN NEW;",
}
_WRITTEN_ONCE_BODY = (
    "RAISE EXCEPTION 'ledger: % is written once', TG_TABLE_NAME USING ERRCODE = '23514';"
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, replacing what is there."""
    drop(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, definition in _sqlite().items():
                cursor.execute(f"CREATE TRIGGER {name} {definition}")
            return
        for name, (_table, definition) in _postgresql().items():
            body = _POSTGRESQL_BODIES.get(name, _WRITTEN_ONCE_BODY)
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $body$ BEGIN {body} END $body$"
            )
            cursor.execute(f"CREATE TRIGGER {name} {definition} EXECUTE FUNCTION {name}()")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away, so that migrations may rebuild tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        tables = set(connection.introspection.table_names(cursor))
        for name, (table, _definition) in _postgresql().items():
            if table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def has_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables that triggers watch exist: not when migrating back to nothing."""
    with connection.cursor() as cursor:
        wanted = WRITTEN_ONCE.keys() | _rooms_above.keys()
        return wanted <= set(connection.introspection.table_names(cursor))


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that should be there and are not."""
    if connection.vendor == "sqlite":
        names, query = set(_sqlite()), "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        names = set(_postgresql())
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return names - {row[0] for row in cursor.fetchall()}

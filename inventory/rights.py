"""Rights of a PostgreSQL role that serves Tracerie and owns nothing of it.

Triggers keep what is written; who owns a table may drop them. The role that the server connects as
reads and adds; it changes and deletes only where nothing is written once, so that its password, if
stolen, rewrites nothing.
"""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from inventory import partitions, triggers

READ_ALONE = ("django_migrations", "django_content_type", "auth_permission")


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give ``role`` what serving needs, and take from it whatever else it had been given."""
    name = connection.ops.quote_name(role)
    database = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # A temporary table would stand before the real one in what a trigger reads.
        cursor.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}")
        cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in connection.introspection.table_names(cursor):
            if acts := _acts(table):
                cursor.execute(f'GRANT {acts} ON "{table}" TO {name}')


def holders(connection: BaseDatabaseWrapper) -> list[str]:
    """The roles that were granted, by who may add flows without owning them; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT grantee::regrole::text FROM pg_class c, aclexplode(c.relacl)"
            " WHERE c.oid = to_regclass(%s) AND privilege_type = 'INSERT'"
            " AND grantee NOT IN (0, c.relowner)",
            [partitions.TABLE],
        )
        return [str(role).strip('"') for (role,) in cursor.fetchall()]


def _acts(table: str) -> str:
    """What is granted beside reading. A row is locked by whoever may change one of its columns."""
    if table in READ_ALONE:
        return ""
    if table in ("inventory_flow", "inventory_account"):
        return "INSERT"
    if triggers.grows(table):
        return "INSERT, UPDATE"
    if triggers.is_kept(table):
        return "INSERT, UPDATE (id)"
    return "INSERT, UPDATE, DELETE"

"""On PostgreSQL, flows go into a table for each month, and large tables get BRIN indexes on time.

SQLite stays as it is. This comes after every room's own tables, since their links to a flow lose
their foreign key: a key over all months needs the month in it (docs/decisions/0025).
"""

from django.db import migrations

# Read by time across all sites, and written in its order: some kilobytes each.
BRIN = {
    "movement_recorded_brin": ("inventory_movement", "recorded_at"),
    "movement_day_brin": ("inventory_movement", "business_date"),
}


def split(apps, schema_editor):
    """Turn the table of flows, filled or not, into one for each month."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for name, (table, column) in BRIN.items():
            cursor.execute(f"CREATE INDEX {name} ON {table} USING brin ({column})")
        _drop_links(cursor)
        _rebuild(cursor, ("id", "month"), " PARTITION BY RANGE (month)", _months)


def join(apps, schema_editor):
    """Turn them into one table again."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for name in BRIN:
            cursor.execute(f"DROP INDEX {name}")
        _rebuild(cursor, ("id",), "", lambda _cursor: None)
    _add_links(apps, schema_editor)


def _drop_links(cursor):
    """Foreign keys onto flows; guards take their place."""
    cursor.execute(
        "SELECT conrelid::regclass, conname FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = 'inventory_flow'::regclass"
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _add_links(apps, schema_editor):
    flow = apps.get_model("inventory", "Flow")
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if field.remote_field and field.remote_field.model is flow:
                schema_editor.execute(
                    schema_editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s")
                )


def _rebuild(cursor, key, kind, furnish):
    """Make the table anew of another ``kind``, with all that it holds and has."""
    cursor.execute("LOCK TABLE inventory_flow")
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = 'inventory_flow'::regclass"
    )
    links = cursor.fetchall()
    cursor.execute(
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'inventory_flow'"
        " AND schemaname = current_schema() AND indexname <> 'inventory_flow_pkey'"
    )
    indexes = [definition.replace(" ON ONLY ", " ON ") for (definition,) in cursor.fetchall()]
    cursor.execute("SELECT nextval(pg_get_serial_sequence('inventory_flow', 'id'))")
    [(following,)] = cursor.fetchall()
    cursor.execute("ALTER TABLE inventory_flow RENAME TO inventory_flow_before")
    cursor.execute(
        "CREATE TABLE inventory_flow"
        f" (LIKE inventory_flow_before INCLUDING CONSTRAINTS){kind}"
    )
    furnish(cursor)
    cursor.execute("INSERT INTO inventory_flow SELECT * FROM inventory_flow_before ORDER BY id")
    cursor.execute("DROP TABLE inventory_flow_before")  # its sequence goes with it
    cursor.execute(f"CREATE SEQUENCE inventory_flow_id_seq START {following}")
    cursor.execute("ALTER SEQUENCE inventory_flow_id_seq OWNED BY inventory_flow.id")
    cursor.execute(
        "ALTER TABLE inventory_flow ALTER id SET DEFAULT nextval('inventory_flow_id_seq')"
    )
    cursor.execute(
        "ALTER TABLE inventory_flow ADD CONSTRAINT inventory_flow_pkey"
        f" PRIMARY KEY ({', '.join(key)})"
    )
    for definition in indexes:
        cursor.execute(definition)
    for name, definition in links:
        cursor.execute(f'ALTER TABLE inventory_flow ADD CONSTRAINT "{name}" {definition}')


def _months(cursor):
    """A table for each month that is there, and one for all others."""
    cursor.execute("CREATE TABLE inventory_flow_default PARTITION OF inventory_flow DEFAULT")
    cursor.execute("SELECT DISTINCT month FROM inventory_flow_before WHERE month > 200000")
    for (month,) in cursor.fetchall():
        after = month + 1 if month % 100 < 12 else month + 89
        cursor.execute(
            f"CREATE TABLE inventory_flow_{month} PARTITION OF inventory_flow"
            f" FOR VALUES FROM ({month}) TO ({after})"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
        ("collection", "0001_initial"),
        ("sales", "0001_initial"),
        ("reporting", "0001_initial"),
    ]

    operations = [migrations.RunPython(split, join)]

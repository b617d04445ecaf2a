"""A structure's SQLite file into an empty PostgreSQL: the same rows, proven on both sides.

One transaction: whatever goes wrong leaves PostgreSQL as it was. The file is only read, and nobody
writes in it meanwhile. Foreign keys leave and return, so that each is checked by one reading of its
table; rows are read and copied some thousand at a time.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from config.backup import connected, pending
from config.backup.sqlite import require_whole
from inventory import partitions, triggers
from inventory.models import Balance, Flow, Kind, Movement
from inventory.verify import differences
from organisation.models import Organisation, User
from sales.journal.verify import findings
from sales.models import Chain

SOURCE = "moved"
TOGETHER = 2_000  # rows read at a time


class Figures(NamedTuple):
    """What a database holds, told before and after: equal, or nothing is moved."""

    rows: int
    movements: int
    flows: int
    flows_g: int
    stock_g: int
    chains: dict[str, tuple[int, str, int]]  # name → events, head, perpetual cents
    digests: dict[str, str]  # table → SHA-256 over all its values


def move(*, file: Path, today: date, tell: Callable[[str], None] = lambda _table: None) -> Figures:
    """Copy everything in the SQLite ``file`` into the empty PostgreSQL that we are connected to.

    Return its figures, which are the same on both sides. ``tell`` hears of each table.
    Raises ValidationError ``no_such_file``, ``not_postgresql``, ``not_empty``, ``damaged``,
    ``other_version``, ``books_differ``, ``journal_differs`` or ``copy_differs``.
    """
    if not file.is_file():
        raise ValidationError(
            _("There is no file “%(file)s”."), code="no_such_file", params={"file": file}
        )
    _require_empty()
    require_whole(file)
    with _opened(file) as source, transaction.atomic(using=SOURCE):
        _require_same_version(source)
        _require_right(SOURCE)
        before = figures(SOURCE)
        with transaction.atomic():
            _fill(today, tell)
            after = figures("default")
            _require_equal(before, after)
            _require_right("default")
    ContentType.objects.clear_cache()
    return after


def figures(using: str) -> Figures:
    """What the database of an alias holds."""
    digests, rows = {}, 0
    for model in _models():
        digests[model._meta.db_table], count = _digest(model, using)
        rows += count
    chains = Chain.objects.using(using).order_by("name")
    stock = Balance.objects.using(using).filter(account__kind=Kind.STOCK)
    flows = Flow.objects.using(using)
    return Figures(
        rows=rows,
        movements=Movement.objects.using(using).count(),
        flows=flows.count(),
        flows_g=flows.aggregate(g=Sum("weight_g"))["g"] or 0,
        stock_g=stock.aggregate(g=Sum("weight_g"))["g"] or 0,
        chains={c.name: (c.last_seq, c.last_hash, c.perpetual_cents) for c in chains},
        digests=digests,
    )


def _models() -> list[type[models.Model]]:
    """Every table of ours and of Django's; that of migrations is each database's own."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _require_empty() -> None:
    if connection.vendor != "postgresql":
        raise ValidationError(
            _("Name the PostgreSQL to move into in DATABASE_URL."), code="not_postgresql"
        )
    if pending(connection):
        raise ValidationError(
            _("The database is not up to date. Type: python manage.py migrate"),
            code="other_version",
        )
    for model in (Organisation, User, Movement):
        if model._base_manager.using("default").exists():
            raise ValidationError(
                _("This PostgreSQL already holds data: move into an empty one."), code="not_empty"
            )


def _require_same_version(source: BaseDatabaseWrapper) -> None:
    with source.cursor() as cursor:
        if "django_migrations" not in source.introspection.table_names(cursor):
            raise ValidationError(
                _("This file is not a database of Tracerie."), code="not_a_backup"
            )
    mine = set(MigrationExecutor(connection).loader.applied_migrations)
    theirs = set(MigrationExecutor(source).loader.applied_migrations)
    if mine != theirs:
        raise ValidationError(
            _("This file is of another version: start it once with this one, then move it."),
            code="other_version",
        )


def _require_right(using: str) -> None:
    """Books to the gram, and every chain whole."""
    if wrong := differences(using=using):
        raise ValidationError(
            _("The books of this copy are not right: %(first)s (%(count)s differences)."),
            code="books_differ",
            params={"first": wrong[0], "count": len(wrong)},
        )
    chains = Chain.objects.using(using).order_by("name")
    for fault in findings(chains=chains, anchors={}, using=using):
        raise ValidationError(
            _("The fiscal journal is not whole: %(chain)s n° %(seq)s, %(why)s."),
            code="journal_differs",
            params={"chain": fault.chain, "seq": fault.seq, "why": fault.why},
        )


def _require_equal(before: Figures, after: Figures) -> None:
    for table, digest in before.digests.items():
        if after.digests[table] != digest:
            raise ValidationError(
                _("The copy of %(table)s is not the same."),
                code="copy_differs",
                params={"table": table},
            )
    if before != after:
        raise ValidationError(_("The copy does not come to the same."), code="copy_differs")


def _fill(today: date, tell: Callable[[str], None]) -> None:
    made = _models()
    with connection.cursor() as cursor:
        triggers.drop(connection)
        links = _without_links(cursor)
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in made)
        cursor.execute(f"TRUNCATE {tables}")  # reference rows, which come with the file
        months = Flow.objects.using(SOURCE).order_by("month").values_list("month", flat=True)
        partitions.make_ahead(connection, today=today, months=list(months.distinct()))
        for model in made:
            tell(model._meta.db_table)
            _copy(cursor, model)
        for sql in connection.ops.sequence_reset_sql(no_style(), made):
            cursor.execute(sql)
        for table, name, definition in links:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        triggers.install(connection)


def _without_links(cursor: CursorWrapper) -> list[tuple[str, str, str]]:
    """Take every foreign key off; return what puts it back."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace"
    )
    links: list[tuple[str, str, str]] = cursor.fetchall()
    for table, name, _definition in links:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return links


def _copy(cursor: CursorWrapper, model: type[models.Model]) -> None:
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy:
        for row in _rows(model, SOURCE):
            copy.write_row(
                [
                    field.get_db_prep_save(value, connection)
                    for field, value in zip(fields, row, strict=True)
                ]
            )


def _rows(model: type[models.Model], using: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    return rows.iterator(chunk_size=TOGETHER)


def _digest(model: type[models.Model], using: str) -> tuple[str, int]:
    """Of a table's values as Python has them, in the order of their keys; and how many rows."""
    found, count = sha256(), 0
    for row in sorted(_rows(model, using)) if _is_keyed_by_text(model) else _rows(model, using):
        found.update(json.dumps(row, default=_plain, sort_keys=True).encode())
        count += 1
    return found.hexdigest(), count


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)


def _is_keyed_by_text(model: type[models.Model]) -> bool:
    """The two databases put letters into orders of their own; such tables are small."""
    return isinstance(model._meta.pk, models.CharField)


def _opened(file: Path) -> AbstractContextManager[BaseDatabaseWrapper]:
    """The SQLite file under an alias of its own; while it is read, nobody writes in it."""
    options = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
    engine = "django.db.backends.sqlite3"
    return connected(SOURCE, ENGINE=engine, NAME=str(file), OPTIONS=options)

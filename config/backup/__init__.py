"""Copies of the database that are whole, and their return.

A backup is checked before it gets its name; a restore is checked before it replaces anything, and
keeps what it replaced. Both work while the server runs. ``sqlite`` and ``postgresql`` say how.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from inventory import triggers
from inventory.verify import differences
from sales.services import restoring

ALIAS = "candidate"


def backup(*, file: Path, replace: bool = False) -> list[str]:
    """Write a whole copy of the database to ``file``; return what is wrong with its books, if any.

    Wrong books are no reason to go without a copy: they are told, and the file is kept.
    Raises ValidationError ``file_exists``, ``no_such_folder``, ``damaged``, or what the
    database's own programs raise.
    """
    if file.exists() and not replace:
        raise ValidationError(
            _("“%(file)s” is already there: choose another name, or add --replace."),
            code="file_exists",
            params={"file": file},
        )
    with _new_file(file) as draft:
        found: list[str] = _engine().dump(draft)
    return found


def restore(*, file: Path, numbers: Sequence[str] = ()) -> tuple[str, bool]:
    """Put the database back as it was in ``file``.

    Return where what it replaced is kept, and whether the numbers that it had given could be read
    there: tickets and Zs go on behind them, and behind those of ``numbers`` (``VE-canal-120``).
    Raises ValidationError ``no_such_file``, ``bad_number``, ``not_a_backup``, ``damaged``,
    ``newer_version``, ``books_differ``, or what the database's own programs raise. Then nothing
    has changed.
    """
    said = restoring.parsed(numbers)
    if not file.is_file():
        raise ValidationError(
            _("There is no file “%(file)s”."), code="no_such_file", params={"file": file}
        )
    at = datetime.now(UTC)
    kept = str(_engine().bring_back(file, f"{at:%Y%m%d-%H%M%S-%f}"))
    gone = _numbers_in(kept)
    fingerprint = sha256(file.read_bytes()).hexdigest()
    restoring.go_on_after(gone=gone, said=said, file_sha256=fingerprint)
    _journal(at, file, fingerprint, kept)
    return kept, gone is not None


def _numbers_in(kept: str) -> restoring.Numbers | None:
    """The last numbers of the database that was replaced; none where it cannot be read any more."""
    try:
        with opened(kept) as before:
            return restoring.numbers_in(before.alias)
    except DatabaseError:
        return None


def require_sound(candidate: BaseDatabaseWrapper) -> None:
    """Bring a candidate to this version, triggers included, and check its books to the gram.

    Raises ValidationError ``not_a_backup``, ``newer_version`` or ``books_differ``.
    """
    if not triggers.has_tables(candidate):
        raise not_a_backup()
    if pending(candidate):
        call_command("migrate", database=candidate.alias, verbosity=0, interactive=False)
    if triggers.missing(candidate):
        triggers.install(candidate)
    if found := differences(using=candidate.alias):
        raise ValidationError(
            _("The books of this copy are not right: %(first)s (%(count)s differences)."),
            code="books_differ",
            params={"first": found[0], "count": len(found)},
        )


def not_a_backup() -> ValidationError:
    return ValidationError(_("This file is not a backup of Tracerie."), code="not_a_backup")


def pending(database: BaseDatabaseWrapper) -> int:
    """How many migrations this version brings. Raises ValidationError ``newer_version``."""
    executor = MigrationExecutor(database)
    loader = executor.loader
    if set(loader.applied_migrations) - set(loader.disk_migrations):
        raise ValidationError(
            _("This database was made by a newer version: update Tracerie first."),
            code="newer_version",
        )
    return len(executor.migration_plan(loader.graph.leaf_nodes()))


@contextmanager
def opened(name: str | Path) -> Iterator[BaseDatabaseWrapper]:
    """A connection to another database of the same kind."""
    # SQLite: no write-ahead log beside a file that is being made
    options = {} if connection.vendor == "sqlite" else connection.settings_dict["OPTIONS"]
    with connected(ALIAS, NAME=str(name), OPTIONS=options) as other:
        yield other


@contextmanager
def connected(alias: str, **other: Any) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own ``alias``, set as the default one but for what is ``other``."""
    connections.settings[alias] = {**connections.settings["default"], **other}
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """A draft beside ``file`` that takes its name once it is whole and on the disk."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # mode 0600
    except OSError as error:
        raise ValidationError(
            _("Cannot write in “%(folder)s”: %(why)s."),
            code="no_such_folder",
            params={"folder": file.parent, "why": error.strerror},
        ) from error
    draft = Path(name)
    try:
        yield draft
        os.fsync(handle)
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _engine() -> Any:
    if connection.vendor == "sqlite":
        from config.backup import sqlite as engine
    else:
        from config.backup import postgresql as engine  # type: ignore[no-redef]
    return engine


def _journal(at: datetime, file: Path, fingerprint: str, kept: str) -> None:
    """One line per restore, so that nobody wonders later why figures went back."""
    line = f"{at.isoformat(timespec='seconds')}\t{file}\tsha256 {fingerprint}\t{kept}\n"
    write_down(settings.DATA_DIR / "restores.log", line)


def write_down(log: Path, line: str) -> None:
    """Add a line to a log that a power cut is not to shorten; after one that was cut, a new one."""
    with log.open("a+b") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - 1, 0))
        is_cut = file.read(1) not in (b"", b"\n")
        file.write(("\n" * is_cut + line).encode())
        file.flush()
        os.fsync(file.fileno())

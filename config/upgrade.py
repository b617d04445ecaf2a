"""A newer version takes over the database: a copy first, a rehearsal where there can be one.

On SQLite the copy is migrated and proven before the live database is touched at all.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from config.backup import backup, opened, pending
from inventory import reference, triggers
from inventory.verify import differences

FOLDER = "backups"  # beside the data
KEPT = 5  # copies of earlier upgrades


class Upgraded(NamedTuple):
    """What was done: the copy that was made first, and how many migrations were applied."""

    copy: Path | None
    migrations: int


def upgrade(*, now: datetime, with_copy: bool = True) -> Upgraded:
    """Bring the database to this version, reference lists and triggers included.

    A database that is new or already there gets no copy. Raises ValidationError
    ``newer_version``, ``migration_fails``, ``books_differ``, ``unguarded``, or as ``backup``.
    """
    late = pending(connection)
    copy, wrong = None, set[str]()
    if late and with_copy and triggers.has_tables(connection):
        copy = _folder() / f"before-upgrade-{now:%Y%m%d-%H%M%S}.backup"
        wrong = set(backup(file=copy))
        if connection.vendor == "sqlite":
            _rehearse(copy, wrong)
    _act(lambda: _migrate(connection), copy)
    reference.load()
    if triggers.missing(connection):
        raise _failed(_("The guards of the database are not in place."), "unguarded", copy)
    if copy:
        _require_right(connection, wrong, copy)
        _let_go()
    return Upgraded(copy, late)


def _rehearse(copy: Path, wrong: set[str]) -> None:
    """Upgrade a copy of the copy, and prove its books: nothing is lost where that fails."""
    from config.backup import sqlite

    with sqlite.draft_of(copy) as draft, opened(draft) as candidate:
        _act(lambda: _migrate(candidate), None)
        _require_right(candidate, wrong, None)


def _migrate(where: BaseDatabaseWrapper) -> None:
    call_command("migrate", database=where.alias, verbosity=0, interactive=False)


def _act(act: Callable[[], None], copy: Path | None) -> None:
    try:
        act()
    except Exception as error:  # whatever a migration does wrong, the way back has to be told
        raise _failed(f"{type(error).__name__}: {error}", "migration_fails", copy) from error


def _require_right(where: BaseDatabaseWrapper, before: set[str], copy: Path | None) -> None:
    """Refuse differences that were not there before the upgrade."""
    alias = "report" if where.alias == DEFAULT_DB_ALIAS else where.alias
    if new := [found for found in differences(using=alias) if found not in before]:
        raise _failed(new[0], "books_differ", copy)


def _failed(why: object, code: str, copy: Path | None) -> ValidationError:
    """The refusal, and what to do: after a rehearsal nothing, else how to come back."""
    said = _("The upgrade was given up: %(why)s. %(next)s")
    calm = _("Your data was not changed: go on with the version before, and report this.")
    back = _("To come back, install the version before, then type: manage.py restore %(copy)s")
    way = str(back) % {"copy": copy} if copy else calm
    return ValidationError(said, code=code, params={"why": why, "next": way})


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _let_go() -> None:
    """Of the copies that upgrades made, the newest are kept."""
    for older in sorted(_folder().glob("before-upgrade-*.backup"))[:-KEPT]:
        older.unlink()

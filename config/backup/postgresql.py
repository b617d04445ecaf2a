"""PostgreSQL: ``pg_dump`` writes the backup, ``pg_restore`` fills a new database beside.

``bring_back`` never touches the live database until the new one is checked; then the two change
names. The server's connections are ended for that moment and open again by themselves. The account
needs the right to create databases (CREATEDB) and to own this one.
"""

import os
import shutil
import subprocess
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections
from django.utils.translation import gettext_lazy as _

from config.backup import not_a_backup, opened, require_sound
from inventory import rights


def dump(draft: Path) -> list[str]:
    """Write the live database to ``draft``, one snapshot in pg_dump's own compressed format.

    Its books are checked when it is restored, since only a server can read it.
    """
    _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={draft}", _name())
    _run("pg_restore", "--list", str(draft))  # is it readable?
    return []


def bring_back(file: Path, stamp: str) -> str:
    """Replace the live database by the one in ``file``; return the name of what was there."""
    live, stamp = _name(), stamp.replace("-", "_")
    candidate, kept = f"{live[:25]}_restoring_{stamp}", f"{live[:25]}_before_restore_{stamp}"
    with file.open("rb") as head:
        if head.read(5) != b"PGDMP":
            raise not_a_backup()
    _administer(f'CREATE DATABASE "{candidate}" TEMPLATE template0')
    try:
        _run("pg_restore", "--exit-on-error", "--no-owner", "--no-acl",
             f"--dbname={candidate}", str(file))  # fmt: skip
        with opened(candidate) as checked:
            require_sound(checked)
            for role in rights.holders(connection):
                rights.grant(checked, role)
        _exchange(live, candidate, kept)
    except BaseException:
        _administer(f'DROP DATABASE "{candidate}" WITH (FORCE)')
        raise
    return kept


def _exchange(live: str, candidate: str, kept: str) -> None:
    """Give ``candidate`` the name ``live``, both renamed in one transaction, nobody connected."""
    connections.close_all()
    _administer(f'ALTER DATABASE "{live}" ALLOW_CONNECTIONS false')
    try:
        _administer(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"  # noqa: S608
            f" WHERE datname = '{live}' AND pid <> pg_backend_pid()",
            f'ALTER DATABASE "{live}" RENAME TO "{kept}";'
            f' ALTER DATABASE "{candidate}" RENAME TO "{live}"',
        )
    except BaseException:
        _administer(f'ALTER DATABASE "{live}" ALLOW_CONNECTIONS true')
        raise
    _administer(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true')


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _administer(*statements: str) -> None:
    try:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except DatabaseError as error:
        raise ValidationError(
            _("PostgreSQL refuses: %(why)s"),
            code="database_refuses",
            params={"why": str(error).strip()},
        ) from error


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, never the line."""
    path = shutil.which(program)
    if path is None:
        raise ValidationError(
            _("The program %(program)s is missing: install postgresql-client."),
            code="program_missing",
            params={"program": program},
        )
    done = subprocess.run(  # noqa: S603 (our own arguments, no shell)
        [path, *arguments], env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValidationError(
            _("%(program)s failed: %(why)s"),
            code="program_failed",
            params={"program": program, "why": done.stderr.strip()[-500:]},
        )


def _environment() -> dict[str, str]:
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    known = connection.settings_dict
    return os.environ | {names[key]: str(known[key]) for key in names if known.get(key)}

"""SQLite: both ways go through its backup interface, never through copied files.

A running server keeps connections open, with a write-ahead log beside the file: to put another
file in its place would tear the two apart. ``bring_back`` therefore writes the pages *into* the
live database as one transaction. Its first page takes the writers' lock; what is about to be
replaced is copied while that lock is held, so nothing written in between can be lost; readers see
the old state until the end, and the server's connections stay valid.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.backup import not_a_backup, opened, require_sound, sync_folder
from inventory.verify import differences

PATIENCE_S = 60  # how long to wait for a writer


def dump(draft: Path) -> list[str]:
    """Copy the live database to ``draft`` in one step, a moment's state; return what is wrong."""
    _copy(_live(), draft)
    require_whole(draft)
    with opened(draft) as candidate:
        return differences(using=candidate.alias)


def bring_back(file: Path, stamp: str) -> Path:
    """Replace the live database by the one in ``file``; return the copy of what was there."""
    live = _live()
    kept = live.with_name(f"{live.name}.before-restore-{stamp}")
    with draft_of(file) as candidate:
        require_whole(candidate)
        with opened(candidate) as checked:
            require_sound(checked)
        if not _set_aside(live, kept, candidate):
            _replace(live, candidate, kept)
    return kept


@contextmanager
def draft_of(file: Path) -> Iterator[Path]:
    """A copy of ``file`` beside the live database, to work on; it goes again."""
    live = _live()
    draft = live.with_name(f"{live.name}.restoring-{uuid4()}")
    try:
        draft.touch(mode=0o600)
        _copy(file, draft)
        yield draft
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _live() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _copy(source: Path, target: Path) -> None:
    """One step, hence one moment; then a plain single file."""
    with _reading(source) as here, closing(sqlite3.connect(target, timeout=PATIENCE_S)) as there:
        try:
            here.backup(there)
        except sqlite3.DatabaseError as error:
            raise not_a_backup() from error
        there.execute("PRAGMA journal_mode=DELETE")


def require_whole(file: Path) -> None:
    """Raises ValidationError ``damaged``."""
    with _reading(file) as database:
        try:
            [(answer,), *_others] = database.execute("PRAGMA integrity_check(1)").fetchall()
            orphan = database.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            answer, orphan = str(error), None
    if answer != "ok" or orphan:
        raise ValidationError(
            _("This copy is damaged: %(answer)s."),
            code="damaged",
            params={"answer": answer if answer != "ok" else orphan},
        )


def _set_aside(live: Path, kept: Path, candidate: Path) -> bool:
    """A live file that is no database any more cannot be written into: put it aside."""
    with closing(sqlite3.connect(live, timeout=PATIENCE_S)) as database:
        try:
            database.execute("PRAGMA schema_version").fetchone()
            return False
        except sqlite3.DatabaseError:
            pass
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{live}{suffix}").rename(f"{kept}{suffix}")
    candidate.replace(live)
    sync_folder(live.parent)
    return True


def _replace(live: Path, candidate: Path, kept: Path) -> None:
    """Write ``candidate`` into ``live``, and ``live`` as it was to ``kept``, as one act."""

    is_kept: list[bool] = []

    def keep(_status: int, _remaining: int, _total: int) -> None:
        if not is_kept:
            is_kept.append(True)
            kept.touch(mode=0o600, exist_ok=False)
            _copy(live, kept)
            sync_folder(kept.parent)

    with (
        _reading(candidate) as source,
        closing(sqlite3.connect(live, timeout=PATIENCE_S)) as target,
    ):
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        source.backup(target, pages=1, progress=keep)


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    address = f"{file.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S)) as database:
        yield database

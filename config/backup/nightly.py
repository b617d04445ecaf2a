"""Backups by themselves, night after night: which are kept, and what the last one said."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from config.backup import backup, sync_folder, write_down

NAME = re.compile(r"tracerie-(\d{8}-\d{6})\.backup")
STAMP = "%Y%m%d-%H%M%S"
DAYS, MONTHS = 14, 12  # each day's last copy, then each month's


class Made(NamedTuple):
    """A copy, its size, and what was wrong with the books in it."""

    at: datetime
    file: Path
    size_bytes: int
    wrong: list[str]


def nightly(*, folder: Path, now: datetime) -> Made:
    """Write a checked copy into ``folder``, note it, and let go of what newer ones replace.

    Nothing is let go where the books are wrong: an older copy may be the last right one.
    Raises ValidationError as ``backup``.
    """
    file = folder / f"tracerie-{now:{STAMP}}.backup"
    wrong = backup(file=file)
    made = Made(now, file, file.stat().st_size, wrong)
    _note(made)
    if not wrong:
        for name in superseded(each.name for each in folder.iterdir()):
            (folder / name).unlink()
        sync_folder(folder)
    return made


def superseded(names: Iterable[str]) -> set[str]:
    """Of the copies in a folder, those to let go: other files are nobody's business.

    Counted from the newest copy, so that nights without one cost none.
    """
    stamps = {name: datetime.strptime(found[1], STAMP)  # noqa: DTZ007 (a name, not a moment)
              for name in names if (found := NAME.fullmatch(name))}  # fmt: skip
    newest_first = sorted(stamps, key=stamps.__getitem__, reverse=True)
    if not newest_first:
        return set()
    recent = stamps[newest_first[0]] - timedelta(days=DAYS)
    days: dict[Any, str] = {}
    months: dict[Any, str] = {}
    for name in newest_first:
        at = stamps[name]
        if at > recent:
            days.setdefault(at.date(), name)
        months.setdefault((at.year, at.month), name)
    kept = {*days.values(), *list(months.values())[:MONTHS]}
    return stamps.keys() - kept


def last_made() -> Made | None:
    """What the last night noted; None where there was none yet."""
    try:
        lines = _log().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    for line in reversed(lines):
        with suppress(ValueError, KeyError):  # cut as the current went
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            return Made(at, Path(said["file"]), said["bytes"], said["wrong"])
    return None


def _log() -> Path:
    return Path(settings.DATA_DIR) / "backups.log"


def _note(made: Made) -> None:
    """One line per night: whoever looks wants to know that it ran, and what it found."""
    line = {
        "at": made.at.isoformat(timespec="seconds"),
        "file": str(made.file),
        "bytes": made.size_bytes,
        "wrong": made.wrong,
    }
    write_down(_log(), json.dumps(line, ensure_ascii=False) + "\n")

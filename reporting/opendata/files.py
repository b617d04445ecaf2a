"""The files that are handed out: NDJSON for programs, CSV for spreadsheets, and both in a zip.

Each is written while it is sent, from one snapshot: nothing of it is kept.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Account, Kind, Method, Verb
from organisation.papers.cells import kilograms, lines, neutral
from reporting.opendata.ledger import Ledger

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.json"
TOOLS = ("LISEZMOI.txt", "recalculer.py", "schema.json")
LINES = 500  # sent at once


def ndjson(ledger: Ledger) -> Iterator[bytes]:
    """One record a line: ISO dates, whole grams and cents."""
    return _blocks(map(_line, ledger.records()))


def flows_csv(ledger: Ledger) -> Iterator[bytes]:
    """One flow a row, as French spreadsheets read it."""
    return _blocks(_csv_lines(ledger))


def zipped(ledger: Ledger) -> Iterator[bytes]:
    """Both, with the schema, a page to read first, and the program that recomputes the figures."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, blocks in _contents(ledger):
            with archive.open(_entry(name), "w", force_zip64=True) as file:
                for block in blocks:
                    file.write(block)
                    yield pipe.take()
    yield pipe.take()


FILES: dict[str, tuple[Callable[[Ledger], Iterator[bytes]], str]] = {
    "ndjson": (ndjson, "application/x-ndjson"),
    "csv": (flows_csv, "text/csv; charset=utf-8"),
    "zip": (zipped, "application/zip"),
}


def streamed(ledger: Ledger, form: str) -> Iterator[bytes]:
    """A file of ``FILES``, block by block, all of it from one snapshot."""
    write, _kind = FILES[form]
    with transaction.atomic(using="report"):
        yield from write(ledger)


def answer(ledger: Ledger, form: str) -> StreamingHttpResponse:
    """A file of ``FILES``, as it is sent."""
    owner, period = ledger.organisation.code, ledger.period
    name = f"donnees-{owner}-{period.start.isoformat()}-{period.end.isoformat()}.{form}"
    return StreamingHttpResponse(
        streamed(ledger, form),
        content_type=FILES[form][1],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _contents(ledger: Ledger) -> Iterator[tuple[str, Iterable[bytes]]]:
    for name in TOOLS:
        yield name, [(HERE / name).read_bytes()]
    yield "registre.ndjson", ndjson(ledger)
    yield "flux.csv", flows_csv(ledger)


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    found.compress_type = zipfile.ZIP_DEFLATED
    found.external_attr = 0o644 << 16
    return found


def _blocks(lines: Iterable[str]) -> Iterator[bytes]:
    left = iter(lines)
    while some := list(islice(left, LINES)):
        yield "".join(some).encode()


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


class _Pipe(io.RawIOBase):
    """What a zip is written into: it hands on what it was given, and cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def _csv_lines(ledger: Ledger) -> Iterator[str]:
    words = _Words(ledger)
    return lines(_heads(), (map(neutral, words.cells(*each)) for each in ledger.flows()))


def _heads() -> list[str]:
    return [
        _("date"),
        _("document"),
        _("line"),
        _("act"),
        _("site"),
        _("from"),
        _("to"),
        _("category code"),
        _("category"),
        _("category code after"),
        _("category after"),
        _("origin"),
        _("object"),
        _("weight (kg)"),
        _("units"),
        _("known by"),
        _("cancels"),
    ]


class _Words:
    """What rows say again and again, looked up once."""

    def __init__(self, ledger: Ledger) -> None:
        self.accounts = {pk: _said(account) for pk, account in ledger.accounts.items()}
        self.categories = {pk: (kind.code, kind.name) for pk, kind in ledger.categories.items()}
        self.origins = {pk: origin.name for pk, origin in ledger.origins.items()}
        self.acts = {verb.value: str(verb.label) for verb in Verb}
        self.methods = {method.value: str(method.label) for method in Method}

    def cells(self, site: str, line: int, row: Any) -> list[Any]:
        return [
            row.movement__business_date.isoformat(),
            row.movement__number,
            line,
            self.acts[row.movement__verb],
            site,
            self.accounts[row.from_account_id],
            self.accounts[row.to_account_id],
            *self.categories[row.from_category_id],
            *self.categories[row.to_category_id],
            self.origins.get(row.origin_id, ""),
            row.code or "",
            kilograms(row.weight_g),
            row.units,
            self.methods[row.method],
            row.movement__reverses__number or "",
        ]


def _said(account: Account) -> str:
    """An account as people say it: a place by its name."""
    return account.place.name if account.kind == Kind.STOCK and account.place else str(account)

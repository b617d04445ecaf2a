"""What the exports take: memory of 100,000 rows beside 10,000, and a workbook beside a bare loop.

    python benchmarks/exports.py [--rows 100000] [--sheet 10000]

Each file is read in a process of its own, whose own memory is looked at after each piece; the
database's file, which is mapped, grows with what was read and belongs to the system. The workbook
is written as reports write theirs, in turn with a plain loop of xlsxwriter over the same cells.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments

FORMS = ("csv", "ndjson", "zip")
# A tenth, half and all of the four years that the seed fills.
ENDS = (date(2022, 5, 14), date(2023, 12, 31), date(2025, 12, 31))
COLUMNS = 12
ROUNDS = 5


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sheet", type=int, default=10_000)
    parser.add_argument("--read", nargs=2, help=argparse.SUPPRESS)  # a form, and the last day
    options = parser.parse_args()
    if options.read:
        read(*options.read)
        return
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"TRACERIE_DATA": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        seed(options.rows)
        outcome = Outcome("exports")
        for form in FORMS:
            compare_memory(outcome, form)
    compare_workbook(outcome, options.sheet)
    outcome.save(options.json)


def seed(rows: int) -> None:
    manage = [sys.executable, str(ROOT / "manage.py")]
    for line in ("migrate -v 0", "load_reference", f"seed_scale --movements {rows * 55 // 100}"):
        subprocess.run([*manage, *line.split()], check=True, stdout=subprocess.DEVNULL)


def start_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def read(form: str, end: str) -> None:
    """In a process of its own: read a file, and print its rows, bytes, seconds and memory."""
    start_django()
    from organisation.models import Organisation, Site
    from reporting.opendata import Ledger, streamed
    from reporting.periods import Period
    from reporting.scopes import Scope

    owner = Organisation.objects.get(code="echelle")
    scope = Scope.of_sites(Site.objects.filter(organisation=owner).select_related("organisation"))
    ledger = Ledger(owner, scope, Period(date(2000, 1, 1), date.fromisoformat(end)))
    start, size, memory = time.perf_counter(), 0, own_memory()
    for block in streamed(ledger, form):
        size += len(block)
        memory = max(memory, own_memory())
    seconds = time.perf_counter() - start
    rows = sum(1 for _flow in ledger.flows())
    print(rows, size, seconds, memory)


def own_memory() -> int:
    """KiB of this process alone: the database's file, which is mapped, belongs to the system."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0])


def measured(form: str, end: date) -> list[float]:
    done = subprocess.run(
        [sys.executable, __file__, "--read", form, end.isoformat()],
        check=True,
        capture_output=True,
        text=True,
    )
    return [float(number) for number in done.stdout.split()]


def compare_memory(outcome: Outcome, form: str) -> None:
    bare = measured(form, date(2000, 1, 2))[3]
    few, half, many = (measured(form, end) for end in ENDS)
    outcome.say(f"{form}: {many[0]:,.0f} rows", many[2], "s")
    outcome.say(f"{form}: memory before the first row", bare / 1024, "MB")
    for rows, _size, _seconds, memory in (few, half, many):
        outcome.say(f"{form}: memory at its most, {rows:,.0f} rows", memory / 1024, "MB")
    outcome.say(f"{form}: memory, all over a tenth", many[3] / few[3], "×", "≤ 1.1")
    outcome.say(f"{form}: memory, all over half", many[3] / half[3], "×", "≤ 1.1")


def compare_workbook(outcome: Outcome, rows: int) -> None:
    start_django()
    ways = {"as reports write": by_the_report, "plain xlsxwriter": by_a_loop}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for n in range(ROUNDS):
        for name in list(ways) if n % 2 else list(ways)[::-1]:
            start = time.perf_counter()
            ways[name](rows)
            seconds[name].append(time.perf_counter() - start)
    ours, bare = (statistics.median(taken) for taken in seconds.values())
    outcome.say(f"a workbook of {rows:,} rows × {COLUMNS}", ours, "s", "≤ 6")
    outcome.say("over a plain loop of xlsxwriter", ours / bare, "×")


def cells(rows: int) -> list[list[Any]]:
    return [[f"Ligne {n}", *(n * column / 1000 for column in range(1, COLUMNS))]
            for n in range(rows)]  # fmt: skip


def by_the_report(rows: int) -> bytes:
    from reporting.workbook import book_of
    from reporting.workbook.typed import Sheet, kg, text

    table = [[text(first), *(kg(int(n * 1000)) for n in rest)] for first, *rest in cells(rows)]
    heads = ["Ligne", *(f"Colonne {n} (kg)" for n in range(1, COLUMNS))]
    return book_of([Sheet("Lignes", heads, table)])


def by_a_loop(rows: int) -> bytes:
    import xlsxwriter

    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        for n, row in enumerate(cells(rows)):
            page.write_row(n, 0, row)
    return file.getvalue()


if __name__ == "__main__":
    main()

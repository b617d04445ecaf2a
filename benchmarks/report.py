"""The annual report of one site at a million movements: drafted, as a PDF, as a workbook.

    python benchmarks/report.py [--movements 1000000] [--data DIR] [--rounds 5]

Seeded once (a million movements take about three minutes), then medians. The same is done at a
tenth of the movements: the ratio says how the cost grows with the history.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments
from benchmarks.reading import seed

MEASURE = """
import statistics, time
from datetime import date
from django.db.models import Count
from django.utils import translation
from inventory.models import Movement
from organisation.models import Site
from reporting.periods import Period
from reporting.reports import files, shipped
from reporting.reports.drafting import Subject, draft
from reporting.scopes import Scope
translation.activate("fr")
[key, _n] = Movement.objects.values_list("site").annotate(n=Count("pk")).order_by("-n").first()
site = Site.objects.select_related("organisation").get(pk=key)
last = Movement.objects.filter(site=site).order_by("-business_date").first().business_date
year = Period.this_year(date(last.year - (last.month < 7), 1, 1))
subject = Subject(site.organisation, Scope.of_sites([site]), year, year.year_earlier)
layout = shipped.layouts()["rapport-annuel"]
found = []
for _round in range({rounds}):
    start = time.perf_counter(); document = draft(layout=layout, subject=subject)
    drafted = time.perf_counter(); files.pdf(document)
    printed = time.perf_counter(); files.workbook(document, {{}})
    found.append((drafted - start, printed - drafted, time.perf_counter() - printed))
print(*(statistics.median(one) for one in zip(*found)))
"""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--movements", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="where the databases are kept for the next run")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        home = options.data or Path(folder)
        small, large = (
            measured(home / str(count), count, options.rounds)
            for count in (options.movements // 10, options.movements)
        )
    outcome = Outcome("annual report")
    names = ("drafted", "as a PDF", "as a workbook")
    for name, before, now in zip(names, small, large, strict=True):
        outcome.say(f"{name}, {options.movements:,} movements", now, "s")
        outcome.say(f"{name}, for ten times the movements", now / before, "×")
    outcome.say("drafted and as a PDF", sum(large[:2]), "s", "≤ 1")
    outcome.save(options.json)


def measured(folder: Path, movements: int, rounds: int) -> list[float]:
    environment = os.environ | {"TRACERIE_DATA": str(folder)}
    environment.pop("DATABASE_URL", None)

    def manage(*command: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    seed(folder, movements)
    told = manage("shell", "-v0", "-c", MEASURE.format(rounds=rounds))
    return [float(word) for word in told.split()[-3:]]


if __name__ == "__main__":
    main()

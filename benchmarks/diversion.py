"""The year's diversion from the monthly cube, against raw SQL over the flows.

    python benchmarks/diversion.py [--movements 100000 1000000] [--rounds 15]

Each size is seeded in a throw-away folder (SQLite; about 3 minutes a million) and measured warm,
the two routes in turn. With --data DIR the seeded databases are kept there for the next run.
With DATABASE_URL, one size is seeded into that PostgreSQL, which must be empty.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2025
OVER_FLOWS = """
SELECT a.kind, b.kind, f.method, SUM(f.weight_g)
  FROM inventory_flow f
  JOIN inventory_movement m ON m.id = f.movement_id
  JOIN inventory_account a ON a.id = f.from_account_id
  JOIN inventory_account b ON b.id = f.to_account_id
 WHERE m.month BETWEEN %s AND %s
 GROUP BY a.kind, b.kind, f.method
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--movements", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--data", type=Path, help="keep the seeded databases in this folder")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.rounds)))
        return
    print(f"{'movements':>12}{'cube ms':>10}{'flows ms':>12}{'ratio':>9}   (medians, warm)")
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as throw_away:
        for movements in options.movements:
            folder = (options.data or Path(throw_away)) / str(movements)
            cube_ms, flows_ms = run(folder, movements, options.rounds)
            print(f"{movements:12,}{cube_ms:10.1f}{flows_ms:12.1f}{flows_ms / cube_ms:8.1f}×")
    print("targets at 1,000,000: ≥ 10×, ≤ 50 ms")


def run(folder: Path, movements: int, rounds: int) -> list[float]:
    """Seed ``folder`` unless it is already, then measure in a process of its own."""
    seeded = folder / "seeded"
    env = {**os.environ, "TRACERIE_DATA": str(folder), "PYTHONPATH": str(ROOT)}

    def manage(*words: str) -> None:
        command = [sys.executable, ROOT / "manage.py", *words]
        subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=sys.stderr)

    if not seeded.exists():
        folder.mkdir(parents=True, exist_ok=True)
        manage("migrate", "-v", "0")
        manage("load_reference")
        manage("seed_scale", "--movements", str(movements))
        seeded.touch()
    command = [sys.executable, __file__, "--measure", "--rounds", str(rounds)]
    return json.loads(subprocess.check_output(command, env=env, cwd=ROOT, text=True))


def measure(rounds: int) -> list[float]:
    """Medians in milliseconds: the product's figure, raw SQL over the flows."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from config.scale import CODE
    from inventory.models.ledger import EXITS
    from organisation.models import Organisation
    from reporting.indicators import diversion
    from reporting.periods import Period
    from reporting.scopes import Scope

    sites = Organisation.objects.get(code=CODE).sites.select_related("organisation")
    scope = Scope.of_sites(sites)
    period = Period.this_year(date_in(YEAR))
    figures = diversion(scope=scope, period=period)
    expected = {f"{kind}_g": figures[f"{kind}_g"] for kind in EXITS}
    if over_flows(EXITS) != expected:
        sys.exit("The two routes differ: the ratio would mean nothing.")
    cube, flows = [], []
    for _round in range(rounds):
        cube.append(timed(lambda: diversion(scope=scope, period=period)))
        flows.append(timed(lambda: over_flows(EXITS)))
    return [statistics.median(cube) * 1000, statistics.median(flows) * 1000]


def timed(act) -> float:
    """Seconds of the second of two calls: the first warms the caches that the other route left."""
    act()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def over_flows(exits):
    """What left by each fate in the year, straight from the flows."""
    from django.db import connections

    sums = {f"{kind}_g": 0 for kind in exits}
    with connections["report"].cursor() as cursor:
        cursor.execute(OVER_FLOWS, [YEAR * 100 + 1, YEAR * 100 + 12])
        for _start, end, _method, grams in cursor.fetchall():
            if f"{end}_g" in sums:
                sums[f"{end}_g"] += int(grams)
    return sums


def date_in(year: int):
    from datetime import date

    return date(year, 7, 1)


if __name__ == "__main__":
    main()

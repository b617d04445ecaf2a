"""What it costs to read, at 1 and at 10 million movements and objects.

    python benchmarks/reading.py [--movements 1000000 10000000] [--rounds 15] [--data DIR]
    python tests/postgresql.py --durable python benchmarks/reading.py --movements 1000000

The year's figures of one site, of a structure and of a network: by the product (from the monthly
cube), by SQL over the flows through an index, and by a scan of the ledger. Then an object by its
code, a page of the stock, a search and a page of arrivals, by the product's own reading.
Each size is seeded once (some two minutes a million, objects one more; SQLite; --data keeps it for
the next run) and measured warm, in a process of its own, the ways in turn.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments

YEAR = 2025
IN_STOCK = 50_000  # objects on the shelves of each site, however many were sold
NETWORK = "reseau"
SUMS = """
SELECT a.kind, b.kind, f.method, SUM(f.weight_g)
  FROM inventory_flow f
  JOIN inventory_movement m ON m.id = f.movement_id
  JOIN inventory_account a ON a.id = f.from_account_id
  JOIN inventory_account b ON b.id = f.to_account_id
 WHERE {where}
 GROUP BY a.kind, b.kind, f.method
"""
SCAN = "m.month BETWEEN %s AND %s"
INDEX = "m.site_id = %s AND m.business_date BETWEEN %s AND %s"
BY_CODE = "an object by its code"
LOOK_UPS = (
    BY_CODE,
    "a page of the stock, anywhere",
    "a search in the stock, 20 found",
    "a search that finds nothing",
    "a page of arrivals, anywhere",
)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--movements", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--data", type=Path, help="keep the seeded databases in this folder")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.rounds)))
        return
    is_sqlite = not os.environ.get("DATABASE_URL")
    outcome = Outcome(f"reading, {'SQLite' if is_sqlite else 'PostgreSQL'}")
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as throw_away:
        for movements in options.movements:
            folder = (options.data or Path(throw_away)) / str(movements)
            found[movements] = run(folder, movements, options.rounds)
            report(outcome, movements, found[movements], is_largest=movements == 10_000_000)
    compare(outcome, found)
    outcome.save(options.json)


def run(folder: Path, movements: int, rounds: int) -> dict[str, float]:
    """Seed ``folder`` unless it is already, then measure in a process of its own."""
    seed(folder, movements)
    command = [sys.executable, __file__, "--measure", str(movements), "--rounds", str(rounds)]
    env = {**os.environ, "TRACERIE_DATA": str(folder), "PYTHONPATH": str(ROOT)}
    said = subprocess.check_output(command, env=env, cwd=ROOT, text=True)
    return dict(json.loads(said.splitlines()[-1]))


def seed(folder: Path, movements: int) -> None:
    env = {**os.environ, "TRACERIE_DATA": str(folder), "PYTHONPATH": str(ROOT)}

    def manage(*words: str) -> None:
        command = [sys.executable, ROOT / "manage.py", *words]
        subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=sys.stderr)

    if not (folder / "seeded").exists():
        folder.mkdir(parents=True, exist_ok=True)
        manage("migrate", "-v", "0")
        manage("load_reference")
        manage("seed_scale", "--movements", str(movements))
        (folder / "seeded").touch()
    if not (folder / "static" / "staticfiles.json").exists():
        manage("collectstatic", "--noinput", "-v", "0")


def report(outcome: Outcome, movements: int, found: dict[str, float], *, is_largest: bool) -> None:
    size = f"{movements // 1_000_000} M"
    for who in ("one site", "the structure", "the network"):
        target = "≤ 50" if is_largest else ""
        outcome.say(f"{size}: a year of {who}", found[who], "ms", target)
    outcome.say(f"{size}: one site, SQL over the flows by index", found["index"], "ms")
    outcome.say(f"{size}: the structure, SQL over all flows", found["scan"], "ms")
    outcome.say(f"{size}: that scan over the product", found["scan"] / found["the structure"], "×")
    for what in LOOK_UPS:
        target = "≤ 1" if is_largest and what == BY_CODE else ""
        outcome.say(f"{size}: {what}, p50", found[what], "ms", target)
        outcome.say(f"{size}: {what}, p99", found[f"{what}, p99"], "ms")


def compare(outcome: Outcome, found: dict[int, dict[str, float]]) -> None:
    if 1_000_000 not in found or 10_000_000 not in found:
        return
    for who in ("one site", "the structure", "the network"):
        grown = found[10_000_000][who] / found[1_000_000][who]
        outcome.say(f"a year of {who}: at 10 M over at 1 M", grown, "×", "≤ 1.5")
    grown = found[10_000_000]["scan"] / found[1_000_000]["scan"]
    outcome.say("the scan: at 10 M over at 1 M", grown, "×")


def measure(movements: int, rounds: int) -> dict[str, float]:
    """Medians in milliseconds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from config.scale import CODE
    from organisation.models import Organisation

    organisation = Organisation.objects.get(code=CODE)
    furnish_items(organisation, movements)
    network = shared_network(organisation)
    ways = year_ways(organisation, network)
    require_equal(ways)
    found = {name: warm(act, rounds if name != "scan" else 3) for name, act in ways.items()}
    for name, (act, times) in zip(LOOK_UPS, look_ups(organisation), strict=True):
        found |= quantiles(name, act, times)
    return found


def shared_network(organisation: Any) -> Any:
    from organisation.models import Network

    network, is_new = Network.objects.get_or_create(code=NETWORK, defaults={"name": "Réseau"})
    if is_new:
        network.members.add(organisation)
    return network


def year_ways(organisation: Any, network: Any) -> dict[str, Callable[[], Any]]:
    """The product's figures of the year, and two routes over the ledger."""
    from reporting.indicators import diversion
    from reporting.periods import Period
    from reporting.scopes import Scope

    sites = list(organisation.sites.select_related("organisation").order_by("code"))
    period = Period.this_year(date(YEAR, 7, 1))
    scopes = {
        "one site": Scope.of_sites(sites[:1]),
        "the structure": Scope.of_sites(sites),
        "the network": Scope.of_network(network),
    }
    days = [date(YEAR, 1, 1), date(YEAR, 12, 31)]
    return {
        **{
            name: lambda scope=scope: diversion(scope=scope, period=period)
            for name, scope in scopes.items()
        },
        "index": lambda: over_flows(INDEX, [sites[0].pk, *days]),
        "scan": lambda: over_flows(SCAN, [YEAR * 100 + 1, YEAR * 100 + 12]),
    }


def over_flows(where: str, values: list[Any]) -> dict[str, int]:
    """What left by each fate, straight from the flows."""
    from django.db import connections

    from inventory.models.ledger import EXITS

    sums = {f"{kind.value}_g": 0 for kind in EXITS}
    with connections["report"].cursor() as cursor:
        cursor.execute(SUMS.format(where=where), values)
        for _start, end, _method, grams in cursor.fetchall():
            if f"{end}_g" in sums:
                sums[f"{end}_g"] += int(grams)
    return sums


def require_equal(ways: dict[str, Callable[[], Any]]) -> None:
    for ours, theirs in (("one site", "index"), ("the structure", "scan")):
        figures, expected = ways[ours](), ways[theirs]()
        if {name: figures[name] for name in expected} != expected:
            sys.exit(f"{ours} and {theirs} differ: the ratio would mean nothing.")


def warm(act: Callable[[], Any], rounds: int) -> float:
    """The median, after a first call that warms the caches."""
    act()
    found = []
    for _round in range(rounds):
        start = time.perf_counter()
        act()
        found.append(time.perf_counter() - start)
    return statistics.median(found) * 1000


def look_ups(organisation: Any) -> list[tuple[Callable[[], Any], int]]:
    """``LOOK_UPS`` as the product reads them, each at another place every time, and how often."""
    import random

    from django.db.models import Max, Min
    from django.test import Client

    from inventory.models import Item, ItemCode
    from organisation.doors import _row
    from organisation.models import Membership, User

    rng = random.Random(7)  # noqa: S311 (any place will do)
    user, is_new = User.objects.get_or_create(username="lecture", organisation=organisation)
    if is_new:
        Membership.objects.create(user=user, role="director")
    user = User.objects.get(pk=user.pk)
    keys = ItemCode.objects.aggregate(first=Min("pk"), last=Max("pk"))

    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    request = SimpleNamespace(user=user, act="read_stock", station=None)

    def page(address: str) -> Any:
        answer = browser.get(address)
        if answer.status_code != 200:
            sys.exit(f"{address}: {answer.status_code}")
        return answer

    drawn = [rng.randint(keys["first"], keys["last"]) for _n in range(2_000)]
    labels = ItemCode.objects.filter(pk__in=drawn).values_list("code", flat=True)
    codes = iter(rng.sample(list(labels), k=min(1_500, len(labels))))
    stood = list(
        Item.objects.within(request).in_stock(organisation.sites.all()).order_by("pk")
        .values_list("pk", flat=True)[:: IN_STOCK // 20]
    )  # fmt: skip

    def page_of_stock() -> Any:
        return page(f"/objets/?seen={rng.choice(stood)}")

    def search(words: str) -> Callable[[], Any]:
        return lambda: page(f"/objets/?q={words}")

    return [
        (lambda: _row(Item, next(codes), request), 1_000),
        (page_of_stock, 40),
        (search("table"), 20),
        (search("introuvable"), 20),
        (arrivals(organisation, rng), 100),
    ]


def arrivals(organisation: Any, rng: Any) -> Callable[[], Any]:
    from inventory.models import Movement, Verb

    sites = list(organisation.sites.all())
    newest = Movement.objects.order_by("-pk").values_list("pk", flat=True).first() or 1

    def page() -> Any:
        rows = Movement.objects.filter(site=rng.choice(sites), verb=Verb.COLLECT)
        return list(rows.filter(pk__lt=rng.randint(1, newest)).order_by("-pk")[:51])

    return page


def quantiles(name: str, act: Callable[[], Any], times: int) -> dict[str, float]:
    act()
    found = []
    for _time in range(times):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    found.sort()
    return {name: statistics.median(found), f"{name}, p99": found[int(times * 0.99)]}


# Objects, in bulk: the newest of each site stand on its shelf, the rest were sold.


def furnish_items(organisation: Any, wanted: int) -> None:
    from django.db import transaction

    from inventory.models import Account, ItemCode, Place

    if ItemCode.objects.exists():
        return
    ends = []
    for site in organisation.sites.order_by("code"):
        shelf = Account.stock(Place.objects.main(site), items=True)
        sold = Account.sale(site)
        Account.objects.bulk_create([shelf, sold])
        ends.append((shelf.pk, sold.pk))
    start = time.perf_counter()
    batch = 200_000
    with transaction.atomic():
        for first in range(0, wanted, batch):
            write_items(organisation.pk, ends, range(first, min(first + batch, wanted)), wanted)
    analyse()
    print(f"{wanted:,} objects in {time.perf_counter() - start:.0f} s", file=sys.stderr)


def analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_items(organisation: int, ends: list[tuple[int, int]], span: range, wanted: int) -> None:
    from config import bulk
    from inventory.codes import ALPHABET, check_character
    from inventory.models import Category
    from inventory.models.items import folded

    bulk.COLUMNS |= {
        "inventory_item": (
            *("id", "account_id", "category_id", "weight_g", "method", "title", "folded_title"),
            *("price_cents", "condition", "since"),
        ),
        "inventory_itemcode": ("organisation_id", "code", "item_id"),
    }
    kinds = list(Category.objects.filter(organisation=None).values_list("pk", flat=True))[:40]
    titles = [(said, folded(said)) for said in titles_of()]
    standing = wanted - IN_STOCK * len(ends)

    def rows() -> Iterator[tuple[Any, ...]]:
        for n in span:
            shelf, sold = ends[n % len(ends)]
            title, plain = titles[n * 7 % len(titles)]
            since = date(YEAR, 12, 31) - timedelta(days=(wanted - n) * 1_400 // wanted)
            yield (
                *(n + 1, shelf if n >= standing else sold, kinds[n % len(kinds)], 900 + n % 7_000),
                *("weighed", title, plain, 100 + n % 90 * 50, "good", since.isoformat()),
            )

    def code(n: int) -> str:
        n = n * 7_654_321 % 31**5  # in no order, as codes are drawn
        stem = "".join(ALPHABET[n // 31**k % 31] for k in range(5))
        return stem + check_character(stem)

    bulk.write("inventory_item", list(rows()))
    bulk.write("inventory_itemcode", [(organisation, code(n), n + 1) for n in span])


def titles_of() -> list[str]:
    return (ROOT / "benchmarks" / "titles.txt").read_text().splitlines()


if __name__ == "__main__":
    main()

"""One peak hour of a national network: 120,000 arrivals and 50,000 sales at 2,000 sites.

    python tests/postgresql.py --durable python benchmarks/peak.py [--share 0.1] [--processes 2]

PostgreSQL, 200 structures of 10 sites, each site with a till that is open. The hour's acts, drawn
over the sites (a few are busy, most are not), are answered as fast as the machine can by processes
that run the whole request, guards and JSON included, without a socket. ``--share`` replays that
part of the hour; what counts is how many times faster than the clock. At the end the books are
proven: a chain per till, sums, and as many documents as were acknowledged.
"""

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.inside import poster, start_django
from benchmarks.outcome import Outcome, arguments

STRUCTURES, SITES = 200, 10
ARRIVALS, SALES = 120_000, 50_000
HOUR_S = 3_600
ITEMS = 6  # with labels, per site


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--share", type=float, default=0.1, help="part of the hour's acts")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL"):
        sys.exit("DATABASE_URL is missing: the first lines of this file say how to run it.")
    outcome = Outcome("peak hour, PostgreSQL")
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        start_django(folder)
        shops = country()
        acts = drawn(shops, options.share)
        spans = [acts[n :: options.processes] for n in range(options.processes)]
        found = replayed(spans)
        report(outcome, found, len(acts), options)
        prove(acts)
        outcome.save(options.json)


def country() -> list[dict[str, Any]]:
    """2,000 sites: code, token, and the labels on their shelves."""
    shops = []
    for n in range(STRUCTURES):
        shops += structure(f"s{n:03}")
    return shops


def structure(code: str) -> list[dict[str, Any]]:
    from django.db import transaction

    from inventory import reference
    from organisation.models import Membership, Organisation, Token, User

    with transaction.atomic():
        owner = Organisation.objects.create(code=code, name=code.title())
        reference.furnish(owner)
        user = User.objects.create(username=code, organisation=owner)
        for role in ("sorter", "cashier"):
            Membership.objects.create(user=user, role=role)
        token = Token.objects.issue(user)[1]
        return [site(owner, user, f"{code}-{n}") | {"token": token} for n in range(SITES)]


def site(owner: Any, user: Any, code: str) -> dict[str, Any]:
    from django.utils import timezone

    from inventory.ledger import Entry
    from inventory.models import Category, Verb
    from inventory.services import Draft, StockLine, label, open_stock
    from organisation.models import Site, Submission
    from sales.models import PriceKey, Till
    from sales.services import open_session

    here = Site.objects.create(organisation=owner, code=code, name=code)
    kinds = {one.code: one for one in Category.objects.filter(organisation=None)}
    till = Till.objects.create(organisation=owner, site=here, code=f"C{code}", name="Caisse")
    PriceKey.objects.create(
        organisation=owner, site=here, code=f"p-{code}", name_fr="Assiette",
        category=kinds["VAI"], price_cents=50,
    )  # fmt: skip

    def entry(verb: Verb) -> Entry:
        claim = Submission.objects.create(organisation=owner, uuid=_uuid(random), endpoint="/")
        return Entry(here, verb, claim, user, timezone.now())

    heaps = [StockLine(kinds[each], 50_000_000) for each in ("MOB", "VAI")]
    open_stock(entry=entry(Verb.OPEN), lines=heaps)
    open_session(entry=entry(Verb.SELL), till=till, float_cents=10_000)
    draft = Draft(kinds["MOB.CHAI"], 4_200, price_cents=1_500, from_category=kinds["MOB"])
    made = label(entry=entry(Verb.LABEL), place=None, drafts=[draft] * ITEMS)
    return {"site": code, "labels": [item.codes.get().code for item in made]}


def _uuid(rng: Any) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


Act = tuple[str, str, dict[str, Any]]  # token, path, content


def drawn(shops: list[dict[str, Any]], share: float) -> list[Act]:
    """The hour's acts, shuffled; busy sites first in their weights."""
    rng = random.Random(2026)  # noqa: S311 (plausible, not secret)
    weights = [1 / (n + 20) for n in range(len(shops))]
    arrivals = rng.choices(shops, weights, k=int(ARRIVALS * share))
    sales = rng.choices(shops, weights, k=int(SALES * share))
    acts = [(shop["token"], "collection/intakes", arrival(shop, rng)) for shop in arrivals]
    acts += [(shop["token"], "sales/sales", sale(shop, rng)) for shop in sales]
    rng.shuffle(acts)
    return acts


def arrival(shop: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    lines = [
        {"category": code, "weight_g": 500 + rng.randrange(40_000)}
        for code in rng.sample(["TEX.VETE", "MOB", "LIV", "VAI", "MOB.CHAI"], k=3)
    ]
    return {"id": str(_uuid(rng)), "site": shop["site"], "mode": "drop_off", "lines": lines}


def sale(shop: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [
        {"key": f"p-{shop['site']}", "quantity": 3, "weight_g": 1_350},
        {"category": "MOB", "price_cents": 700, "weight_g": 2_600},
    ]
    if shop["labels"]:
        lines.append({"item": shop["labels"].pop()})
    payments = [{"method": "cash", "amount_cents": 5_000}]
    said = {"id": str(_uuid(rng)), "till": f"C{shop['site']}", "lines": lines}
    return {**said, "payments": payments}


def replayed(spans: list[list[Act]]) -> list[tuple[float, float, list[float]]]:
    """Of each process: seconds by the clock, of processor, and every latency in milliseconds."""
    from django.db import connections

    connections.close_all()  # no two processes on one connection
    with multiprocessing.get_context("fork").Pool(len(spans)) as pool:
        return pool.map(answer_all, spans, chunksize=1)


def answer_all(acts: list[Act]) -> tuple[float, float, list[float]]:
    import gc

    post, latencies = poster(), []
    gc.freeze()
    start, processor = time.perf_counter(), time.process_time()
    for token, path, content in acts:
        begun = time.perf_counter()
        post(f"/api/v1/{path}", token, json.dumps(content).encode())
        latencies.append((time.perf_counter() - begun) * 1000)
    return time.perf_counter() - start, time.process_time() - processor, latencies


def report(
    outcome: Outcome, found: list[tuple[float, float, list[float]]], acts: int, options: Any
) -> None:
    seconds = max(one[0] for one in found)
    processor = sum(one[1] for one in found)
    latencies = sorted(latency for one in found for latency in one[2])
    outcome.say("acts", acts)
    outcome.say("acts per second", acts / seconds, "/s")
    outcome.say("faster than the clock", HOUR_S * options.share / seconds, "×", "≥ 1")
    outcome.say("processor of the application, per act", processor / acts * 1000, "ms")
    outcome.say("p50", latencies[len(latencies) // 2], "ms")
    outcome.say("p99", latencies[int(len(latencies) * 0.99)], "ms")


def prove(acts: list[Act]) -> None:
    from inventory.models import Movement, Verb
    from inventory.verify import differences
    from sales.journal.verify import findings
    from sales.models import Chain, Sale

    sold = sum(path == "sales/sales" for _token, path, _content in acts)
    taken = Movement.objects.filter(verb=Verb.COLLECT).count()
    if (Sale.objects.count(), taken) != (sold, len(acts) - sold):
        sys.exit("Not every act that was acknowledged is in the books.")
    wrong = [*findings(chains=Chain.objects.all(), anchors={}, using="default"), *differences()]
    if wrong:
        sys.exit(f"The books do not agree: {wrong[:3]}")


if __name__ == "__main__":
    main()

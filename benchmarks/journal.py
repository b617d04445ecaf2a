"""A sale of 3 lines with its journal, against the same rows by save() per object; then the proof.

    python benchmarks/journal.py [--pairs 300]

On SQLite with synchronous=FULL, in a throw-away folder. The two ways sell in turn at one till, and
the first of a pair changes, so that a busy machine slows both: the median of the pairs' ratios
counts. At the end both ways' rows are proven, by the journal and by the ledger.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.inside import start_django
from benchmarks.outcome import Outcome, arguments

WARM_UP = 20
ROUNDS = 7  # of a proof


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--pairs", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder:
        os.environ.pop("DATABASE_URL", None)
        start_django(folder)
        shop = Shop(options.pairs + WARM_UP + 1)
        outcome = Outcome("journal")
        compare(outcome, shop, options.pairs)
        prove(outcome)
        outcome.save(options.json)


class Shop:
    """A till that is open, a price grid, plenty of bulk, and two chairs with labels per pair."""

    def __init__(self, pairs: int) -> None:
        from inventory import reference
        from inventory.models import Category, Verb
        from inventory.services import Draft, StockLine, label, open_stock
        from organisation.models import Organisation, Site, User
        from sales.models import PriceKey, Till
        from sales.services import open_session

        self.owner = Organisation.objects.create(code="essai", name="Essai")
        reference.furnish(self.owner)
        self.site = Site.objects.create(organisation=self.owner, code="essai", name="Essai")
        self.user = User.objects.create(username="essai", organisation=self.owner)
        self.lamps, plates, chairs = (
            Category.objects.get(code=code, organisation=None)
            for code in ("MOB", "VAI", "MOB.CHAI")
        )
        mine: dict[str, Any] = {"organisation": self.owner, "site": self.site}
        self.till = Till.objects.create(**mine, code="C1", name="Caisse 1")
        self.key = PriceKey.objects.create(
            **mine, code="assiette", name_fr="Assiette", category=plates, price_cents=50
        )
        lines = [StockLine(each, 90_000_000) for each in (self.lamps, plates)]
        open_stock(entry=self.entry(Verb.OPEN), lines=lines)
        open_session(entry=self.entry(Verb.SELL), till=self.till, float_cents=10_000)
        draft = Draft(chairs, 4_200, price_cents=1_500, from_category=self.lamps)
        made = label(entry=self.entry(Verb.LABEL), place=None, drafts=[draft] * (2 * pairs))
        self.items = [item.pk for item in made]

    def claim(self) -> Any:
        from organisation.models import Submission

        return Submission(organisation=self.owner, uuid=uuid4(), endpoint="/api/v1/sales/sales")

    def entry(self, verb: str, claim: Any = None) -> Any:
        from django.utils import timezone

        from inventory.ledger import Entry

        if claim is None:
            claim = self.claim()
            claim.save()
        return Entry(self.site, verb, claim, self.user, timezone.now())  # type: ignore[arg-type]

    def asked(self) -> dict[str, Any]:
        """A chair, three plates and a weighed lamp, paid in cash with change."""
        from inventory.models import Item
        from sales.models import Method
        from sales.services import Paid, Wanted

        items = Item.objects.select_related("account__site", "category")
        lines = [
            Wanted(item=items.get(pk=self.items.pop())),
            Wanted(key=self.key, quantity=3, weight_g=1_350),
            Wanted(category=self.lamps, price_cents=700, weight_g=2_600),
        ]
        return {"till": self.till, "lines": lines, "payments": [Paid(Method.CASH, 5_000)]}


CONTENT = {"till": "C1", "lines": [{"item": "7K3MPT"}, {"key": "assiette"}, {"category": "MOB"}]}


def by_the_service(shop: Shop) -> Callable[[], Any]:
    from organisation.submissions import submit
    from sales.services import record_sale

    asked, claim = shop.asked(), shop.claim()

    def record(submission: Any) -> str:
        return record_sale(entry=shop.entry("sell", submission), **asked).movement.number

    return lambda: submit(claim=claim, content=CONTENT, record=record)


def by_save(shop: Shop) -> Callable[[], Any]:
    from benchmarks.saving_sale import sell

    asked, claim = shop.asked(), shop.claim()
    return lambda: sell(claim, CONTENT, shop.entry("sell", claim), asked)


WAYS = (by_the_service, by_save)


def compare(outcome: Outcome, shop: Shop, pairs: int) -> None:
    for way in WAYS * WARM_UP:
        way(shop)()
    for name, way in zip(("by the service", "by save()"), WAYS, strict=True):
        outcome.say(f"SQL statements of a sale, {name}", statements(way(shop)))
    seconds: dict[Any, list[float]] = {way: [] for way in WAYS}
    for n in range(pairs):
        for way in WAYS if n % 2 else WAYS[::-1]:
            act = way(shop)
            start = time.perf_counter()
            act()
            seconds[way].append(time.perf_counter() - start)
    medians = [statistics.median(seconds[way]) * 1000 for way in WAYS]
    outcome.say("a sale, by the service", medians[0], "ms")
    outcome.say("a sale, by save()", medians[1], "ms")
    ratios = [saved / ours for ours, saved in zip(*seconds.values(), strict=True)]
    outcome.say("save() over the service, median of pairs", statistics.median(ratios), "×", "≥ 4")


def statements(act: Callable[[], Any]) -> int:
    """How many an act asks of the database, its BEGIN and COMMIT among them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def prove(outcome: Outcome) -> None:
    """The rows of both ways; and how fast events are read back and their hashes recomputed."""
    from inventory.verify import differences
    from sales.journal.verify import findings
    from sales.models import Chain

    def everything() -> list[Any]:
        return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))

    if wrong := [*everything(), *differences()]:
        sys.exit(f"The books do not agree: {wrong}")
    for what, act, target in (
        ("hashes and order", hashes, "≥ 10000"),
        ("with every row that tells it", everything, ""),
    ):
        outcome.say(f"verified, {what}", events_per_second(act), "events/s", target)


def events_per_second(act: Callable[[], Any]) -> float:
    from sales.models import JournalEntry

    seconds = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return JournalEntry.objects.count() / statistics.median(seconds)


def hashes() -> None:
    """What ``findings`` asks of each event before it looks at rows: its hash, place and sums."""
    from sales.journal.verify import TOGETHER, _event, _Walk
    from sales.models import Chain, JournalEntry

    for chain in Chain.objects.all():
        walk = _Walk(chain.name)
        events = JournalEntry.objects.filter(chain=chain).raw_bodies().order_by("seq")
        for event in events.iterator(TOGETHER):
            assert not list(_event(event, walk, {}))  # noqa: S101


if __name__ == "__main__":
    main()

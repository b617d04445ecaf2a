"""Short ways to book grams through the kernel."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest

from inventory.ledger import Entry, Leg, post, reverse
from inventory.models import Account, Category, CollectionMode, Kind, Method, Partner, Place, Verb

VERBS = {
    ("source", "stock"): Verb.COLLECT,
    ("opening", "stock"): Verb.OPEN,
    ("stock", "stock"): Verb.SORT,
    ("stock", "transit"): Verb.TRANSFER,
    ("transit", "stock"): Verb.RECEIVE,
    ("stock", "adjustment"): Verb.COUNT,
    ("adjustment", "stock"): Verb.COUNT,
}


class Books:
    """What the tests write with: accounts by site, and one line per movement."""

    def __init__(self, world, submission) -> None:
        self.world = world
        self.submission = submission
        self.categories = {}

    def at(self, site) -> SimpleNamespace:
        place = Place.objects.main(site)
        partner = Partner.objects.get(organisation=site.organisation, code="gebetex")
        modes = CollectionMode.objects.filter(organisation=site.organisation)
        return SimpleNamespace(
            bulk=Account.stock(place),
            items=Account.stock(place, items=True),
            opening=Account.opening(site),
            drop_off=Account.source(site, modes.get(code="drop_off")),
            home_pickup=Account.source(site, modes.get(code="home_pickup")),
            adjustment=Account.adjustment(site, "count"),
            **{fate.value: Account.exit(site, fate) for fate in (Kind.REUSE, Kind.DISPOSAL)},
            **{
                fate.value: Account.exit(site, fate, partner)
                for fate in (Kind.RECYCLING, Kind.OTHER_RECOVERY, Kind.ENERGY)
            },
        )

    def category(self, code):
        if code not in self.categories:
            self.categories[code] = Category.objects.get(code=code, organisation=None)
        return self.categories[code]

    def book(self, start, end, code, grams, on="2026-03-10", **more):
        """Move grams from one account to the other on a day; return the movement."""
        site = more.pop("site", end.site if start.kind == Kind.TRANSIT else start.site)
        verb = more.pop("verb", None) or VERBS.get((start.kind, end.kind), Verb.SHIP)
        to = more.pop("to", None)
        leg = Leg(
            start,
            end,
            self.category(code),
            grams,
            more.pop("method", Method.WEIGHED),
            to_category=to and self.category(to),
            **more,
        )
        return post(entry=self.entry(site, verb, on), legs=[leg])

    def undo(self, movement, on="2026-03-10"):
        return reverse(entry=self.entry(movement.site, Verb.REVERSE, on), movement=movement)

    def entry(self, site, verb, on):
        day = date.fromisoformat(on) if isinstance(on, str) else on
        return Entry(
            site=site,
            verb=verb,
            submission=self.submission(site.organisation),
            author=None,
            occurred_at=datetime.combine(day, time(10), UTC),
            business_date=day,
        )


@pytest.fixture
def books(world, submission):
    return Books(world, submission)

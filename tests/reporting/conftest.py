"""Short ways to book grams through the kernel."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from inventory.ledger import Entry, Leg, post, reverse
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Kind,
    Method,
    Origin,
    Partner,
    Place,
    Verb,
)
from sales.models import Method as PaidBy
from sales.models import Till
from sales.services import Paid, Wanted, record_sale, refund_sale
from tests.tills import keep_open

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


@pytest.fixture
def sell(world, books):
    """Sell lines of ``(price, grams or None)`` at a site; return the ticket."""

    def sold(site, *lines, on="2026-03-10", code="JOU"):
        till, _new = Till.objects.get_or_create(
            organisation=site.organisation, site=site, code=f"T-{site.code}"
        )
        wanted = [
            Wanted(category=books.category(code), price_cents=price, weight_g=grams)
            for price, grams in lines
        ]
        paid = [Paid(PaidBy.CASH, sum(price for price, _grams in lines) or 1)]
        entry = books.entry(site, Verb.SELL, on)
        keep_open(till, entry)
        return record_sale(entry=entry, till=till, lines=wanted, payments=paid)

    return sold


@pytest.fixture
def give_back(books):
    """Refund the first line of a ticket."""

    def given(sale, on):
        entry = books.entry(sale.movement.site, Verb.RETURN, on)
        keep_open(sale.till, entry)
        line = sale.lines.get(position=1)
        return refund_sale(
            entry=entry, till=sale.till, sale=sale, quantities={line: 1}, method=PaidBy.CASH
        )

    return given


@pytest.fixture
def reader(world):
    """``reader(world.sorter).get("/mur/canal/")``, signed in."""

    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def english(world):
    """A director who reads English: the language of the code, whatever is translated."""
    client = Client()
    client.force_login(world.anna)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def two_years(world, books, sell):
    """Two ragged years at two sites: every channel, several modes, origins and partners."""
    paris = Origin.objects.get(code="75112")
    for year, more in ((2025, 0), (2026, 7)):
        for n, site in enumerate((world.canal, world.gare)):
            there = books.at(site)
            for month in range(1, 12, 1 + n):
                day, odd = f"{year}-{month:02}-1{n}", 37 * month + 11 * n + more
                books.book(there.drop_off, there.bulk, "MOB.CHAI", 40_033 + odd, day)
                books.book(there.home_pickup, there.bulk, "TEX", 9_049 + odd, day, origin=paris)
                books.book(there.bulk, there.recycling, "TEX", 3_351 + odd, day)
                books.book(there.bulk, there.energy, "TEX", 54 + odd, day)
                books.book(there.bulk, there.reuse, "MOB", 5_049 + odd, day, verb=Verb.GIVE)
                books.book(there.drop_off, there.disposal, "DIV", 351 + odd, day, origin=paris)
                books.book(
                    there.bulk,
                    there.reuse,
                    "MOB",
                    7_451 + odd,
                    day,
                    verb=Verb.SETTLE,
                    method=Method.BY_BALANCE,
                )
                sell(site, (1_250, 1_049 + odd), (399, None), on=day)

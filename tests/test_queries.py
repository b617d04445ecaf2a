"""What every page and every list asks the database: few queries, no more of them with more rows.

The route table tells which there are; ``tests/query_budget.py`` how many each may take. Print new
figures with ``TRACERIE_QUERIES=print`` (and look at why before taking a larger one).
"""

import os
import re
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Category, Origin, Partner, Place
from organisation.models import Membership, Station, Token, User
from organisation.permissions import Role
from organisation.stations import COOKIE
from sales.models import Buyer, PriceKey
from tests.query_budget import BUDGET, COUNTED, GROWS
from tests.routes import API, PAGES, SAMPLES, doors, fill, furnish, label_item, pages

PRINTS = os.environ.get("TRACERIE_QUERIES") == "print"
ROUTES = {
    **{name: (door, SAMPLES[name]) for name, door in doors().items() if door.method == "GET"},
    **{route: (door, PAGES[route]) for route, door in pages().items() if door.method == "GET"},
}
GROWING = (
    *("inventory_flow", "inventory_movement", "inventory_item", "inventory_itemcode"),
    *("collection_intake", "collection_weighing", "inventory_shipment", "organisation_submission"),
    *("sales_sale", "sales_saleline", "sales_payment", "sales_journalentry", "sales_refund"),
)
COUNTS = re.compile(rf'COUNT\((?!DISTINCT CASE).*FROM "(?:{"|".join(GROWING)}|\w+_historical\w+)"')
SKIPS = re.compile(r"OFFSET (?!0\b)\d")
OWN = re.compile(r"^(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET |EXPLAIN)")


class Reader:
    """Anna, director of every site, at pages and at the API."""

    def __init__(self, world, spot):
        self.spot, self.client = spot, Client()
        self.client.force_login(world.anna)
        self.headers = {"Authorization": f"Bearer {Token.objects.issue(world.anna)[1]}"}

    def asks(self, door, sample):
        """The queries of one visit; what it wrote is taken back."""
        self.client.cookies[COOKIE] = self.spot["tablet"] if sample.at_tablet else ""
        headers = self.headers if door.route.startswith(API) else {}
        with undone(), CaptureQueriesContext(connection) as seen:
            url, query = door.url(sample, self.spot), fill(sample.query, self.spot)
            response = self.client.get(url, query, headers=headers)
            b"".join(response)
        assert response.status_code in (200, 302), (door, response.status_code)
        return [each["sql"] for each in seen.captured_queries if not OWN.match(each["sql"])]


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def more_rows(world, api, spot):
    """Three times of what grows by itself, and of what people list."""
    for n in range(2):
        for name, sample in SAMPLES.items():
            if name.startswith("POST "):
                spot = {**spot, "item": label_item(world.canal, world.anna)}
                with transaction.atomic():
                    body = {"id": str(uuid4()), **fill(sample.body or {}, spot)}
                    api(world.anna).post(name.removeprefix("POST "), body)
        _listed(world, n)


def _listed(world, n):
    own = {"organisation": world.navette}
    above = Category.objects.get(code="MOB", organisation=None)
    Category.objects.create(**own, code=f"more-{n}", parent=above, name_fr=f"Bancs {n}")
    Partner.objects.create(**own, code=f"more-{n}", name=f"Ferrailleur {n}")
    Origin.objects.create(**own, code=f"more-{n}", name=f"Quartier {n}")
    Place.objects.create(site=world.canal, code=f"more-{n}", name=f"Étage {n}")
    Buyer.objects.create(**own, number=9_000 + n, name=f"Mme {n}")
    PriceKey.objects.create(
        **own, code=f"more-{n}", site=world.canal, name_fr=f"Tasse {n}", category=above
    )
    person = User.objects.create(username=f"more-{n}", **own)
    Membership.objects.create(user=person, site=world.canal, role=Role.SORTER)
    seen = timezone.now() - timedelta(hours=n)
    Station.objects.create(site=world.canal, name=f"Quai {n}", paired_at=seen, seen_at=seen)


@pytest.fixture
def asked(world, api):
    """Each route's queries with few rows, then with three times as many."""
    spot = furnish(world.canal, world.anna, api(world.anna).made)
    reader = Reader(world, spot)

    def visit():
        return {name: reader.asks(*route) for name, route in ROUTES.items()}

    visit()  # what is asked once in the life of a server
    few = visit()
    more_rows(world, api, spot)
    return few, visit()


def test_every_page_asks_few_queries_no_more_with_more_rows_and_neither_skips_nor_counts(asked):
    few, many = asked
    if PRINTS:
        print(*(f'    "{name}": {len(many[name])},' for name in sorted(many)), sep="\n")  # noqa: T201
    unknown = sorted(ROUTES.keys() ^ BUDGET.keys())
    dear = [(name, len(each), BUDGET[name]) for name, each in many.items()
            if len(each) > BUDGET.get(name, 0)]  # fmt: skip
    growing = [(name, len(few[name]), len(many[name])) for name in ROUTES
               if len(many[name]) > len(few[name]) and name not in GROWS]  # fmt: skip
    skipping = [(name, sql) for name, each in many.items() for sql in each if SKIPS.search(sql)]
    counting = [(name, sql) for name, each in many.items() for sql in each
                if COUNTS.search(sql) and name not in COUNTED]  # fmt: skip

    assert not unknown, unknown
    assert not growing, growing
    assert not dear, dear
    assert not skipping, skipping
    assert not counting, counting

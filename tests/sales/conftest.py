"""A shop at Canal: a till, a price grid, stock in bulk, and chairs with labels."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry
from inventory.models import Category, Item, Verb
from inventory.services import Draft, StockLine
from sales.models import Method
from sales.services import Paid, Wanted, record_sale
from tests.sales.pages import Paper, key
from tests.tills import keep_open, open_till


def category(code: str) -> Category:
    return Category.objects.get(code=code, organisation=None)


def mob(cents=1_000, **more):
    return Wanted(category=category("MOB"), price_cents=cents, **more)


@pytest.fixture
def browser(world):
    """``browser(world.cashier).get("/caisse/")``, signed in."""

    def signed_in(user=world.cashier) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def entry(world, submission):
    def make(verb, site=None, at=None) -> Entry:
        site = site or world.canal
        by = world.anna if site.organisation == world.navette else world.paul
        return Entry(site, verb, submission(site.organisation), by, at or timezone.now())

    return make


@pytest.fixture
def days_ago():
    """When ``counter`` was opened; a test that sells earlier says so by ``parametrize``."""
    return 0


@pytest.fixture
def counter(world, entry, days_ago):
    """Till C1, open with 100 €; keys ``assiette`` (0,50 €) and ``libre``; furniture, crockery."""
    lines = [StockLine(category("MOB"), 100_000), StockLine(category("VAI"), 50_000)]
    services.open_stock(entry=entry(Verb.OPEN), lines=lines)
    till = open_till(world.canal, at=timezone.now() - timedelta(days=days_ago))
    return SimpleNamespace(
        till=till,
        assiette=key(world.canal, "assiette", category("VAI"), 50),
        libre=key(world.canal, "libre", category("VAI"), None, "Prix libre"),
    )


@pytest.fixture
def label(world, entry):
    """``label("Chaise bistrot", 1_500).own_code``: a chair of 4,2 kg with a label."""

    def make(title="Chaise bistrot", price_cents=1_500, site=None, place=None):
        draft = Draft(
            category("MOB.CHAI"),
            4_200,
            title=title,
            price_cents=price_cents,
            from_category=category("MOB"),
        )
        [item] = services.label(entry=entry(Verb.LABEL, site), place=place, drafts=[draft])
        return item

    return make


@pytest.fixture
def paper(browser, counter):
    """Till C1 on the cashier's screen."""
    return Paper(browser())


@pytest.fixture
def sold(counter, entry):
    """``sold(Wanted(…), paid=[Paid(…)])``: a ticket at C1, paid 100 € in cash."""

    def make(*lines, paid=None, till=None, at=None):
        paid = paid or [Paid(Method.CASH, 10_000)]
        till = till or counter.till
        sold_by = entry(Verb.SELL, till.site, at)
        keep_open(till, sold_by)
        return record_sale(entry=sold_by, till=till, lines=lines, payments=paid)

    return make


@pytest.fixture
def chair(label):
    """A labelled chair, as the database has it now."""
    item = label()
    found = Item.objects.select_related("account__site", "category").get(pk=item.pk)
    found.own_code = item.own_code
    return found

"""Browsers and small acts for the tests of the stockroom's pages."""

import pytest
from django.test import Client
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry
from inventory.models import Verb
from inventory.services import StockLine
from tests.inventory.pages import category


@pytest.fixture
def browser(world):
    """``browser(world.sorter).get("/departs/")``, signed in."""

    def signed_in(user=world.anna) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def entry(world, submission):
    def make(verb, site=None, author=None, day=None, note="") -> Entry:
        site = site or world.canal
        return Entry(
            site=site,
            verb=verb,
            submission=submission(site.organisation),
            author=author or world.anna,
            occurred_at=timezone.now(),
            business_date=day,
            note=note,
        )

    return make


@pytest.fixture
def stocked(world, entry):
    """Canal holds 500 kg of furniture and 200 kg of chairs."""
    lines = [StockLine(category("MOB"), 500_000), StockLine(category("MOB.CHAI"), 200_000)]
    return services.open_stock(entry=entry(Verb.OPEN), lines=lines)

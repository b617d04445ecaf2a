"""A shop in a browser: its till, its prices, four chairs with labels, and who stands there."""

import re
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import expect

from inventory import services
from inventory.ledger import Entry
from inventory.models import Category, Verb
from inventory.services import Draft, StockLine
from organisation.models import Submission
from tests.e2e.machine import keys_at_speed
from tests.sales.pages import key
from tests.tills import open_till

TILL = "/caisse/C1/"
GRID = (("assiette", "VAI", 50), ("livre", "LIV", 200), ("manteau", "TEX", 800))
LONG = "Lampe de bureau articulée, années soixante-dix, abat-jour émaillé"


def furnish(world) -> list[str]:
    """Till C1, three prices and a free one, four chairs at 15 €; return their codes."""
    open_till(world.canal)
    for code, category, cents in (*GRID, ("libre", "DIV", None)):
        key(world.canal, code, Category.objects.get(code=category), cents)

    def entry(verb):
        submission = Submission.objects.create(
            organisation=world.navette, uuid=uuid4(), endpoint="test", digest=""
        )
        return Entry(world.canal, verb, submission, world.anna, timezone.now())

    furniture = Category.objects.get(code="MOB")
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(furniture, 100_000)])
    chairs = Category.objects.get(code="MOB.CHAI")
    titles = ("Chaise bistrot", "Tabouret", LONG, "Banc d’église")
    drafts = [
        Draft(chairs, 4_200, title=title, price_cents=1_500, from_category=furniture)
        for title in titles
    ]
    items = services.label(entry=entry(Verb.LABEL), place=None, drafts=drafts)
    return [item.own_code for item in items]


class Cashier:
    """Somebody at the till: ``scan`` types like a scanner wherever the cursor is."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def scan(self, code):
        before = self.lines.count()
        self.read(code)
        expect(self.lines).to_have_count(before + 1)

    def read(self, code):
        expect(self.page.locator("#code")).to_be_focused()
        keys_at_speed(self.page, code)

    def tap(self, selector):
        self.page.locator(selector).first.click()
        self.taps += 1

    def key(self, code):
        self.tap(f".keys:visible [value={code}]")

    def sell(self):
        self.tap("[name=do][value=sell]")
        self.page.wait_for_url(re.compile("/tickets/VE-canal-"))

    def next(self):
        expect(self.page.locator("#next")).to_be_focused()
        self.tap("#next")
        self.page.wait_for_url(f"**{TILL}")

    @property
    def lines(self):
        return self.page.locator(".slip li")

    def total(self, text):
        expect(self.page.locator(".slip .total b")).to_contain_text(text)

"""A whole day at a desk's till, by keyboard and scanner: opened, thirty tickets, closed."""

from itertools import cycle

import pytest
from playwright.sync_api import expect

from inventory.verify import differences
from sales.journal.verify import findings
from sales.models import Chain, Closing, ParkedTicket, Refund, Sale, Visitors
from tests.e2e.counter import TILL, Cashier
from tests.e2e.looks import faults

pytestmark = pytest.mark.browser


class Day:
    """A cashier's day: each basket is a way of selling; ``cash`` is what must be in the drawer."""

    def __init__(self, page, codes):
        self.page, self.till, self.codes = page, Cashier(page), iter(codes)
        self.cash = 10_000
        self.baskets = cycle(
            [self.plates, self.card, self.split, self.note, self.free, self.rounded]
        )

    def sell(self, cents, in_cash=None):
        self.cash += cents if in_cash is None else in_cash
        self.till.sell()
        self.till.next()

    def plates(self):
        for _plate in range(3):
            self.till.key("assiette")
        self.till.total("1,50")
        self.sell(150)

    def card(self):
        self.till.key("manteau")
        self.till.total("8,00")
        self.page.locator(".means .chip").nth(1).click()
        self.sell(800, in_cash=0)

    def split(self):
        self.till.key("manteau")
        self.till.key("livre")
        self.till.total("10,00")
        self.page.locator(".means .chip").nth(1).click()
        self.page.locator("[name=received]").fill("6")
        self.page.locator("[value=pay]").click()
        expect(self.page.locator(".give-row b").first).to_contain_text("4,00")
        self.sell(1_000, in_cash=400)

    def note(self):
        """A note of ten for two books."""
        self.till.key("livre")
        self.till.key("livre")
        self.till.total("4,00")
        self.page.locator(".quick [value='1000']").click()
        expect(self.page.locator(".give-sum b")).to_contain_text("6,00")
        self.sell(400)

    def free(self):
        self.till.key("libre")
        expect(self.page.locator("[name=lines-0-price]")).to_be_focused()
        self.page.keyboard.type("3,50", delay=120)
        self.till.total("3,50")
        self.sell(350)

    def rounded(self):
        self.till.key("assiette")
        self.till.total("0,50")
        self.till.tap("[name=round]")
        self.till.total("1,00")
        self.sell(100)

    def chair(self):
        self.till.scan(next(self.codes))
        self.page.locator(".whole-off summary").click()
        self.page.locator("[name=off]").fill("5")
        self.page.locator("[name=reason]").fill("Grosse vente")
        self.till.total("10,00")
        self.sell(1_000)


def test_a_day_of_thirty_tickets_comes_out_to_the_cent(visit, shop, violations):
    with visit(TILL, login="cashier") as page:
        day = Day(page, shop.codes)
        page.locator("[name=visitors]").click()
        expect(page.locator("[name=visitors]")).to_contain_text("1")
        for _ticket in range(24):
            next(day.baskets)()
        for _chair in range(3):
            day.chair()

        # one customer looks for her purse while two others pay
        day.till.key("manteau")
        expect(day.till.lines).to_have_count(1)
        page.locator("[value=park]").click()
        expect(day.till.lines).to_have_count(0)
        assert faults(page, violations) == []
        day.plates()
        day.note()
        page.locator("[name=resume]").click()
        day.till.total("8,00")
        day.sell(800)

        # a chair comes back, and change is fetched from the bank
        sale = Sale.objects.filter(lines__item__isnull=False).latest("pk")
        page.goto(f"/tickets/{sale.movement.number}/")
        page.locator("#rembourser summary").click()
        page.locator(".back-line input").first.check()
        page.locator("[name=comment]").fill("bancale")
        page.locator("#rembourser button[type=submit]").click()
        expect(page.locator(".backs")).to_contain_text("bancale")
        day.cash -= 1_000
        page.goto(f"{TILL}tiroir/")
        page.fill("[name=amount]", "50")
        page.get_by_text("Dépôt en banque").click()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator(".moves li")).to_have_count(1)
        day.cash -= 5_000

        page.goto(f"{TILL}cloturer/")
        page.fill("[name=p100]", str(day.cash // 100))
        page.fill("[name=p50]", str(day.cash % 100 // 50))
        page.get_by_role("button", name="Clôturer la caisse (Z)").click()
        expect(page.locator("h1")).to_have_text("Clôture de caisse")
        assert faults(page, violations) == []
    closing = Closing.objects.get()
    assert (closing.expected_cents, closing.gap_cents) == (day.cash, 0)
    assert Sale.objects.count() == closing.figures["tickets"] == 30
    assert Refund.objects.get().total_cents == 1_000
    assert Visitors.objects.get().count == 1
    assert not ParkedTicket.objects.exists()
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []
    assert list(differences()) == []

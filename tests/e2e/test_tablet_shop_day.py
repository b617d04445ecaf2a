"""A whole day at a tablet’s till, by touch: thirty tickets, a spell without network, closed."""

from itertools import cycle

import pytest
from playwright.sync_api import expect

from inventory.verify import differences
from sales.journal.verify import findings
from sales.models import CashMove, Chain, Closing, Refund, Sale
from tests.e2e.cashdesk import close
from tests.e2e.test_till_offline import codes, desk, fresh  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.kept]


class Day:
    """A cashier's day; ``cash`` is what must be in the drawer, ``sold`` the tickets so far."""

    def __init__(self, held):
        self.desk, self.codes = held, iter(held.codes)
        self.cash, self.sold = 10_000, 0
        self.baskets = cycle([self.plates, self.card, self.free, self.coat])

    def next(self):
        next(self.baskets)()

    def sell(self, cents, in_cash=None):
        self.sold += 1
        self.cash += cents if in_cash is None else in_cash
        self.desk.sell(f"C1-{self.sold:06}")

    def plates(self):
        for _plate in range(3):
            self.desk.key("assiette")
        self.desk.total("1,50")
        self.sell(150)

    def card(self):
        self.desk.key("manteau")
        self.desk.tap("#means .chip", "Carte")
        self.sell(800, in_cash=0)

    def free(self):
        self.desk.key("libre")
        self.desk.pad("3,5")
        self.desk.tap("#go", "Valider")
        self.desk.total("3,50")
        self.sell(350)

    def coat(self):
        self.desk.key("manteau")
        self.desk.key("livre")
        self.desk.total("10,00")
        self.sell(1_000)

    def chair(self):
        self.desk.scan(next(self.codes))
        self.sell(1_500)


def test_a_day_of_thirty_tickets_with_an_hour_offline_comes_out_to_the_cent(desk):  # noqa: F811
    day = Day(desk)
    for _ticket in range(13):
        day.next()
    day.chair()

    # a customer looks for her purse; the network goes meanwhile
    desk.key("manteau")
    desk.tap("#park")
    desk.offline()
    for _ticket in range(12):
        day.next()
    day.chair()
    desk.tap("#drawer")
    desk.choose("Sortir de l’argent")
    desk.choose("Dépôt en banque")
    for digit in "50":
        desk.tap(f"#tally-pad [data-key='{digit}']")
    desk.tap("#tally-go", "Sortir 50,00")
    day.cash -= 5_000
    desk.tap("#park", "Reprendre")
    desk.total("8,00")
    day.sell(800)
    desk.page.reload()  # the screen is the tablet's own
    expect(desk.page.locator("#counter")).to_be_visible()
    for _ticket in range(2):
        day.next()
    desk.offline(False)
    desk.all_sent()
    assert [sale.number for sale in Sale.objects.order_by("pk")] == [
        f"C1-{number:06}" for number in range(1, 31)
    ]

    # a ticket comes back
    desk.tap("#drawer")
    desk.choose("Rembourser")
    desk.choose("C1-000030")
    desk.tap("#back-why .chip", "Ne convient pas")
    desk.tap("#back-go")
    expect(desk.page.locator("#told")).to_contain_text("C1-000031")
    desk.all_sent()
    day.cash -= Refund.objects.get().total_cents
    close(desk)

    closing = Closing.objects.latest("pk")
    assert (closing.expected_cents, closing.figures["tickets"]) == (day.cash, 30)
    assert CashMove.objects.get().amount_cents == -5_000
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []
    assert list(differences()) == []

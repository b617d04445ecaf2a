"""A tablet that holds till C1 of canal, and Leïla, who sells there with her PIN."""

import re

from django.templatetags.static import static
from playwright.sync_api import expect

from organisation.models import Membership, Station, User
from organisation.permissions import Role
from organisation.services import invite, set_pin
from sales.models import Till
from sales.services import Count, close_session
from tests.e2e.counter import furnish
from tests.e2e.machine import keys_at_speed
from tests.e2e.test_weigh import LEFT_WAITING
from tests.tills import till_entry

DESK = "/encaisser/C1/"
PIN = "4071"
LEILA = "Leïla"
KNOWN = """async (path) => {
  const { isKnown } = await import(path);
  while (!isKnown()) await new Promise((done) => setTimeout(done, 50));
}"""  # what lies in the shop


def stock(world) -> list[str]:
    """What is sold, and who sells it; the till is closed, so that a tablet may take it."""
    codes = furnish(world)
    till = Till.objects.get(code="C1")
    close_session(entry=till_entry(world.canal), till=till, count=Count({}))
    person = User.objects.create(
        username="leila", first_name=LEILA, organisation=world.navette, password="!"
    )
    Membership.objects.create(user=person, site=world.canal, role=Role.CASHIER)
    set_pin(person=person, pin=PIN)
    return codes


def pair(page, world, name="Caisse A"):
    """This browser becomes a tablet of canal, and Leïla stands in front of it."""
    code = invite(station=Station(site=world.canal, name=name))
    page.goto(f"/tablette/?code={code}")
    page.click("button.go")
    expect(page.locator(".site")).to_have_text(f"Canal · {name}")
    page.goto(f"/tablette/?next={DESK}")
    page.locator(".face", has_text=LEILA).click()
    for digit in PIN:
        page.click(f".pin [data-key='{digit}']")
    page.click(".pin .key.go")
    page.wait_for_url(f"**{DESK}")


class Desk:
    """Taps on the till of a tablet, counted."""

    def __init__(self, page, codes):
        self.page, self.codes, self.taps = page, codes, 0

    def tap(self, selector, text=None):
        self.page.locator(selector, has_text=text).first.click()
        self.taps += 1

    def take(self):
        self.tap("#gate .btn", "Prendre cette caisse")
        expect(self.gate).to_contain_text("La caisse est fermée")

    def open(self, euros="100"):
        self.tap("#gate .btn", "Ouvrir la caisse")
        for digit in euros:
            self.tap(f"#tally-pad [data-key='{digit}']")
        self.tap("#tally-go", "Ouvrir avec")
        expect(self.page.locator("#counter")).to_be_visible()

    def keep(self):
        """The worker keeps the screen, for when there is no network."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()
        expect(self.page.locator("#counter")).to_be_visible()
        self.all_sent()
        self.page.evaluate(KNOWN, static("station/catalogue.js"))

    def key(self, code):
        self.tap(f"#keys [data-key-code={code}]")

    def scan(self, code):
        before = self.lines.count()
        keys_at_speed(self.page, code)
        expect(self.lines).to_have_count(before + 1)

    def pad(self, typed):
        for key in typed:
            self.tap(f"#pad [data-key='{key}']")

    def sell(self, number):
        self.tap("#go")
        expect(self.page.locator("#strip b")).to_have_text(f"Ticket {number}")
        expect(self.lines).to_have_count(0)

    def choose(self, text):
        self.tap("#picker .pick", text)

    def offline(self, is_off=True):
        self.page.context.set_offline(is_off)

    def all_sent(self):
        assert self.page.evaluate(LEFT_WAITING, static("station/queue.js")) == []
        expect(self.pill).to_have_text("En ligne")

    def total(self, text):
        expect(self.page.locator("#ticket-sum")).to_have_text(text)

    def told(self, text):
        expect(self.page.locator("#told")).to_contain_text(text)

    @property
    def gate(self):
        return self.page.locator("#gate")

    @property
    def pill(self):
        return self.page.locator("#state b")

    @property
    def lines(self):
        return self.page.locator("#lines li")

    @property
    def change(self):
        return self.page.locator("#give .give-sum b")


def close(desk):
    """The drawer holds the float and the takings of the test: the Z says what is missing."""
    desk.tap("#drawer")
    desk.choose("Clôturer la caisse")
    desk.tap("#tally-rows .t-row", "50 €")
    desk.tap("#tally-pad [data-key='2']")
    desk.tap("#tally-go")
    desk.choose("Oui, clôturer")
    expect(desk.gate).to_contain_text(re.compile("Z-canal-C1-"))

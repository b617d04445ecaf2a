"""Who stands at the till: people take turns by PIN, and learn without selling."""

import re

import pytest
from playwright.sync_api import expect

from organisation.models import Membership, Station, User
from organisation.permissions import Role
from organisation.services import invite, set_pin
from sales.models import JournalEntry, Kind, Sale
from tests.e2e.counter import TILL, Cashier
from tests.e2e.looks import faults

pytestmark = pytest.mark.browser
PINS = {"Lou": "4071", "Sam": "8052"}
PATH = f"{TILL}entrainement/"


@pytest.fixture
def people(shop):
    """Lou and Sam keep the till; each has a PIN."""
    for name, pin in PINS.items():
        person = User.objects.create(
            username=name.lower(), first_name=name, organisation=shop.world.navette, password="!"
        )
        Membership.objects.create(user=person, site=shop.world.canal, role=Role.CASHIER)
        set_pin(person=person, pin=pin)
    return shop


def sign_in(page, name):
    page.locator(".face", has_text=name).click()
    for digit in PINS[name]:
        page.click(f".pin [data-key='{digit}']")
    page.click(".pin .key.go")


def test_another_cashier_takes_over_and_the_ticket_stays(people, visit, violations):
    code = invite(station=Station(site=people.world.canal, name="Caisse"))
    with visit(f"/tablette/?code={code}", login=None, size="tablet") as page:
        page.click("button.go")
        page.goto(f"/tablette/?next={TILL}")
        sign_in(page, "Lou")
        cashier = Cashier(page)
        cashier.scan(people.codes[0])
        cashier.total("15,00")
        expect(page.locator(".take-over")).to_contain_text("Lou")
        assert faults(page, violations) == []
        page.click(".take-over")
        sign_in(page, "Sam")
        expect(page.locator(".take-over")).to_contain_text("Sam")
        cashier.total("15,00")
        cashier.sell()
        expect(page.locator(".handed")).to_be_visible()
    sale = Sale.objects.get()
    assert sale.movement.author.first_name == "Sam"


def test_without_a_tablet_nobody_is_offered_a_turn(till):
    expect(till.page.locator(".take-over")).to_have_count(0)


def test_a_lesson_looks_like_one_and_sells_nothing(visit, shop, violations):
    with visit(PATH, login="cashier") as page:
        cashier = Cashier(page)
        cashier.scan(shop.codes[0])
        expect(page.locator(".drill")).to_be_visible()
        assert faults(page, violations) == []
        page.click("[name=do][value=sell]")
        expect(page.locator(".receipt-mark").first).to_be_visible()
        assert faults(page, violations) == []
        page.click("text=Quitter")
        expect(page).to_have_url(re.compile(f"{TILL}$"))
    assert not Sale.objects.exists()
    assert JournalEntry.objects.filter(chain__is_training=True, kind=Kind.SALE).count() == 1


def test_a_ticket_is_given_up_in_two_taps(till, shop):
    till.scan(shop.codes[0])
    till.page.click("[name=do][value='give-up']")
    till.page.click("[name=do][value=abandon]")
    expect(till.lines).to_have_count(0)
    till.page.reload()
    expect(till.lines).to_have_count(0)

"""The tablet's till in each of its states, as a hand and an eye find it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.looks import faults
from tests.e2e.test_targets import small
from tests.e2e.test_till_discounts import ccas, offers  # noqa: F401  (fixtures)
from tests.e2e.test_till_offline import codes, desk, fresh  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.kept]


def touched(page):
    """On a phone the button that sells lies over what scrolls: what is under it is no fault."""
    return [] if page.viewport_size["width"] < 700 else small(page)


def asked(desk):  # noqa: F811
    expect(desk.page.locator("#picker")).to_be_visible()


def selling(desk):  # noqa: F811
    yield "empty"
    desk.scan(desk.codes[2])  # a long name
    for code in ("assiette", "assiette", "livre"):
        desk.key(code)
    yield "lines"
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Remise")
    yield "discount"
    desk.tap("#quick .chip", "50 %")
    asked(desk)
    yield "reasons"
    desk.choose("Abîmé")
    desk.tap("#means .chip", "Carte")
    desk.pad("1")
    desk.tap("#means .chip", "Partager")
    desk.key("libre")
    yield "a price to type, and a payment"
    desk.pad("3")
    desk.tap("#go")
    desk.pad("50")
    desk.sell("C1-000001")
    yield "sold"
    desk.tap("#strip .btn")
    yield "paper"
    desk.tap("#paper-leave")


def running(desk):  # noqa: F811
    desk.key("livre")
    desk.tap("#park")
    desk.key("assiette")
    desk.sell("C1-000001")
    desk.all_sent()
    desk.tap("#drawer")
    asked(desk)
    yield "drawer"
    desk.choose("Rembourser")
    desk.page.locator("#back-number").wait_for()
    yield "which ticket"
    desk.choose("C1-000001")
    yield "given back"
    desk.tap("#back-leave")
    desk.tap("#drawer")
    desk.choose("Clôturer la caisse")
    desk.tap("#tally-pad [data-key='2']")
    yield "counted"
    desk.tap("#tally-go")
    asked(desk)
    yield "sure"
    desk.choose("Recompter")


def taking_off(desk):  # noqa: F811
    desk.scan(desk.codes[0])  # furniture is cheaper today
    desk.key("manteau")
    desk.tap(".t-line")
    yield "tools with a dot"
    desk.tap(".t-tools .btn", "Pastille")
    asked(desk)
    yield "dots"
    desk.choose("jaune")
    desk.tap("#whole")
    desk.pad("10")
    yield "off the whole"
    desk.tap("#go", "Valider")
    desk.choose("Gros achat")
    desk.tap("#means .chip", "Bon")
    asked(desk)
    yield "whose voucher"
    desk.choose("CCAS")
    desk.page.locator("#voucher-number").wait_for()
    yield "its number"
    desk.choose("Sans numéro")
    yield "a voucher"
    desk.sell("C1-000001")
    desk.all_sent()
    desk.tap("#strip .btn")
    expect(desk.page.locator(".t-qr")).to_be_visible()
    yield "paper with its picture"
    desk.tap("#paper-leave")


@pytest.mark.usefixtures("offers", "ccas")
@pytest.mark.parametrize("walk", [selling, running, taking_off])
def test_everything_at_the_till_can_be_touched_and_read(desk, violations, walk):  # noqa: F811
    found = []
    for state in walk(desk):
        found += [(state, *fault) for fault in faults(desk.page, violations, touched)]
    assert found == []


def test_so_can_everything_before_the_counter(fresh, violations):  # noqa: F811
    expect(fresh.gate).to_contain_text("Cette caisse est libre")
    found = faults(fresh.page, violations, touched)
    fresh.take()
    found += faults(fresh.page, violations, touched)
    fresh.tap("#gate .btn", "Ouvrir la caisse")
    found += faults(fresh.page, violations, touched)
    assert found == []

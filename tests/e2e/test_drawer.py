"""A till's day in a browser: opened, cash taken out, counted with a script or without, closed."""

import re

import pytest
from playwright.sync_api import expect

from sales.models import CashMove, Closing, Till, TillSession
from sales.services import Count, close_session
from tests.e2e.counter import TILL, Cashier
from tests.e2e.looks import faults
from tests.tills import till_entry

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_day_is_closed_and_the_next_one_opened(visit, shop, script):
    options = {} if script else {"java_script_enabled": False}
    with visit(TILL, login="cashier", size="tablet", **options) as page:
        till = Cashier(page)
        till.key("livre")
        expect(till.lines).to_have_count(1)
        till.sell()
        page.goto(TILL)
        page.get_by_role("link", name="Tiroir").click()
        page.fill("[name=amount]", "20")
        page.get_by_text("Petit achat").click()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.locator(".moves li")).to_have_count(1)
        page.get_by_role("link", name="Clôturer la caisse (Z)").click()
        page.fill("[name=p5000]", "1")
        page.fill("[name=p1000]", "3")
        page.fill("[name=p100]", "1")
        if script:
            expect(page.locator("[data-pieces-sum] output")).to_have_text(re.compile("81,00"))
        page.get_by_role("button", name="Clôturer la caisse (Z)").click()
        expect(page.locator(".note")).to_contain_text("Il manque dans le tiroir")
        expect(page.locator("h1")).to_have_text("Clôture de caisse")
        page.goto(TILL)
        expect(page).to_have_url(re.compile("/ouvrir/$"))
        expect(page.locator("[name=float]")).to_have_value("81,00")
        page.get_by_role("button", name="Ouvrir la caisse").click()
        expect(page.locator("#slip-title")).to_be_visible()
    closing = Closing.objects.get()
    assert (closing.expected_cents, closing.counted_cents) == (8_200, 8_100)
    assert CashMove.objects.get().amount_cents == -2_000
    assert TillSession.objects.latest("number").float_cents == 8_100


def test_every_page_fits_and_axe_finds_nothing(visit, shop, violations):
    with visit(TILL, login="cashier") as page:
        till = Cashier(page)
        till.key("livre")
        expect(till.lines).to_have_count(1)
        till.sell()
        for part in ("", "tiroir/", "cloturer/"):
            page.goto(f"{TILL}{part}")
            assert faults(page, violations) == [], part
        page.fill("[name=p5000]", "-1")
        page.get_by_role("button", name="Clôturer la caisse (Z)").click()
        expect(page.locator(".bad").first).to_be_visible()
        assert faults(page, violations) == []
        page.fill("[name=p5000]", "2")
        page.get_by_role("button", name="Clôturer la caisse (Z)").click()
        expect(page.locator("h1")).to_have_text("Clôture de caisse")
        assert faults(page, violations) == []
        page.goto(f"{TILL}ouvrir/")
        assert faults(page, violations) == []


def test_archives_fit_and_axe_finds_nothing(visit, shop, violations):
    world = shop.world
    till = Till.objects.get()
    close_session(entry=till_entry(world.canal), till=till, count=Count({5_000: 2}))
    day = TillSession.objects.get().business_date.isoformat()
    with visit("/caisse/archives/", login="director") as page:
        assert faults(page, violations) == []
        page.fill("[name=start]", day)
        page.fill("[name=end]", day)
        page.get_by_role("button", name="Faire l’archive").click()
        expect(page.get_by_role("link", name="Télécharger")).to_be_visible()
        assert faults(page, violations) == []

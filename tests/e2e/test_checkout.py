"""The till as a cashier meets it: a scanner that types, few taps, with and without script."""

import re

import pytest
from playwright.sync_api import expect

from inventory.models import Item
from sales.models import Refund, Sale, SaleLine
from tests.e2e.counter import GRID, TILL, Cashier
from tests.e2e.looks import faults
from tests.e2e.machine import keys_at_speed
from tests.sales.pages import rows

pytestmark = pytest.mark.browser
scripted = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


@scripted
def test_three_labels_for_exact_cash_take_three_scans_and_two_taps(visit, shop, script):
    with visit(TILL, login="cashier", java_script_enabled=script) as page:
        cashier = Cashier(page)
        for code in shop.codes[:3]:
            cashier.scan(code)
        cashier.total("45,00")
        cashier.sell()
        cashier.next()
        assert cashier.taps == 2
    assert [cents for _label, _n, cents, _g in rows()] == [1_500, 1_500, 1_500]


@scripted
def test_three_things_without_label_for_exact_cash_take_five_taps(visit, shop, script):
    with visit(TILL, login="cashier", java_script_enabled=script) as page:
        cashier = Cashier(page)
        for number, (code, _category, _cents) in enumerate(GRID, start=1):
            cashier.key(code)
            expect(cashier.lines).to_have_count(number)
        cashier.total("10,50")
        cashier.sell()
        cashier.next()
        assert cashier.taps == 5
    assert [(label, cents) for label, _n, cents, _g in rows()] == [
        ("Assiette", 50),
        ("Livre", 200),
        ("Manteau", 800),
    ]


@scripted
def test_a_chair_is_sold_refused_given_back_and_sold_again(visit, shop, script):
    chair = shop.codes[0]
    with visit(TILL, login="cashier", java_script_enabled=script) as page:
        cashier = Cashier(page)
        cashier.scan(chair)
        page.fill("[name=received]", "20")
        page.keyboard.press("Enter")
        expect(page.locator(".give-sum b")).to_contain_text("5,00")
        cashier.sell()
        expect(page.locator(".handed b")).to_contain_text("5,00")
        cashier.next()

        cashier.read(chair)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(chair)
        expect(alert).to_contain_text("VE-canal-1")
        expect(cashier.lines).to_have_count(0)

        alert.get_by_role("link").click()
        page.locator("#rembourser summary").click()
        page.check("[name=line_1]")
        page.fill("[name=comment]", "trop petite")
        page.locator("#rembourser button[type=submit]").click()
        expect(page.locator(".backs")).to_contain_text("RE-canal-1")
        expect(page.locator(".backs")).to_contain_text("trop petite")

        page.goto(TILL)
        cashier.scan(chair)
        cashier.sell()
    assert [sale.total_cents for sale in Sale.objects.order_by("pk")] == [1_500, 1_500]
    assert Refund.objects.get().total_cents == 1_500
    assert Item.objects.get(title="Chaise bistrot").state == Item.State.SOLD


@scripted
def test_a_free_price_a_discount_and_two_means_of_payment_are_typed(visit, shop, script):
    with visit(TILL, login="cashier", java_script_enabled=script) as page:
        cashier = Cashier(page)
        cashier.key("libre")
        expect(page.locator("[name=lines-0-price]")).to_be_focused()
        page.keyboard.type("7,50")
        page.keyboard.press("Enter")
        cashier.total("7,50")
        page.locator(".slip li summary").click()
        page.fill("[name=lines-0-off]", "20")
        page.locator(".slip li .off .chip", has_text="%").click()
        page.fill("[name=lines-0-reason]", "abîmé")
        page.keyboard.press("Enter")
        cashier.total("6,00")
        page.locator(".means .chip").nth(1).click()
        page.fill("[name=received]", "4")
        page.locator("[name=do][value=pay]").click()
        expect(page.locator(".pays li")).to_have_count(1)
        cashier.sell()
    line = SaleLine.objects.get()
    assert (line.total_cents, line.discount_cents, line.discount_reason) == (600, 150, "abîmé")
    paid = Sale.objects.get().payments.order_by("pk").values_list("method", "amount_cents")
    assert list(paid) == [("card", 400), ("cash", 200)]


def test_the_total_and_the_change_follow_what_is_typed(till):
    till.key("libre")
    expect(till.page.locator("[name=lines-0-price]")).to_be_focused()
    till.page.keyboard.type("12")
    till.total("12,00")
    till.page.locator("[name=received]").focus()
    for digit in "20":
        till.page.locator(f"[data-key='{digit}']").click()
    expect(till.page.locator(".give-sum b")).to_contain_text("8,00")
    till.sell()
    assert (Sale.objects.get().total_cents, Sale.objects.get().change_cents) == (1_200, 800)


def test_the_pad_types_the_price_that_is_asked_for_then_what_is_received(till):
    till.key("libre")
    expect(till.page.locator("[name=lines-0-price]")).to_be_focused()
    for sign in "3,5":
        till.page.locator(f"[data-key='{sign}']").click()
    till.total("3,50")
    till.key("assiette")
    expect(till.lines).to_have_count(2)
    for sign in "50":
        till.page.locator(f"[data-key='{sign}']").click()
    till.page.locator("[data-key=Backspace]").click()
    expect(till.page.locator(".give-sum b")).to_contain_text("1,00")
    till.sell()
    assert Sale.objects.get().change_cents == 100


def test_a_scanner_goes_on_to_the_next_sale_by_itself(till, shop):
    till.scan(shop.codes[0])
    till.sell()
    expect(till.page.locator("#next")).to_be_focused()
    keys_at_speed(till.page, shop.codes[1])
    expect(till.lines).to_have_count(1)
    expect(till.lines).to_contain_text("Tabouret")


def test_three_fast_scans_are_three_lines(till, shop):
    for code in shop.codes[:3]:
        keys_at_speed(till.page, code)
    expect(till.lines).to_have_count(3)
    till.total("45,00")


def test_a_double_tap_on_sell_makes_one_ticket(till, shop):
    till.scan(shop.codes[0])
    till.page.locator("[value=sell]").dblclick()
    till.page.wait_for_url(re.compile("/tickets/VE-canal-1/"))
    assert Sale.objects.count() == 1


def test_a_lost_answer_is_sent_again_under_the_same_id_even_after_a_reload(till, shop):
    till.scan(shop.codes[0])
    till.key("assiette")
    expect(till.lines).to_have_count(2)
    till.page.route(f"**{TILL}", lambda route: (route.fetch(max_redirects=0), route.abort()))
    till.page.locator("[value=sell]").click()
    expect(till.page.locator("#said .note")).to_be_visible()
    expect(till.lines).to_have_count(2)
    till.page.unroute(f"**{TILL}")
    till.page.reload()
    expect(till.lines).to_have_count(2)
    till.sell()
    assert Sale.objects.count() == 1


def test_a_session_that_ended_keeps_the_ticket(till, shop):
    till.scan(shop.codes[0])
    cookies = till.page.context.cookies()
    till.page.context.clear_cookies(name="sessionid")
    till.page.locator("[value=sell]").click()
    link = till.page.locator("#said a")
    expect(link).to_be_visible()
    expect(till.lines).to_have_count(1)
    till.page.context.add_cookies(cookies)
    till.sell()
    assert Sale.objects.count() == 1


def test_a_tile_opens_its_part_of_the_grid_by_keyboard_too(till):
    till.page.locator("#show-grid").focus()
    till.page.keyboard.press("ArrowRight")
    expect(till.page.locator(".keys:visible")).to_have_count(1)
    expect(till.page.locator(".keys:visible [name=category]").first).to_be_visible()
    till.page.locator("label[for=others]").click()
    till.page.locator("label[for=show-LUM]").click()
    till.page.locator(".keys:visible [value=LUM]").click()
    expect(till.lines).to_have_count(1)


LOW = """() => [...document.querySelectorAll("#till :is(button, summary, .tile, .chip)")]
  .filter((each) => each.checkVisibility() && each.offsetHeight < 56)
  .map((each) => each.outerHTML.slice(0, 80))"""


def low(page):
    """What is lower than a hand on a tablet asks for."""
    return page.evaluate(LOW)


def test_axe_finds_nothing_and_every_target_is_large(visit, shop, violations):
    with visit(TILL, login="cashier", size="phone") as page:
        assert faults(page, violations, low) == []
        cashier = Cashier(page)
        cashier.scan(shop.codes[2])
        cashier.key("libre")
        page.fill("#code", "nonsense")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        page.locator(".slip li summary").first.click()
        assert faults(page, violations, low) == []


def test_axe_finds_nothing_on_the_other_pages(visit, shop, violations):
    with visit(TILL, login="anna") as page:
        cashier = Cashier(page)
        cashier.scan(shop.codes[2])
        page.fill("[name=received]", "50")
        cashier.sell()
        for path in (
            "/tickets/VE-canal-1/?vente=1",
            "/tickets/VE-canal-1/",
            "/caisse/tickets/",
            "/caisse/tickets/?number=nothing",
            "/caisse/prix/",
            "/caisse/prix/?category=MOB",
            "/reglages/prix/",
            "/reglages/sites/canal/prix/",
            "/reglages/sites/canal/prix/assiette/",
            "/reglages/sites/canal/caisses/C1/",
        ):
            page.goto(path)
            for summary in page.locator("#rembourser summary").all():
                summary.click()
            assert faults(page, violations) == [], path

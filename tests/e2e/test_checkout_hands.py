"""The till under real hands: quick, twice, in the wrong field, back and forth, at two tills."""

import re

import pytest
from playwright.sync_api import expect

from sales.models import Refund, Sale
from tests.e2e.counter import TILL
from tests.e2e.machine import keys_at_speed, type_at_speed

pytestmark = pytest.mark.browser


@pytest.fixture
def held(till):
    """Answers of the till wait here until they are let go."""
    routes = []

    def hold(route):
        routes.append(route)

    till.page.route(f"**{TILL}", hold)

    def let_go():
        for route in routes:
            route.continue_()
        till.page.unroute(f"**{TILL}")

    return let_go


def kept(page):
    return page.evaluate("Object.keys(sessionStorage)")


# What is typed while an answer is on its way


def test_what_a_hand_changes_meanwhile_outlives_the_answer(till, held):
    till.key("assiette")
    till.page.locator(".means .chip").nth(1).click()
    till.page.locator("[name=received]").click()
    till.page.keyboard.type("20")
    held()

    expect(till.lines).to_have_count(1)
    expect(till.page.locator("[name=received]")).to_have_value("20")
    expect(till.page.locator("[name=received]")).to_be_focused()
    expect(till.page.locator("[name=method][value=card]")).to_be_checked()
    expect(till.page.locator(".give-sum b")).to_contain_text("19,50")


def test_a_price_typed_while_another_line_is_added_stays_on_its_line(till, request):
    till.key("libre")
    expect(till.page.locator("[name=lines-0-price]")).to_be_focused()
    held = request.getfixturevalue("held")
    till.key("assiette")
    till.page.locator("[name=lines-0-price]").click()
    for digit in "35":
        till.page.locator(f"[data-key='{digit}']").click()
    held()

    expect(till.lines).to_have_count(2)
    expect(till.page.locator("[name=lines-0-price]")).to_have_value("35")
    till.page.locator("[data-key='0']").click()
    till.total("350,50")


def test_a_price_typed_while_its_line_is_removed_goes_with_it(till, request):
    for code in ("assiette", "livre"):
        till.key(code)
        expect(till.page.locator(f"[name$=-key][value={code}]")).to_be_attached()
    till.page.locator(".slip li summary").last.click()
    held = request.getfixturevalue("held")
    till.page.locator("[name=remove][value='0']").click()
    till.page.locator("[name=lines-0-price]").fill("9")
    held()

    expect(till.lines).to_have_count(1)
    till.total("2,00")


def test_sell_pressed_again_while_it_is_busy_is_pressed_once(till, shop, request):
    till.scan(shop.codes[0])
    held = request.getfixturevalue("held")
    till.tap("[value=sell]")
    expect(till.page.locator("#till")).to_have_attribute("aria-busy", "true")
    till.tap("[value=sell]")
    held()
    till.page.wait_for_url(re.compile("/tickets/VE-canal-1/"))
    assert Sale.objects.count() == 1


# A scanner in the wrong field


@pytest.mark.parametrize("field", ["received", "lines-0-price", "lines-0-off", "lines-0-reason"])
def test_a_scan_into_another_field_is_a_scan_and_the_field_keeps_what_it_held(till, shop, field):
    till.scan(shop.codes[0])
    till.page.locator(".slip li summary").click()
    till.page.locator(f"[name={field}]").fill("1")
    till.page.locator(f"[name={field}]").focus()
    type_at_speed(till.page, f"https://ailleurs.fr/o/{shop.codes[1]}")

    expect(till.lines).to_have_count(2)
    expect(till.page.locator(f"[name={field}]")).to_have_value("1")


def test_what_a_hand_types_into_a_field_is_no_scan(till, shop):
    till.scan(shop.codes[0])
    till.page.locator(".slip li summary").click()
    till.page.locator("[name=lines-0-off]").fill("1")
    till.page.locator("[name=lines-0-reason]").focus()
    till.page.keyboard.type("abimee", delay=120)
    till.page.keyboard.press("Enter")

    till.total("14,00")
    expect(till.page.locator("[name=lines-0-reason]")).to_have_value("abimee")
    expect(till.lines).to_have_count(1)


# Back and forth


def test_a_page_shown_again_as_it_was_left_is_drawn_afresh(till, shop):
    till.scan(shop.codes[0])
    with till.page.expect_navigation():
        till.page.evaluate(
            """() => { sessionStorage.clear();
              dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); }"""
        )
    expect(till.page.locator("#code")).to_be_focused()
    expect(till.lines).to_have_count(0)


def test_an_object_brought_to_the_till_joins_the_ticket_under_way_once(till, shop):
    till.scan(shop.codes[0])
    till.page.goto(f"{TILL}?code={shop.codes[1]}")
    expect(till.lines).to_have_count(2)
    till.page.reload()
    expect(till.lines).to_have_count(2)
    expect(till.page.get_by_role("alert")).to_have_count(0)
    till.total("30,00")


def test_a_ticket_that_cannot_be_found_again_at_once_is_not_forgotten(till, shop):
    till.scan(shop.codes[0])
    till.page.route(
        f"**{TILL}",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    till.page.reload()
    expect(till.page.get_by_role("alert")).to_be_visible()
    till.page.unroute(f"**{TILL}")
    till.key("assiette")
    expect(till.lines).to_have_count(2)


def test_a_ticket_taken_already_leads_to_a_new_one(till, shop):
    till.scan(shop.codes[0])
    till.page.route(f"**{TILL}", lambda route: (route.fetch(max_redirects=0), route.abort()))
    till.page.locator("[value=sell]").click()
    expect(till.page.get_by_role("alert")).to_be_visible()
    till.page.unroute(f"**{TILL}")
    till.key("assiette")
    till.total("15,50")
    till.page.locator("[value=sell]").click()
    expect(till.page.get_by_role("alert")).to_contain_text("VE-canal-1")

    till.page.locator("[name=do][value=new]").click()
    expect(till.lines).to_have_count(0)
    till.key("assiette")
    till.total("0,50")
    till.sell()
    assert Sale.objects.count() == 2


# Whose ticket it is


def test_a_kept_ticket_is_its_person_s_and_logging_out_forgets_it(till, shop):
    till.scan(shop.codes[0])
    assert kept(till.page) == [f"tracerie.till.navette.{shop.world.cashier.pk}.C1"]
    till.page.locator(".account summary").click()
    till.page.locator("form[data-leave] button").click()
    till.page.wait_for_url("**/connexion/**")
    assert kept(till.page) == []


# After the sale


def test_a_scan_after_printing_opens_the_next_ticket(till, shop):
    till.page.add_init_script("window.print = () => {}")
    till.scan(shop.codes[0])
    till.sell()
    printing = till.page.get_by_role("button", name="Imprimer")
    printing.click()
    expect(till.page.locator("#next")).to_be_focused()
    printing.focus()
    keys_at_speed(till.page, shop.codes[1])
    till.page.wait_for_url(f"**{TILL}*")
    expect(till.lines).to_contain_text("Tabouret")


def test_a_refund_says_what_it_comes_to_and_is_sent_once(till, shop):
    till.scan(shop.codes[0])
    for _n in range(3):
        till.key("assiette")
    till.total("16,50")
    till.sell()
    page = till.page
    page.locator("#rembourser summary").click()
    page.check("[name=line_1]")
    page.fill("[name=line_2]", "2")
    expect(page.locator("[data-sum] output")).to_have_text("16,00\u00a0€")
    page.fill("[name=comment]", "trop petite")
    page.locator("#rembourser button[type=submit]").dblclick()
    expect(page.locator(".backs")).to_contain_text("RE-canal-1")
    assert Refund.objects.get().total_cents == 1_600

"""What a device can do, said on the device itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.looks import faults
from tests.e2e.test_offline import log, offline, pill
from tests.e2e.test_weigh import WEIGH, Hand

pytestmark = [pytest.mark.browser, pytest.mark.kept]

PAGE = "/diagnostic/"


def line(page, name):
    return page.locator(f"[data-check={name}]")


def judged(page):
    expect(page.locator("[data-check]:not([data-state])")).to_have_count(0)
    return page.locator("#verdict")


def test_anyone_reads_what_the_device_can_do(visit, violations):
    with visit(PAGE, login=None) as page:
        expect(judged(page)).to_contain_text("même fermé puis rouvert")
        for name in ("secure", "worker", "disk", "queue", "contact", "clock", "ids", "locks"):
            expect(line(page, name)).to_have_attribute("data-state", "good")
        for each in page.locator("[data-check]").all():
            assert each.locator(".tag svg").count() == 1  # never colour alone
            assert each.locator(".tag").inner_text().strip()
        assert faults(page, violations) == []


def test_what_waits_is_counted_and_the_page_opens_without_a_network(visit):
    with visit(WEIGH) as page:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        hand = Hand(page)
        offline(hand)
        log(hand)
        expect(pill(hand)).to_have_text("1 en attente")
        page.goto(PAGE)
        judged(page)
        expect(line(page, "queue").locator(".tag")).to_have_text("1")
        expect(line(page, "queue")).to_have_attribute("data-state", "warn")
        expect(line(page, "contact")).to_have_attribute("data-state", "warn")
        expect(line(page, "contact").locator(".tag")).to_have_text(re.compile(r"\d\d:\d\d"))


def test_over_plain_http_it_says_to_leave_the_screen_open(visit):
    hide = "Object.defineProperty(window, 'isSecureContext', {value: false})"
    with visit(PAGE, login=None) as page:
        page.add_init_script(hide)
        page.reload()
        expect(judged(page)).to_contain_text("tant que l’écran reste ouvert")
        expect(page.locator("#trust")).to_be_visible()
        expect(line(page, "worker")).to_have_attribute("data-state", "warn")
        expect(line(page, "serial")).to_contain_text("ne le dit qu’en https")


def test_a_browser_that_keeps_nothing_is_told_apart(visit):
    broken = "indexedDB.open = () => { throw new Error('private browsing'); }"
    with visit(PAGE, login=None) as page:
        page.add_init_script(broken)
        page.reload()
        expect(judged(page)).to_contain_text("ne garde rien")
        expect(line(page, "disk")).to_have_attribute("data-state", "bad")
        expect(line(page, "queue").locator(".tag")).to_contain_text("Non connu")


def test_a_clock_that_is_wrong_is_told(visit):
    with visit(PAGE, login=None) as page:
        page.add_init_script("const now = Date.now; Date.now = () => now() - 12 * 60_000;")
        page.reload()
        judged(page)
        expect(line(page, "clock").locator(".tag")).to_have_text("12 min de retard")

"""The weigh station without a network: nothing is lost, nothing counts twice."""

import json
import re

import pytest
from playwright.sync_api import expect

from collection.models import Intake
from config import limits
from inventory.models import Flow, Movement
from tests.databases import PASSWORD
from tests.e2e.test_weigh import WEIGH, Hand, all_sent

pytestmark = [pytest.mark.browser, pytest.mark.kept]


@pytest.fixture
def weigh(visit):
    with visit(WEIGH) as page:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # now the worker has kept the screen
        all_sent(Hand(page))
        yield Hand(page)


def log(hand, typed="8", tile="Mobilier"):
    hand.keys(typed)
    hand.tile(tile)
    hand.save()


def pill(hand):
    return hand.page.locator("#state b")


def offline(hand, is_off=True):
    hand.page.context.set_offline(is_off)


def test_what_is_saved_without_a_network_outlives_a_reload_and_is_sent_later(weigh):
    offline(weigh)
    log(weigh)
    expect(pill(weigh)).to_have_text("1 en attente")
    expect(weigh.page.locator("#saved b")).to_have_text("8,0 kg enregistrés")
    weigh.page.reload()
    expect(pill(weigh)).to_have_text("1 en attente")
    log(weigh, "5")
    expect(pill(weigh)).to_have_text("2 en attente")
    expect(weigh.page.locator("#day b")).to_have_text("13,0 kg")
    assert not Intake.objects.exists()
    offline(weigh, False)
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000]


def test_what_is_too_much_at_once_stays_and_is_sent_once_there_is_room(weigh, monkeypatch):
    monkeypatch.setattr(limits, "WRITES", limits.Limit("few writes", 1, 4))
    offline(weigh)
    for typed in ("8", "5", "3"):
        log(weigh, typed)
    offline(weigh, False)
    with weigh.page.expect_response(lambda answer: answer.status == 429) as refused:
        pass
    assert int(refused.value.headers["retry-after"]) in range(1, 5)
    expect(pill(weigh)).to_have_text(re.compile("en attente"))  # nothing of it is red
    expect(pill(weigh)).to_have_text("En ligne", timeout=60_000)
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000, 3_000]


NOTHING_MORE = """() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    const stores = this.transaction.objectStoreNames;
    return stores.contains("entries") ? put.call(this, value, key) : this.get(0);
  };
}"""


def test_a_sheet_that_waits_is_not_on_the_table_too_if_the_browser_ends_at_once(weigh):
    offline(weigh)
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.page.evaluate(NOTHING_MORE)  # the entry is written, and nothing after it
    weigh.save()
    expect(pill(weigh)).to_have_text("1 en attente")
    weigh.page.reload()
    expect(pill(weigh)).to_have_text("1 en attente")
    log(weigh, "5")
    offline(weigh, False)
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000]


def test_what_is_weighed_while_a_sheet_is_written_begins_the_next_one(weigh):
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.page.evaluate(
        """() => {
          for (const where of ["#save", "#pad [data-key='5']", "#tiles .tile"])
            document.querySelector(where).click();
        }"""
    )
    expect(weigh.page.locator("#saved b")).to_have_text("8,0 kg enregistrés")
    expect(weigh.page.locator("#lines li")).to_contain_text(["5,0"])
    weigh.save()
    all_sent(weigh)
    assert [flow.weight_g for flow in Flow.objects.order_by("pk")] == [8_000, 5_000]


def test_a_lost_answer_is_sent_again_and_counts_once(weigh):
    weigh.page.route("**/collection/intakes", lambda route: (route.fetch(), route.abort()))
    with weigh.page.expect_event("requestfailed"):
        log(weigh)
    expect(pill(weigh)).to_have_text("1 en attente")
    assert Intake.objects.count() == 1  # it had arrived
    weigh.page.unroute("**/collection/intakes")
    weigh.page.reload()
    all_sent(weigh)
    assert Intake.objects.count() == 1


def refuse(route):
    detail = {"detail": [{"type": "month_closed", "loc": [], "msg": "Ce mois est clos."}]}
    route.fulfill(status=422, content_type="application/json", body=json.dumps(detail))


def test_what_is_refused_stays_red_until_a_person_settles_it(weigh):
    weigh.page.route("**/collection/intakes", refuse)
    log(weigh)
    expect(pill(weigh)).to_have_text("1 à régler")
    weigh.page.unroute("**/collection/intakes")
    weigh.page.reload()
    expect(pill(weigh)).to_have_text("1 à régler")
    weigh.tap("#state")
    expect(weigh.page.locator("#picker")).to_contain_text("Ce mois est clos.")
    weigh.tap(".pick", "Apport de")
    weigh.tap(".pick", "Reprendre")
    expect(weigh.page.locator("#lines li")).to_have_count(1)
    weigh.save()
    all_sent(weigh)
    assert Intake.objects.count() == 1


def test_a_refused_entry_is_removed_only_by_a_person_who_says_so_twice(weigh):
    weigh.page.route("**/collection/intakes", refuse)
    log(weigh)
    expect(pill(weigh)).to_have_text("1 à régler")
    weigh.tap("#state")
    weigh.tap(".pick", "Apport de")
    weigh.tap(".pick", "L’enlever")
    weigh.tap(".pick", "Oui, enlever")
    expect(pill(weigh)).to_have_text("En ligne")
    assert not Intake.objects.exists()


def test_a_refusal_does_not_hold_up_what_comes_after_it(weigh):
    weigh.page.route("**/collection/intakes", refuse, times=1)
    log(weigh)
    expect(pill(weigh)).to_have_text("1 à régler")
    log(weigh, "5")
    expect(weigh.page.locator("#saved small")).to_contain_text("AP-canal-1")
    assert [flow.weight_g for flow in Flow.objects.all()] == [5_000]


def test_what_never_left_is_undone_here_and_what_may_have_left_there(weigh):
    offline(weigh)
    log(weigh)
    weigh.tap("#saved .btn")
    expect(weigh.page.locator("#saved b")).to_contain_text("annulé")
    expect(pill(weigh)).to_have_text("Hors ligne")  # nothing waits any more
    offline(weigh, False)
    weigh.page.route("**/collection/intakes", lambda route: (route.fetch(), route.abort()))
    with weigh.page.expect_event("requestfailed"):
        log(weigh, "5")
    expect(pill(weigh)).to_have_text("1 en attente")
    weigh.tap("#saved .btn")
    expect(pill(weigh)).to_have_text("2 en attente")
    weigh.page.unroute_all(behavior="wait")
    weigh.page.reload()
    all_sent(weigh)
    assert [movement.verb for movement in Movement.objects.order_by("pk")] == ["collect", "reverse"]
    expect(weigh.page.locator("#day b")).to_have_text("0,0 kg")


def test_a_session_that_ended_over_a_full_queue_keeps_it(weigh):
    offline(weigh)
    log(weigh)
    expect(pill(weigh)).to_have_text("1 en attente")
    weigh.page.context.clear_cookies()
    offline(weigh, False)
    expect(pill(weigh)).to_have_text("Reconnectez-vous")
    weigh.tap("#state")
    weigh.tap(".pick", "Se connecter")
    weigh.page.fill("#id_username", "sorter")
    weigh.page.fill("#id_password", PASSWORD)
    weigh.page.click("button[type=submit]")
    all_sent(weigh)
    assert Intake.objects.count() == 1


def test_two_tabs_send_each_entry_once(weigh):
    posts = []
    context = weigh.page.context
    context.on("response", lambda each: posts.append(each.url))
    offline(weigh)
    for typed in "123":
        log(weigh, typed)
    other = context.new_page()
    other.goto(WEIGH)
    offline(weigh, False)
    all_sent(weigh)
    expect(other.locator("#state b")).to_have_text("En ligne")
    assert len([url for url in posts if url.endswith("/collection/intakes")]) == 3
    assert Intake.objects.count() == 3


def test_a_page_that_needs_the_server_says_which_screens_do_not(weigh):
    offline(weigh)
    weigh.page.goto("/stock/")
    expect(weigh.page.locator("h1")).to_have_text("Pas de réseau")
    weigh.page.get_by_role("link", name=re.compile("Peser")).click()
    expect(weigh.page.locator("#tiles .tile").first).to_be_visible()


def test_the_screens_that_a_person_may_open_are_kept_and_no_others(visit):
    for login, kept in (("manager", "Compter une étagère"), ("sorter", "Suivre")):
        with visit(WEIGH, login=login) as page:
            page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            page.reload()
            page.wait_for_load_state("networkidle")
            page.context.set_offline(True)
            page.goto("/stock/")
            links = page.locator("#screens a")
            expect(links.filter(has_text=kept)).to_be_visible()
            expect(links).to_have_count(5 if login == "manager" else 4)


def test_the_screen_that_is_kept_says_nothing_of_anybody(weigh):
    kept = weigh.page.evaluate(
        "async () => { const found = await caches.match('/peser/canal/', {ignoreVary: true});"
        " return found.text(); }"
    )
    assert "Sorter" not in kept
    assert "csrfmiddlewaretoken" in kept
    assert re.search(r'name="csrfmiddlewaretoken" value=""', kept)
    expect(weigh.page.locator(".person-name")).to_have_text("Sorter")

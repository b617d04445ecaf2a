"""The sorting table without a network: lots are known, nothing is lost, nothing counts twice."""

import re

import pytest
from playwright.sync_api import expect

from inventory.models import Item, ItemCode, Movement, Verb
from tests.e2e.test_offline import NOTHING_MORE, offline, pill, refuse
from tests.e2e.test_sort import PRINTER, SORT, Table, bring, chair, flows, table  # noqa: F401
from tests.e2e.test_weigh import all_sent

pytestmark = [pytest.mark.browser, pytest.mark.kept]
CODES = """async () => {
  const open = indexedDB.open("tracerie", 1);
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  for (;;) {
    const asked = database.transaction("kept").objectStore("kept").get("codes:canal");
    await new Promise((done) => { asked.onsuccess = done; });
    if (asked.result?.codes?.length) return database.close();
    await new Promise((done) => setTimeout(done, 50));
  }
}"""


@pytest.fixture
def sort(table, visit):  # noqa: F811
    with visit(SORT, script=PRINTER) as page:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # now the worker has kept the screen
        page.locator(".lot-card").first.wait_for()
        hand = Table(page)
        all_sent(hand)
        page.evaluate(CODES)
        page.wait_for_load_state("networkidle")
        yield hand


def share_out(hand):
    hand.lot("Mobilier")
    hand.part("10", "Boutique")
    hand.part("20", "Gebetex")
    hand.save()


def test_a_sheet_that_waits_is_not_on_the_table_too_if_the_browser_ends_at_once(sort):
    offline(sort)
    sort.lot("Mobilier")
    sort.part("10", "Boutique")
    sort.page.evaluate(NOTHING_MORE)  # the entry is written, and nothing after it
    sort.save()
    expect(pill(sort)).to_have_text("1 en attente")
    sort.page.reload()
    expect(pill(sort)).to_have_text("1 en attente")
    expect(sort.page.locator("#lines li")).to_have_count(0)
    expect(sort.left()).to_have_text("30,0")


def test_what_is_sorted_without_a_network_is_sent_once_when_it_is_back(sort):
    offline(sort)
    sort.page.reload()
    share_out(sort)
    expect(pill(sort)).to_have_text("1 en attente")
    expect(sort.left()).to_have_text("10,0")
    expect(sort.page.locator("#day b")).to_have_text("30,0 kg")
    sort.tap("#lot-other")  # the heaps as they will be
    cards = sort.page.locator(".lot-card")
    expect(cards.nth(0)).to_contain_text(re.compile("Mobilier.*Canal.*10,0", re.DOTALL))
    expect(cards.nth(1)).to_contain_text(re.compile("Mobilier.*Boutique.*10,0", re.DOTALL))
    sort.page.reload()
    expect(pill(sort)).to_have_text("1 en attente")
    assert not Movement.objects.filter(verb=Verb.SORT).exists()
    offline(sort, False)
    all_sent(sort)
    assert flows(Verb.SORT, Verb.SHIP) == [
        ("MOB", "MOB", "stock/boutique/bulk", 10_000),
        ("MOB", "MOB", "recycling/gebetex", 20_000),
    ]


def test_a_lost_answer_is_sent_again_and_counts_once(sort):
    sort.page.route("**/inventory/sortings", lambda route: (route.fetch(), route.abort()))
    with sort.page.expect_event("requestfailed"):
        share_out(sort)
    expect(pill(sort)).to_have_text("1 en attente")
    assert Movement.objects.filter(verb=Verb.SORT).count() == 1  # it had arrived
    sort.page.unroute("**/inventory/sortings")
    sort.page.reload()
    all_sent(sort)
    assert Movement.objects.filter(verb=Verb.SORT).count() == 1


def test_what_is_refused_comes_back_to_the_sheet(sort):
    sort.page.route("**/inventory/sortings", refuse)
    share_out(sort)
    expect(pill(sort)).to_have_text("1 à régler")
    sort.page.unroute("**/inventory/sortings")
    sort.tap("#state")
    expect(sort.page.locator("#picker")).to_contain_text("Ce mois est clos.")
    sort.tap(".pick", "Tri de")
    sort.tap(".pick", "Reprendre")
    expect(sort.page.locator("#lines li")).to_have_count(2)
    expect(sort.left()).to_have_text("10,0")
    sort.save()
    all_sent(sort)
    assert [weight_g for *_rest, weight_g in flows(Verb.SORT, Verb.SHIP)] == [10_000, 20_000]


def test_what_never_left_is_undone_here(sort):
    offline(sort)
    share_out(sort)
    sort.tap("#saved .btn")
    sort.says("annulé")
    expect(pill(sort)).to_have_text("Hors ligne")
    expect(sort.left()).to_have_text("40,0")
    offline(sort, False)
    all_sent(sort)
    assert not Movement.objects.filter(verb=Verb.SORT).exists()


def test_a_label_made_without_a_network_has_its_code_and_is_printed_later(sort):
    offline(sort)
    sort.lot("Mobilier")
    sort.keys("4,2")
    sort.tap("#tag")
    said = sort.page.locator("#saved b").inner_text()
    code = said.rsplit(" ", 1)[1]
    assert ItemCode.objects.get(code=code).item is None  # drawn ahead
    expect(sort.page.locator("#to-print")).to_have_text(re.compile("1 étiquette à imprimer"))
    sort.tap("#to-print")
    expect(sort.page.locator("#read .left")).to_contain_text("au retour du réseau")
    sort.page.reload()
    offline(sort, False)
    all_sent(sort)
    assert ItemCode.objects.get(code=code).item == Item.objects.get()
    sort.page.wait_for_timeout(300)
    if sort.page.locator("#to-print").is_visible():
        sort.tap("#to-print")
    sort.page.wait_for_function("() => window.printed === 1")
    expect(sort.page.locator("#to-print")).to_be_hidden()


def test_an_object_is_known_and_moved_without_a_network(sort, chair):  # noqa: F811
    sort.page.reload()
    sort.page.wait_for_load_state("networkidle")
    offline(sort)
    sort.scan(chair)
    sort.tap("#object .dest", "Atelier")
    expect(pill(sort)).to_have_text("1 en attente")
    sort.scan(chair)
    expect(sort.page.locator("#object")).to_contain_text("Atelier")
    sort.page.locator("#object .picker-head .btn").click()
    offline(sort, False)
    all_sent(sort)
    assert Item.objects.get().account.place.code == "atelier"


def test_an_arrival_that_waits_on_the_tablet_is_a_heap_already(sort):
    offline(sort)
    sort.page.goto("/peser/canal/")
    sort.keys("8")
    sort.tile("Livres")
    sort.save()
    expect(pill(sort)).to_have_text("1 en attente")
    sort.page.goto(SORT)
    expect(sort.page.locator(".lot-card", has_text="Livres")).to_contain_text("8,0")
    offline(sort, False)
    all_sent(sort)


def test_an_arrival_weighed_elsewhere_shows_up_by_itself(sort, table):  # noqa: F811
    bring(table, VAI=9_000)
    share_out(sort)
    all_sent(sort)
    sort.tap("#lot-other")
    expect(sort.page.locator(".lot-card", has_text="Vaisselle").first).to_contain_text("9,0")

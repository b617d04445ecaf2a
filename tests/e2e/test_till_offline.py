"""The till of a tablet: it sells without a network, once each, in order, and one tab at a time."""

import json
import re

import pytest
from playwright.sync_api import expect

from inventory.codes import check_character
from inventory.models import Item
from sales.models import CashMove, Closing, JournalEntry, Payment, Refund, Sale, SaleLine
from sales.models import TillSession as Session
from tests.e2e.cashdesk import DESK, Desk, close, pair, stock
from tests.e2e.machine import keys_at_speed

pytestmark = [pytest.mark.browser, pytest.mark.kept]


@pytest.fixture
def codes(own_database):
    return stock(own_database)


@pytest.fixture
def fresh(own_database, codes, visit):
    """A paired tablet in front of a till that nobody has taken yet."""
    with visit("/connexion/", login=None) as page:
        pair(page, own_database)
        yield Desk(page, codes)


@pytest.fixture
def desk(fresh):
    """The till taken over and opened with 100 €, its screen kept."""
    fresh.take()
    fresh.open()
    fresh.keep()
    fresh.taps = 0
    return fresh


def numbers():
    """As the tickets say: the books put the site before them."""
    found = Sale.objects.order_by("pk").values_list("movement__number", flat=True)
    return [number.removeprefix("VE-canal-") for number in found]


def test_a_till_is_taken_opened_and_sells_with_a_network(desk):
    assert Session.objects.latest("pk").float_cents == 10_000
    desk.key("assiette")
    desk.total("0,50")
    desk.sell("C1-000001")
    desk.all_sent()
    sale = Sale.objects.get()
    assert (numbers(), sale.total_cents) == (["C1-000001"], 50)
    assert sale.movement.author.username == "leila"


def test_three_labels_for_exact_cash_take_three_scans_and_a_tap(desk):
    for code in desk.codes[:3]:
        desk.scan(code)
    desk.total("45,00")
    desk.sell("C1-000001")
    assert desk.taps == 1
    desk.all_sent()
    assert set(SaleLine.objects.values_list("total_cents", "weight_g")) == {(1_500, 4_200)}
    assert Item.objects.get(title="Chaise bistrot").state == Item.State.SOLD


def test_three_things_without_label_for_exact_cash_take_four_taps(desk):
    for code in ("assiette", "livre", "manteau"):
        desk.key(code)
    desk.total("10,50")
    desk.sell("C1-000001")
    assert desk.taps == 4
    desk.all_sent()
    assert Sale.objects.get().total_cents == 1_050


def test_what_is_sold_without_a_network_outlives_a_reload_and_arrives_once_in_order(desk):
    desk.offline()
    for n, code in enumerate(("assiette", "livre", "manteau"), start=1):
        desk.key(code)
        desk.sell(f"C1-00000{n}")
    expect(desk.pill).to_have_text("3 en attente")
    desk.page.reload()
    expect(desk.pill).to_have_text("3 en attente")
    expect(desk.page.locator("#strip b")).to_have_text("Ticket C1-000003")
    expect(desk.page.locator("#ticket-title")).to_have_text("Ticket C1-000004")
    assert not Sale.objects.exists()
    desk.offline(False)
    desk.all_sent()
    assert numbers() == ["C1-000001", "C1-000002", "C1-000003"]
    totals = list(Sale.objects.order_by("pk").values_list("total_cents", flat=True))
    assert totals == [50, 200, 800]


def test_a_lost_answer_is_sent_again_and_counts_once(desk):
    lose = lambda route: (route.fetch(), route.abort())  # noqa: E731
    desk.page.route("**/sales/sales", lose, times=1)
    desk.key("assiette")
    with desk.page.expect_event("requestfailed"):
        desk.sell("C1-000001")
    assert Sale.objects.count() == 1  # it had arrived
    desk.key("livre")
    desk.sell("C1-000002")
    desk.all_sent()
    assert numbers() == ["C1-000001", "C1-000002"]


UNWORN = "00001"  # of a label that no object wears, still without its check
NOTHING_MORE = """() => {
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (value) {
    const asked = add.call(this, value);
    this.transaction.abort();
    return asked;
  };
}"""


def test_a_ticket_that_could_not_be_kept_is_not_sold_and_takes_no_number(desk):
    desk.key("assiette")
    desk.page.evaluate(NOTHING_MORE)  # the disk gives up in the middle of it
    desk.tap("#go")
    expect(desk.page.locator("#give .hint")).to_contain_text("n’a pas pu")
    expect(desk.lines).to_have_count(1)
    desk.page.reload()
    expect(desk.lines).to_have_count(1)
    desk.sell("C1-000001")
    desk.all_sent()
    assert numbers() == ["C1-000001"]


def ask_for_two(route):
    """A server that was put back to an older state waits for the envelope of turn 2."""
    detail = {"type": "resend_from", "loc": ["body", "envelope", "seq", 2], "msg": "Renvoyer."}
    body = json.dumps({"detail": [detail]})
    route.fulfill(status=409, content_type="application/json", body=body)


def test_what_the_server_asks_for_again_is_sent_again_in_order(desk):
    for n, code in enumerate(("assiette", "livre"), start=1):
        desk.key(code)
        desk.sell(f"C1-00000{n}")
    desk.all_sent()
    sent = []
    desk.page.on("request", lambda each: sent.append(each) if each.method == "POST" else None)
    desk.page.route("**/sales/sales", ask_for_two, times=1)
    desk.key("manteau")
    desk.sell("C1-000003")
    desk.all_sent()
    told = [json.loads(each.post_data)["envelope"]["body"] for each in sent]
    assert [json.loads(body)["seq"] for body in told] == [4, 2, 3, 4]
    assert numbers() == ["C1-000001", "C1-000002", "C1-000003"]


def test_another_tab_sells_nothing_until_the_first_is_closed(desk):
    other = desk.page.context.new_page()
    other.goto(DESK)
    expect(other.locator("#gate")).to_contain_text("ouverte dans un autre onglet")
    expect(other.locator("#counter")).to_be_hidden()
    assert other.locator("#gate button, #gate a").count() == 0
    desk.page.close()
    expect(other.locator("#counter")).to_be_visible()


def test_another_tablet_is_told_who_holds_the_till(desk, own_database, visit):
    with visit("/connexion/", login=None, is_own=True) as page:
        pair(page, own_database, "Caisse B")
        Desk(page, desk.codes).tap("#gate .btn", "Prendre cette caisse")
        expect(page.locator("#gate .gate-note")).to_contain_text("Caisse A")


def test_a_ticket_is_put_aside_and_taken_back_after_a_reload(desk):
    desk.scan(desk.codes[0])
    desk.tap("#park")
    expect(desk.lines).to_have_count(0)
    desk.key("livre")
    desk.sell("C1-000001")
    desk.page.reload()
    desk.tap("#park", "Reprendre")
    desk.total("15,00")
    desk.sell("C1-000002")
    desk.all_sent()
    assert [sale.total_cents for sale in Sale.objects.order_by("pk")] == [200, 1_500]


def test_a_free_price_a_discount_a_weight_and_two_means_of_payment(desk):
    desk.key("libre")
    desk.pad("7,5")
    desk.tap("#go", "Valider")
    desk.total("7,50")
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Poids")
    desk.pad("1,25")
    desk.tap("#go", "Valider")
    desk.tap(".t-line")
    desk.tap(".t-tools .btn", "Remise")
    desk.tap("#quick .chip", "20 %")
    desk.choose("Abîmé")
    desk.total("6,00")
    desk.tap("#means .chip", "Carte")
    desk.pad("4")
    desk.tap("#means .chip", "Partager")
    desk.pad("5")
    expect(desk.change).to_contain_text("3,00")
    desk.sell("C1-000001")
    desk.all_sent()
    line = SaleLine.objects.get()
    assert (line.total_cents, line.discount_cents, line.discount_reason) == (600, 150, "Abîmé")
    assert (line.weight_g, line.weight_source) == (1_250, "weighed")
    paid = Payment.objects.order_by("pk").values_list("method", "amount_cents")
    assert list(paid) == [("card", 400), ("cash", 500)]
    assert Sale.objects.get().change_cents == 300


def test_a_price_typed_for_one_thing_counts_when_the_next_is_touched(desk):
    desk.key("libre")
    desk.pad("3")
    desk.key("livre")
    desk.total("5,00")


def test_what_is_wrong_with_a_label_is_said_at_the_scan(desk, own_database):
    chair = desk.codes[0]
    desk.scan(chair)
    keys_at_speed(desk.page, chair)
    desk.told("déjà sur ce ticket")
    desk.sell("C1-000001")
    desk.scan(chair)
    desk.told("Déjà vendu ici, ticket C1-000001")
    desk.tap(".rub")
    wrong = chair[:-1] + ("0" if chair[-1] != "0" else "1")
    keys_at_speed(desk.page, wrong)
    desk.told(re.compile("ne peut pas exister|vérifiez"))


def test_a_label_that_nobody_knows_offline_is_sold_by_category_and_price(desk, own_database):
    code = f"{UNWORN}{check_character(UNWORN)}"
    desk.offline()
    keys_at_speed(desk.page, code)
    expect(desk.page.locator("#picker h2")).to_contain_text("ne connaît pas")
    desk.choose("Mobilier")
    desk.pad("12")
    desk.tap("#go", "Valider")
    desk.sell("C1-000001")
    desk.offline(False)
    desk.all_sent()
    line = SaleLine.objects.get()
    assert (line.total_cents, line.category.code, line.item) == (1_200, "MOB", None)


def test_cash_goes_in_and_out_offline_and_arrives(desk):
    desk.offline()
    desk.tap("#drawer")
    desk.choose("Sortir de l’argent")
    desk.choose("Dépôt en banque")
    for digit in "50":
        desk.tap(f"#tally-pad [data-key='{digit}']")
    desk.tap("#tally-go", "Sortir 50,00")
    desk.told("50,00")
    desk.offline(False)
    desk.all_sent()
    assert CashMove.objects.get().amount_cents == -5_000


def test_a_ticket_is_given_back_with_the_server(desk):
    for _twice in range(2):
        desk.key("assiette")
    desk.sell("C1-000001")
    desk.all_sent()
    desk.tap("#drawer")
    desk.choose("Rembourser")
    desk.choose("C1-000001")
    desk.tap("#back-lines .btn:last-child")
    expect(desk.page.locator("#back-lines .t-step b")).to_have_text("2")
    desk.tap("#back-why .chip", "Ne marche pas")
    desk.tap("#back-go")
    desk.told("C1-000002")
    refund = Refund.objects.get()
    assert (refund.total_cents, refund.movement.number) == (100, "RE-canal-C1-000002")
    desk.key("livre")
    desk.sell("C1-000003")
    desk.all_sent()


def test_nothing_is_given_back_or_closed_while_something_waits(desk):
    desk.offline()
    desk.key("livre")
    desk.sell("C1-000001")
    desk.tap("#drawer")
    desk.choose("Rembourser")
    desk.told("Wi-Fi")
    desk.tap("#drawer")
    desk.choose("Clôturer la caisse")
    desk.told("Envois en attente")
    assert not Closing.objects.filter(session__number__gt=1).exists()
    desk.offline(False)
    desk.all_sent()
    close(desk)
    closing = Closing.objects.latest("pk")
    assert (closing.counted_cents, closing.expected_cents) == (10_000, 10_200)
    expect(desk.gate).to_contain_text("il manque 2,00")


def test_a_till_that_is_closed_opens_again_the_next_morning(desk):
    close(desk)
    desk.open("80")
    desk.key("livre")
    desk.sell("C1-000001")
    desk.all_sent()
    assert Session.objects.latest("pk").float_cents == 8_000
    assert JournalEntry.objects.filter(kind="sale").count() == 1


def test_a_till_that_waited_too_long_sells_no_more_and_says_why(desk):
    tomorrow = "() => { const now = Date.now; Date.now = () => now() + 25 * 3600_000; }"
    desk.page.wait_for_load_state("networkidle")
    desk.offline()
    desk.key("livre")
    desk.page.evaluate(tomorrow)
    expect(desk.page.locator("#stopped")).to_contain_text("24 heures")
    expect(desk.page.locator("#go")).to_be_disabled()


def test_a_ticket_is_shown_and_printed_only_when_asked_for(desk):
    desk.page.evaluate(
        "() => { window.printed = 0; window.print = () => { window.printed += 1; }; }"
    )
    desk.key("livre")
    desk.sell("C1-000001")
    expect(desk.page.locator("#paper")).to_be_hidden()
    desk.tap("#strip .btn")
    expect(desk.page.locator("#paper-sheet")).to_contain_text("C1-000001")
    desk.tap("#paper-print")
    assert desk.page.evaluate("() => window.printed") == 1


def test_a_chair_that_was_given_back_is_sold_again_without_a_doubt(desk):
    chair = desk.codes[0]
    desk.scan(chair)
    desk.sell("C1-000001")
    desk.all_sent()
    desk.tap("#drawer")
    desk.choose("Rembourser")
    desk.page.fill("#back-number", "1")
    desk.page.keyboard.press("Enter")
    desk.choose("C1-000001")
    desk.tap("#back-why .chip", "Ne convient pas")
    desk.tap("#back-go", "Rembourser 15,00")
    desk.told("rendez 15,00")
    desk.scan(chair)
    expect(desk.page.locator("#told")).to_be_hidden()
    desk.sell("C1-000003")
    desk.all_sent()
    assert [line.flag for line in SaleLine.objects.all()] == ["", ""]


def test_a_device_that_is_no_tablet_is_shown_the_way_to_the_servers_till(codes, visit):
    with visit(DESK, login="cashier") as page:
        expect(page.locator("#gate")).to_contain_text("n’est pas une tablette")
        assert page.locator("#gate a").get_attribute("href") == "/caisse/C1/"


INSECURE = "Object.defineProperty(window, 'isSecureContext', { value: false });"


def test_without_https_the_till_says_so_and_sells_nothing(codes, visit):
    with visit(DESK, login="cashier", script=INSECURE) as page:
        expect(page.locator("#gate")).to_contain_text("adresse sécurisée")
        expect(page.locator("#counter")).to_be_hidden()

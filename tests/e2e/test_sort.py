"""The sorting table as a hand meets it: a lot, its parts, a label, an object in hand."""

import re

import pytest
from playwright.sync_api import expect

from collection.models import Intake
from inventory.models import Flow, Item, ItemCode, Movement, Partner, Place, Repair, Shipment, Verb
from tests.conftest import Api
from tests.e2e.machine import keys_at_speed
from tests.e2e.test_weigh import Hand, all_sent
from tests.tills import open_till

pytestmark = pytest.mark.browser
SORT = "/trier/canal/"
# The printer is asked, and answers nothing.
PRINTER = "window.printed = 0; window.print = () => { window.printed += 1; };"


@pytest.fixture
def table(own_database):
    """Canal with a shop and a workshop, a recycler, and 40 kg of furniture that came today."""
    world = own_database
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.main(world.canal)
    for code, name, use in (("boutique", "Boutique", "shop"), ("atelier", "Atelier", "workshop")):
        Place.objects.create(site=world.canal, code=code, name=name, use=use)
    Partner.objects.filter(code="gebetex").update(default_fate="recycling")
    bring(world, MOB=40_000)
    return world


def bring(world, **weights):
    lines = [{"category": code, "weight_g": weight_g} for code, weight_g in weights.items()]
    made = Api(world.anna).post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    assert made.status_code == 201, made.json()
    return made.json()


class Table(Hand):
    """Taps on the sorting table, counted."""

    def lot(self, name):
        self.tap(".lot-card", name)

    def to(self, name):
        self.tap("#dests .dest", name)

    def part(self, typed, name):
        self.keys(typed)
        self.to(name)

    def scan(self, code):
        self.page.wait_for_timeout(450)  # a scanner speaks after a rest
        keys_at_speed(self.page, code)

    def left(self):
        return self.page.locator("#lot-left b")

    def says(self, text):
        expect(self.page.locator("#saved b")).to_have_text(re.compile(text))


@pytest.fixture
def sort(table, visit):
    with visit(SORT, script=PRINTER) as page:
        page.locator(".lot-card").first.wait_for()
        yield Table(page)


def flows(*verbs):
    rows = Flow.objects.filter(movement__verb__in=verbs).order_by("pk")
    return [
        (f.from_category.code, f.to_category.code, f.to_account.key.split("/", 1)[1], f.weight_g)
        for f in rows.select_related("from_category", "to_category", "to_account")
    ]


# A lot


def test_a_lot_is_shared_out_in_one_act_and_what_remains_is_always_told(sort):
    sort.lot("Mobilier")
    expect(sort.left()).to_have_text("40,0")
    sort.part("18,2", "Boutique")
    sort.part("6", "Atelier")
    expect(sort.left()).to_have_text("15,8")
    sort.part("9,5", "Gebetex")
    expect(sort.page.locator("#dests .dest", has_text="Gebetex")).to_contain_text("9,5 kg")
    bar = sort.page.locator("#lot-bar")
    expect(bar).to_have_attribute("aria-label", re.compile("Boutique 18,2.kg.*reste 6,3.kg"))
    assert not Movement.objects.filter(verb=Verb.SORT).exists()

    sort.save()
    sort.says("33,7.kg triés")
    all_sent(sort)

    assert flows(Verb.SORT, Verb.SHIP) == [
        ("MOB", "MOB", "stock/boutique/bulk", 18_200),
        ("MOB", "MOB", "stock/atelier/bulk", 6_000),
        ("MOB", "MOB", "recycling/gebetex", 9_500),
    ]
    assert (
        Movement.objects.filter(verb__in=[Verb.SORT, Verb.SHIP])
        .values("submission")
        .distinct()
        .count()
        == 1
    )
    assert Shipment.objects.get().partner.code == "gebetex"
    expect(sort.left()).to_have_text("6,3")  # it stays on the table
    expect(sort.page.locator("#day b")).to_have_text("33,7 kg")


def test_all_the_rest_goes_in_two_taps(sort):
    sort.lot("Mobilier")
    sort.part("30", "Boutique")
    before = sort.taps
    sort.tap("#rest")
    sort.to("Poubelle")
    assert sort.taps - before == 2
    expect(sort.left()).to_have_text("0,0")
    sort.save()
    sort.says("triés")
    all_sent(sort)
    assert flows(Verb.SHIP) == [("MOB", "MOB", "disposal/", 10_000)]
    expect(sort.page.locator("#lots-title")).to_be_visible()  # nothing is left of it


def test_a_part_may_be_told_more_precisely_and_lie_where_it_was(sort):
    sort.lot("Mobilier")
    sort.keys("5")
    sort.to("Canal")  # the same thing in the same place
    expect(sort.page.locator("#read .left")).to_contain_text("C’est déjà là")
    sort.tap("#kind")
    sort.page.get_by_role("button", name="Chaise", exact=True).click()
    sort.to("Canal")
    sort.save()
    sort.says("triés")
    all_sent(sort)
    assert flows(Verb.SORT) == [("MOB", "MOB.CHAI", "stock/principal/bulk", 5_000)]


def test_a_part_is_removed_before_it_is_saved(sort):
    sort.lot("Mobilier")
    sort.part("5", "Boutique")
    sort.part("7", "Atelier")
    sort.tap("#lines li .rub")
    expect(sort.page.locator("#lines li")).to_have_count(1)
    expect(sort.left()).to_have_text("33,0")
    sort.save()
    sort.says("triés")
    all_sent(sort)
    assert [weight_g for *_rest, weight_g in flows(Verb.SORT)] == [7_000]


def test_a_small_remainder_is_asked_about_and_may_be_a_gap(sort):
    sort.lot("Mobilier")
    sort.part("39,5", "Boutique")
    sort.save()
    expect(sort.page.locator("#picker-title")).to_have_text(re.compile(r"Il reste 0,5.kg"))
    sort.tap(".pick", "Oui, tout est trié")
    all_sent(sort)
    assert flows(Verb.SORT) == [
        ("MOB", "MOB", "stock/boutique/bulk", 39_500),
        ("MOB", "MOB", "adjustment/sorting_gap", 500),
    ]


def test_more_than_the_books_hold_is_asked_once_and_its_comma_offered(sort):
    sort.lot("Mobilier")
    sort.part("350", "Boutique")
    expect(sort.page.locator("#picker")).to_contain_text("40,0 kg de ce lot")
    sort.tap(".pick", "35,0")
    expect(sort.left()).to_have_text("5,0")


def test_undoing_takes_back_the_sorting_and_its_departures(sort):
    sort.lot("Mobilier")
    sort.part("10", "Boutique")
    sort.part("20", "Gebetex")
    sort.save()
    sort.says("triés")
    all_sent(sort)
    expect(sort.page.locator("#saved small")).to_contain_text("TR-canal-1")
    sort.tap("#saved .btn")
    sort.says("annulé")
    all_sent(sort)
    standing = Movement.objects.filter(reverses=None, reversed_by=None)
    assert set(standing.values_list("verb", flat=True)) == {"collect"}
    expect(sort.left()).to_have_text("40,0")
    expect(sort.page.locator("#day b")).to_have_text("0,0 kg")
    sort.tap("#saved .btn")  # put back on the sheet
    expect(sort.page.locator("#lines li")).to_have_count(2)
    expect(sort.left()).to_have_text("10,0")


def test_a_reload_keeps_the_sheet_and_its_lot(sort):
    sort.lot("Mobilier")
    sort.part("10", "Boutique")
    sort.page.reload()
    expect(sort.page.locator("#lines li")).to_have_count(1)
    expect(sort.left()).to_have_text("30,0")
    sort.save()
    sort.says("triés")
    all_sent(sort)
    assert [weight_g for *_rest, weight_g in flows(Verb.SORT)] == [10_000]


def test_a_line_of_an_arrival_is_a_lot_and_labels_remember_it(sort):
    sort.page.locator(".lot-card", has_text="apport de").first.click()
    expect(sort.page.locator("#lot-title")).to_contain_text("apport 1")
    sort.keys("4,2")
    sort.tap("#tag")
    sort.says("étiquette")
    all_sent(sort)
    intake = Intake.objects.get()
    assert Item.objects.get().arrival.movement_id == intake.movement_id
    expect(sort.left()).to_have_text("35,8")


# A label


def test_a_label_takes_two_taps_and_prints(sort):
    sort.lot("Mobilier")
    sort.tap("#kind")
    sort.page.get_by_role("button", name="Chaise", exact=True).click()
    sort.keys("4,2")
    before = sort.taps
    sort.tap("#conditions .chip", "Usé")
    sort.tap("#tag")
    assert sort.taps - before <= 2
    sort.says("étiquette")
    all_sent(sort)
    item = Item.objects.get()
    assert (item.category.code, item.weight_g, item.condition) == ("MOB.CHAI", 4_200, "worn")
    assert (item.account.place.code, item.price_cents) == ("principal", None)
    code = ItemCode.objects.get(item=item).code
    sort.says(code)
    sort.page.wait_for_function("() => window.printed === 1")
    expect(sort.page.locator("#labels img")).to_have_attribute("src", re.compile(code))
    expect(sort.page.locator("#to-print")).to_be_hidden()
    expect(sort.left()).to_have_text("35,8")


def test_the_usual_price_is_suggested_from_five_sales_on(table, visit):
    Api(table.anna)
    sell(table, 500, 500, 1_200, 1_200)
    with visit(SORT, script=PRINTER) as page:
        hand = Table(page)
        hand.lot("Mobilier")
        expect(page.locator("#usual")).to_contain_text("trop peu de ventes")
        expect(page.locator("#prices .chip")).to_have_text(["Sans prix", "Autre prix"])
    sell(table, 800)
    with visit(SORT, script=PRINTER) as page:
        hand = Table(page)
        hand.lot("Mobilier")
        expect(page.locator("#usual")).to_contain_text("le plus souvent 8 € (5 ventes)")
        expect(page.locator("#prices .chip")).to_have_text(["5 €", "8 €", "12 €", "Autre…"])
        hand.keys("4,2")
        hand.tap("#tag")
        hand.says("étiquette")
        all_sent(hand)
        assert Item.objects.get().price_cents == 800


def sell(world, *prices):
    open_till(world.canal)
    for cents in prices:
        line = {"category": "MOB", "price_cents": cents, "weight_g": 500}
        paid = [{"method": "cash", "amount_cents": cents}]
        sold = Api(world.anna).post("sales/sales", till="C1", lines=[line], payments=paid)
        assert sold.status_code == 201, sold.json()


def test_a_label_is_undone_and_its_object_is_in_the_lot_again(sort):
    sort.lot("Mobilier")
    sort.keys("4,2")
    sort.tap("#tag")
    sort.says("étiquette")
    all_sent(sort)
    expect(sort.left()).to_have_text("35,8")
    sort.tap("#saved .btn")
    sort.says("annulé")
    all_sent(sort)
    expect(sort.left()).to_have_text("40,0")
    assert not ItemCode.objects.exclude(item=None).exists()


# An object in hand


@pytest.fixture
def chair(table):
    made = Api(table.anna).post(
        "inventory/items",
        site="canal",
        category="MOB.CHAI",
        weight_g=4_200,
        from_category="MOB",
        title="Chaise bistrot",
        price_cents=800,
    )
    return made.json()["code"]


@pytest.mark.parametrize(
    ("where", "key"),
    [
        ("Boutique", "stock/boutique/items"),
        ("Gebetex", "recycling/gebetex"),
        ("Poubelle", "disposal/"),
    ],
)
def test_an_object_goes_where_it_should_in_a_scan_and_a_tap(table, chair, visit, where, key):
    with visit(SORT) as page:
        hand = Table(page)
        page.locator(".lot-card").first.wait_for()
        hand.scan(chair)
        expect(page.locator("#object-title")).to_have_text("Chaise bistrot")
        expect(page.locator("#object")).to_contain_text("8 €")
        hand.tap("#object .dest", where)
        assert hand.taps == 1
        expect(page.locator("#object")).to_be_hidden()
        hand.says(where)
        all_sent(hand)
    assert Item.objects.get().account.key == f"canal/{key}"


def test_a_code_is_typed_where_there_is_no_scanner_and_a_wrong_one_is_told(sort, chair):
    sort.tap("[data-object]")
    sort.page.fill("#object-code", "ABCDEF")
    sort.page.keyboard.press("Enter")
    expect(sort.page.locator("#object-said")).to_contain_text("ABCDEF")
    sort.page.fill("#object-code", chair.lower())
    sort.page.keyboard.press("Enter")
    expect(sort.page.locator("#object-title")).to_have_text("Chaise bistrot")
    sort.tap("#object .dest", "Atelier")
    sort.says("Atelier")
    all_sent(sort)
    sort.tap("#saved .btn")
    sort.says("annulé")
    all_sent(sort)
    assert Item.objects.get().account.place.code == "principal"


def test_an_object_is_met_beside_a_sheet_that_stays_as_it_is(sort, chair):
    sort.lot("Mobilier")
    sort.part("10", "Boutique")
    sort.scan(f"https://example.org/o/{chair}")
    sort.tap("#object .dest", "Atelier")
    expect(sort.page.locator("#lines li")).to_have_count(1)
    sort.save()
    sort.says("triés")
    all_sent(sort)
    assert [weight_g for *_rest, weight_g in flows(Verb.SORT)] == [10_000]


def test_a_repair_is_noted_with_its_minutes_and_the_new_condition(sort, chair):
    sort.scan(chair)
    sort.tap("#object .btn", "Atelier")
    sort.tap("#object .chip", "15 min")
    sort.tap("#object .chip", "Fonctionne")
    sort.page.locator("#object .chip").get_by_text("Bon", exact=True).click()
    sort.page.fill("#repair-parts", "vis")
    sort.tap("#object .btn.go")
    sort.says("Atelier")
    all_sent(sort)
    repair = Repair.objects.get()
    told = (repair.act, repair.minutes, repair.result, repair.parts)
    assert told == ("repair", 15, "works", "vis")
    assert Item.objects.get().condition == "good"


@pytest.mark.parametrize(("typed", "minutes"), [("45", 45), ("0", 0), ("6000", 6_000)])
def test_minutes_that_no_key_says_are_typed(sort, chair, typed, minutes):
    sort.scan(chair)
    sort.tap("#object .btn", "Atelier")
    sort.tap("#object .chip", "15 min")
    sort.page.fill("#repair-typed", typed)
    expect(sort.page.locator("#object .chip", has_text="15 min")).to_have_attribute(
        "aria-pressed", "false"
    )
    sort.tap("#object .chip", "Fonctionne")
    sort.page.fill("#repair-parts", "courroie 6PK, 2 vis M4")
    sort.tap("#object .btn.go")
    sort.says("Atelier")
    all_sent(sort)
    repair = Repair.objects.get()
    assert (repair.minutes, repair.parts) == (minutes, "courroie 6PK, 2 vis M4")


@pytest.mark.parametrize("typed", ["6001", "1,5", "-3", "une heure", "99999"])
def test_minutes_that_cannot_be_are_told_and_nothing_is_noted(sort, chair, typed):
    sort.scan(chair)
    sort.tap("#object .btn", "Atelier")
    sort.tap("#object .chip", "Fonctionne")
    sort.page.fill("#repair-typed", typed[:6])
    sort.tap("#object .btn.go")
    expect(sort.page.locator("#object-said")).to_contain_text("Les minutes sont un nombre entier")
    assert not Repair.objects.exists()
    sort.tap("#object .chip", "30 min")  # a key says better
    expect(sort.page.locator("#repair-typed")).to_have_value("")
    sort.tap("#object .btn.go")
    sort.says("Atelier")
    all_sent(sort)
    assert Repair.objects.get().minutes == 30


# A price that no key says


def type_price(hand, typed):
    hand.tap("#prices .chip", re.compile("Autre|€"))
    hand.page.fill("#price-typed", typed)
    hand.page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("typed", "cents"), [("12,5", 1_250), ("7.05 €", 705), ("1 200", 120_000), ("0", 0)]
)
def test_a_typed_price_is_on_the_label_to_the_cent(sort, typed, cents):
    sort.lot("Mobilier")
    sort.keys("4,2")
    type_price(sort, typed)
    expect(sort.page.locator("#picker")).to_be_hidden()
    expect(sort.page.locator("#prices .chip[aria-pressed=true]")).to_contain_text("€")
    sort.tap("#tag")
    sort.says("étiquette")
    all_sent(sort)
    assert Item.objects.get().price_cents == cents


@pytest.mark.parametrize("typed", ["", "douze", "12,345", "-5", "1,2,3", "100000,01", "1e3"])
def test_what_is_no_price_is_told_and_the_label_has_none(sort, typed):
    sort.lot("Mobilier")
    sort.keys("4,2")
    type_price(sort, typed)
    expect(sort.page.locator("#price-said")).to_contain_text("en euros et centimes, comme 12,50")
    sort.page.locator("#picker [data-close]").click()
    sort.tap("#tag")
    sort.says("étiquette")
    all_sent(sort)
    assert Item.objects.get().price_cents is None


# The screen


def test_the_sorting_door_of_a_floor_role_opens_the_table(table, visit):
    with visit("/") as page:
        page.locator(".door", has_text="Trier").click()
        page.wait_for_url("**/trier/canal/")
        expect(page.locator("#lots-title")).to_be_visible()

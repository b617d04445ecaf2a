"""The departures' station as a hand meets it: who takes it, bins, slips, crates, unsold goods."""

import pytest
from playwright.sync_api import expect

from inventory.models import (
    Container,
    Flow,
    Kind,
    Movement,
    Packing,
    Partner,
    Photo,
    Shipment,
    TreatmentCode,
    WasteCode,
)
from inventory.verify import differences
from tests.conftest import Api
from tests.e2e.machine import keys_at_speed
from tests.e2e.test_offline import NOTHING_MORE
from tests.e2e.test_photos import drawn
from tests.e2e.test_weigh import Hand, all_sent

pytestmark = pytest.mark.browser
SHIP = "/expedier/canal/"
DANGEROUS = "20 01 35*"


class Quay(Hand):
    """A hand at the departures' station."""

    def task(self, name):
        self.tap(f"[data-task={name}]")

    def taker(self, name):
        self.tap(".taker", name)

    def weigh(self, typed, name):
        self.keys(typed)
        self.tile(name)


@pytest.fixture
def furnished(own_database):
    """Bulk in stock; a sorter with plain codes, another of dangerous waste, bins of 60 kg."""
    world = own_database
    partners = Partner.objects.filter(organisation=world.navette)
    r3 = TreatmentCode.objects.get(code="R 3")
    textiles = WasteCode.objects.get(code="20 01 11")
    partners.filter(code="gebetex").update(
        default_fate=Kind.RECYCLING, waste_code=textiles, treatment_code=r3
    )
    partners.filter(code="tip").update(default_fate=Kind.DISPOSAL)
    risky = WasteCode.objects.get(code=DANGEROUS)
    Partner.objects.create(
        organisation=world.navette,
        code="eco",
        name="Ecosystem",
        default_fate=Kind.RECYCLING,
        waste_code=risky,
        position=9,
    )
    Container.objects.filter(organisation=world.navette, code="caddie").update(
        tare_g=11_000, average_load_g=60_000
    )
    lines = [{"category": code, "weight_g": 500_000} for code in ("TEX", "MOB", "PEM")]
    made = Api(world.anna).post("inventory/opening-stock", site="canal", lines=lines)
    assert made.status_code == 201
    return world


@pytest.fixture
def quay(visit, furnished):
    with visit(SHIP) as page:
        yield Quay(page)


def gone():
    """What left in bulk, in the order of leaving."""
    rows = Flow.objects.filter(movement__shipment__isnull=False, item=None)
    return [(f.from_category.code, f.weight_g, f.method) for f in rows.order_by("pk")]


def said(hand, text):
    expect(hand.page.locator("#saved b")).to_have_text(text)
    all_sent(hand)


def undo(hand):
    hand.tap("#saved button.btn")
    expect(hand.page.locator("#saved b")).to_contain_text("annulé")


def test_a_weighed_departure_takes_the_partners_fate_and_codes(quay):
    quay.taker("Gebetex")
    quay.weigh("123", "Textiles")
    quay.save()
    said(quay, "123,0 kg partis : Gebetex")
    assert quay.taps <= 6
    assert gone() == [("TEX", 123_000, "weighed")]
    shipment = Shipment.objects.get()
    assert (shipment.fate, shipment.partner.code) == ("recycling", "gebetex")
    assert (shipment.waste_code.code, shipment.treatment_code.code) == ("20 01 11", "R 3")
    slip = quay.page.locator("#saved .after a")
    expect(slip).to_have_attribute("href", "/d/DE-canal-1/bon.pdf")
    quay.page.set_viewport_size({"width": 390, "height": 844})
    expect(slip).to_be_visible()
    expect(quay.page.locator("#saved .after .snap")).to_be_visible()


def test_the_slip_that_came_back_signed_is_photographed_at_once(quay):
    quay.taker("Gebetex")
    quay.weigh("12", "Textiles")
    quay.save()
    said(quay, "12,0 kg partis : Gebetex")
    quay.page.locator("#saved .snap input").set_input_files(drawn((900, 1_200)))
    expect(quay.page.locator("#saved .snap")).to_have_text("Photo gardée")
    assert Photo.objects.get().movement == Shipment.objects.get().movement


def test_full_bins_weigh_their_usual_load_and_a_weighed_bin_its_net(quay):
    quay.taker("Gebetex")
    quay.tap("#tares .chip", "Caddie")
    quay.keys("3")
    quay.tap("#pad [data-key=count]")
    expect(quay.page.locator("#read .right")).to_have_text("≈ 180,0 kg")
    quay.tile("Textiles")
    quay.weigh("31", "Mobilier")
    expect(quay.page.locator("#total")).to_have_text("200,0")
    quay.save()
    said(quay, "200,0 kg partis : Gebetex")
    assert gone() == [("TEX", 180_000, "estimated"), ("MOB", 20_000, "net_of_tare")]
    packed = Packing.objects.order_by("pk").values_list("bins", "gross_g")
    assert list(packed) == [(3, None), (1, 31_000)]
    expect(quay.page.locator("[data-task=weights] .mark")).to_have_text("1")


def test_bins_ask_which_and_say_what_is_not_known(quay):
    quay.taker("Gebetex")
    quay.keys("3")
    quay.tap("#pad [data-key=count]")
    quay.tile("Textiles")
    expect(quay.page.locator("#read .left")).to_contain_text("Choisissez quels bacs")
    assert quay.page.locator("#lines li").count() == 0


def test_dangerous_waste_asks_for_its_slip_before_saving(quay):
    quay.taker("Ecosystem")
    expect(quay.page.locator("#taker .wants")).to_contain_text("BSD manquant")
    quay.weigh("40", "Petit")
    quay.save()
    expect(quay.page.locator("#paper-bsd")).to_be_focused()
    assert not Shipment.objects.exists()
    quay.page.fill("#paper-bsd", "BSD-20261127-AZERTY")
    quay.tap("#papers button[type=submit]")
    quay.save()
    said(quay, "40,0 kg partis : Ecosystem")
    assert Shipment.objects.get().bsd == "BSD-20261127-AZERTY"


def test_fate_and_codes_can_be_changed_on_the_screen(quay):
    quay.taker("Gebetex")
    quay.tap("#taker .chip", "Papiers")
    quay.tap("#paper-fates .chip", "Réemploi")
    quay.page.select_option("#paper-waste_code", "")
    quay.page.fill("#paper-carrier", "Durand")
    quay.tap("#papers button[type=submit]")
    quay.weigh("5", "Textiles")
    quay.save()
    said(quay, "5,0 kg partis : Gebetex")
    shipment = Shipment.objects.get()
    assert (shipment.fate, shipment.waste_code, shipment.carrier) == ("reuse", None, "Durand")


def test_an_objects_label_joins_the_departure(quay, furnished):
    chair = {"site": "canal", "category": "MOB.CHAI", "weight_g": 4_200, "title": "Chaise"}
    code = Api(furnished.anna).post("inventory/items", **chair).json()["code"]
    quay.taker("Quelqu’un")
    quay.page.wait_for_timeout(500)
    keys_at_speed(quay.page, code)
    expect(quay.page.locator("#lines li")).to_contain_text("Chaise")
    expect(quay.page.locator("#total")).to_have_text("4,2")
    quay.save()
    said(quay, "4,2 kg partis : Quelqu’un, le public")
    flow = Flow.objects.get(movement__shipment__isnull=False)
    assert (flow.item.title, flow.to_account.kind, flow.weight_g) == ("Chaise", "reuse", 4_200)


def test_a_departure_is_undone_within_the_minute(quay):
    quay.taker("Gebetex")
    quay.weigh("12,5", "Textiles")
    quay.save()
    said(quay, "12,5 kg partis : Gebetex")
    undo(quay)
    all_sent(quay)
    assert [m.verb for m in Movement.objects.order_by("pk")] == ["open", "ship", "reverse"]
    expect(quay.page.locator("#day b")).to_have_text("0,0 kg")


def test_a_begun_departure_outlives_a_reload(quay):
    quay.taker("Gebetex")
    quay.weigh("12,5", "Textiles")
    quay.page.reload()
    expect(quay.page.locator("#taker")).to_contain_text("Gebetex")
    expect(quay.page.locator("#lines li")).to_contain_text("Textiles")


@pytest.mark.kept
def test_a_departure_that_waits_is_not_on_the_sheet_too_if_the_browser_ends_at_once(kept):
    offline(kept)
    kept.taker("Gebetex")
    kept.weigh("12,5", "Textiles")
    kept.page.evaluate(NOTHING_MORE)  # the entry is written, and nothing after it
    kept.save()
    expect(kept.page.locator("#state b")).to_have_text("1 en attente")
    kept.page.reload()
    expect(kept.page.locator("#state b")).to_have_text("1 en attente")
    expect(kept.page.locator("#takers")).to_be_visible()
    expect(kept.page.locator("#lines li")).to_have_count(0)


def test_a_crate_goes_out_and_its_rest_comes_back_on_another_tablet(quay, visit):
    quay.task("shelf")
    quay.weigh("8", "Textiles")
    said(quay, "Caisse sortie : 8,0 kg, Textiles")
    with visit(SHIP) as page:
        other = Quay(page)
        expect(page.locator("[data-task=shelf] .mark")).to_have_text("1")
        other.task("shelf")
        other.keys("3")
        other.tap(".back")
        said(other, "5,0 kg donnés : Textiles")
        expect(page.locator("#lines li")).to_have_count(0)
    rows = Flow.objects.exclude(movement__verb="open").order_by("pk")
    assert [(f.movement.verb, f.weight_g) for f in rows] == [("give", 8_000), ("rest", 3_000)]
    assert differences() == []


def test_a_crate_that_is_all_gone_needs_no_weight(quay):
    quay.task("shelf")
    quay.weigh("8", "Textiles")
    all_sent(quay)
    quay.tap(".back")
    quay.tap(".pick", "Rien")
    said(quay, "8,0 kg donnés : Textiles")
    assert [m.verb for m in Movement.objects.order_by("pk")] == ["open", "give", "rest"]


def test_unsold_goods_go_to_several_takers_in_one_act(quay):
    quay.task("unsold")
    quay.keys("4")
    quay.tap("#list .row-key", "Textiles")
    quay.tap("#goes .chip", "Poubelle")
    quay.keys("2,5")
    quay.tap("#list .row-key", "Mobilier")
    quay.save()
    said(quay, "6,5 kg d’invendus partis")
    rows = Shipment.objects.order_by("pk").values_list("movement__verb", "fate")
    assert list(rows) == [("give", "reuse"), ("ship", "disposal")]
    undo(quay)
    all_sent(quay)
    assert Movement.objects.filter(verb="reverse").count() == 2


def test_a_partners_weight_is_written_weeks_later(quay):
    quay.taker("Gebetex")
    quay.keys("50")
    quay.tap("#pad [data-key=estimate]")
    quay.tile("Textiles")
    quay.save()
    all_sent(quay)
    quay.task("weights")
    quay.tap("#list .row-key", "Gebetex")
    quay.keys("47,5")
    quay.tap("#list .row-key.cat", "Textiles")
    quay.save()
    said(quay, "47,5 kg pesés : Gebetex")
    expect(quay.page.locator("[data-task=weights] .mark")).to_be_hidden()
    assert Shipment.objects.listed().get().weight_g == 47_500


# Without a network


def offline(hand, is_off=True):
    hand.page.context.set_offline(is_off)


@pytest.fixture
def kept(quay):
    quay.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    quay.page.reload()  # now the worker has kept the screen
    all_sent(quay)
    return quay


@pytest.mark.kept
def test_everything_is_saved_without_a_network_and_sent_once(kept):
    offline(kept)
    kept.taker("Ecosystem")
    kept.weigh("40", "Petit")
    kept.save()
    expect(kept.page.locator("#paper-bsd")).to_be_focused()  # asked for here too
    kept.page.fill("#paper-bsd", "BSD-1")
    kept.tap("#papers button[type=submit]")
    kept.save()
    expect(kept.page.locator("#saved .later")).to_contain_text("une fois en ligne")
    kept.task("shelf")
    kept.weigh("8", "Textiles")
    expect(kept.page.locator("#state b")).to_have_text("2 en attente")
    kept.page.reload()
    expect(kept.page.locator("[data-task=shelf] .mark")).to_have_text("1")
    kept.keys("3")
    kept.tap(".back")
    expect(kept.page.locator("#state b")).to_have_text("3 en attente")
    assert not Shipment.objects.exists()
    kept.page.route("**/inventory/crates", lambda route: (route.fetch(), route.abort()))
    with kept.page.expect_event("requestfailed"):
        offline(kept, is_off=False)
    kept.page.unroute_all(behavior="wait")
    kept.page.reload()
    all_sent(kept)
    verbs = [m.verb for m in Movement.objects.order_by("pk")]
    assert verbs == ["open", "ship", "give", "rest"]
    assert differences() == []


@pytest.mark.kept
def test_what_never_left_is_undone_here(kept):
    offline(kept)
    kept.task("shelf")
    kept.weigh("8", "Textiles")
    expect(kept.page.locator("#lines li")).to_have_count(1)
    kept.tap("#saved button.btn")
    expect(kept.page.locator("#lines li")).to_have_count(0)
    offline(kept, is_off=False)
    all_sent(kept)
    assert not Shipment.objects.exists()

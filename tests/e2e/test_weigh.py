"""The weigh station as a hand meets it: taps, doubts, a network that fails."""

import re

import pytest
from django.templatetags.static import static
from playwright.sync_api import expect

from collection.models import Donor, Intake, Refusal
from inventory.models import Flow, Partner

pytestmark = pytest.mark.browser
WEIGH = "/peser/canal/"


class Hand:
    """Taps on the station, counted."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, selector, text=None):
        self.page.locator(selector, has_text=text).first.click()
        self.taps += 1

    def keys(self, typed):
        for key in typed:
            self.tap(f"#pad [data-key='{key}']")

    def tile(self, name):
        self.tap("#tiles .tile", re.compile(rf"^\s*{name}"))

    def save(self):
        self.tap("#save")


@pytest.fixture
def weigh(visit):
    with visit(WEIGH) as page:
        yield Hand(page)


def lines(hand):
    return hand.page.locator("#lines li")


def flows():
    return [
        (f.from_category.code, f.weight_g, f.units, f.method) for f in Flow.objects.order_by("pk")
    ]


def saved(hand, text):
    """What the strip says; then the server has it too: it gave a number."""
    expect(hand.page.locator("#saved b")).to_have_text(text)
    expect(hand.page.locator("#saved small")).to_contain_text("AP-canal-")
    all_sent(hand)


LEFT_WAITING = """async (path) => {
    const { entries } = await import(path);
    for (let tries = 0; tries < 150 && (await entries()).length; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
    return entries();
}"""


LISTED = """async (path) => {
    const { today } = await import(path);
    for (let tries = 0; tries < 150 && !today().latest?.length; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
    return today().latest?.length;
}"""


def all_sent(hand):
    """Nothing waits on the tablet, and it says so."""
    assert hand.page.evaluate(LEFT_WAITING, static("station/queue.js")) == []
    expect(hand.page.locator("#state b")).to_have_text("En ligne")


def test_a_three_digit_weight_is_logged_in_five_taps(weigh):
    weigh.keys("123")
    weigh.tile("Mobilier")
    weigh.save()
    saved(weigh, "123,0 kg enregistrés")
    assert weigh.taps <= 5
    assert flows() == [("MOB", 123_000, 0, "weighed")]


def test_the_mode_stays_and_the_commune_does_not(weigh):
    weigh.tap("#modes .chip", "Collecte à domicile")
    weigh.tap("#modes .chip", "Apport volontaire")
    weigh.tap("#origins .chip", "Paris 12e")
    weigh.keys("5")
    weigh.tile("Mobilier")
    weigh.save()
    saved(weigh, "5,0 kg enregistrés")
    pressed = weigh.page.locator(".stay .chip[aria-pressed=true]:visible")
    expect(pressed).to_have_text(["Apport volontaire"])
    intake = Intake.objects.get()
    assert (intake.mode.code, intake.origin.code) == ("drop_off", "75112")


def test_a_destination_is_chosen_for_one_weighing_and_a_mode_until_another(weigh):
    Partner.objects.filter(code="gebetex").update(default_fate="recycling")
    weigh.tap("#modes .chip", "Collecte à domicile")
    weigh.page.reload()
    mode = weigh.page.locator("#modes .chip[aria-pressed=true]:visible")
    expect(mode).to_have_text(["Collecte à domicile"])
    weigh.tap(".chip:visible", "Gebetex")
    target = weigh.page.locator(".chip[aria-pressed=true]:visible", has_text="Gebetex")
    expect(target).to_have_count(1)
    weigh.keys("5")
    weigh.tile("Mobilier")
    expect(lines(weigh)).to_contain_text(["Gebetex"])
    expect(target).to_have_count(0)  # the next weighing goes to be sorted


def test_a_container_is_deducted_and_a_line_can_be_removed(weigh):
    weigh.tap("#tares .chip", "Caddie")
    weigh.keys("23,5")
    expect(weigh.page.locator("#read .right")).to_have_text("net 12,5 kg")
    weigh.tile("Vaisselle")
    weigh.keys("99")
    weigh.tile("Mobilier")
    weigh.tap("#lines li:last-child .rub")
    weigh.save()
    saved(weigh, "12,5 kg enregistrés")
    assert flows() == [("VAI", 12_500, 0, "net_of_tare")]


def test_pieces_without_a_weight_take_the_average_of_their_sub_category(weigh):
    weigh.keys("3")
    weigh.tap("#pad [data-key=count]")
    weigh.page.locator("#tiles .tile", has_text="Mobilier").click(delay=700)
    weigh.tap(".pick", "Chaise")
    weigh.save()
    saved(weigh, "21,0 kg enregistrés")
    assert flows() == [("MOB.CHAI", 21_000, 3, "unit_average")]


def test_a_second_tap_on_the_tile_tells_the_sub_category(weigh):
    weigh.keys("7")
    weigh.tile("Mobilier")
    weigh.page.wait_for_timeout(450)
    weigh.tile("Mobilier")
    weigh.tap(".pick", "Chaise")
    expect(lines(weigh)).to_contain_text(["Chaise"])


def test_an_implausible_weight_is_asked_once_and_its_comma_offered(weigh):
    weigh.keys("350")
    weigh.tile("Livres")
    expect(weigh.page.locator("#picker-title")).to_have_text(re.compile(r"350,0.kg"))
    weigh.tap(".pick", "35,0")
    weigh.save()
    saved(weigh, "35,0 kg enregistrés")
    assert flows() == [("LIV", 35_000, 0, "weighed")]


def test_a_double_tap_on_save_makes_one_arrival(weigh):
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.page.locator("#save").dblclick()
    saved(weigh, "8,0 kg enregistrés")
    assert Intake.objects.count() == 1


def test_an_arrival_is_undone_within_the_minute_and_put_back(weigh):
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.save()
    saved(weigh, "8,0 kg enregistrés")
    weigh.tap("#saved .btn")
    expect(weigh.page.locator("#saved b")).to_contain_text("annulé")
    all_sent(weigh)
    assert sum(1 for _, weight, *_ in flows() if weight == 8_000) == 2  # there and back
    weigh.tap("#saved .btn")
    expect(lines(weigh)).to_have_count(1)


def test_the_keyboard_is_enough(weigh):
    weigh.page.keyboard.type("12.5")
    weigh.page.locator("#tiles .tile").first.press("Enter")
    weigh.page.locator("#slip-title").evaluate("() => document.activeElement.blur()")
    weigh.page.keyboard.press("Enter")
    saved(weigh, "12,5 kg enregistrés")


def test_objects_refused_at_the_gate_are_counted_without_a_network_too(weigh):
    weigh.page.context.set_offline(True)
    weigh.keys("3")
    weigh.tap("footer [data-refuse]")
    weigh.tap(".pick", "Ne trouve pas preneur")
    weigh.tap(".pick", "Textiles")
    assert weigh.taps == 4
    expect(weigh.page.locator("#saved b")).to_have_text("3 objets refusés")
    weigh.page.context.set_offline(False)
    all_sent(weigh)
    refusal = Refusal.objects.get()
    assert (refusal.count, refusal.reason, refusal.category.code) == (3, "unsellable", "TEX")
    assert not Flow.objects.exists()


def test_a_refusal_is_taken_back_as_long_as_it_is_here(weigh):
    weigh.page.context.set_offline(True)
    weigh.tap("footer [data-refuse]")
    weigh.tap(".pick", "Dangereux")
    weigh.tap(".pick", "Sans précision")
    weigh.tap("#saved button")
    expect(weigh.page.locator("#saved b")).to_have_text("1 objet refusé annulé")
    weigh.page.context.set_offline(False)
    all_sent(weigh)
    expect(weigh.page.locator("#saved button")).to_have_count(0)
    assert not Refusal.objects.exists()


def test_the_arrivals_of_the_day_are_listed_with_those_that_wait(weigh):
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.save()
    saved(weigh, "8,0 kg enregistrés")
    expect(weigh.page.locator("#day small")).to_have_text("1 arrivée aujourd’hui")
    assert weigh.page.evaluate(LISTED, static("station/saved.js")) == 1
    weigh.page.context.set_offline(True)
    weigh.keys("5")
    weigh.tile("Textiles")
    weigh.save()
    weigh.tap("#day")
    expect(weigh.page.locator("#picker-title")).to_have_text("13,0 kg, 2 arrivées aujourd’hui")
    rows = weigh.page.locator(".pick")
    expect(rows).to_contain_text(["5,0 kg, Textiles", "8,0 kg, Mobilier"])
    expect(rows.first).to_contain_text("gardé sur cette tablette")
    weigh.page.context.set_offline(False)
    all_sent(weigh)


def test_the_donor_signs_behind_an_arrival_that_has_not_left_yet(weigh):
    weigh.page.context.set_offline(True)
    weigh.keys("8")
    weigh.tile("Mobilier")
    weigh.save()
    weigh.tap("#day")
    weigh.tap(".pick", "8,0 kg, Mobilier")
    weigh.tap(".pick", "Nom et signature")
    weigh.page.fill("#donor-name", "Mme Dupont")
    box = weigh.page.locator("#donor-sign").bounding_box()
    weigh.page.mouse.move(box["x"] + 40, box["y"] + 40)
    weigh.page.mouse.down()
    weigh.page.mouse.move(box["x"] + 140, box["y"] + 90, steps=4)
    weigh.page.mouse.up()
    weigh.tap("#donor [type=submit]")
    expect(weigh.page.locator("#donor")).to_be_hidden()
    weigh.page.context.set_offline(False)
    all_sent(weigh)
    donor = Donor.objects.get()
    assert (donor.name, donor.intake) == ("Mme Dupont", Intake.objects.get())
    assert len(donor.strokes) == 1

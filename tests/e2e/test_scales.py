"""Weights that nobody types: a simulated scale, a scale that is a keyboard, a barcode."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from inventory.models import Flow
from organisation.models import Site
from tests.e2e.looks import faults, spread
from tests.e2e.machine import type_at_speed
from tests.e2e.scales import simulated
from tests.e2e.test_weigh import WEIGH, Hand, all_sent, lines, saved

pytestmark = pytest.mark.browser

SPEAKS = {"continuous": "ST,GS", "on demand": "MT-SICS"}


class Weigher(Hand):
    """A hand, and a scale to lay things on."""

    def connect(self, kind):
        self.tap("#scale")
        self.tap(".pick", SPEAKS[kind])
        self.answers()
        self.taps = 0

    def answers(self):
        expect(self.page.locator("#scale")).to_have_attribute("data-state", "live")

    def lay(self, grams, shown, is_stable=True):
        self.page.evaluate(
            "([grams, isStable]) => Object.assign(scale, {grams, isStable})", [grams, is_stable]
        )
        self.shows(shown)
        kind = "" if grams > 0 else "idle"
        kind = kind if is_stable else "moving"
        expect(self.page.locator("#read output span").first).to_have_class(kind)

    def lift(self):
        self.lay(0, "0,00")

    def shows(self, text):
        expect(self.page.locator("#read output span").first).to_have_text(text)

    def foot(self):
        return self.page.locator("#read .left")

    def types_at_speed(self, text):
        type_at_speed(self.page, text)


@pytest.fixture
def opened(visit):
    """``with opened("continuous") as hand``: the weigh station beside a scale."""

    @contextmanager
    def beside(kind, **options):
        with visit(WEIGH, script=simulated(kind), **options) as page:
            yield Weigher(page)

    return beside


@pytest.fixture(params=SPEAKS)
def weigh(request, opened):
    with opened(request.param) as hand:
        hand.connect(request.param)
        yield hand


@pytest.fixture
def continuous(opened):
    with opened("continuous") as hand:
        hand.connect("continuous")
        yield hand


def test_an_object_on_the_scale_is_logged_in_two_taps_and_the_next_in_one(weigh):
    weigh.lay(12_500, "12,50")
    weigh.tile("Mobilier")
    assert weigh.taps <= 1
    expect(lines(weigh)).to_have_count(1)
    weigh.lift()
    weigh.lay(3_240, "3,24")
    weigh.tile("Vaisselle")
    assert weigh.taps <= 2  # one for the next object of the same arrival
    expect(lines(weigh)).to_have_count(2)
    weigh.save()
    assert weigh.taps <= 3  # an arrival of one object: two
    saved(weigh, "15,74 kg enregistrés")
    assert [(flow.weight_g, flow.method) for flow in Flow.objects.order_by("pk")] == [
        (12_500, "weighed"),
        (3_240, "weighed"),
    ]


def test_a_weight_that_still_moves_is_not_taken(weigh):
    weigh.lay(12_500, "12,50", is_stable=False)
    weigh.tile("Mobilier")
    expect(weigh.page.locator("#read")).to_have_class(re.compile("hinted"))
    expect(lines(weigh)).to_have_count(0)
    expect(weigh.foot()).to_have_text(re.compile("bouge"))
    weigh.lay(12_500, "12,50")
    expect(weigh.foot()).to_have_text("sur la balance")
    weigh.tile("Vaisselle")
    expect(lines(weigh)).to_have_count(1)


def test_one_load_is_logged_once_until_it_changes_or_its_line_goes(continuous):
    hand = continuous
    hand.lay(12_500, "12,50")
    hand.tile("Mobilier")
    expect(hand.foot()).to_have_text("déjà ajouté")
    hand.tile("Vaisselle")
    expect(lines(hand)).to_have_count(1)
    hand.lay(12_540, "12,54")  # the floor trembles: it is the same load
    hand.tile("Vaisselle")
    expect(lines(hand)).to_have_count(1)
    expect(hand.foot()).to_have_text("déjà ajouté")
    hand.tap("#lines .rub")
    expect(hand.foot()).to_have_text("sur la balance")
    hand.tile("Vaisselle")
    expect(lines(hand)).to_have_text([re.compile("Vaisselle.*12,54")])
    expect(hand.foot()).to_have_text("déjà ajouté")
    hand.lay(13_000, "13,00")  # something was laid on top
    expect(hand.foot()).to_have_text("sur la balance")
    hand.tile("Mobilier")
    expect(lines(hand)).to_have_count(2)


def test_a_number_typed_wins_over_the_scale(continuous):
    continuous.lay(12_500, "12,50")
    continuous.keys("7")
    continuous.shows("7")
    continuous.tile("Mobilier")
    expect(lines(continuous)).to_contain_text(["7,0"])
    continuous.shows("12,50")  # what lies there is still to be logged


def test_pieces_are_counted_beside_the_weight_of_the_scale(continuous):
    continuous.lay(12_500, "12,50")
    continuous.keys("3")
    continuous.tap("#pad [data-key=count]")
    expect(continuous.foot()).to_have_text("3 pièces, sur la balance")
    continuous.tile("Mobilier")
    expect(lines(continuous)).to_have_count(1)
    continuous.save()
    saved(continuous, "12,5 kg enregistrés")
    assert [(flow.weight_g, flow.units) for flow in Flow.objects.all()] == [(12_500, 3)]


def test_a_container_is_deducted_from_what_the_scale_says(continuous):
    continuous.tap("#tares .chip", "Caddie")
    continuous.lay(23_500, "23,50")
    expect(continuous.page.locator("#read .right")).to_have_text("net 12,5 kg")
    continuous.tile("Vaisselle")
    expect(lines(continuous)).to_contain_text(["12,5"])


def test_a_lost_scale_says_so_and_comes_back_by_itself(weigh):
    weigh.lay(12_500, "12,50")
    weigh.page.evaluate("scale.unplug()")
    expect(weigh.page.locator("#scale")).to_have_attribute("data-state", "lost")
    expect(weigh.foot()).to_have_text(re.compile("Balance perdue"))
    weigh.shows("0")
    weigh.tile("Mobilier")
    expect(lines(weigh)).to_have_count(0)
    weigh.keys("5")
    weigh.tile("Mobilier")
    expect(lines(weigh)).to_have_count(1)
    weigh.page.evaluate("scale.plug()")
    weigh.shows("12,50")


def test_a_port_that_another_program_holds_is_tried_again(opened):
    with opened("continuous") as hand:
        hand.page.evaluate("() => { scale.isBusy = true; }")
        hand.tap("#scale")
        hand.tap(".pick", "ST,GS")
        expect(hand.page.locator("#scale")).to_have_attribute("data-state", "lost")
        hand.page.evaluate("() => { scale.isBusy = false; }")
        hand.answers()


def test_a_scale_that_falls_silent_says_so_and_its_last_word_is_not_taken(weigh):
    weigh.lay(12_500, "12,50")
    weigh.page.evaluate("() => { scale.isMute = true; }")
    expect(weigh.page.locator("#scale")).to_have_attribute("data-state", "silent")
    weigh.tile("Mobilier")
    expect(lines(weigh)).to_have_count(0)
    weigh.page.evaluate("() => { scale.isMute = false; }")
    weigh.answers()


def test_the_tablet_remembers_its_scale_and_forgets_it_when_told(weigh):
    before = weigh.page.evaluate("scale.opened")
    weigh.page.reload()
    weigh.answers()
    assert weigh.page.evaluate("scale.opened") == before
    weigh.tap("#scale")
    weigh.tap(".pick", "Se passer")
    expect(weigh.page.locator("#scale")).to_have_attribute("data-state", "off")
    weigh.page.reload()
    all_sent(weigh)
    expect(weigh.page.locator("#scale")).to_have_attribute("data-state", "off")
    assert weigh.page.evaluate("scale.opened") == []


def test_another_protocol_is_tried_on_the_same_port(opened):
    with opened("on demand") as hand:
        hand.tap("#scale")
        hand.tap(".pick", "ST,GS")
        expect(hand.page.locator("#scale")).to_have_attribute("data-state", "silent")
        hand.connect("on demand")
        assert set(hand.page.evaluate("scale.asked")) == {"SI\r\n"}


@pytest.mark.parametrize("typed", [" 12.500", "12,500 kg", "+0012.50", "12500 g"])
def test_a_scale_that_is_a_keyboard_fills_the_pad_and_presses_nothing(weigh_alone, typed):
    caddie = weigh_alone.page.locator("#tares .chip", has_text="Caddie")
    caddie.focus()  # where the last touch left it
    weigh_alone.types_at_speed(typed)
    weigh_alone.shows("12,5")
    weigh_alone.page.wait_for_timeout(200)
    expect(caddie).to_have_attribute("aria-pressed", "false")
    expect(lines(weigh_alone)).to_have_count(0)
    weigh_alone.tile("Mobilier")
    expect(lines(weigh_alone)).to_contain_text(["12,5"])


@pytest.fixture
def weigh_alone(visit):
    with visit(WEIGH) as page:
        yield Weigher(page)


def test_what_a_machine_types_over_a_number_takes_its_place(weigh_alone):
    weigh_alone.keys("7")
    weigh_alone.page.wait_for_timeout(450)
    weigh_alone.types_at_speed("2012345012509")
    weigh_alone.shows("1,25")
    weigh_alone.page.wait_for_timeout(450)
    weigh_alone.types_at_speed("12.5 lb")
    weigh_alone.shows("1,25")  # no weight of ours: what stood there stays


@pytest.mark.parametrize(
    ("code", "hint"),
    [("2012345012507", "mal lu"), ("3012345012508", "pas un poids"), ("7K2MX9", "pas un poids")],
)
def test_a_code_without_a_weight_leaves_the_pad_as_it_was(weigh_alone, code, hint):
    weigh_alone.types_at_speed(code)
    expect(weigh_alone.foot()).to_have_text(re.compile(hint))
    weigh_alone.shows("0")


def test_the_digits_of_a_person_are_no_scan_and_a_blank_still_presses_a_button(weigh_alone):
    weigh_alone.page.keyboard.type("12,5", delay=120)
    weigh_alone.shows("12,5")
    weigh_alone.page.locator("#tiles .tile").first.press(" ")
    expect(lines(weigh_alone)).to_have_count(1)


def test_a_site_without_such_barcodes_reads_none(visit, world_site):
    world_site(weight_code_layout="")
    with visit(WEIGH) as page:
        hand = Weigher(page)
        hand.types_at_speed("2012345012509")
        expect(hand.foot()).to_have_text(re.compile("pas un poids"))


@pytest.fixture
def world_site(own_database):
    return lambda **changes: Site.objects.filter(code="canal").update(**changes)


SMALL = """() => [...document.querySelectorAll('.st-main button:not(#fold)')].filter((each) => {
  const { width, height } = each.getBoundingClientRect();
  return width && Math.min(width, height) < 56;
}).map((each) => each.outerHTML)"""


def fits(page):
    """What is too small to touch, or makes the station run over its screen."""
    return spread(page, may_scroll=False) + page.evaluate(SMALL)


def test_beside_a_scale_the_station_fits_and_axe_finds_nothing(opened, violations):
    with opened("continuous", size="phone") as hand:
        for state in ("off", "live", "lost"):
            if state == "live":
                hand.connect("continuous")
                hand.lay(12_500, "12,50")
            elif state == "lost":
                hand.page.evaluate("scale.unplug()")
            expect(hand.page.locator("#scale")).to_have_attribute("data-state", state)
            assert faults(hand.page, violations, fits) == [], state

"""Following objects by their labels: one scan opens a life; a shelf is counted by scanning it."""

import re

import pytest
from django.templatetags.static import static
from playwright.sync_api import expect

from collection.services import Line
from inventory import services
from inventory.codes import ALPHABET, is_valid
from inventory.models import Flow, Item, Kind, Movement, Verb
from inventory.services import Part, StockLine
from tests.e2e.machine import keys_at_speed
from tests.e2e.stockroom import Stockroom, category
from tests.e2e.test_offline import NOTHING_MORE
from tests.e2e.test_weigh import LEFT_WAITING

pytestmark = pytest.mark.browser
TRACK, COUNT = "/suivre/canal/", "/compter/canal/"
CAMERA = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["code_128", "qr_code"]); }
  constructor({ formats }) { window.formats = formats; }
  async detect(video) {
    window.looks = (window.looks ?? 0) + 1;
    return video.videoWidth && window.label ? [{ rawValue: window.label }] : [];
  }
};
"""
TRACKS = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (asked) => (window.stream = await ask(asked));
"""
LIVE = "() => window.stream.getTracks().map((track) => track.readyState)"


@pytest.fixture
def room(own_database):
    made = Stockroom(own_database)
    made.open(StockLine(category("MOB"), 500_000))
    return made


class Reader:
    """Somebody with a scanner at a station that reads labels."""

    def __init__(self, page):
        self.page = page

    def scan(self, code):
        """All at once, as scanners type, outside any field."""
        self.page.wait_for_timeout(450)  # a machine's text begins after a rest
        keys_at_speed(self.page, code)

    def type(self, code):
        self.page.fill("#code", code)
        self.page.press("#code", "Enter")

    def tap(self, text):
        self.page.locator("main").get_by_role("button", name=text).first.click()

    def offline(self, is_off=True):
        self.page.context.set_offline(is_off)

    def all_sent(self):
        assert self.page.evaluate(LEFT_WAITING, static("station/queue.js")) == []

    def known(self, number):
        """The tablet has heard what lies at the site."""
        expect(self.page.locator("#day b")).to_have_text(str(number))

    def kept(self, number):
        """The worker has kept the screen, and the tablet what it is about."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()
        self.known(number)


@pytest.fixture
def track(visit, room):
    with visit(TRACK, login="manager") as page:
        yield Reader(page)


@pytest.fixture
def counting(visit, room):
    with visit(COUNT, login="manager") as page:
        yield Reader(page)


def title(reader):
    return reader.page.locator("#object-title")


def steps(reader):
    return reader.page.locator(".trace h3")


def place_of(code):
    account = Item.objects.get(codes__code=code).account
    return account.place.code if account.place else str(account.kind)


def mistyped(code):
    """The code with its first sign wrong."""
    return next(
        wrong + code[1:]
        for wrong in ALPHABET
        if wrong != code[0] and not is_valid(wrong + code[1:])
    )


# Track


def test_one_scan_tells_where_an_object_came_from(room, track):
    arrival = room.arrive(Line(category("MOB.CHAI"), 4_200, units=1))
    item = room.label("chair", arrival=arrival.flows.get(), from_category=None)
    room.move(item, room.shop)

    track.scan(room.codes["chair"])

    expect(title(track)).to_have_text("Chaise bistrot")
    expect(steps(track)).to_have_text(["Apport", "Étiquetage", "Déplacement"])
    expect(track.page.locator(".trace li").first).to_contain_text("Paris 12e")
    expect(track.page.locator(".object-facts")).to_contain_text("Boutique")


def test_the_address_of_a_label_opens_it_and_a_reload_keeps_it(room, track):
    room.label("lamp", "Lampe")
    track.scan(f"https://tri.example/o/{room.codes['lamp']}")
    expect(title(track)).to_have_text("Lampe")
    track.page.reload()
    expect(title(track)).to_have_text("Lampe")


def test_a_typo_is_told_before_anybody_is_asked_and_what_was_meant_is_offered(room, track):
    room.label("lamp", "Lampe")
    track.page.reload()
    track.known(1)
    asked = []
    track.page.on("request", lambda request: asked.append(request.url))
    code = room.codes["lamp"]

    track.type(mistyped(code))

    told = track.page.locator("#told")
    expect(told).to_contain_text("ne peut exister : vérifiez le signe numéro 1")
    assert not [url for url in asked if "/items/" in url]
    track.tap(re.compile(code))
    expect(title(track)).to_have_text("Lampe")
    expect(told).to_be_hidden()


def test_a_code_of_nobody_and_one_too_short_are_told_apart(track):
    track.type("ABC")
    expect(track.page.locator("#told")).to_contain_text("celui-ci en a 3")
    track.type("22222" + next(sign for sign in ALPHABET if is_valid("22222" + sign)))
    expect(track.page.locator("#told")).to_contain_text("Aucun de vos objets")


def test_a_move_is_one_tap_and_its_undoing_another(room, track):
    room.label("lamp", "Lampe")
    track.scan(room.codes["lamp"])
    track.tap("Vers Boutique")
    expect(track.page.locator("#saved b")).to_have_text("Lampe : déplacé vers Boutique")
    track.all_sent()
    assert place_of(room.codes["lamp"]) == "boutique"
    expect(track.page.locator(".object-facts")).to_contain_text("Boutique")

    track.page.locator("#saved .btn").click()
    expect(track.page.locator("#saved b")).to_contain_text("Annulé")
    track.all_sent()
    assert place_of(room.codes["lamp"]) == "principal"
    expect(steps(track)).to_have_text(["Étiquetage", "Déplacement", "Annulation"])


def test_an_object_is_missing_after_two_taps_and_found_after_one(room, track):
    room.label("lamp", "Lampe", place=room.shop)
    track.scan(room.codes["lamp"])
    track.tap("Manquant")
    track.tap("Volé")
    expect(track.page.locator("#saved b")).to_have_text("Lampe : noté manquant")
    track.all_sent()
    assert Item.objects.get().account.reason == "theft"
    track.tap("Retrouvé : Atelier")
    expect(track.page.locator("#saved b")).to_have_text("Lampe : retrouvé, Atelier")
    track.all_sent()
    assert place_of(room.codes["lamp"]) == "atelier"


def test_parts_former_and_next_lives_open_by_one_tap(room, track):
    whole = room.label("whole", "Robot", weight_g=5_000)
    parts = [Part(category("PEM"), 3_000), Part(category("PEM"), 2_000, "Bol", None, True)]
    services.dismantle(entry=room.entry(Verb.DISMANTLE), item=whole, parts=parts)

    track.scan(room.codes["whole"])
    track.tap("Bol")
    expect(title(track)).to_have_text("Bol")
    track.tap("Robot")
    expect(title(track)).to_have_text("Robot")


@pytest.mark.kept
def test_without_a_network_the_tablet_shows_what_it_knows_and_a_move_waits(room, track):
    room.label("lamp", "Lampe")
    track.kept(1)
    track.offline()
    track.page.reload()
    track.scan(room.codes["lamp"])
    expect(title(track)).to_have_text("Lampe")
    expect(track.page.locator("#object")).to_contain_text("Le suivi demande le réseau")
    expect(track.page.locator(".object-facts")).to_contain_text("15")
    track.tap("Vers Boutique")
    expect(track.page.locator("#state b")).to_have_text("1 en attente")
    assert place_of(room.codes["lamp"]) == "principal"
    track.offline(False)
    track.all_sent()
    assert place_of(room.codes["lamp"]) == "boutique"


@pytest.mark.kept
def test_without_a_network_an_unknown_code_is_told_so(room, track):
    track.kept(0)
    track.offline()  # before it is labelled, or the tablet may hear of it yet
    room.label("lamp", "Lampe")
    track.scan(room.codes["lamp"])
    expect(track.page.locator("#told")).to_contain_text("Le suivi demande le réseau")


# Camera


@pytest.fixture
def filmed(visit, room):
    script = CAMERA + TRACKS
    with visit(TRACK, login="manager", script=script, permissions=["camera"]) as page:
        yield Reader(page)


def test_the_camera_reads_a_label_closes_and_is_put_out(room, filmed):
    room.label("lamp", "Lampe")
    filmed.tap("Caméra")
    expect(filmed.page.locator("dialog.camera")).to_be_visible()
    filmed.page.wait_for_function("() => window.looks > 1")
    filmed.page.evaluate("(code) => { window.label = code; }", f"https://x/o/{room.codes['lamp']}")
    expect(title(filmed)).to_have_text("Lampe")
    expect(filmed.page.locator("dialog.camera")).to_have_count(0)
    assert filmed.page.evaluate(LIVE) == ["ended"]
    assert filmed.page.evaluate("() => window.formats") == ["code_128", "qr_code"]


def test_closing_the_camera_puts_it_out(filmed):
    filmed.tap("Caméra")
    filmed.page.wait_for_function("() => window.looks > 1")
    filmed.page.locator("dialog.camera").get_by_role("button", name="Fermer").click()
    expect(filmed.page.locator("dialog.camera")).to_have_count(0)
    assert filmed.page.evaluate(LIVE) == ["ended"]


def test_a_refused_camera_is_a_sentence(visit, room):
    with visit(TRACK, login="manager", script=CAMERA) as page:  # nobody granted it
        Reader(page).tap("Caméra")
        expect(page.locator("dialog.camera")).to_contain_text("n’a pas le droit")


def test_where_the_browser_reads_no_barcodes_there_is_no_button(visit, room):
    with visit(TRACK, login="manager", script="delete window.BarcodeDetector;") as page:
        expect(page.locator("#camera")).to_be_hidden()


# Counting


def shelf(room):
    """Three objects in the shop, one in the workshop, one sold."""
    for name, words in (("a", "Lampe"), ("b", "Banc"), ("c", "Puzzle")):
        room.label(name, words, place=room.shop)
    room.label("stray", "Tabouret", place=room.workshop)
    room.label("sold", "Fauteuil", place=room.shop)
    room.sell(room.codes["sold"])
    return room.codes


def begin(reader, place="Boutique"):
    reader.page.reload()
    reader.tap(place)
    expect(reader.page.locator("#count-place")).to_have_text(place)


def progress(reader):
    return reader.page.locator("#progress")


def test_a_shelf_is_counted_with_what_is_missing_and_what_is_too_many(room, counting):
    codes = shelf(room)
    begin(counting)
    expect(progress(counting)).to_have_text("0sur 3 trouvés")
    counting.scan(codes["a"])
    counting.scan(codes["b"])
    expect(progress(counting)).to_have_text("2sur 3 trouvés")
    counting.scan(codes["stray"])
    odds = counting.page.locator("#odd-list li")
    expect(odds).to_contain_text(["était en Atelier"])
    counting.scan(codes["sold"])
    expect(odds.nth(1)).to_contain_text("Vendu le")
    counting.tap("Terminer")
    result = counting.page.locator("#result")
    expect(result).to_contain_text("2 sur 3 trouvés : 1 objet manque, 2 objets")
    expect(result.locator(".result-list").first).to_contain_text("Puzzle")
    counting.tap("Enregistrer l’écart")
    expect(counting.page.locator("#saved b")).to_have_text("Boutique : 2 objets trouvés")
    counting.all_sent()
    assert [place_of(codes[name]) for name in ("a", "stray", "c", "sold")] == [
        "boutique",
        "boutique",
        "adjustment",
        "reuse",
    ]

    counting.page.locator("#saved .btn").first.click()
    expect(counting.page.locator("#saved b")).to_contain_text("Annulé")
    counting.all_sent()
    assert [place_of(codes[name]) for name in ("stray", "c")] == ["atelier", "boutique"]


@pytest.mark.kept
def test_what_is_ticked_outlives_a_reload_and_a_day_without_network(room, counting):
    codes = shelf(room)
    counting.kept(4)
    begin(counting)
    counting.scan(codes["a"])
    expect(progress(counting)).to_have_text("1sur 3 trouvés")
    counting.offline()
    counting.page.reload()
    expect(progress(counting)).to_have_text("1sur 3 trouvés")
    counting.scan(codes["b"])
    counting.scan(codes["stray"])
    expect(counting.page.locator("#odd-list li")).to_contain_text(["était en Atelier"])
    counting.tap("Terminer")
    counting.tap("Enregistrer l’écart")
    expect(counting.page.locator("#state b")).to_have_text("1 en attente")
    assert not Movement.objects.filter(verb=Verb.COUNT).exists()
    counting.offline(False)
    counting.all_sent()
    assert [place_of(codes[name]) for name in "abc"] == ["boutique", "boutique", "adjustment"]
    assert place_of(codes["stray"]) == "boutique"


@pytest.mark.kept
def test_a_count_that_waits_is_not_begun_too_if_the_browser_ends_at_once(room, counting):
    codes = shelf(room)
    counting.kept(4)
    begin(counting)
    counting.offline()
    counting.scan(codes["a"])
    counting.tap("Terminer")
    counting.page.evaluate(NOTHING_MORE)  # the entry is written, and nothing after it
    counting.tap("Enregistrer l’écart")
    expect(counting.page.locator("#state b")).to_have_text("1 en attente")
    counting.page.reload()
    expect(counting.page.locator("#state b")).to_have_text("1 en attente")
    expect(counting.page.locator("#places")).to_be_visible()


@pytest.mark.kept
def test_a_place_can_be_chosen_without_a_network(room, counting):
    codes = shelf(room)
    counting.kept(4)
    counting.offline()
    begin(counting)
    counting.scan(codes["c"])
    expect(progress(counting)).to_have_text("1sur 3 trouvés")


def test_a_shelf_where_everything_is_there_books_nothing(room, counting):
    codes = shelf(room)
    begin(counting, "Atelier")
    counting.scan(codes["stray"])
    counting.tap("Terminer")
    expect(counting.page.locator("#result")).to_contain_text("tout y est")
    counting.tap("Rien à corriger")
    expect(counting.page.locator("#places")).to_be_visible()
    assert not Movement.objects.filter(verb=Verb.COUNT).exists()


def test_bulk_of_the_place_is_weighed_by_the_way(room, counting):
    begin(counting, "Canal")
    counting.tap("Terminer")
    counting.page.locator(".heaps .pick").first.click()
    for key in "490":
        counting.page.locator(".heap-pad").get_by_role("button", name=key, exact=True).click()
    counting.tap("Garder ce poids")
    expect(counting.page.locator(".heaps")).to_contain_text("pesé : 490,0 kg")
    counting.tap("Enregistrer l’écart")
    expect(counting.page.locator("#saved b")).to_have_text("Canal : 0 objet trouvé")
    counting.all_sent()
    [gap] = Flow.objects.filter(to_account__kind=Kind.ADJUSTMENT)
    assert (gap.weight_g, gap.from_category.code) == (10_000, "MOB")


def test_an_unreadable_label_is_ticked_by_hand_and_unticked_again(room, counting):
    shelf(room)
    begin(counting)
    lamp = counting.page.locator(".row-tick", has_text="Lampe")
    lamp.click()
    expect(progress(counting)).to_have_text("1sur 3 trouvés")
    lamp.click()
    expect(progress(counting)).to_have_text("0sur 3 trouvés")

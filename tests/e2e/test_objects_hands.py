"""Objects by keyboard alone, and without JavaScript: everything works, only slower."""

import re

import pytest
from playwright.sync_api import expect

from collection.services import Line
from inventory.models import Balance, Item, Transfer
from inventory.services import StockLine
from tests.e2e.stockroom import ARMCHAIR, Stockroom, category, fresh

pytestmark = pytest.mark.browser
STOPS = 60  # Tab reaches anything of a page within so many stops
FOCUS = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const drawn = [here, here.parentElement, here.closest("form")].filter(Boolean);
  const rings = drawn.map(getComputedStyle).filter((style) => style.outlineStyle !== "none");
  return {
    ringed: rings.some((style) => parseFloat(style.outlineWidth) >= 2),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    what: here.outerHTML.slice(0, 120),
  };
}"""


@pytest.fixture
def room(own_database):
    found = Stockroom(own_database)
    found.open(StockLine(category("MOB"), 500_000), StockLine(category("DIV.VRAC"), 40_000))
    return found


def bulk_g(site, code):
    return Balance.objects.bulk_with_tops(site).get(category(code).pk, 0)


# By keyboard alone


def tab_to(page, selector, key="Tab"):
    """Press Tab until it has the focus; every stop on the way is to be seen."""
    wanted = page.locator(selector).first
    for _stop in range(STOPS):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus["ringed"], f"no visible focus: {focus['what']}"
        assert focus["seen"], f"out of sight: {focus['what']}"
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def press(page, selector, key="Enter"):
    tab_to(page, selector)
    page.keyboard.press(key)


def write(page, name, text):
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


def test_the_keyboard_labels_an_object(visit, room):
    number = room.arrive(Line(category("MOB.CHAI"), 12_600, units=3)).number
    with visit(f"/d/{number}/", login="sorter") as page:
        page.add_init_script("window.print = () => {}")
        press(page, ".act .btn")
        page.wait_for_url("**/objets/nouveau/**")
        write(page, "weight", "4,2")
        write(page, "title", "Chaise bistrot")
        write(page, "price", "15")
        write(page, "condition", "bon")
        press(page, ".btn.go.huge")
        expect(page.locator("img.label")).to_be_visible()
        press(page, ".onward .btn.plain")
        expect(page.locator("h1")).to_have_text("Chaise bistrot")
    item = Item.objects.get()
    assert (item.weight_g, item.price_cents, item.condition) == (4_200, 1_500, "good")


def test_the_keyboard_finds_an_object_by_a_word(visit, room):
    room.label("chair", ARMCHAIR)
    with visit("/", login="anna", size="tablet") as page:
        write(page, "q", "velours")
        page.keyboard.press("Enter")
        page.wait_for_url("**/chercher/**")
        press(page, ".item-code")
        expect(page.locator("h1")).to_have_text(ARMCHAIR)


def test_the_keyboard_receives_a_transfer(visit, room):
    chair = room.label("chair")
    room.send(StockLine(category("MOB"), 30_000), StockLine(item=chair))
    with visit("/", login="anna") as page:
        press(page, ".todo a")
        page.wait_for_url("**/transferts/**")
        write(page, f"bulk_{category('MOB').pk}", "29,5")
        press(page, f"[name=item_{chair.pk}]", "Space")
        press(page, "[name=is_final]", "Space")
        press(page, "#reception .btn.go", "Space")
        expect(page.locator("main")).to_contain_text("RC-gare-1")
    assert Transfer.objects.get().state == Transfer.State.RECEIVED
    assert bulk_g(room.world.gare, "MOB") == 29_500


# Without JavaScript


@pytest.fixture
def plain(visit):
    """``with plain("/stock/") as page:`` opens a page in a browser without JavaScript."""
    return lambda path, **options: visit(path, login="anna", java_script_enabled=False, **options)


def test_labels_are_shown_to_be_printed_and_handed_out_as_pdf(plain, room):
    number = room.arrive(Line(category("MOB.CHAI"), 4_200, units=1)).number
    with plain(f"/d/{number}/") as page:
        page.get_by_role("link", name="Étiqueter").click()
        page.get_by_role("button", name="Étiqueter et imprimer").click()
        expect(page.locator("img.label")).to_be_visible()
        expect(page.locator("[data-print]")).to_be_hidden()
        for name in ("PDF pour rouleau", "Planche A4 de 24"):
            link = page.get_by_role("link", name=name).get_attribute("href")
            assert page.request.get(link, max_retries=2).body().startswith(b"%PDF")
        page.goto("/etiquettes/vierges/?site=canal")
        page.fill("[name=count]", "3")
        page.get_by_role("button", name="Tirer les codes").click()
        expect(page.locator("img.label")).to_have_count(3)


def test_objects_are_counted_by_their_boxes(plain, room):
    for name in "ab":
        room.label(name, f"Chaise {name}", place=room.shop)
    with plain("/stock/inventaire/?site=canal&place=boutique") as page:
        expect(page.locator("#scan")).to_be_hidden()
        page.locator(".ticks label", has_text="Chaise a").get_by_role("checkbox").uncheck()
        page.check("[name=counts_items]")
        page.select_option("[name=reason]", "loss")
        page.get_by_role("button", name="Corriger les comptes").click()
        expect(page.locator("h1")).to_contain_text("IN-canal-1")
    states = {item.title: fresh(item).state.value for item in Item.objects.all()}
    assert states == {"Chaise a": "lost", "Chaise b": "in_stock"}


def test_the_unsold_are_cleared(plain, room):
    for name in "abc":
        room.label(name, f"Chaise {name}", place=room.shop, days=70)
    with plain("/departs/invendus/?site=canal&place=boutique") as page:
        page.select_option("[name=others]", "reuse")
        page.locator("tr", has_text="Chaise b").get_by_role("combobox").select_option("disposal")
        page.locator("tr", has_text="Chaise c").get_by_role("combobox").select_option("kept")
        page.get_by_role("button", name="Enregistrer la sortie").click()
        page.wait_for_url("**/departs/")
        expect(page.locator("main")).to_contain_text("-canal-1")
    states = {item.title: fresh(item).state.value for item in Item.objects.all()}
    assert states == {"Chaise a": "given", "Chaise b": "disposed", "Chaise c": "in_stock"}


def test_the_unsorted_is_spread_by_shares(plain, room):
    with plain("/stock/ventilation/?site=canal") as page:
        page.fill("[name=weight]", "10")
        for n, (code, share) in enumerate((("MOB", "70"), ("TEX", "30"))):
            page.select_option(f"[name=lines-{n}-category]", code)
            page.fill(f"[name=lines-{n}-share]", share)
        page.get_by_role("button", name="Ventiler").click()
        expect(page.locator("h1")).to_contain_text("TR-canal-1")
    held = [bulk_g(room.world.canal, code) for code in ("MOB", "TEX", "DIV.VRAC")]
    assert held == [507_000, 3_000, 30_000]


def test_objects_and_bulk_are_sent_then_received(plain, room):
    room.label("chair")
    code = room.codes["chair"]
    with plain("/transferts/nouveau/?site=canal") as page:
        page.select_option("[name=to_site]", "gare")
        page.fill("[name=items]", f"{code}\n")
        page.select_option("[name=lines-0-category]", "MOB")
        page.fill("[name=lines-0-weight]", "30")
        page.get_by_role("button", name="Enregistrer l’envoi").click()
        expect(page.locator("h1")).to_contain_text("TF-canal-1")
        expect(page.locator("#reception")).to_contain_text(re.compile("34,2.kg"))
        page.locator("#reception .ticks").get_by_role("checkbox").check()
        page.get_by_role("button", name="Enregistrer la réception").click()
        expect(page.locator("main")).to_contain_text("RC-gare-1")
        page.goto(f"/o/{code}/")
        expect(page.locator("main")).to_contain_text("RC-gare-1")
    assert Transfer.objects.get().state == Transfer.State.IN_PART


MORE = (
    ("/transferts/nouveau/?site=canal", "weight", "comment"),
    ("/stock/tri/?site=canal", "weight", "weight"),
    ("/stock/ventilation/?site=canal", "share", "weight"),
    ("/stock/deplacement/?site=canal", "weight", "comment"),
    ("/stock/depart/?site=canal", "weight", "comment"),
    ("/departs/nouveau/?site=canal", "weight", "carrier"),
    ("/departs/invendus/?site=canal", "weight", "comment"),
    ("/o/{chair}/demontage/", "weight", "comment"),
)


def test_more_lines_are_given_and_what_was_typed_is_kept(plain, room):
    room.label("chair")
    with plain("/") as page:
        for path, typed, beside in MORE:
            page.goto(path.format(**room.codes))
            page.evaluate(
                "document.querySelectorAll('details').forEach((each) => (each.open = true))"
            )
            lines = page.locator(".lines > .line")
            before = lines.count()
            page.select_option("[name=lines-0-category]", "MOB")
            page.fill(f"[name=lines-0-{typed}]", "15")
            page.fill(f"[name={beside}]", "12")
            page.get_by_role("button", name="Plus de lignes").click()
            expect(lines).to_have_count(before + 5)
            kept = [page.input_value(f"[name={name}]") for name in ("lines-0-category", beside)]
            assert kept == ["MOB", "12"], path
            assert page.input_value(f"[name=lines-0-{typed}]") == "15", path
            expect(page.locator(".err, [role=alert]")).to_have_count(0)

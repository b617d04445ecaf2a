"""The pages of objects as they look: nothing wider than the screen, nothing axe finds."""

import pytest

from inventory.codes import check_character
from tests.e2e.looks import faults
from tests.e2e.stockroom import Stockroom, furnish

pytestmark = pytest.mark.browser

OBJECTS = (
    "/o/{long}/",
    "/o/{sold}/",
    "/o/{given}/",
    "/o/{apart}/",
    "/o/{road}/",
    "/chercher/?q=nothing+is+called+this",
    "/chercher/?q={mistyped}",
    "/chercher/?q={unknown}",
    "/chercher/?q=armoire",
    "/objets/",
    "/objets/?q=nothing",
    "/objets/?site=canal&place=boutique&older=8&order=oldest",
    "/objets/nouveau/?site=canal",
    "/objets/nouveau/?site=canal&line={arrival}.1",
    "/etiquettes/?code={long}&code={whole}&site=canal&line={arrival}.1",
    "/etiquettes/vierges/",
)
STOCKS = (
    "/stock/?site=canal",
    "/stock/tri/?site=canal",
    "/stock/ventilation/?site=canal&for=SPO",
    "/stock/inventaire/?site=canal&place=atelier",
    "/o/{whole}/demontage/",
    "/transferts/",
    "/transferts/?site=gare&vers=ici",
    "/transferts/nouveau/?site=canal&items={whole}",
    "/transferts/{on_the_road}/",
    "/transferts/{in_part}/",
    "/transferts/{done}/",
    "/departs/invendus/?site=canal&place=boutique",
    "/departs/invendus/?site=gare",
    "/peser/retour/{given}/",
    "/d/{arrival}/",
    "/d/{receipt}/",
)
FORMS = (  # sent empty, or wrong: (address, button)
    ("/objets/nouveau/?site=canal", ".btn.go.huge"),
    ("/o/{whole}/demontage/", ".btn.go.huge"),
    ("/transferts/{on_the_road}/", "#reception .btn.go"),
    ("/stock/ventilation/?site=canal", ".btn.go.huge"),
)
OPEN = "() => document.querySelectorAll('main details').forEach((each) => (each.open = true))"
SMALL = """() => [...document.querySelectorAll("main :is(.btn, .chip, summary, select, input)")]
  .filter((each) => each.checkVisibility() && each.type !== "checkbox" && each.type !== "radio")
  .filter((each) => each.offsetHeight < 44).map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def names(own_database):
    found = furnish(Stockroom(own_database))
    code, unknown = found["long"], "22222" + check_character("22222")
    mistyped = code[:-1] + ("2" if code[-1] != "2" else "3")
    return found | {"unknown": unknown, "mistyped": mistyped}


def low(page):
    """What is lower than a finger asks for."""
    return [f"lower than 44 px: {element}" for element in page.evaluate(SMALL)]


def look(page, violations, addresses, names):
    """What is wrong with each page, every part of it opened."""
    found = {}
    for address in addresses:
        assert page.goto(address.format(**names)).ok, address
        page.evaluate(OPEN)
        found[address] = faults(page, violations, low)
    return wrong(found)


def wrong(found):
    return {address: faults for address, faults in found.items() if faults}


@pytest.mark.parametrize("addresses", [OBJECTS, STOCKS], ids=["objects", "stocks"])
def test_every_page_fits_and_axe_finds_nothing(visit, names, violations, addresses):
    with visit("/", login="anna") as page:
        page.add_init_script("window.print = () => {}")
        assert look(page, violations, addresses, names) == {}


def test_so_does_every_form_that_was_refused(visit, names, violations):
    found = {}
    with visit("/", login="anna", size="phone") as page:
        for address, button in FORMS:
            page.goto(address.format(**names))
            page.locator(button).click()
            page.get_by_role("alert").first.wait_for()
            found[address] = faults(page, violations, low)
    assert wrong(found) == {}


def test_an_empty_stockroom_says_what_to_do_next(visit, violations):
    empty = ("/objets/", "/transferts/", "/transferts/?vers=ici", "/departs/invendus/", "/stock/")
    found = {}
    with visit("/", login="anna") as page:
        for address in empty:
            page.goto(address)
            found[address] = faults(page, violations, low)
            assert page.locator("main .empty, main p.muted").count(), address
    assert wrong(found) == {}

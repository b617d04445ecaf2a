"""The pages of objects as they look: nothing wider than the screen, nothing axe finds."""

import pytest

from inventory.codes import check_character
from tests.e2e.conftest import SIZES
from tests.e2e.stockroom import Stockroom, furnish

pytestmark = pytest.mark.browser

ADDRESSES = (
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
    "/stock/?site=canal",
    "/stock/tri/?site=canal",
    "/stock/ventilation/?site=canal&for=SPO",
    "/stock/inventaire/?site=canal&place=atelier",
    "/o/{whole}/demontage/",
    "/transferts/",
    "/transferts/?vers=ici",
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


def faults(page, violations):
    """What is wrong with a page as it looks by day and by night, in words."""
    found = [f"axe {rule}: {elements}" for rule, elements in violations(page)]
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"{wide} px wider than the screen")
    found += [f"lower than 44 px: {element}" for element in page.evaluate(SMALL)]
    page.emulate_media(color_scheme="dark")  # changes colours alone
    found += [f"at night: {elements}" for _rule, elements in violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_axe_finds_nothing_by_day_or_night(visit, names, violations, size):
    found = {}
    with visit("/", login="anna", size=size, reduced_motion="reduce") as page:
        page.add_init_script("window.print = () => {}")
        for address in ADDRESSES:
            assert page.goto(address.format(**names)).ok, address
            page.evaluate(OPEN)
            found[address] = faults(page, violations)
        for address, button in FORMS:
            page.goto(address.format(**names))
            page.locator(button).click()
            page.get_by_role("alert").first.wait_for()
            found[f"refused {address}"] = faults(page, violations)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_an_empty_stockroom_says_what_to_do_next(visit, violations):
    empty = ("/objets/", "/transferts/", "/transferts/?vers=ici", "/departs/invendus/", "/stock/")
    found = {}
    with visit("/", login="anna", size="phone", reduced_motion="reduce") as page:
        for address in empty:
            page.goto(address)
            found[address] = faults(page, violations)
            assert page.locator("main .empty, main p.muted").count(), address
    assert {address: wrong for address, wrong in found.items() if wrong} == {}

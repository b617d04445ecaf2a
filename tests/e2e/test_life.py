"""One chair from the donor's hands to the buyer's, twice, through the pages alone.

It is weighed at the station, labelled from its arrival, sold, refused, given back, sold again; at
each step the year's figures move by exactly those grams.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.machine import keys_at_speed
from tests.tills import open_till

pytestmark = pytest.mark.browser

IN_12_5_AND_4_321 = {"collected_g": 16_821, "closing_stock_g": 16_821}
SHIPPED = {
    "collected_g": 16_821,
    "recycling_g": 321,
    "outgoing_g": 321,
    "closing_stock_g": 16_500,
}
SOLD = {
    "collected_g": 16_821,
    "reuse_g": 4_200,
    "recycling_g": 321,
    "outgoing_g": 4_521,
    "closing_stock_g": 12_300,
}
TOLD = ("collected_g", "reuse_g", "recycling_g", "disposal_g", "outgoing_g", "adjusted_g")
LIFE = (  # the line of the object's life: what happened, from where to where, which paper, kg
    ("Apport", "Apport volontaire Paris 12e → Canal", "AP-canal-1", "12,5 kg"),
    ("Étiquetage", "Canal → Canal étiqueté", "ET-canal-1", "4,2 kg"),
    ("Vente", "Canal étiqueté → Réemploi", "VE-canal-1", "4,2 kg"),
    ("Retour", "→ Canal étiqueté", "RE-canal-1", "4,2 kg"),
    ("Vente", "Canal étiqueté → Réemploi", "VE-canal-2", "4,2 kg"),
)


def figures(page):
    """The year's grams as the one who is signed in may read them."""
    year = timezone.localdate().year
    asked = f"from={year}-01-01&to={year}-12-31&site=canal"
    found = page.request.get(f"/api/v1/reporting/diversion?{asked}", max_retries=2).json()
    return {name: found[name] for name in (*TOLD, "closing_stock_g") if found[name]}


def words(locator):
    """What is written there, with plain spaces."""
    return " ".join(locator.inner_text().replace("\u00a0", " ").split())


def weigh(page):
    """12.5 kg of furniture and 4.321 kg of textiles, from the 12e."""
    page.locator("#origins .chip", has_text="Paris 12e").click()
    for digits, tile in (("12,5", "Mobilier"), ("4,321", "Textiles")):
        for digit in digits:
            page.locator(f"#pad [data-key='{digit}']").click()
        page.locator("#tiles .tile", has_text=re.compile(rf"^\s*{tile}")).first.click()
    page.click("#save")
    expect(page.locator("#saved")).to_contain_text("AP-canal-1")


def look_for(page, what):
    page.fill("#find", what)
    page.keyboard.press("Enter")


def label(page):
    """Label the chair from its arrival's line; return its code."""
    look_for(page, "ap-canal-1")
    page.locator("tr", has_text="Mobilier").get_by_role("link", name="Étiqueter").click()
    page.select_option("[name=category]", "MOB.CHAI")
    page.fill("[name=weight]", "4,2")
    page.fill("[name=title]", "Chaise bistrot")
    page.fill("[name=price]", "15")
    page.get_by_role("button", name="Étiqueter et imprimer").click()
    expect(page.locator("img.label")).to_be_visible()
    return re.search(r"code=(\w+)", page.url)[1]


def ship(page):
    """321 g of textiles to a sorter."""
    page.goto("/departs/nouveau/?site=canal")
    page.locator("label.chip[data-fate=recycling]").click()
    page.select_option("[name=partner]", label="Gebetex")
    page.select_option("[name=lines-0-category]", "TEX")
    page.fill("[name=lines-0-weight]", "0,321")
    page.get_by_role("button", name="Enregistrer le départ").click()
    expect(page.locator("h1")).to_contain_text("DE-canal-1")


def scan_at_the_till(page, code):
    page.goto("/caisse/C1/")
    expect(page.locator("#code")).to_be_focused()
    keys_at_speed(page, code)


def sell(page, code):
    """Sell it for 20 € in cash; the change is 5 €."""
    scan_at_the_till(page, code)
    expect(page.locator(".slip li")).to_contain_text("Chaise bistrot")
    page.fill("[name=received]", "20")
    page.keyboard.press("Enter")
    expect(page.locator(".give-sum b")).to_contain_text("5,00")
    page.locator("[name=do][value=sell]").click()
    expect(page.locator(".handed b")).to_contain_text("5,00")


def refuse(page, code):
    scan_at_the_till(page, code)
    said = page.get_by_role("alert")
    expect(said).to_contain_text(re.compile(rf"Chaise bistrot \({code}\) est déjà vendu"))
    expect(page.locator(".slip li")).to_have_count(0)
    return said.get_by_role("link")


def give_back(page):
    page.locator("#rembourser summary").click()
    page.check("[name=line_1]")
    page.fill("[name=comment]", "trop petite")
    page.locator("#rembourser button[type=submit]").click()
    expect(page.locator(".backs")).to_contain_text("RE-canal-1")


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_chair_is_weighed_labelled_sold_given_back_and_sold_again(visit, own_database, script):
    world = own_database
    open_till(world.canal)
    with visit("/peser/canal/", login="anna", size="tablet") as page:
        assert figures(page) == {}
        weigh(page)
        assert figures(page) == IN_12_5_AND_4_321
    with visit("/", login="anna", size="tablet", java_script_enabled=script) as page:
        code = label(page)
        assert figures(page) == IN_12_5_AND_4_321  # a label moves nothing in or out
        ship(page)
        assert figures(page) == SHIPPED
        sell(page, code)
        assert figures(page) == SOLD
        ticket = refuse(page, code)
        assert figures(page) == SOLD
        ticket.click()
        give_back(page)
        assert figures(page) == SHIPPED
        sell(page, code)
        assert figures(page) == SOLD

        look_for(page, code)
        expect(page.locator("h1")).to_have_text("Chaise bistrot")
        expect(page.locator(".tags")).to_contain_text("Vendu")
        events = [words(each) for each in page.locator(".trace li").all()]
        for event, parts in zip(events, LIFE, strict=True):
            assert [part for part in (*parts, "Anna") if part not in event] == [], event
        assert "Entré 4,2 kg, sorti 4,2 kg : il n’en manque rien." in words(page.locator("main"))

        page.goto("/bilan/?site=canal")
        read = words(page.locator("main"))
        for kilograms in ("16,8", "4,2", "0,3", "12,3"):
            assert kilograms in read

"""The settings in a real Chromium: legible to all, at every width, by day and by night."""

import pytest

from tests.e2e.looks import faults

pytestmark = pytest.mark.browser

ADDRESSES = (
    "/reglages/",
    "/reglages/contenants/",
    "/reglages/contenants/caddie/",
    "/reglages/categories/",
    "/reglages/categories/nouveau/?under=MOB",
    "/reglages/sites/canal/",
    "/reglages/personnes/",
    "/reglages/personnes/sorter/",
    "/reglages/tablettes/",
    "/reglages/etiquettes/",
    "/reglages/pastilles/",
    "/pastilles/",
    "/saisies/",
    "/mon-compte/",
    "/mon-compte/pin/",
    "/mon-compte/cles/",
)


def test_every_page_fits_and_axe_finds_nothing(visit, violations):
    with visit(ADDRESSES[0], login="anna") as page:
        for address in ADDRESSES:
            page.goto(address)
            assert faults(page, violations) == [], address


def test_a_refused_form_keeps_what_was_typed_and_says_where(visit, violations):
    with visit("/reglages/contenants/nouveau/", login="anna") as page:
        page.fill("#id_name", "Bac bleu")
        page.fill("#id_tare_g", "lourd")
        page.keyboard.press("Enter")

        page.get_by_role("alert").wait_for()
        assert page.input_value("#id_name") == "Bac bleu"
        assert page.input_value("#id_tare_g") == "lourd"
        assert violations(page) == []

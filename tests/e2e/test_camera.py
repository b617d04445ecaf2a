"""A tablet's camera reads labels where they are asked for: at the sorting table, on Departures."""

import pytest
from playwright.sync_api import expect

from inventory.models import Flow
from tests.e2e.test_ship import SHIP, Quay, furnished, said  # noqa: F401  (fixture)
from tests.e2e.test_sort import SORT, Table, chair, table  # noqa: F401  (fixtures)
from tests.e2e.test_targets import faults
from tests.e2e.test_track import CAMERA, LIVE, TRACKS
from tests.e2e.test_weigh import all_sent

pytestmark = pytest.mark.browser
FILMS = {"script": CAMERA + TRACKS, "permissions": ["camera"]}
BLIND = {"script": "delete window.BarcodeDetector;", "permissions": ["camera"]}
HOLDER = ".camera-key, #camera"


def show(page, text):
    """A label is held before the camera once it looks."""
    page.locator(HOLDER).click()
    page.wait_for_function("() => window.looks > 1")
    page.evaluate("(text) => { window.label = text; }", text)
    expect(page.locator("dialog.camera")).to_have_count(0)
    assert page.evaluate(LIVE) == ["ended"]
    page.evaluate("() => { window.label = null; }")


def ask(hand):
    hand.page.locator(".lot-card").first.wait_for()
    hand.tap("[data-object]")


def test_the_sorting_table_takes_an_object_in_hand_by_its_picture(visit, chair):  # noqa: F811
    with visit(SORT, **FILMS) as page:
        hand = Table(page)
        ask(hand)
        show(page, f"https://x.example/o/{chair}")
        expect(page.locator("#object-title")).to_have_text("Chaise bistrot")
        hand.tap("#object .dest", "Atelier")
        hand.says("Atelier")
        all_sent(hand)


def test_what_is_no_label_is_told_and_the_camera_may_look_again(visit, chair):  # noqa: F811
    with visit(SORT, **FILMS) as page:
        hand = Table(page)
        ask(hand)
        show(page, "4006381333931")
        expect(page.locator("#object-said")).to_contain_text("4006381333931")
        show(page, chair)
        expect(page.locator("#object-title")).to_have_text("Chaise bistrot")


def test_a_refused_camera_leaves_the_field_to_type_in(visit, chair):  # noqa: F811
    with visit(SORT, script=CAMERA) as page:  # nobody granted it
        hand = Table(page)
        ask(hand)
        page.locator(HOLDER).click()
        expect(page.locator("dialog.camera")).to_contain_text("n’a pas le droit")
        page.locator("dialog.camera").get_by_role("button", name="Fermer").click()
        page.fill("#object-code", chair)
        page.keyboard.press("Enter")
        expect(page.locator("#object-title")).to_have_text("Chaise bistrot")


def test_a_departure_takes_an_object_that_the_camera_reads(visit, chair):  # noqa: F811
    with visit(SHIP, **FILMS) as page:
        quay = Quay(page)
        quay.taker("Gebetex")
        show(page, chair)
        expect(page.locator("#lines li")).to_contain_text("Chaise bistrot")
        show(page, chair)
        expect(page.locator("#read .left")).to_contain_text("déjà")
        quay.save()
        said(quay, "4,2 kg partis : Gebetex")
        assert Flow.objects.get(movement__shipment__isnull=False).item.title == "Chaise bistrot"


def test_only_where_labels_are_read_is_there_a_camera_on_departures(visit, furnished):  # noqa: F811
    with visit(SHIP, **FILMS) as page:
        quay = Quay(page)
        expect(page.locator("#camera")).to_be_visible()
        for task, is_there in (("shelf", False), ("unsold", True), ("weights", False)):
            quay.task(task)
            expect(page.locator("#camera")).to_be_visible(visible=is_there)
        quay.task("leave")
        show(page, "not a label")
        expect(page.locator("#read .left")).to_contain_text("Ni objet ni poids")


def test_where_the_browser_reads_no_barcodes_neither_screen_offers_it(visit, furnished):  # noqa: F811
    with visit(SHIP, **BLIND) as page:
        page.locator(".taker").first.wait_for()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#camera")).to_be_hidden()
    with visit(SORT, **BLIND) as page:
        ask(Table(page))
        page.wait_for_timeout(300)
        expect(page.locator(".camera-key")).to_be_hidden()


def test_the_table_holds_the_camera_at_every_size(visit, table, violations):  # noqa: F811
    with visit(SORT, **FILMS) as page:
        ask(Table(page))
        expect(page.locator(".camera-key")).to_be_visible()
        assert faults(page, violations, may_scroll=False) == []
        page.locator(".camera-key").click()
        page.wait_for_function("() => window.looks > 1")
        assert faults(page, violations, may_scroll=False) == []

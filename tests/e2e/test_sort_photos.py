"""A photo of an object in hand, taken at the sorting table: sent at once, and lost by nothing."""

import re

import pytest
from playwright.sync_api import expect

from inventory.models import Photo
from tests.e2e.looks import faults
from tests.e2e.test_offline import offline, refuse
from tests.e2e.test_photos import drawn
from tests.e2e.test_sort import SORT, Table, chair, table  # noqa: F401  (fixtures)
from tests.e2e.test_tablet import open_as, people, tablet  # noqa: F401  (fixtures)

pytestmark = pytest.mark.browser
PHOTOS = "**/photos"


@pytest.fixture
def hand(chair, visit):  # noqa: F811
    """A hand with the chair in it."""
    with visit(SORT) as page:
        found = Table(page)
        hold(found, chair)
        yield found


def hold(hand, code):
    hand.page.locator(".lot-card").first.wait_for()
    hand.scan(code)
    expect(hand.page.locator("#object-title")).to_have_text("Chaise bistrot")


def shoot(hand, file=None):
    hand.page.locator(".snap input").set_input_files(file or drawn((2_000, 1_500)))


def button(hand):
    return hand.page.locator("#object .snap")


def said(hand):
    return hand.page.locator("#object-said")


def test_a_photo_is_made_small_on_the_tablet_and_kept_with_the_object(hand, chair):  # noqa: F811
    shoot(hand)
    expect(button(hand)).to_have_text("Photo gardée")
    photo = Photo.objects.get()
    assert (photo.width, photo.height) == (1_600, 1_200)
    assert (photo.item.codes.get().code, photo.author.username) == (chair, "sorter")
    with hand.page.expect_response(PHOTOS):
        shoot(hand, drawn((400, 300)))  # another one
    assert Photo.objects.count() == 2


def test_a_photo_that_the_network_lost_is_sent_again_and_kept_once(hand, chair):  # noqa: F811
    hand.page.route(PHOTOS, lambda route: (route.fetch(), route.abort()))  # its answer is lost
    shoot(hand)
    expect(button(hand)).to_have_text("Pas partie : renvoyer")
    expect(said(hand)).to_contain_text("la photo est toujours là")
    hand.page.unroute(PHOTOS)
    hand.page.locator("#object .picker-head .btn").click()
    hold(hand, chair)  # it waited for the object to come back
    hand.tap("#object .snap button")
    expect(button(hand)).to_have_text("Photo gardée")
    expect(said(hand)).to_be_empty()
    assert Photo.objects.count() == 1


def test_a_photo_outlives_a_login_that_ran_out(hand):
    gone = {"detail": [{"type": "not_logged_in", "msg": "Connectez-vous."}]}
    hand.page.route(PHOTOS, lambda route: route.fulfill(status=401, json=gone))
    shoot(hand)
    expect(said(hand)).to_have_text("Connectez-vous.")
    hand.page.unroute(PHOTOS)
    hand.tap("#object .snap button")
    expect(button(hand)).to_have_text("Photo gardée")
    assert Photo.objects.count() == 1


def test_without_a_network_no_photo_is_begun(hand):
    offline(hand)
    expect(button(hand)).to_have_text("Photo : en ligne seulement")
    expect(button(hand).locator("input")).to_be_disabled()
    offline(hand, False)
    expect(button(hand)).to_have_text("Photo")
    shoot(hand)
    expect(button(hand)).to_have_text("Photo gardée")


def test_what_is_no_picture_and_what_is_refused_are_sentences(hand):
    shoot(hand, {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"hello"})
    expect(said(hand)).to_contain_text("pas une image")
    hand.page.route(PHOTOS, refuse)
    shoot(hand)
    expect(button(hand)).to_have_text("Photo refusée")
    expect(said(hand)).to_contain_text("Ce mois est clos.")
    hand.page.unroute(PHOTOS)
    hand.tap("#object .dest", "Atelier")  # the object is in hand all the same
    hand.says("Atelier")
    assert not Photo.objects.exists()


def test_a_photo_that_fails_after_the_object_was_put_down_is_told(hand):
    hanging = []
    with hand.page.expect_request(PHOTOS):
        hand.page.route(PHOTOS, lambda route: hanging.append(route))
        shoot(hand)
    hand.tap("#object .dest", "Atelier")
    offline(hand)
    [route] = hanging
    route.abort()
    expect(hand.page.locator("#read .left")).to_contain_text("la photo est toujours là")


@pytest.mark.kept
def test_who_stands_there_by_a_pin_takes_photos_too(tablet, chair):  # noqa: F811
    open_as(tablet, "ines", "Inès")
    tablet.page.goto(SORT)
    hand = Table(tablet.page)
    hold(hand, chair)
    with tablet.page.expect_request(PHOTOS) as asked:
        shoot(hand)
    assert asked.value.headers["authorization"].startswith("Tablet ")
    expect(button(hand)).to_have_text("Photo gardée")
    assert Photo.objects.get().author.username == "ines"


def test_the_object_in_hand_fits_and_axe_finds_nothing(chair, visit, violations):  # noqa: F811
    with visit(SORT, size="phone") as page:
        hand = Table(page)
        hold(hand, chair)
        assert faults(page, violations) == []
        page.route(PHOTOS, lambda route: route.abort())
        shoot(hand)
        expect(button(hand)).to_have_text(re.compile("Pas partie"))
        assert faults(page, violations) == []

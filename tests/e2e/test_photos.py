"""A photo of an object, chosen on the office page."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from inventory.models import Photo

pytestmark = pytest.mark.browser


def drawn(size):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "PNG")
    return {"name": "lampe.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_a_large_photo_is_made_small_in_the_browser_and_kept(visit, shop, violations):
    code = shop.codes[0]
    with visit(f"/o/{code}/") as page:
        page.locator("#photo-file").set_input_files(drawn((2_400, 1_800)))
        expect(page.locator(".shots img")).to_have_count(1)
        assert violations(page) == []
        photo = Photo.objects.get()
        assert (photo.width, photo.height) == (1_600, 1_200)
        assert photo.author.username == "sorter"
        page.locator(".shots button").click()
        expect(page.locator(".shots img")).to_have_count(0)


def test_what_is_no_picture_is_told_and_nothing_is_sent(visit, shop):
    code = shop.codes[0]
    with visit(f"/o/{code}/") as page:
        text = {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"hello"}
        page.locator("#photo-file").set_input_files(text)
        expect(page.locator(".shoot [role=alert]")).to_contain_text("pas une image")
        assert not Photo.objects.exists()

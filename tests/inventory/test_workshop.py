"""Tests and repairs of an object, and its photos."""

import base64
import io
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from inventory.models import Photo, Repair
from inventory.pictures import LONGEST, made_safe


def drawn(kind="JPEG", size=(60, 40), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def in_base64(data):
    return base64.b64encode(data).decode()


@pytest.fixture
def lamp(world, api):
    """The code of a lamp that lies at canal."""
    lines = [{"category": "LUM", "weight_g": 3_000}]
    api(world.sorter).post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    made = api(world.sorter).post(
        "inventory/items", site="canal", category="LUM", weight_g=2_000, condition="to_repair"
    )
    return made.json()["code"]


def test_a_repair_keeps_the_time_the_parts_and_the_condition_now(world, api, lamp):
    made = api(world.sorter).post(
        f"inventory/items/{lamp}/repairs",
        act="part",
        minutes=25,
        parts="douille E27",
        result="works",
        condition="good",
    )
    assert made.status_code == 201
    [listed] = api(world.sorter).get(f"inventory/items/{lamp}/repairs").json()["items"]
    said = [listed[name] for name in ("act", "minutes", "parts", "result")]
    assert said == ["part", 25, "douille E27", "works"]
    assert api(world.sorter).get(f"inventory/items/{lamp}").json()["condition"] == "good"


def test_a_repair_sent_twice_is_kept_once(world, api, lamp):
    said = {"id": str(uuid4()), "act": "test", "result": "works"}
    sent = [api(world.sorter).post(f"inventory/items/{lamp}/repairs", **said) for _n in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    assert Repair.objects.count() == 1


def test_a_repair_whose_answer_was_lost_gets_it_though_the_lamp_lies_elsewhere_since(
    world, api, lamp
):
    said = {"id": str(uuid4()), "act": "test", "result": "works"}
    first = api(world.sorter).post(f"inventory/items/{lamp}/repairs", **said)
    sent = {"site": "canal", "to_site": "gare", "lines": [{"item": lamp}]}
    transfer = api(world.sorter).post("inventory/transfers", **sent).json()["id"]
    received = {"lines": [{"item": lamp}], "final": True}
    api(world.anna).post(f"inventory/transfers/{transfer}/receipt", **received)

    again = api(world.sorter).post(f"inventory/items/{lamp}/repairs", **said)
    other = api(world.sorter).post(f"inventory/items/{lamp}/repairs", act="test", result="works")

    assert (again.status_code, again.content) == (200, first.content)
    assert (other.status_code, Repair.objects.count()) == (403, 1)


def test_what_has_left_is_not_repaired_any_more(world, api, lamp):
    api(world.sorter).post(
        "inventory/shipments", site="canal", public=True, fate="disposal", lines=[{"item": lamp}]
    )
    refused = api(world.sorter).post(
        f"inventory/items/{lamp}/repairs", act="test", result="works", condition="good"
    )
    assert (refused.status_code, refused.json()["detail"][0]["type"]) == (409, "item_gone")
    assert not Repair.objects.exists()


def test_the_page_notes_a_repair_and_shows_it(client, world, lamp):
    client.force_login(world.sorter)
    form = {"id": str(uuid4()), "act": "cleaning", "minutes": "10", "result": "works"}
    assert client.post(f"/o/{lamp}/reparation/", form).url == f"/o/{lamp}/"
    page = client.get(f"/o/{lamp}/").content.decode()
    assert "Nettoyage" in page
    assert Repair.objects.get().minutes == 10


def test_a_photo_is_kept_small_upright_and_without_what_the_camera_knew(world, api, lamp, client):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SecretPhone"
    sent = drawn(size=(2_400, 1_200), exif=exif)
    made = api(world.sorter).post(f"inventory/items/{lamp}/photos", picture=in_base64(sent)).json()
    assert (made["width"], made["height"]) == (800, LONGEST)
    client.force_login(world.sorter)
    answer = client.get(made["href"])
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-cache"
    kept = Image.open(io.BytesIO(answer.content))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})
    assert b"SecretPhone" not in answer.content


def test_a_photo_is_seen_by_its_own_structure_alone(world, api, lamp, client):
    made = (
        api(world.sorter).post(f"inventory/items/{lamp}/photos", picture=in_base64(drawn())).json()
    )
    client.force_login(world.paul)
    assert client.get(made["href"]).status_code == 404


def test_six_photos_are_enough_and_one_taken_away_makes_room(world, api, lamp, client):
    def post():
        return api(world.sorter).post(f"inventory/items/{lamp}/photos", picture=in_base64(drawn()))

    assert [post().status_code for _n in range(6)] == [201] * 6
    assert post().json()["detail"][0]["type"] == "too_many_photos"
    client.force_login(world.sorter)
    first = Photo.objects.order_by("pk").first()
    address = f"/photos/{first.pk}.jpg"
    known = {"If-None-Match": client.get(address)["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    client.post(f"/photos/{first.pk}/retirer/")
    assert client.get(address, headers=known).status_code == 404
    assert post().status_code == 201
    first.refresh_from_db()
    assert first.removed_by == world.sorter


def test_the_slip_of_a_departure_is_photographed(world, api, client):
    lines = [{"category": "TEX", "weight_g": 3_000}]
    api(world.sorter).post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    left = (
        api(world.sorter)
        .post("inventory/shipments", site="canal", partner="gebetex", fate="recycling", lines=lines)
        .json()
    )
    made = api(world.sorter).post(
        f"inventory/movements/{left['number']}/photos", picture=in_base64(drawn())
    )
    assert made.status_code == 201
    client.force_login(world.sorter)
    assert made.json()["href"] in client.get(f"/d/{left['number']}/").content.decode()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg(kind):
    assert Image.open(io.BytesIO(made_safe(drawn(kind)).content)).format == "JPEG"


def test_what_is_clear_becomes_paper():
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(clear, "PNG")
    kept = Image.open(io.BytesIO(made_safe(clear.getvalue()).content))
    assert min(kept.getpixel((1, 1))) > 250


HIDDEN = b"PK\x03\x04<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not_a_picture"),
        (b"GIF89a/*" + HIDDEN, "not_a_picture"),
        (drawn("GIF", mode="P"), "not_a_picture"),
        (drawn("JPEG") + HIDDEN, "not_a_picture"),
        (drawn("PNG") + HIDDEN, "not_a_picture"),
        (drawn("WEBP") + HIDDEN, "not_a_picture"),
        (drawn("JPEG")[:200] + b"\xff\xd9", "not_a_picture"),
        (drawn("PNG", (4_000, 4_000), mode="1"), "picture_too_large"),
        (b"\xff\xd8" + b"\0" * 2_000_000, "picture_too_large"),
        (b"", "not_a_picture"),
    ],
)
def test_what_is_no_honest_picture_is_refused(data, code):
    with pytest.raises(ValidationError) as refused:
        made_safe(data)
    assert refused.value.code == code


def test_a_picture_that_hides_a_script_in_its_comment_loses_it():
    assert HIDDEN not in made_safe(drawn("JPEG", comment=HIDDEN)).content

"""The slip of an arrival, and the name left for it."""

from uuid import uuid4

import pypdfium2
import pytest

from collection.models import MAX_POINTS, Donor, Intake

STROKES = [[10, 20, 300, 200, 500, 20], [700, 300]]


@pytest.fixture
def arrival(world, api):
    lines = [{"category": "MOB.CHAI", "weight_g": 8_400, "units": 2}]
    return (
        api(world.sorter)
        .post("collection/intakes", site="canal", mode="drop_off", lines=lines)
        .json()
    )


@pytest.fixture
def leave(world, api, arrival):
    def post(name="Mme Dupont", **more):
        return api(world.sorter).post("collection/donors", intake=arrival["id"], name=name, **more)

    return post


def text_of(client, user, number):
    client.force_login(user)
    page = client.get(f"/d/{number}/recu.pdf")
    assert page["Content-Type"] == "application/pdf"
    return pypdfium2.PdfDocument(page.content)[0].get_textpage().get_text_bounded()


def test_the_slip_says_what_was_brought_in_grams(client, world, arrival):
    said = text_of(client, world.sorter, arrival["number"])
    assert "Reçu d’apport" in said
    assert arrival["number"] in said
    assert "8,4\N{NO-BREAK SPACE}kg" in said
    assert "2 pièces" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "Signature" not in said


def test_a_name_and_a_signature_stand_on_it(client, world, arrival, leave):
    assert leave(signature=STROKES).status_code == 201
    said = text_of(client, world.sorter, arrival["number"])
    assert "Mme Dupont" in said
    assert "Signature" in said


def test_a_name_sent_twice_is_kept_once(leave):
    uuid = str(uuid4())
    assert [leave(id=uuid).status_code, leave(id=uuid).status_code] == [201, 200]
    assert Donor.objects.count() == 1


def test_a_name_typed_wrong_is_followed_by_the_right_one(leave):
    leave(name="Mme Dupond")
    leave(name="Mme Dupont")
    assert Donor.objects.of(Intake.objects.get()).name == "Mme Dupont"


@pytest.mark.parametrize(
    "signature",
    [
        [[1]],
        [[1, 401]],
        [[1, 2, 3]],
        [[0.5, 1]],
        [[-1, 1]],
        [[1, 1001]],
        [["<svg>", 1]],
        "<svg/>",
        [[1, 2] * MAX_POINTS, [1, 2]],
    ],
)
def test_what_is_no_drawing_is_refused(leave, signature):
    assert leave(signature=signature).status_code == 422
    assert not Donor.objects.exists()


def test_the_register_is_for_the_office(client, world, leave):
    leave(signature=STROKES)
    client.force_login(world.sorter)
    assert client.get("/peser/registre/").status_code == 403
    client.force_login(world.manager)
    page = client.get("/peser/registre/").content.decode()
    assert "Mme Dupont" in page
    assert "signé" in page

"""The office around departures: weights to receive, the slip on paper, the touch screen's door."""

from uuid import uuid4

import pypdfium2
import pytest

from inventory.models import Container, Partner, Shipment, WasteCode
from tests.conftest import Api
from tests.inventory.test_api import out

pytestmark = pytest.mark.database
LIST = "/departs/pesees/"


@pytest.fixture
def office(world, client):
    client.force_login(world.manager)
    return client


@pytest.fixture
def ship(world):
    """Estimated textiles, unless said otherwise, for Gebetex."""
    call = Api(world.anna)
    lines = [{"category": code, "weight_g": 90_000} for code in ("TEX", "MOB")]
    call.post("inventory/opening-stock", site="canal", lines=lines)

    def leave(*lines, **more):
        lines = lines or ({"category": "TEX", "weight_g": 9_000, "estimated": True},)
        said = {"partner": "gebetex", "fate": "recycling", **more}
        made = call.post("inventory/shipments", site="canal", lines=list(lines), **said)
        assert made.status_code == 201, made.json()
        return made.json()["number"]

    return leave


def field_of(page):
    [row] = page.context["rows"]
    [(field, _sent_g)] = row["form"].rows
    return field.html_name


def text_of(response):
    assert response.headers["Content-Type"] == "application/pdf"
    return "\n".join(page.get_textpage().get_text_range() for page in _pages(response.content))


def _pages(pdf):
    return list(pypdfium2.PdfDocument(pdf))


def test_a_weight_is_written_in_its_row_and_the_list_shows_again(office, ship):
    number = ship()
    page = office.get(LIST)
    answer = {"id": str(uuid4()), "from": "list", field_of(page): "8,5"}
    response = office.post(f"/d/{number}/poids/", answer)
    assert response.headers["Location"] == LIST
    assert (Shipment.objects.listed().get().weight_g, out("recycling")) == (8_500, 8_500)
    assert office.get(LIST).context["rows"] == []


def test_several_categories_are_answered_on_their_own_page(office, ship):
    guess = {"weight_g": 4_000, "estimated": True}
    number = ship({"category": "TEX", **guess}, {"category": "MOB", **guess})
    page = office.get(LIST)
    assert page.context["rows"][0]["form"] is None
    assert f"/d/{number}/#poids" in page.content.decode()


def test_a_bad_weight_is_refused_and_changes_nothing(office, ship):
    number = ship()
    answer = {"id": str(uuid4()), "from": "list", field_of(office.get(LIST)): "beaucoup"}
    assert office.post(f"/d/{number}/poids/", answer).status_code == 422
    assert out("recycling") == 9_000


def test_what_waits_is_counted_at_home_and_on_the_list(office, ship):
    ship()
    ship({"category": "TEX", "weight_g": 500})  # weighed: it waits for nobody
    assert office.get("/").context["todo"]["weights"] == 1
    assert office.get("/departs/").context["waiting"] == 1


def test_departures_lead_the_floor_to_its_screen_and_the_office_to_its_list(world, client):
    for person, name in ((world.sorter, "ship-station"), (world.manager, "shipments")):
        client.force_login(person)
        assert name in [door.url for door in client.get("/").context["doors"]]


def test_the_slip_says_who_what_how_and_under_which_codes(office, ship, world):
    Container.objects.filter(organisation=world.navette, code="caddie").update(
        average_load_g=12_000, name="Caddie"
    )
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(
        siret="73282932000074", address="Rue du Port, Vernon"
    )
    number = ship(
        {"category": "TEX", "bins": 3, "container": "caddie"},
        {"category": "MOB", "weight_g": 1_500},
        waste_code="20 01 35*",
        treatment_code="R 4",
        bsd="BSD-77",
        carrier="Durand",
    )
    text = text_of(office.get(f"/d/{number}/bon.pdf"))
    for said in ("La Navette", "Canal", "Gebetex", "732 829 320 00074", "Vernon", "BSD-77"):
        assert said in text
    for said in (number, "Durand", "20 01 35*", "R 4", "3 × Caddie", "36,0", "1,5", "37,5"):
        assert said in text


def test_the_slip_keeps_the_estimate_beside_the_partners_weight(office, ship):
    number = ship()
    field = field_of(office.get(LIST))
    office.post(f"/d/{number}/poids/", {"id": str(uuid4()), field: "8,5"})
    text = text_of(office.get(f"/d/{number}/bon.pdf"))
    assert "9,0" in text
    assert "8,5" in text


def test_only_what_left_has_a_slip(office, world):
    made = Api(world.anna).post(
        "inventory/opening-stock", site="canal", lines=[{"category": "TEX", "weight_g": 5}]
    )
    assert office.get(f"/d/{made.json()['number']}/bon.pdf").status_code == 404


def test_a_form_for_dangerous_waste_without_its_slip_is_refused(office, ship, world):
    code = WasteCode.objects.filter(is_hazardous=True).first()
    form = {
        "id": str(uuid4()),
        "fate": "recycling",
        "partner": "gebetex",
        "waste_code": code.code,
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-category": "TEX",
        "lines-0-weight": "1",
    }
    assert office.post("/departs/nouveau/?site=canal", form).status_code == 422
    assert not Shipment.objects.exists()

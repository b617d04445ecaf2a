"""Any document by its number: its words, its partner's weights, its cancellation."""

from uuid import uuid4

from inventory import services
from inventory.models import (
    Kind,
    Movement,
    Verb,
)
from inventory.services import Departure, StockLine
from tests.inventory.pages import (
    category,
    gebetex,
    shipped,
    text,
)


def test_a_document_says_what_went_where_and_who_says_so(world, browser, stocked, entry):
    shipment = shipped(entry, partner=gebetex(world))

    page = text(browser(world.cashier).get(f"/d/{shipment.movement.number}/"))

    for words in ("DE-canal-1", "100,0", "Canal", "Gebetex", "Anna", 'data-fate="recycling"'):
        assert words in page


def test_an_arrival_shows_its_mode_origin_gross_and_tare(world, browser, api):
    api(world.sorter).post(
        "collection/intakes",
        site="canal",
        mode="drop_off",
        origin="75112",
        lines=[{"category": "TEX", "gross_g": 15_300, "container": "caddie"}],
    )

    page = text(browser(world.auditor).get("/d/AP-canal-1/"))

    for words in ("Apport volontaire", "Paris 12e", "15,3", "11,0", "4,3"):
        assert words in page


def test_a_document_of_many_lines_is_read_in_few_queries(
    world, browser, api, django_assert_max_num_queries
):
    line = {"category": "TEX", "gross_g": 15_300, "container": "caddie"}
    api(world.sorter).post("collection/intakes", site="canal", mode="drop_off", lines=[line] * 30)
    client = browser()

    with django_assert_max_num_queries(12):
        client.get("/d/AP-canal-1/")


def test_another_structures_document_does_not_exist_here(world, browser, entry):
    theirs = shipped(entry, site=world.quai)
    there = shipped(entry, site=world.gare)

    assert browser(world.paul).get(f"/d/{theirs.movement.number}/").status_code == 200
    assert browser(world.anna).get(f"/d/{theirs.movement.number}/").status_code == 404
    assert browser(world.sorter).get(f"/d/{there.movement.number}/").status_code == 403
    assert browser(world.anna).get("/d/DE-canal-999/").status_code == 404
    assert browser(world.anna).get("/d/%00/").status_code == 404


def test_the_partners_weights_replace_the_estimate_and_both_are_linked(
    world, browser, stocked, entry
):
    shipment = shipped(entry, is_estimated=True, partner=gebetex(world))
    client = browser(world.sorter)
    field = f"weight_{category('MOB').pk}"
    assert field in text(client.get("/d/DE-canal-1/"))
    data = {"id": str(uuid4()), field: "90,5", "comment": "bon 12"}

    first = client.post("/d/DE-canal-1/poids/", data)
    second = client.post("/d/DE-canal-1/poids/", data)

    assert first.url == second.url == "/d/DE-canal-2/"
    shipment.refresh_from_db()
    flow = shipment.weights.movement.flows.get()
    assert (flow.weight_g, flow.method) == (90_500, "weighed")
    page = text(client.get("/d/DE-canal-1/"))
    assert 'href="/d/DE-canal-2/"' in page
    assert field not in page
    assert 'href="/d/DE-canal-1/"' in text(client.get("/d/DE-canal-2/"))


def test_weights_of_nothing_are_refused(world, browser, stocked, entry):
    shipped(entry, is_estimated=True, partner=gebetex(world))
    field = f"weight_{category('MOB').pk}"
    for weight in ("", "beaucoup"):
        response = browser().post("/d/DE-canal-1/poids/", {"id": str(uuid4()), field: weight})
        assert response.status_code == 422
        assert response.context["form"].errors
    assert browser().post("/d/ST-canal-1/poids/", {"id": str(uuid4())}).status_code == 404
    assert Movement.objects.count() == 2


def test_weights_come_once(world, browser, stocked, entry):
    shipped(entry, is_estimated=True, partner=gebetex(world))
    field = f"weight_{category('MOB').pk}"
    browser().post("/d/DE-canal-1/poids/", {"id": str(uuid4()), field: "90"})

    response = browser().post("/d/DE-canal-1/poids/", {"id": str(uuid4()), field: "91"})

    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["already_reversed"]


def test_one_cancels_ones_own_document_within_the_minute(world, browser, stocked, entry):
    mine = services.ship(
        entry=entry(Verb.SHIP, author=world.sorter),
        departure=Departure(fate=Kind.DISPOSAL),
        lines=[StockLine(category("MOB"), 3_000)],
    ).movement
    client = browser(world.sorter)
    assert "/annuler/" in text(client.get(f"/d/{mine.number}/"))
    assert "/annuler/" not in text(client.get(f"/d/{stocked.number}/"))

    response = client.post(
        f"/d/{mine.number}/annuler/", {"id": str(uuid4()), "comment": "mauvais poids"}
    )

    assert response.url == "/d/AN-canal-1/"
    mine.refresh_from_db()
    assert mine.reversed_by.note == "mauvais poids"
    page = text(client.get(f"/d/{mine.number}/"))
    assert 'href="/d/AN-canal-1/"' in page
    assert "/annuler/" not in page


def test_others_documents_are_cancelled_by_a_manager_only(world, browser, stocked, entry):
    shipped(entry)
    data = {"id": str(uuid4()), "comment": "doublon"}

    assert browser(world.sorter).post("/d/DE-canal-1/annuler/", data).status_code == 403
    assert browser(world.auditor).post("/d/DE-canal-1/annuler/", data).status_code == 403
    assert browser(world.manager).post("/d/DE-canal-1/annuler/", data).status_code == 302


def test_a_cancellation_says_why_and_happens_once(world, browser, stocked, entry):
    shipped(entry)

    response = browser().post("/d/DE-canal-1/annuler/", {"id": str(uuid4()), "comment": ""})
    assert list(response.context["form"].errors) == ["comment"]
    assert not Movement.objects.filter(verb=Verb.REVERSE).exists()

    for comment, code in (("doublon", None), ("encore", "already_reversed")):
        response = browser().post(
            "/d/DE-canal-1/annuler/", {"id": str(uuid4()), "comment": comment}
        )
        if code:
            errors = response.context["form"].non_field_errors().as_data()
            assert [error.code for error in errors] == [code]
    assert Movement.objects.filter(verb=Verb.REVERSE).count() == 1

"""The stockroom's pages: what they say, what they record, and what they refuse."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry, Leg, post
from inventory.models import (
    Account,
    Category,
    Container,
    Flow,
    Item,
    Kind,
    Method,
    Movement,
    Partner,
    Place,
    Shipment,
    Verb,
)
from inventory.services import Departure, StockLine


@pytest.fixture
def browser(world):
    """``browser(world.sorter).get("/departs/")``, signed in."""

    def signed_in(user=world.anna) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def entry(world, submission):
    def make(verb, site=None, author=None, day=None, note="") -> Entry:
        site = site or world.canal
        return Entry(
            site=site,
            verb=verb,
            submission=submission(site.organisation),
            author=author or world.anna,
            occurred_at=timezone.now(),
            business_date=day,
            note=note,
        )

    return make


@pytest.fixture
def stocked(world, entry):
    """Canal holds 500 kg of furniture and 200 kg of chairs."""
    lines = [StockLine(category("MOB"), 500_000), StockLine(category("MOB.CHAI"), 200_000)]
    return services.open_stock(entry=entry(Verb.OPEN), lines=lines)


def category(code: str) -> Category:
    return Category.objects.get(code=code)


def shipped(entry, *, weight_g=100_000, fate=Kind.RECYCLING, partner=None, site=None, **line):
    return services.ship(
        entry=entry(Verb.SHIP, site),
        departure=Departure(fate=fate, partner=partner),
        lines=[StockLine(category("MOB"), weight_g, **line)],
    )


def gebetex(world) -> Partner:
    return Partner.objects.get(organisation=world.navette, code="gebetex")


def departure(*lines: dict, **fields) -> dict[str, str]:
    """What the departure's form posts; empty lines follow the given ones."""
    data = {"id": str(uuid4()), "fate": "recycling", "partner": "gebetex"}
    return {**data, **rows(*lines), **fields}


def rows(*lines: dict, initial=0, empty=2) -> dict[str, str]:
    data = {"lines-TOTAL_FORMS": str(len(lines) + empty), "lines-INITIAL_FORMS": str(initial)}
    for number, line in enumerate([*lines, *[{}] * empty]):
        blank = {"category": "", "weight": "", "bins": "", "container": ""}
        data |= {f"lines-{number}-{name}": value for name, value in {**blank, **line}.items()}
    return data


def text(response) -> str:
    """The page's words, with plain spaces."""
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


# Departures


def test_a_departure_is_recorded_to_the_gram_and_shown(world, browser, stocked):
    client = browser(world.sorter)

    response = client.post(
        "/departs/nouveau/",
        departure(
            {"category": "MOB", "weight": "12,5"},
            {"category": "MOB.CHAI", "weight": "7.25", "estimated": "on"},
            waste_code="20 03 07",
            treatment_code="R 3",
            carrier="Transports Durand",
            bsd="BSD-7",
        ),
    )

    assert response.status_code == 302
    assert response.url == "/d/DE-canal-1/"
    shipment = Shipment.objects.get()
    assert (shipment.fate, shipment.partner.code) == ("recycling", "gebetex")
    assert (shipment.waste_code.code, shipment.treatment_code.code) == ("20 03 07", "R 3")
    assert (shipment.carrier, shipment.bsd) == ("Transports Durand", "BSD-7")
    flows = Flow.objects.filter(movement=shipment.movement).order_by("pk")
    assert [(f.weight_g, f.method) for f in flows] == [(12_500, "weighed"), (7_250, "estimated")]
    assert client.get(response.url).status_code == 200


def test_a_double_post_records_one_departure(world, browser, stocked):
    client, data = browser(world.sorter), departure({"category": "MOB", "weight": "3"})

    first = client.post("/departs/nouveau/", data)
    second = client.post("/departs/nouveau/", data)

    assert first.url == second.url == "/d/DE-canal-1/"
    assert Shipment.objects.count() == 1


def test_the_same_form_with_other_content_is_refused_and_can_be_sent_again(world, browser, stocked):
    client, data = browser(world.sorter), departure({"category": "MOB", "weight": "3"})
    client.post("/departs/nouveau/", data)

    response = client.post("/departs/nouveau/", {**data, "lines-0-weight": "4"})

    assert response.status_code == 200
    assert Shipment.objects.count() == 1
    fresh = response.context["form"]["id"].value()
    assert fresh != data["id"]
    again = client.post("/departs/nouveau/", {**data, "lines-0-weight": "4", "id": fresh})
    assert again.url == "/d/DE-canal-2/"


def test_full_containers_stand_for_their_usual_load_and_are_estimates(world, browser, stocked):
    Container.objects.filter(organisation=world.navette, code="caisse").update(
        average_load_g=18_000
    )

    browser().post(
        "/departs/nouveau/?site=canal",
        departure({"category": "MOB", "bins": "3", "container": "caisse"}),
    )

    flow = Flow.objects.get(movement__verb=Verb.SHIP)
    assert (flow.weight_g, flow.method) == (54_000, "estimated")


def test_a_container_without_usual_load_asks_for_a_weight(world, browser, stocked):
    response = browser().post(
        "/departs/nouveau/", departure({"category": "MOB", "bins": "3", "container": "caisse"})
    )

    assert response.status_code == 200
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["container_average_unknown"]
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"category": "MOB", "weight": "douze"}, "weight"),
        ({"category": "MOB", "weight": "-3"}, "weight"),
        ({"category": "MOB", "weight": "0"}, "weight"),
        ({"category": "MOB", "weight": "999999999"}, "weight"),
        ({"category": "MOB"}, "weight"),
        ({"category": "NOPE", "weight": "3"}, "category"),
        ({"weight": "3"}, "category"),
        ({"category": "MOB", "bins": "2"}, "weight"),
        ({"category": "MOB", "weight": "3", "bins": "2", "container": "caisse"}, "weight"),
        ({"category": "MOB", "bins": "0", "container": "caisse"}, "bins"),
        ({"category": "MOB", "weight": "3", "container": "nope"}, "container"),
    ],
)
def test_a_bad_line_keeps_what_was_typed_and_writes_nothing(world, browser, stocked, line, field):
    response = browser().post(
        "/departs/nouveau/", departure(line, carrier="Durand & fils", fate="energy")
    )

    assert response.status_code == 200
    assert list(response.context["lines"].errors[0]) == [field]
    page = text(response)
    assert f'href="#id_lines-0-{field}"' in page
    assert "Durand &amp; fils" in page
    assert not Shipment.objects.exists()


def test_a_departure_without_fate_or_lines_is_refused(world, browser):
    response = browser().post("/departs/nouveau/", departure(fate=""))
    assert list(response.context["form"].errors) == ["fate"]

    response = browser().post("/departs/nouveau/", departure())
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["no_lines"]
    assert not Movement.objects.exists()


def test_more_lines_are_given_without_a_script_and_nothing_is_recorded(world, browser, stocked):
    data = departure({"category": "MOB", "weight": "3"}, fate="", more="1", carrier="Durand")

    response = browser().post("/departs/nouveau/", data)

    assert len(response.context["lines"].forms) == 3 + 5
    page = text(response)
    assert 'value="3"' in page
    assert 'value="Durand"' in page
    assert "Rien n" not in page
    assert "Nothing was saved" not in page
    assert not Shipment.objects.exists()


def test_only_those_who_may_backdate_are_asked_for_the_day(world, browser, stocked):
    last_week = timezone.localdate() - timedelta(days=7)
    data = departure({"category": "MOB", "weight": "3"}, day=last_week.isoformat())

    assert 'name="day"' not in text(browser(world.sorter).get("/departs/nouveau/"))
    browser(world.sorter).post("/departs/nouveau/", data)
    assert Movement.objects.get(verb=Verb.SHIP).business_date == timezone.localdate()

    browser(world.manager).post("/departs/nouveau/", {**data, "id": str(uuid4())})
    assert Movement.objects.filter(verb=Verb.SHIP, business_date=last_week).count() == 1


def test_a_day_to_come_is_refused(world, browser, stocked):
    tomorrow = timezone.localdate() + timedelta(days=2)

    response = browser().post(
        "/departs/nouveau/",
        departure({"category": "MOB", "weight": "3"}, day=tomorrow.isoformat()),
    )

    assert response.context["form"].errors.as_data()["day"][0].code == "bad_day"


def test_the_public_takes_what_has_no_partner(world, browser, stocked):
    browser().post(
        "/departs/nouveau/",
        departure({"category": "MOB", "weight": "3"}, fate="reuse", partner=""),
    )

    assert Shipment.objects.get().partner is None


def test_a_site_with_several_places_asks_where_it_is_taken_from(world, browser, stocked):
    assert "lines-0-place" not in text(browser().get("/departs/nouveau/"))
    world.canal.tracks_places = True
    world.canal.save()
    Place.objects.create(site=world.canal, code="atelier", name="Atelier")

    browser().post(
        "/departs/nouveau/?site=canal",
        departure({"category": "MOB", "weight": "3", "place": "atelier"}),
    )

    flow = Flow.objects.get(movement__verb=Verb.SHIP)
    assert flow.from_account.place.code == "atelier"


def test_one_ships_only_from_sites_where_one_may(world, browser):
    assert browser(world.sorter).get("/departs/nouveau/?site=gare").status_code == 403
    assert browser(world.sorter).get("/departs/nouveau/?site=quai").status_code == 404
    assert browser(world.anna).get("/departs/nouveau/?site=gare").status_code == 200
    assert browser(world.cashier).get("/departs/nouveau/").status_code == 403
    assert Client().get("/departs/nouveau/").url.startswith("/connexion/")


def test_the_list_shows_departures_newest_first_and_their_state(world, browser, stocked, entry):
    shipped(entry, partner=gebetex(world))
    confirmed = shipped(entry, fate=Kind.ENERGY, is_estimated=True)
    services.confirm_weights(
        entry=entry(Verb.REVERSE), shipment=confirmed, weights={category("MOB"): 90_500}
    )
    cancelled = shipped(entry, fate=Kind.DISPOSAL)
    services.cancel(entry=entry(Verb.REVERSE), movement=cancelled.movement)

    response = browser(world.sorter).get("/departs/")

    states = [(s.movement.number, s.state, s.weight_g) for s in response.context["shipments"]]
    assert states == [
        ("DE-canal-4", "cancelled", 100_000),
        ("DE-canal-2", "confirmed", 90_500),
        ("DE-canal-1", "recorded", 100_000),
    ]
    page = text(response)
    assert "Gebetex" in page
    assert "90,5" in page
    assert 'data-fate="energy"' in page


def test_a_departure_whose_confirmed_weights_are_cancelled_is_cancelled(
    world, browser, stocked, entry
):
    shipment = shipped(entry, partner=gebetex(world), is_estimated=True)
    confirmed = services.confirm_weights(
        entry=entry(Verb.REVERSE), shipment=shipment, weights={category("MOB"): 90_500}
    )
    services.cancel(entry=entry(Verb.REVERSE), movement=confirmed.movement)

    [listed] = browser(world.sorter).get("/departs/").context["shipments"]

    assert listed.state == "cancelled"


def test_the_list_is_filtered_and_hides_other_sites_and_structures(world, browser, entry):
    ours = shipped(entry)
    there = shipped(entry, site=world.gare, fate=Kind.REUSE)
    shipped(entry, site=world.quai)

    def numbers(user, query=""):
        context = browser(user).get(f"/departs/{query}").context
        return [shipment.movement.number for shipment in context["shipments"]]

    assert numbers(world.anna) == [there.movement.number, ours.movement.number]
    assert numbers(world.anna, "?site=gare") == [there.movement.number]
    assert numbers(world.anna, "?fate=recycling") == [ours.movement.number]
    assert numbers(world.anna, "?from=2001-01-01&to=2001-12-31") == []
    assert numbers(world.sorter) == [ours.movement.number]
    assert numbers(world.paul) == ["DE-quai-1"]


def test_a_long_list_is_paged_with_few_queries(
    world, browser, entry, django_assert_max_num_queries
):
    for _number in range(53):
        shipped(entry, weight_g=1_000)
    client = browser()

    with django_assert_max_num_queries(8):
        first = client.get("/departs/?site=canal")
    second = client.get(f"/departs/?{first.context['older']}")

    assert len(first.context["shipments"]) == 50
    assert [s.movement.number for s in second.context["shipments"]] == [
        "DE-canal-3",
        "DE-canal-2",
        "DE-canal-1",
    ]
    assert second.context["older"] == ""


def test_the_form_opens_with_few_queries(world, browser, stocked, django_assert_max_num_queries):
    client = browser()
    with django_assert_max_num_queries(16):
        client.get("/departs/nouveau/?site=canal")


def test_an_empty_list_says_what_to_do(world, browser):
    assert 'href="/departs/nouveau/"' in text(browser(world.sorter).get("/departs/"))
    assert 'href="/departs/nouveau/"' not in text(browser(world.auditor).get("/departs/"))


# Documents


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
        assert response.status_code == 200
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


# Stock


def cells(response) -> dict[str, int]:
    """Category name → grams, of the stock table's top rows."""
    return {row.category.code: row.weight_g for row in response.context["rows"] if row.is_top}


def test_stock_is_shown_by_category_with_its_total(world, browser, stocked):
    response = browser(world.cashier).get("/stock/")

    assert cells(response) == {"MOB": 700_000}
    assert [row.weight_g for row in response.context["rows"]] == [700_000, 500_000, 200_000]
    assert response.context["total"].weight_g == 700_000
    page = text(response)
    assert "700,0" in page
    assert "0,7 t" in page


def test_stock_tells_bulk_from_labelled_objects(world, browser, stocked, entry):
    place, chair = Place.objects.main(world.canal), category("MOB.CHAI")
    item = Item.objects.create(category=chair, weight_g=4_200)
    bulk, labelled = Account.stock(place), Account.stock(place, items=True)
    leg = Leg(bulk, labelled, chair, 4_200, Method.WEIGHED, units=1, item=item)
    post(entry=entry(Verb.LABEL), legs=[leg])

    response = browser().get("/stock/?site=canal")

    assert response.context["rows"][0].listed == [695_800, 4_200]
    assert response.context["total"].items == 1


def test_stock_is_shown_by_place_where_the_site_keeps_several(world, browser, stocked, entry):
    workshop = several_places(world.canal)
    services.move(
        entry=entry(Verb.MOVE), to_place=workshop, lines=[StockLine(category("MOB"), 30_000)]
    )

    everywhere = browser().get("/stock/?site=canal")
    there = browser().get("/stock/?site=canal&place=atelier")

    assert everywhere.context["rows"][0].listed == [670_000, 30_000]
    assert cells(there) == {"MOB": 30_000}
    assert browser().get("/stock/?site=canal&place=nulle-part").status_code == 404


def test_stock_below_zero_is_red_and_offers_remedies(world, browser, entry):
    shipped(entry, weight_g=38_200)

    page = text(browser(world.manager).get("/stock/"))

    assert "\u221238,2" in page
    assert 'class="sub neg"' in page
    assert "/stock/inventaire/?site=canal&amp;category=MOB" in page
    assert "/stock/solde/?site=canal" in page
    assert "/stock/inventaire/" not in text(browser(world.cashier).get("/stock/"))


def test_an_empty_stock_says_what_to_do(world, browser):
    assert "/stock/depart/?site=canal" in text(browser(world.manager).get("/stock/"))
    assert "/peser/canal/" in text(browser(world.sorter).get("/stock/"))


def test_stock_is_read_in_few_queries(world, browser, entry, django_assert_max_num_queries):
    lines = [StockLine(leaf, 1_000) for leaf in Category.objects.filter(organisation=None)]
    services.open_stock(entry=entry(Verb.OPEN), lines=lines)
    client = browser()

    with django_assert_max_num_queries(14):
        client.get("/stock/?site=canal")


def test_each_sees_the_stock_of_ones_own_sites(world, browser):
    assert browser(world.sorter).get("/stock/?site=gare").status_code == 403
    assert browser(world.paul).get("/stock/?site=canal").status_code == 404
    assert browser(world.anna).get("/stock/?site=gare").status_code == 200


def several_places(site) -> Place:
    site.tracks_places = True
    site.save()
    Place.objects.main(site)
    return Place.objects.create(site=site, code="atelier", name="Atelier")


# Opening stock and moves


def opening(*lines: dict, **fields) -> dict[str, str]:
    return {"id": str(uuid4()), **rows(*lines), **fields}


def test_opening_stock_is_recorded_once_to_the_gram(world, browser):
    data = opening({"category": "TEX", "weight": "1 234,5", "estimated": "on"})

    first = browser(world.manager).post("/stock/depart/", data)
    second = browser(world.manager).post("/stock/depart/", data)

    assert first.url == second.url == "/d/ST-canal-1/"
    flow = Flow.objects.get()
    assert (flow.weight_g, flow.method, flow.from_account.kind) == (
        1_234_500,
        "estimated",
        "opening",
    )
    assert browser(world.sorter).get("/stock/depart/").status_code == 403


def test_bulk_is_moved_where_the_site_keeps_several_places(world, browser, stocked):
    data = opening({"category": "MOB", "weight": "30"}, to_place="atelier")
    assert browser().get("/stock/deplacement/?site=canal").status_code == 404
    several_places(world.canal)

    response = browser(world.sorter).post("/stock/deplacement/?site=canal", data)

    assert response.url == "/d/DP-canal-1/"
    flow = Flow.objects.get(movement__verb=Verb.MOVE)
    assert (flow.weight_g, flow.to_account.place.code) == (30_000, "atelier")


def test_a_move_to_where_it_is_already_is_refused(world, browser, stocked):
    several_places(world.canal)
    data = opening({"category": "MOB", "weight": "30", "place": "atelier"}, to_place="atelier")

    response = browser().post("/stock/deplacement/?site=canal", data)

    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["already_there"]
    assert not Movement.objects.filter(verb=Verb.MOVE).exists()


# Counts


def counted(*weights: tuple[str, str], **fields) -> dict[str, str]:
    lines = [{"category": code, "weight": weight} for code, weight in weights]
    return {"id": str(uuid4()), **rows(*lines, initial=len(lines), empty=0), **fields}


def test_a_count_books_the_gap_under_its_reason(world, browser, stocked):
    page = text(browser(world.manager).get("/stock/inventaire/"))
    assert "500,0" in page
    data = counted(("MOB", "480,5"), ("MOB.CHAI", ""), reason="loss")

    first = browser(world.manager).post("/stock/inventaire/", data)
    second = browser(world.manager).post("/stock/inventaire/", data)

    assert first.url == second.url == "/d/IN-canal-1/"
    flow = Flow.objects.get(movement__verb=Verb.COUNT)
    assert (flow.weight_g, flow.to_account.reason) == (19_500, "loss")
    assert "19,5" in text(browser().get(first.url))


def test_grams_are_spread_between_categories_at_no_net_mass(world, browser, stocked):
    browser().post(
        "/stock/inventaire/?site=canal",
        counted(("MOB", "450"), ("MOB.CHAI", "250"), reason="reclassify"),
    )

    flow = Flow.objects.get(movement__verb=Verb.COUNT)
    assert (flow.from_category.code, flow.to_category.code) == ("MOB", "MOB.CHAI")
    assert flow.weight_g == 50_000


@pytest.mark.parametrize(
    ("weights", "reason", "code"),
    [
        ([("MOB", "480")], "", "required"),
        ([("MOB", "beaucoup")], "loss", "bad_weight"),
        ([("MOB", "")], "loss", "no_lines"),
        ([("MOB", "480"), ("MOB", "470")], "loss", "category_twice"),
        ([("MOB", "480")], "reclassify", "not_balanced"),
    ],
)
def test_a_count_that_says_nothing_sure_is_refused(world, browser, stocked, weights, reason, code):
    response = browser().post("/stock/inventaire/", counted(*weights, reason=reason))

    assert response.status_code == 200
    form, lines = response.context["form"], response.context["lines"]
    found = [e.code for field in form.errors.as_data().values() for e in field]
    found += [e.code for line in lines.errors for f in line.as_data().values() for e in f]
    found += [e.code for e in lines.non_form_errors().as_data()]
    assert found == [code]
    assert not Movement.objects.filter(verb=Verb.COUNT).exists()


def test_a_category_that_is_not_offered_any_more_can_still_be_counted(
    world, browser, entry, stocked
):
    own = Category.objects.create(
        organisation=world.navette,
        parent=category("MOB"),
        code="PALETTE",
        name_fr="Palettes",
        is_active=False,
    )
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(own, 9_000)])

    assert "Palettes" in text(browser().get("/stock/inventaire/?site=canal"))


# The month's balance


def test_the_months_balance_is_shown_before_it_is_booked(world, browser, stocked):
    client, today = browser(world.manager), timezone.localdate().isoformat()
    assert "700,0" in text(client.get(f"/stock/solde/?on={today}"))
    data = counted(("MOB", "450"), on=today)

    preview = client.post("/stock/solde/", {**data, "preview": "1"})

    assert preview.context["gone_g"] == 250_000
    assert "250,0" in text(preview)
    assert not Movement.objects.filter(verb=Verb.SETTLE).exists()

    data |= {"confirm": "1", "seen": preview.context["seen"]}
    first = client.post("/stock/solde/", data)
    second = client.post("/stock/solde/", data)
    assert first.url == second.url == "/d/SO-canal-1/"
    flows = Flow.objects.filter(movement__verb=Verb.SETTLE)
    assert sum(flow.weight_g for flow in flows) == 250_000
    assert {flow.method for flow in flows} == {"by_balance"}


def test_a_balance_that_is_no_longer_what_was_shown_is_shown_again(world, browser, stocked, entry):
    client, today = browser(world.manager), timezone.localdate().isoformat()
    data = counted(("MOB", "450"), on=today)
    seen = client.post("/stock/solde/", {**data, "preview": "1"}).context["seen"]
    shipped(entry, weight_g=50_000)

    response = client.post("/stock/solde/", {**data, "confirm": "1", "seen": seen})

    assert response.context["has_changed"]
    assert response.context["gone_g"] == 200_000
    assert not Movement.objects.filter(verb=Verb.SETTLE).exists()


def test_more_than_the_books_hold_asks_for_a_count(world, browser, stocked):
    today = timezone.localdate().isoformat()

    response = browser().post(
        "/stock/solde/?site=canal", {**counted(("MOB", "701"), on=today), "preview": "1"}
    )

    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == ["settlement_negative"]


def test_the_balance_proposes_the_end_of_last_month(world, browser):
    response = browser().get("/stock/solde/?on=pas-un-jour")

    assert response.context["on"] == timezone.localdate().replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize("path", ["depart", "inventaire", "solde"])
def test_only_the_office_opens_counts_and_settles(world, browser, path):
    assert browser(world.sorter).get(f"/stock/{path}/").status_code == 403
    assert browser(world.auditor).post(f"/stock/{path}/", {}).status_code == 403
    assert browser(world.manager).get(f"/stock/{path}/?site=gare").status_code == 403
    assert browser(world.manager).get(f"/stock/{path}/").status_code == 200

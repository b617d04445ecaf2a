"""The lists a structure edits itself."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from inventory.catalogue import offer
from inventory.models import Carrier, Category, Container, Origin, Partner, Place
from organisation.models import Site
from tests.routes import label_item


@pytest.fixture
def office(world):
    """``office(world.manager)``: a browser, signed in."""

    def sign_in(user=world.anna):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def errors(response) -> dict[str, list[str]]:
    """The codes of what a form refused, per field."""
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in each] for name, each in found.items()}


def test_a_tare_is_typed_in_kilograms_with_a_comma(office, world):
    office().post("/reglages/contenants/nouveau/", {"name": "Bac", "tare_g": "11,5", "position": 9})

    bac = Container.objects.get(organisation=world.navette, name="Bac")
    assert (bac.tare_g, bac.average_load_g, bac.code) == (11_500, None, "bac")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("douze", "bad_weight"), ("", "required"), ("200000", "weight_out_of_range")],
)
def test_a_tare_that_is_no_weight_is_refused_and_stays_on_the_page(office, typed, code):
    response = office().post(
        "/reglages/contenants/nouveau/", {"name": "Bac", "tare_g": typed, "position": 9}
    )

    assert errors(response) == {"tare_g": [code]}
    assert not Container.objects.filter(name="Bac").exists()


def test_the_history_says_who_changed_what(office, world):
    client = office(world.manager)
    address = "/reglages/contenants/caddie/"
    client.post(address, {"name": "Caddie", "tare_g": "12,25", "position": 0})

    change = client.get(address).context["changes"][0]

    assert change.by == "Manager"
    assert ("11", "12,25") in [(before, after) for _label, before, after in change.lines]


def test_the_history_shows_an_empty_choice_as_empty(office, world):
    client = office(world.manager)
    Carrier.objects.create(organisation=world.navette, code="martin", name="Martin")
    gebetex = Partner.objects.get(organisation=world.navette, code="gebetex")
    carrier = Carrier.objects.get(code="martin").pk
    client.post(
        "/reglages/partenaires/gebetex/", {"name": gebetex.name, "position": 0, "carrier": carrier}
    )

    change = client.get("/reglages/partenaires/gebetex/").context["changes"][0]

    assert ("–", "Martin") in [(before, after) for _label, before, after in change.lines]


def test_saving_without_a_change_leaves_no_trace(office, world):
    caddie = Container.objects.get(organisation=world.navette, code="caddie")
    typed = {"name": caddie.name, "tare_g": "11,0", "position": 0, "icon": caddie.icon}

    response = office().post("/reglages/contenants/caddie/", typed)

    assert response.status_code == 302
    assert caddie.history.count() == 1


def test_a_code_is_never_changed_and_never_taken_twice(office, world):
    client = office()
    client.post(
        "/reglages/contenants/caddie/",
        {"name": "Caddie", "code": "chariot", "tare_g": "11", "position": 0},
    )
    twin = client.post(
        "/reglages/contenants/nouveau/",
        {"name": "Autre", "code": "caddie", "tare_g": "11", "position": 0},
    )

    assert Container.objects.filter(organisation=world.navette, code="caddie").count() == 1
    assert not Container.objects.filter(code="chariot").exists()
    assert errors(twin) == {"code": ["code_taken"]}


def test_a_code_is_drawn_from_the_name_and_stays_free(office, world):
    client = office()
    for _ in range(2):
        client.post("/reglages/partenaires/nouveau/", {"name": "Métaux Réunis", "position": 0})

    assert set(
        Partner.objects.filter(name="Métaux Réunis").values_list("organisation__code", "code")
    ) == {("navette", "metaux-reunis"), ("navette", "metaux-reunis-2")}


def test_a_siret_is_checked_and_kept_without_its_spaces(office, world):
    client = office()
    wrong = client.post(
        "/reglages/partenaires/nouveau/", {"name": "X", "siret": "73282932000075", "position": 0}
    )
    client.post(
        "/reglages/partenaires/nouveau/", {"name": "Y", "siret": "732 829 320 00074", "position": 0}
    )

    assert errors(wrong) == {"siret": ["bad_siret"]}
    assert Partner.objects.get(name="Y").siret == "73282932000074"


def test_what_was_used_is_set_aside_and_never_deleted(office, world, api):
    api().post(
        "inventory/shipments",
        site="canal",
        partner="tip",
        fate="disposal",
        lines=[{"category": "MOB", "weight_g": 5_000}],
    )
    client = office()
    page = client.get("/reglages/partenaires/tip/")
    client.post("/reglages/partenaires/tip/", {"do": "delete"})
    client.post("/reglages/partenaires/tip/", {"do": "offer"})

    assert page.context["may_delete"] is False
    assert Partner.objects.get(organisation=world.navette, code="tip").is_active is False


def test_what_was_never_used_may_be_deleted(office, world):
    client = office()
    assert client.get("/reglages/partenaires/tip/").context["may_delete"] is True

    client.post("/reglages/partenaires/tip/", {"do": "delete"})

    assert not Partner.objects.filter(organisation=world.navette, code="tip").exists()
    assert Partner.objects.filter(organisation=world.port, code="tip").exists()


def test_another_structures_rows_do_not_exist(office, world):
    Container.objects.create(organisation=world.port, code="barge", name="Barge", tare_g=1)
    client = office()

    assert client.get("/reglages/contenants/barge/").status_code == 404
    assert client.post("/reglages/contenants/barge/", {"do": "delete"}).status_code == 404
    assert client.get("/reglages/sites/quai/").status_code == 404
    assert client.get("/reglages/sites/quai/lieux/").status_code == 404
    assert b"Barge" not in client.get("/reglages/contenants/").content


@pytest.mark.parametrize("login", ["sorter", "cashier", "auditor"])
@pytest.mark.parametrize("name", ["containers", "categories", "sites", "settings"])
def test_the_floor_and_the_auditor_change_no_list(office, world, login, name):
    assert office(world.people[login]).get(reverse(name)).status_code == 403


def test_a_manager_configures_the_sites_of_their_role_and_makes_none(office, world):
    client = office(world.manager)

    assert client.get("/reglages/sites/canal/").status_code == 200
    assert client.get("/reglages/sites/gare/").status_code == 403
    assert client.get("/reglages/sites/nouveau/").status_code == 403
    assert b"Gare" not in client.get("/reglages/sites/").content


def test_a_site_is_set_in_kilograms_and_percent(office, world):
    response = office(world.manager).post(
        "/reglages/sites/canal/",
        {
            "name": "Canal",
            "timezone": "Indian/Reunion",
            "scale_limit_g": "1500,5",
            "sorting_tolerance_bp": "2,5",
            "tracks_places": "on",
        },
    )

    assert response.status_code == 302
    canal = Site.objects.get(code="canal")
    assert (canal.scale_limit_g, canal.sorting_tolerance_bp) == (1_500_500, 250)
    assert (canal.timezone, canal.tracks_places) == ("Indian/Reunion", True)


def test_a_site_says_where_its_barcodes_hold_the_weight(office, world):
    site = {
        "name": "Canal",
        "timezone": "Europe/Paris",
        "scale_limit_g": "2000",
        "sorting_tolerance_bp": "2",
    }

    def laid_out(layout):
        return office().post("/reglages/sites/canal/", site | {"weight_code_layout": layout})

    for layout in ("2RIIIIIWWWWWC", "21IIIIVWWWWWC", "2RIIIIIIWWWWC", "20IIIIWWWWWWC", ""):
        assert laid_out(layout).status_code == 302
        assert Site.objects.get(code="canal").weight_code_layout == layout
    wrong = (
        "2RIIIIIWWWWW",  # too short
        "3RIIIIIWWWWWC",
        "2RIIIIIWWWWWW",  # no check digit
        "2RIIIICWWWWWC",
        "2RIIIIIIIWWWC",  # grams of three digits
        "2RIIIWWWWWWWC",
        "2RWWIIIIIWWWC",
        "2riiiiiwwwwwc",
        "2RIIIIIWWWWXC",
    )
    for layout in wrong:
        assert errors(laid_out(layout)) == {"weight_code_layout": ["bad_weight_code_layout"]}


def test_a_scale_limit_above_what_a_site_may_weigh_is_refused(office):
    response = office().post(
        "/reglages/sites/canal/",
        {
            "name": "Canal",
            "timezone": "Europe/Paris",
            "scale_limit_g": "100001",
            "sorting_tolerance_bp": "2",
        },
    )

    assert errors(response) == {"scale_limit_g": ["weight_out_of_range"]}


def test_the_main_place_is_never_set_aside(office, world):
    place = Place.objects.main(world.canal)
    response = office().post(f"/reglages/sites/canal/lieux/{place.code}/", {"do": "offer"})

    place.refresh_from_db()
    assert (response.status_code, place.is_active) == (404, True)


def test_a_place_that_holds_stock_is_neither_set_aside_nor_forgotten(office, world, api):
    Site.objects.filter(pk=world.canal.pk).update(tracks_places=True)
    shelf = Place.objects.create(site=world.canal, code="reserve", name="Réserve")
    api().post(
        "inventory/opening-stock",
        site="canal",
        place="reserve",
        lines=[{"category": "MOB", "weight_g": 5_000}],
    )
    client = office()

    client.post("/reglages/sites/canal/lieux/reserve/", {"do": "offer"})
    forgotten = client.post(
        "/reglages/sites/canal/",
        {
            "name": "Canal",
            "timezone": "Europe/Paris",
            "scale_limit_g": "2000",
            "sorting_tolerance_bp": "2",
        },
    )

    shelf.refresh_from_db()
    assert shelf.is_active
    assert errors(forgotten) == {"tracks_places": ["places_in_use"]}


def test_a_place_emptied_to_the_gram_is_set_aside_though_its_units_were_never_told(
    office, world, api
):
    shelf = Place.objects.create(site=world.canal, code="reserve", name="Réserve")
    Site.objects.filter(pk=world.canal.pk).update(tracks_places=True)
    chairs = {"category": "MOB.CHAI", "weight_g": 9_000}
    api().post(
        "inventory/opening-stock", site="canal", place="reserve", lines=[chairs | {"units": 3}]
    )
    gone = {"site": "canal", "public": True, "fate": "reuse"}
    left = api().post("inventory/shipments", **gone, lines=[chairs | {"from_place": "reserve"}])
    assert left.status_code == 201
    client = office()

    client.post("/reglages/sites/canal/lieux/reserve/", {"do": "offer"})
    forgotten = client.post(
        "/reglages/sites/canal/",
        {
            "name": "Canal",
            "timezone": "Europe/Paris",
            "scale_limit_g": "2000",
            "sorting_tolerance_bp": "2",
        },
    )

    shelf.refresh_from_db()
    assert not shelf.is_active
    assert forgotten.status_code == 302
    assert not Site.objects.get(pk=world.canal.pk).tracks_places


def test_a_place_that_holds_a_labelled_item_stays(office, world, api):
    main = Place.objects.main(world.canal)
    api().post(
        "inventory/opening-stock", site="canal", lines=[{"category": "MOB.CHAI", "weight_g": 4_000}]
    )
    label_item(world.canal, world.anna)  # its 4 kg are all that is left of the chairs

    with pytest.raises(ValidationError) as refusal:
        offer(row=main, is_offered=False)

    assert refusal.value.code == "place_not_empty"


def test_the_tree_of_categories_is_read_in_few_queries(office, django_assert_max_num_queries):
    client = office()
    with django_assert_max_num_queries(10):
        assert client.get("/reglages/categories/").status_code == 200


@pytest.mark.parametrize("address", ["contenants/%00/", "categories/nouveau/?under=%00"])
def test_control_characters_in_an_address_name_nothing(office, address):
    assert office().get(f"/reglages/{address}").status_code in (200, 404)


@pytest.mark.parametrize(("typed", "kept"), [("75112", "75112"), ("2a004", "2A004")])
def test_an_insee_code_becomes_the_origins_code(office, world, typed, kept):
    Origin.objects.filter(code="75112").delete()
    office().post(
        "/reglages/provenances/nouveau/", {"name": "Ici", "insee_code": typed, "position": 0}
    )

    assert Origin.objects.get(name="Ici").insee_code == kept


def test_an_insee_code_has_five_characters(office):
    response = office().post(
        "/reglages/provenances/nouveau/", {"name": "Ici", "insee_code": "7511", "position": 0}
    )

    assert errors(response) == {"insee_code": ["bad_insee_code"]}


def own_category(world, **fields):
    parent = Category.objects.get(organisation=None, code="MOB")
    return Category.objects.create(
        organisation=world.navette, parent=parent, code="MOB.FAUT", name_fr="Fauteuils", **fields
    )


def category_form(**fields):
    parent = Category.objects.get(organisation=None, code="MOB")
    return {
        "parent": parent.pk,
        "name_fr": "Fauteuils",
        "measure": "unit",
        "position": 0,
        **fields,
    }


def test_a_structure_adds_a_category_under_a_reference_one(office, world):
    office().post("/reglages/categories/nouveau/", category_form(unit_weight_g="8,5"))

    found = Category.objects.get(organisation=world.navette)
    assert (found.code, found.top.code, found.unit_weight_g) == ("MOB.FAUTEUILS", "MOB", 8_500)


def test_a_reference_category_is_nobodys_to_edit(office):
    page = office().get("/reglages/categories/")

    assert office().get("/reglages/categories/MOB.CHAI/").status_code == 404
    assert b"MOB.CHAI" in page.content


def test_a_category_goes_under_a_reference_one_only(office, world):
    own = own_category(world)
    response = office().post(
        "/reglages/categories/nouveau/", category_form(parent=own.pk, code="MOB.X")
    )

    assert list(errors(response)) == ["parent", "__all__"]


def test_a_used_category_keeps_its_stream_and_waste_code(office, world, api):
    own = own_category(world)
    api().post(
        "inventory/opening-stock",
        site="canal",
        lines=[{"category": "MOB.FAUT", "weight_g": 5_000}],
    )
    waste = Category.objects.exclude(waste_code=None).first().waste_code_id
    client = office()

    refused = client.post("/reglages/categories/MOB.FAUT/", category_form(waste_code=waste))
    kept = client.post(
        "/reglages/categories/MOB.FAUT/",
        {"name_fr": "Fauteuil", "measure": "unit", "position": 3},
    )

    assert errors(refused) == {"__all__": ["category_frozen"]}
    assert kept.status_code == 302
    own.refresh_from_db()
    assert (own.name_fr, own.waste_code_id, own.parent.code) == ("Fauteuil", None, "MOB")

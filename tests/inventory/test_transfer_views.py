"""Pages of transfers: sent, on the road, received in part or for good, by either structure."""

from uuid import uuid4

import pytest

from inventory import services
from inventory.models import Balance, Item, ItemCode, Kind, Movement, Transfer, Verb
from inventory.services import Draft, StockLine
from organisation.models import Network
from tests.inventory.pages import category, rows, text


@pytest.fixture
def chair(stocked, entry):
    draft = Draft(category("MOB.CHAI"), 4_200, title="Chaise bistrot")
    [item] = services.label(entry=entry(Verb.LABEL), place=None, drafts=[draft])
    return item


@pytest.fixture
def network(world):
    found = Network.objects.create(code="reseau", name="Réseau")
    found.members.add(world.navette, world.port)
    return found


def sending(*lines, **fields):
    return {"id": str(uuid4()), "to_site": "gare", "items": "", **rows(*lines), **fields}


@pytest.fixture
def sent(browser, chair):
    """30 kg of furniture and a chair of 4.2 kg, on the road from canal to gare."""
    data = sending({"category": "MOB", "weight": "30"}, items=chair.own_code)
    response = browser().post("/transferts/nouveau/?site=canal", data)
    assert response.status_code == 302, response.context["form"].errors
    return Transfer.objects.get()


def receiving(sent, chair=None, bulk="", **fields):
    """What the form of a receipt posts."""
    data = {"id": str(uuid4()), f"bulk_{category('MOB').pk}": bulk, **fields}
    return data | ({f"item_{chair.pk}": "on"} if chair else {})


def grams(site: str, kind=Kind.STOCK) -> int:
    rows = Balance.objects.filter(account__site__code=site, account__kind=kind)
    return sum(rows.values_list("weight_g", flat=True))


PATH = "/transferts/TF-canal-1/"


def test_what_is_sent_is_on_the_road_on_both_ends_pages(browser, sent, world):
    assert grams("canal", Kind.TRANSIT) == 34_200
    client = browser()
    assert "TF-canal-1" in text(client.get("/transferts/"))
    assert "TF-canal-1" in text(client.get("/transferts/?vers=ici"))
    page = text(client.get(PATH))
    assert "en route" in page
    assert "34,2 kg" in page
    assert "Chaise bistrot" in page


def test_a_receipt_in_part_then_the_last_one_book_what_came_and_the_gap(browser, sent, chair):
    client = browser()
    part = client.post(f"{PATH}reception/", receiving(sent, bulk="12,5"))
    assert part.url == PATH
    assert (grams("gare"), grams("canal", Kind.TRANSIT)) == (12_500, 21_700)
    assert "12,5" in text(client.get(PATH))

    last = receiving(sent, chair, bulk="17", is_final="on")
    assert client.post(f"{PATH}reception/", last).url == PATH

    assert (grams("gare"), grams("canal", Kind.TRANSIT)) == (33_700, 0)
    assert Item.objects.get(pk=chair.pk).account.site.code == "gare"
    done = client.get(PATH)
    assert done.context["form"] is None
    assert [said[1:] for said in done.context["receipts"]] == [(12_500, 0, 0), (21_200, 500, 0)]
    assert "0,5 kg de moins" in text(done)
    assert client.post(f"{PATH}reception/", last).url == PATH  # a second tap records nothing
    assert Movement.objects.filter(verb=Verb.RECEIVE).count() == 2


def test_a_second_tap_on_a_receipt_of_everything_records_nothing_more(browser, sent, chair):
    data = receiving(sent, chair, bulk="30")
    taps = [browser().post(f"{PATH}reception/", data) for _tap in "12"]
    assert [tap.url for tap in taps] == [PATH, PATH]
    assert Movement.objects.filter(verb=Verb.RECEIVE).count() == 1


def test_what_somebody_received_meanwhile_is_told(browser, sent, chair):
    mine, theirs = receiving(sent, chair, bulk="1"), receiving(sent, chair)
    browser().post(f"{PATH}reception/", theirs)
    late = browser().post(f"{PATH}reception/", mine)
    assert late.status_code == 422
    assert late.context["form"].has_error("__all__", "road_changed")
    assert grams("gare") == 4_200


def test_the_home_page_tells_what_is_left_on_the_road(browser, sent):
    browser().post(f"{PATH}reception/", receiving(sent, bulk="12,5"))
    assert [transfer.left_g for transfer in browser().get("/").context["todo"]["coming"]] == [
        21_700
    ]


def test_what_was_found_after_the_last_receipt_is_no_longer_short(browser, sent, chair):
    last = receiving(sent, bulk="30", is_final="on")
    browser().post(f"{PATH}reception/", last)
    assert [said[1:] for said in browser().get(PATH).context["receipts"]] == [(30_000, 4_200, 0)]
    cancelled = {"id": str(uuid4()), "comment": "il était sous la bâche"}
    assert browser().post("/d/IN-gare-1/annuler/", cancelled).status_code == 302
    assert [said[1:] for said in browser().get(PATH).context["receipts"]] == [(34_200, 0, 0)]


def test_a_receipt_that_says_nothing_sure_is_refused(browser, sent):
    client = browser()
    for data, code in (
        (receiving(sent), "no_lines"),
        (receiving(sent, bulk="30,001"), "more_than_sent"),
    ):
        response = client.post(f"{PATH}reception/", data)
        assert response.status_code == 422
        errors = response.context["form"].non_field_errors().as_data()
        assert [error.code for error in errors] == [code]
    assert client.post(f"{PATH}reception/", receiving(sent, bulk="x")).status_code == 422
    assert not Movement.objects.filter(verb=Verb.RECEIVE).exists()


def test_a_transfer_nowhere_or_of_nothing_is_refused(browser, stocked):
    for data, name in (
        (sending({"category": "MOB", "weight": "1"}, to_site="quai"), "to_site"),
        (sending({"category": "MOB", "weight": "1"}, to_site="canal"), "to_site"),
        (sending({"category": "MOB", "weight": "1"}, items="ABCDEF"), "items"),
        (sending(), None),
    ):
        response = browser().post("/transferts/nouveau/?site=canal", data)
        assert response.status_code == 422, data
        if name:
            assert response.context["form"].errors[name]
    assert not Transfer.objects.exists()


def test_another_structure_of_the_network_receives_it_under_a_code_of_its_own(
    browser, chair, world, network
):
    data = sending(items=chair.own_code, to_site="quai")
    assert browser().post("/transferts/nouveau/?site=canal", data).status_code == 302
    paul = browser(world.paul)
    assert "TF-canal-1" in text(paul.get("/transferts/?vers=ici"))
    page = text(paul.get(PATH))
    assert "La Navette" in page
    assert "Anna" not in page  # another structure's people have no names here

    assert paul.post(f"{PATH}reception/", receiving(None, chair, is_final="on")).url == PATH

    codes = dict(ItemCode.objects.filter(item=chair).values_list("organisation__code", "code"))
    assert set(codes) == {"navette", "port"}
    assert "Chaise bistrot" in text(paul.get(f"/o/{codes['port']}/"))
    ours = text(browser().get(f"/o/{codes['navette']}/"))
    assert "Quai" in ours
    assert "Paul" not in ours


def test_a_transfer_between_others_does_not_exist_here(browser, sent, world):
    paul = browser(world.paul)
    assert paul.get(PATH).status_code == 404
    assert paul.post(f"{PATH}reception/", receiving(sent, bulk="1")).status_code == 404
    assert "TF-canal-1" not in text(paul.get("/transferts/"))


def test_who_only_reads_sees_no_form(browser, sent, world):
    auditor = browser(world.auditor)
    page = auditor.get(PATH)
    assert page.status_code == 200
    assert page.context["form"] is None
    assert auditor.post(f"{PATH}reception/", receiving(sent, bulk="1")).status_code == 403
    assert auditor.get("/transferts/nouveau/").status_code == 403


def test_a_cancelled_transfer_is_back_where_it_was(browser, sent, world):
    client = browser()
    response = client.post(
        "/d/TF-canal-1/annuler/", {"id": str(uuid4()), "comment": "camion en panne"}
    )
    assert response.status_code == 302
    assert (grams("canal"), grams("canal", Kind.TRANSIT)) == (700_000, 0)
    page = client.get(PATH)
    assert page.context["form"] is None
    assert "camion en panne" in text(client.get("/d/AN-canal-1/"))


def test_a_long_list_of_transfers_is_paged_with_few_queries(
    browser, stocked, entry, world, django_assert_max_num_queries
):
    for _n in range(52):
        services.send(
            entry=entry(Verb.TRANSFER),
            to_site=world.gare,
            lines=[StockLine(category("MOB"), 100)],
        )
    client = browser()
    client.get("/transferts/")
    with django_assert_max_num_queries(12):
        page = client.get("/transferts/")
    assert len(page.context["transfers"]) == 50
    rest = client.get(f"/transferts/?seen={page.context['older']}")
    assert [sent.movement.number for sent in rest.context["transfers"]] == [
        "TF-canal-2",
        "TF-canal-1",
    ]
    for nonsense in ("x", "-1", "9" * 30, "²"):
        assert client.get("/transferts/", {"seen": nonsense}).status_code == 200


# What one structure is told of the other


@pytest.fixture
def at_quai(browser, chair, world, network, api):
    """The chair came with a private note, was priced at 15 € here, and now lies at Le Port."""
    ours, theirs = browser(), browser(world.paul)
    path = f"/o/{chair.own_code}/"
    ours.post(f"{path}description/", {"title": "Chaise", "price_cents": "15"})
    note = "Mme Durand, digicode 1234"
    data = sending(items=chair.own_code, to_site="quai", comment=note)
    ours.post("/transferts/nouveau/?site=canal", data)
    theirs.post(f"{PATH}reception/", receiving(None, chair, is_final="on"))
    theirs.post(f"{path}description/", {"title": "Chaise", "price_cents": "77,77"})
    return path


def test_notes_names_and_prices_stay_in_their_structure(browser, at_quai, world):
    theirs = text(browser(world.paul).get(at_quai))
    for private in ("Durand", "Anna", "15,00"):
        assert private not in theirs
    assert "77,77" in theirs
    ours = text(browser().get(at_quai))
    for private in ("Paul", "77,77"):
        assert private not in ours


def test_the_label_is_of_where_the_object_is(browser, at_quai, world, api):
    assert browser(world.paul).get(f"{at_quai}etiquette.png").status_code == 200
    assert browser().get(f"{at_quai}etiquette.png").status_code == 404
    code = at_quai.split("/")[2]
    assert browser().get("/etiquettes/", {"code": code}).status_code == 404
    assert api().get(f"inventory/items/{code}/label.png").status_code == 404
    assert api().get(f"inventory/items/{code}").json()["price_cents"] is None
    assert "Imprimer l’étiquette" not in text(browser().get(at_quai))


def test_what_lies_elsewhere_is_found_by_a_slip_without_its_price_and_place(browser, at_quai):
    code = at_quai.split("/")[2]
    slip = ("A" if code[0] != "A" else "B") + code[1:]
    page = browser().get("/chercher/", {"q": slip})
    assert [item.own_code for item in page.context["near"]] == [code]
    assert "77,77" not in text(page)


def test_what_has_not_left_is_not_given_back(browser, at_quai):
    page = browser().get(at_quai.replace("/o/", "/peser/retour/"))
    assert page.status_code == 404


def test_an_auditor_reads_what_changed_without_the_names(browser, chair, world):
    browser().post(f"/o/{chair.own_code}/description/", {"title": "x", "price_cents": "15"})
    page = browser(world.auditor).get(f"/o/{chair.own_code}/")
    assert "Anna" not in text(page)
    assert len(page.context["changes"]) == 2

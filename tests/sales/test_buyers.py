"""Buyers and members: found by name, number or card; corrected; numbers that are theirs alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.utils import timezone

from sales.models import Buyer, MemberPeriod
from sales.services import add_buyer
from tests.inventory.pages import text

pytestmark = pytest.mark.database


@pytest.fixture
def buyer(world):
    """``buyer("Zoé Lefèvre", email=…)``: somebody whom La Navette knows."""

    def make(name="Zoé Lefèvre", organisation=world.navette, **more):
        return add_buyer(buyer=Buyer(organisation=organisation, name=name, **more))

    return make


def said(**more):
    return {"id": str(uuid4()), "kind": "person", "name": "Zoé Lefèvre", **more}


def codes(response):
    form = response.context["form"]
    return [error.code for errors in form.errors.as_data().values() for error in errors]


def names(response):
    return [str(found) for found in response.context["buyers"]]


def test_somebody_is_added_once_under_the_next_number_of_the_structure(buyer, browser, world):
    buyer("Ailleurs", organisation=world.port)
    buyer("Première")
    client, form = browser(), said(email="zoe@example.org", wants_mail="on", address="1 rue Basse")

    answers = [client.post("/acheteurs/nouveau/", form) for _twice in range(2)]

    assert [answer.url for answer in answers] == ["/acheteurs/2/"] * 2
    found = Buyer.objects.get(organisation=world.navette, number=2)
    assert (found.name, found.email, found.wants_mail) == ("Zoé Lefèvre", "zoe@example.org", True)
    assert found.submission.answer == "2"  # who it is stands in one row alone


def test_one_id_is_not_of_two_people(browser):
    client, form = browser(), said()
    client.post("/acheteurs/nouveau/", form)

    refused = client.post("/acheteurs/nouveau/", {**form, "name": "Autre"})

    assert (refused.status_code, codes(refused)) == (422, ["id_reused"])
    assert Buyer.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 121}, "max_length"),
        ({"kind": "ghost"}, "invalid_choice"),
        ({"email": "nowhere"}, "invalid"),
        ({"wants_mail": "on"}, "address_missing"),
        ({"siret": "73282932000074"}, "siret_of_person"),
        ({"kind": "organisation", "siret": "123"}, "bad_siret"),
        ({"member_until": "demain"}, "invalid"),
        ({"id": "x"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_added(browser, world, more, code):
    refused = browser().post("/acheteurs/nouveau/", said(**more))

    assert (refused.status_code, codes(refused)) == (422, [code])
    assert not Buyer.objects.exists()


def test_accents_capitals_and_the_order_of_names_do_not_matter(buyer, browser):
    buyer("Zoé Lefèvre", phone="06 12 34 56 78", email="zoe@example.org")
    buyer("Mairie de Pantin", kind=Buyer.Kind.ORGANISATION, siret="73282932000074")
    client = browser()

    def found(q):
        return names(client.get("/acheteurs/", {"q": q}))

    for q in ("zoe", "LEFEVRE zoé", "lefè", "1", "ADH-1", "adh-1", "0612345678", "example.org"):
        assert found(q) == ["Zoé Lefèvre"], q
    assert found("pantin") == ["Mairie de Pantin"]
    assert found("zoé pantin") == found("99") == found("%") == found("ADH-3") == []
    assert sorted(found("")) == ["Mairie de Pantin", "Zoé Lefèvre"]


def test_nobody_of_another_structure_is_found(buyer, browser, world):
    other = buyer("Zoé Ailleurs", organisation=world.port)
    client = browser()

    assert names(client.get("/acheteurs/", {"q": "zoé"})) == []
    assert client.get(f"/acheteurs/{other.number}/").status_code == 404


def test_what_was_wrong_is_corrected_and_found_by_the_new_name(buyer, browser):
    buyer("Zoé Lefebvre")
    client = browser()

    answer = client.post("/acheteurs/1/", said(note="sonner fort"))

    assert answer.url == "/acheteurs/1/"
    assert names(client.get("/acheteurs/", {"q": "lefevre"})) == ["Zoé Lefèvre"]
    assert names(client.get("/acheteurs/", {"q": "lefebvre"})) == []
    assert "sonner fort" in text(client.get("/acheteurs/1/"))


def test_a_typed_end_of_membership_counts_and_shortens_what_ran_longer(buyer, browser):
    today = timezone.localdate()
    buyer()
    client = browser()

    def until(day):
        client.post("/acheteurs/1/", said(member_until=day and day.isoformat()))
        found = Buyer.objects.get()
        rows = MemberPeriod.objects.order_by("ends_on").values_list("starts_on", "ends_on")
        return found.is_member(today), list(rows)

    later, soon = today + timedelta(days=365), today + timedelta(days=30)
    assert until(later) == (True, [(today, later)])
    assert until(later) == (True, [(today, later)])
    assert until(soon) == (True, [(today, soon)])
    assert until("")[0] is False
    assert "un an" not in text(client.get("/acheteurs/1/"))
    past = today - timedelta(days=10)
    assert until(past) == (False, [(past, past)])


def test_no_history_is_kept_of_contact_data():
    tables = [model for model in apps.get_models() if "historical" in model._meta.model_name]
    assert tables
    assert not [model for model in tables if "buyer" in model._meta.model_name]
    assert not hasattr(Buyer, "history")


def test_a_number_is_given_once_whatever_the_program_does(buyer, world):
    buyer()
    with pytest.raises(IntegrityError):
        Buyer.objects.create(organisation=world.navette, number=1, name="Double")


def test_a_list_of_many_is_read_in_few_queries(buyer, browser, django_assert_max_num_queries):
    for number in range(30):
        buyer(f"Membre {number}", member_until=timezone.localdate())
    client = browser()
    with django_assert_max_num_queries(12):
        page = text(client.get("/acheteurs/"))
    assert "Membre 29" in page

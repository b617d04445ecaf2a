"""One person's data: all of it told, all of it erased, and the journal of the till as it was."""

import json
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from collection.models import Donor
from inventory.models import Category
from organisation.models import HeldEntry
from sales.journal.verify import findings
from sales.models import Buyer, Chain, JournalEntry, Method, Sale
from sales.services import Paid, Wanted, Whole, add_buyer, record_sale
from tests.inventory.pages import text
from tests.tills import open_till, till_entry

pytestmark = pytest.mark.database

NAME = "Zoé Lefèvre"
SECRETS = ("lefevre", "lefèvre", "zoe", "zoé", "0612345678", "06 12 34", "rue basse", "sonner fort")
SIGNED = [[10, 20, 300, 200, 487, 263]]


def person(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def director(world):
    return person(Client(), world.anna)


@pytest.fixture
def zoe(world, director):
    """A member who bought a chair by name."""
    said = {
        "id": str(uuid4()),
        "kind": "person",
        "name": NAME,
        "email": "zoe@example.org",
        "phone": "06 12 34 56 78",
        "address": "1 rue Basse",
        "note": "sonner fort",
        "member_until": "2099-12-31",
    }
    director.post("/acheteurs/nouveau/", said)
    director.get("/acheteurs/1/")  # and its message is read
    buyer = Buyer.objects.get()
    till = open_till(world.canal)
    wanted = Wanted(category=Category.objects.get(code="MOB"), price_cents=1_000)
    record_sale(
        entry=till_entry(world.canal),
        till=till,
        lines=[wanted],
        payments=[Paid(Method.CASH, 1_000)],
        whole=Whole(buyer=buyer),
    )
    return buyer


@pytest.fixture
def brought(world, api):
    """An arrival that she signed for, after her name had been typed wrong; one name waits."""

    def post(path, **said):
        return api(world.sorter).post(path, **said).json()

    lines = [{"category": "MOB", "weight_g": 8_400}]
    arrival = post("collection/intakes", site="canal", mode="drop_off", lines=lines)
    for name in ("Zoé Lefevre", NAME):
        post("collection/donors", intake=arrival["id"], name=name, signature=SIGNED)
    HeldEntry.objects.create(
        site=world.canal,
        uuid=uuid4(),
        endpoint="/api/v1/collection/donors",
        content=json.dumps({"id": str(uuid4()), "intake": str(uuid4()), "name": NAME}),
        summary=f"Donneur : {NAME}",
        occurred_at=timezone.now(),
        received_at=timezone.now(),
    )
    return arrival["number"]


@pytest.fixture
def picked(zoe, brought):
    return {"buyer": zoe.number, "arrival": brought, "held": HeldEntry.objects.get().pk}


def everything():
    """Every text of every row of every table."""
    texts = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == "sessions":
            continue
        for row in model._base_manager.values_list():
            texts += [str(value).casefold() for value in row if value is not None]
    return texts


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


def chained():
    return list(JournalEntry.objects.order_by("pk").values_list("body", "hash"))


def erase(client, picked, **more):
    return client.post("/donnees-personnelles/effacer/", {**picked, "sure": "on", **more})


def test_a_name_is_found_among_buyers_donors_and_what_tablets_handed_over(
    zoe, brought, director, world
):
    add_buyer(buyer=Buyer(organisation=world.navette, name="Zoé Autre"))

    page = text(director.get("/donnees-personnelles/", {"q": "LEFEVRE zoe"}))

    assert f'name="buyer" value="{zoe.number}"' in page
    assert f'name="arrival" value="{brought}"' in page
    assert 'name="held"' in page
    assert "Zoé Autre" not in page


def test_everything_known_is_handed_over_as_a_file(picked, director):
    answer = director.get("/donnees-personnelles/personne.json", picked)

    told = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert told["from"] == "La Navette"
    [buyer], [arrival], [held] = told["buyers"], told["arrivals"], told["waiting_on_tablets"]
    assert [buyer[key] for key in ("number", "name", "email", "phone", "address", "note")] == [
        1,
        NAME,
        "zoe@example.org",
        "06 12 34 56 78",
        "1 rue Basse",
        "sonner fort",
    ]
    assert [(each["number"], each["total_cents"]) for each in buyer["tickets"]] == [
        ("VE-canal-1", 1_000)
    ]
    assert buyer["memberships"][0]["until"] == "2099-12-31"
    assert (arrival["names"], arrival["signatures"]) == ([NAME, "Zoé Lefevre"], [SIGNED] * 2)
    assert arrival["lines"] == [{"category": "Mobilier", "weight_g": 8_400}]
    assert held["name"] == NAME


def test_the_same_is_read_on_a_page(picked, director):
    page = text(director.get("/donnees-personnelles/personne/", picked))
    for words in (NAME, "06 12 34 56 78", "1 rue Basse", "VE-canal-1", picked["arrival"], "10,00"):
        assert words in page, words


def test_after_an_erasure_no_table_of_the_database_knows_the_person(picked, director, world):
    assert any(secret in each for each in everything() for secret in SECRETS)

    answer = erase(director, picked)

    assert answer.url == "/acheteurs/1/"
    known = [each for each in everything() if any(secret in each for secret in SECRETS)]
    assert known == []
    assert "487, 263" not in " ".join(everything())
    buyer = Buyer.objects.get()
    assert (buyer.number, buyer.erased_by, buyer.member_until) == (1, world.anna, None)
    assert set(Donor.objects.values_list("name")) == {("",)}


def test_the_chains_are_as_they_were_and_proven_before_and_after(picked, director):
    before = chained()
    assert faults() == []

    erase(director, picked)

    assert chained() == before
    assert faults() == []
    assert Sale.objects.get().buyer.number == 1
    assert '"buyer":1' in before[-1][0]
    assert not [secret for body, _hash in before for secret in SECRETS if secret in body.casefold()]


def test_digests_of_what_was_posted_go_too_for_whoever_guesses_names(picked, director):
    erase(director, picked)
    donors = Donor.objects.values_list("submission__digest", "submission__answer")
    assert {digest for digest, _answer in donors} == {""}
    assert {json.loads(answer)["name"] for _digest, answer in donors} == {""}
    assert Buyer.objects.get().submission.digest == ""


def test_a_name_that_waits_is_dropped_and_one_decided_stays_decided(picked, director, world):
    erase(director, picked)
    entry = HeldEntry.objects.get()
    assert (entry.content, entry.summary, entry.outcome) == ("", "", "dropped")
    assert entry.decided_by == world.anna
    assert director.get("/saisies/").status_code == 200


def test_whoever_was_erased_is_found_no_more_and_buys_no_more(picked, director, world):
    erase(director, picked)

    assert director.get("/acheteurs/", {"q": "1"}).context["buyers"].count() == 0
    assert "VE-canal-1" in text(director.get("/acheteurs/1/"))
    assert not Buyer.objects.filter(organisation=world.navette).named("1").exists()
    assert director.post("/acheteurs/1/", {"name": NAME}).status_code == 200
    assert Buyer.objects.get().name == ""
    assert not director.get("/donnees-personnelles/", {"q": NAME}).context["found"]


def test_slips_and_the_register_no_longer_name_a_donor(picked, director):
    erase(director, picked)
    assert director.get(f"/d/{picked['arrival']}/recu.pdf").status_code == 200
    assert NAME not in text(director.get("/peser/registre/"))


def test_an_erasure_twice_changes_nothing_more(picked, director):
    erase(director, picked)
    first = Buyer.objects.get().erased_at
    assert erase(director, {"buyer": picked["buyer"]}).status_code == 302
    assert Buyer.objects.get().erased_at == first


def test_nothing_is_erased_where_nobody_ticked_that_they_are_sure(picked, director):
    answer = director.post("/donnees-personnelles/effacer/", picked)
    assert answer.url.startswith("/donnees-personnelles/personne/?buyer=1&arrival=")
    assert Buyer.objects.get().name == NAME
    assert Donor.objects.of(Donor.objects.first().intake).name == NAME


def test_what_was_not_picked_stays(picked, director, world):
    other = add_buyer(buyer=Buyer(organisation=world.navette, name=NAME))
    erase(director, {"buyer": picked["buyer"]})
    other.refresh_from_db()
    assert other.name == NAME
    assert Donor.objects.filter(name=NAME).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"buyer": "99"},
        {"buyer": ["1", "99"]},
        {"buyer": "x"},
        {"buyer": "1" * 30},
        {"buyer": "\x00"},
        {"buyer": "٣"},
        {"arrival": "AP-canal-99"},
        {"arrival": "é"},
        {"held": "987654"},
        {"held": "-1"},
        {"arrival": "VE-canal-1"},
        {"buyer": [str(n) for n in range(1, 300)]},
    ],
)
def test_what_is_not_there_is_neither_told_nor_erased(picked, director, wrong):
    assert director.get("/donnees-personnelles/personne.json", wrong).status_code == 404
    assert erase(director, wrong).status_code == 404
    assert Buyer.objects.get().name == NAME


def test_a_director_of_one_site_erases_no_donor_of_another(world, api, picked, director):
    lines = [{"category": "MOB", "weight_g": 1_000}]
    there = api(world.anna).post("collection/intakes", site="gare", mode="drop_off", lines=lines)
    api(world.anna).post("collection/donors", intake=there.json()["id"], name=NAME)
    here = person(Client(), world.director)

    found = here.get("/donnees-personnelles/", {"q": NAME}).context["found"]

    assert [each.intake.movement.site for each in found.arrivals] == [world.canal]
    assert erase(here, {"arrival": there.json()["number"]}).status_code == 404


def test_an_erasure_weakens_no_trigger(picked, director):
    from inventory import triggers

    erase(director, picked)
    assert triggers.missing(connection) == set()

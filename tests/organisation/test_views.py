"""Settings of the structure, people and their roles, one's own account."""

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Membership, Organisation, Token, User
from organisation.permissions import Role

PASSWORD = "cheval-agrafe-bateau"


@pytest.fixture
def office(world):
    """``office(world.manager)``: a browser, signed in."""

    def sign_in(user=world.anna):
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def errors(response) -> dict[str, list[str]]:
    found = response.context["form"].errors.as_data()
    return {name: [error.code for error in each] for name, each in found.items()}


def roles_of(login: str) -> set[tuple[str | None, str]]:
    rows = Membership.objects.filter(user__username=login)
    return set(rows.values_list("site__code", "role"))


def newcomer(**fields):
    return {"username": "zoe", "first_name": "Zoé", "roles": ["sorter@canal", "cashier@"], **fields}


def test_the_index_shows_the_doors_of_ones_role(office, world):
    def urls(user):
        return {card.url for card in office(user).get("/reglages/").context["cards"]}

    own = {
        "checkup",
        "structure",
        "people",
        "shop-settings",
        "vat-settings",
        "personal-data",
        "targets",
    }
    assert urls(world.director) - urls(world.manager) == own


def test_a_siret_that_fails_its_check_is_refused(office, world):
    response = office().post(
        "/reglages/structure/",
        {"name": "La Navette", "siret": "12345678901234", "profile": "complete"},
    )

    assert errors(response) == {"siret": ["bad_siret"]}
    assert Organisation.objects.get(code="navette").siret == ""


def test_the_structure_keeps_who_changed_what(office, world):
    client = office()
    client.post(
        "/reglages/structure/",
        {"name": "La Navette", "siret": "732 829 320 00074", "profile": "simple"},
    )

    change = client.get("/reglages/structure/").context["changes"][0]

    assert change.by == "Anna"
    assert {after for _label, _before, after in change.lines} == {"Simple", "73282932000074"}


def test_a_director_adds_somebody_with_roles_here_and_everywhere(office, world):
    response = office().post("/reglages/personnes/nouveau/", newcomer(password=PASSWORD))

    zoe = User.objects.get(username="zoe")
    assert response.status_code == 302
    assert (zoe.organisation, zoe.check_password(PASSWORD)) == (world.navette, True)
    assert roles_of("zoe") == {("canal", "sorter"), (None, "cashier")}


def test_a_password_that_is_made_up_is_shown_once(office):
    client = office()
    secret = client.post("/reglages/personnes/nouveau/", newcomer()).context["secret"]

    assert User.objects.get(username="zoe").check_password(secret)
    assert secret.encode() not in client.get("/reglages/personnes/zoe/").content


def test_a_weak_password_is_refused_and_nobody_is_added(office):
    response = office().post("/reglages/personnes/nouveau/", newcomer(password="1234"))

    assert "password" in response.context["also"].errors
    assert not User.objects.filter(username="zoe").exists()


def test_a_login_serves_one_person_in_the_whole_installation(office):
    response = office().post("/reglages/personnes/nouveau/", newcomer(username="paul"))

    assert errors(response) == {"username": ["unique"]}


def test_roles_are_given_and_taken_back_with_a_trace(office, world):
    client = office()
    client.post("/reglages/personnes/sorter/", {"first_name": "Sam", "roles": ["manager@gare"]})

    page = client.get("/reglages/personnes/sorter/")

    assert roles_of("sorter") == {("gare", "manager")}
    assert {change.by for change in page.context["changes"][:3]} == {"Anna"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DIRECTOR])
@pytest.mark.parametrize("name", ["people", "people-new", "structure"])
def test_only_directors_manage_people_and_the_structure(office, world, role, name):
    assert office(world.people[role.value]).get(reverse(name)).status_code == 403


def test_people_of_another_structure_do_not_exist(office, world):
    client = office()

    for page in ("person", "person-password", "person-keys"):
        assert client.get(reverse(page, args=["paul"])).status_code == 404
    assert b"Paul" not in client.get("/reglages/personnes/").content


def test_a_director_of_one_site_does_not_reach_beyond_it(office, world):
    client = office(world.director)
    client.post("/reglages/personnes/sorter/", {"first_name": "Sam", "roles": ["sorter@gare"]})
    client.post("/reglages/personnes/sorter/", {"first_name": "Sam", "roles": ["director@"]})

    assert client.get("/reglages/personnes/anna/").status_code == 403
    assert client.post("/reglages/personnes/anna/mot-de-passe/", {}).status_code == 403
    assert roles_of("sorter") == {("canal", "sorter")}


def test_the_last_director_cannot_lock_everybody_out(office, world):
    client = office()
    refused = client.post(
        "/reglages/personnes/anna/", {"first_name": "Anna", "roles": ["manager@"]}
    )
    client.post("/reglages/personnes/anna/", {"do": "active"})

    assert errors(refused) == {"__all__": ["last_director"]}
    assert roles_of("anna") == {(None, "director")}
    assert User.objects.get(username="anna").is_active


def test_a_director_may_leave_once_another_directs(office, world):
    client = office()
    client.post("/reglages/personnes/manager/", {"first_name": "M", "roles": ["director@"]})
    client.post("/reglages/personnes/anna/", {"first_name": "Anna", "roles": ["manager@"]})

    assert roles_of("anna") == {(None, "manager")}


def test_somebody_no_longer_let_in_loses_session_and_keys(office, world):
    theirs = office(world.sorter)
    _token, secret = Token.objects.issue(world.sorter)
    office().post("/reglages/personnes/sorter/", {"do": "active"})

    assert theirs.get("/mon-compte/").status_code == 302
    assert Token.objects.owner(secret) is None
    assert not Token.objects.filter(user=world.sorter, revoked_at=None).exists()


def test_a_new_password_for_somebody_ends_their_session(office, world):
    world.sorter.set_password(PASSWORD)
    world.sorter.save()
    theirs = office(world.sorter)

    secret = office().post("/reglages/personnes/sorter/mot-de-passe/", {"password": ""})

    world.sorter.refresh_from_db()
    assert world.sorter.check_password(secret.context["secret"])
    assert theirs.get("/mon-compte/").status_code == 302


def test_everybody_changes_their_own_password(office, world):
    world.sorter.set_password("ancien-secret-long")
    world.sorter.save()
    client = office(world.sorter)
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}

    wrong = client.post("/mon-compte/", {"old_password": "non", **new})
    right = client.post("/mon-compte/", {"old_password": "ancien-secret-long", **new})

    assert errors(wrong) == {"old_password": ["password_incorrect"]}
    assert right.status_code == 302
    assert client.get("/mon-compte/").status_code == 200


@pytest.mark.parametrize("address", ["/mon-compte/cles/", "/reglages/personnes/anna/cles/"])
def test_a_key_is_shown_once_and_only_its_hash_is_kept(office, world, address):
    client = office()
    response = client.post(address, {"name": "Balance"})
    secret = response.context["secret"]

    token = Token.objects.get(user=world.anna)
    assert token.digest == Token.digest_of(secret)
    assert Token.objects.owner(secret) == world.anna
    assert response["Cache-Control"] == "no-store"
    assert secret.encode() not in client.get(address).content


def test_a_key_is_ended_by_its_owner_only(office, world):
    token, secret = Token.objects.issue(world.anna, "Balance")
    client = office(world.sorter)

    assert client.post("/mon-compte/cles/", {"revoke": token.pk}).status_code == 404
    assert Token.objects.owner(secret) == world.anna

    office().post("/mon-compte/cles/", {"revoke": token.pk})
    assert Token.objects.owner(secret) is None

"""Structures, sites, roles: what their rows allow, and who may do what because of them."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from organisation.models import Membership, Organisation, Site, User, validate_siret
from organisation.permissions import ACTS, Role, require_act

DOCS = Path(__file__).parents[2] / "docs"


def code_of(refusal) -> list[str]:
    return [error.code for errors in refusal.value.error_dict.values() for error in errors]


@pytest.mark.parametrize("number", ["73282932000074", "35600000000048"])
def test_a_siret_is_fourteen_digits_that_add_up(number):
    validate_siret(number)


@pytest.mark.parametrize(
    "number", ["73282932000075", "7328293200007", "732829320000744", "abc", "", "0" * 13]
)
def test_any_other_siret_is_refused(number):
    with pytest.raises(ValidationError) as refusal:
        validate_siret(number)
    assert refusal.value.code == "bad_siret"


def test_a_structure_and_a_site_are_refused_what_makes_no_sense(world):
    with pytest.raises(ValidationError) as refusal:
        Organisation(code="a b", name="X", siret="123").full_clean()
    assert code_of(refusal) == ["bad_code", "bad_siret"]
    with pytest.raises(ValidationError) as refusal:
        Site(
            organisation=world.navette,
            code="né",
            name="X",
            timezone="Mars/Olympus",
            scale_limit_g=100_000_001,
        ).full_clean()
    assert code_of(refusal) == ["bad_code", "unknown_timezone", "max_value"]


def test_the_database_itself_refuses_a_scale_without_limit(world):
    for limit_g in (0, 100_000_001):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.filter(pk=world.canal.pk).update(scale_limit_g=limit_g)


def test_a_role_is_held_once_at_a_site_and_once_everywhere(world):
    for site in (world.canal, None):
        held = {"user": world.sorter, "role": Role.CASHIER, "site": site}
        Membership.objects.create(**held)
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(**held)


def test_a_role_at_a_site_of_another_structure_is_refused(world):
    with pytest.raises(ValidationError) as refusal:
        Membership(user=world.sorter, role=Role.SORTER, site=world.quai).full_clean()
    assert code_of(refusal) == ["other_structure"]


def test_a_role_at_one_site_opens_that_site_only(world):
    assert world.sorter.may("collect", world.canal)
    assert not world.sorter.may("collect", world.gare)
    assert not world.sorter.may("collect", world.quai)
    assert list(Site.objects.permitted(world.sorter, "collect")) == [world.canal]


def test_a_role_everywhere_opens_every_site_of_the_structure_and_no_other(world):
    assert world.anna.may("settle", world.gare)
    assert not world.anna.may("settle", world.quai)
    assert set(Site.objects.permitted(world.anna, "settle")) == {world.canal, world.gare}


def test_a_forged_role_at_another_structures_site_still_opens_nothing(world):
    Membership.objects.create(user=world.sorter, role=Role.DIRECTOR, site=world.quai)
    sorter = User.objects.get(pk=world.sorter.pk)

    assert not sorter.may("collect", world.quai)
    assert world.quai not in Site.objects.permitted(sorter, "collect")


@pytest.mark.parametrize(("name", "initials"), [("Anna", "A"), ("Anna Marie Lou", "AM"), ("", "A")])
def test_initials_stand_for_a_person(name, initials, world):
    world.anna.first_name = name
    assert world.anna.initials == initials


def test_every_act_is_held_by_somebody_and_directors_hold_them_all():
    assert all(Role.DIRECTOR in roles for roles in ACTS.values())
    assert all(act == require_act(act) for act in ACTS)


@pytest.mark.parametrize("act", [None, "", "juggle"])
def test_an_act_that_does_not_exist_is_refused(act):
    with pytest.raises(ImproperlyConfigured):
        require_act(act)


def test_the_documented_table_of_acts_is_the_one_that_is_obeyed():
    text = (DOCS / "permissions.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", text, re.MULTILINE)
    written = {
        act: {role for role, cell in zip(Role, cells.split("|"), strict=True) if cell.strip()}
        for act, cells in rows
    }

    assert written == {act: set(roles) for act, roles in ACTS.items()}


# Guessing passwords


def sign_in(login: str, password: str, address: str):
    return Client(REMOTE_ADDR=address).post(
        "/connexion/", {"username": login, "password": password}
    )


def test_guessing_locks_out_the_guesser_of_that_login_and_nobody_else(world, settings):
    for login in ("anna", "sorter"):
        person = User.objects.get(username=login)
        person.set_password("cheval-agrafe")
        person.save()
    for _try in range(settings.AXES_FAILURE_LIMIT):
        refused = sign_in("anna", "wrong", "192.0.2.1")

    assert refused.status_code == 429
    assert sign_in("anna", "cheval-agrafe", "192.0.2.1").status_code == 429
    assert sign_in("sorter", "cheval-agrafe", "192.0.2.1").status_code == 302
    assert sign_in("anna", "cheval-agrafe", "192.0.2.2").status_code == 302

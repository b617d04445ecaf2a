"""A prepared look-up answers what the same query answers, and is never asked for more."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from inventory.models import Category, Movement
from organisation.doors import _prepared
from organisation.models import Network, Site, User
from organisation.prepared import Prepared

pytestmark = pytest.mark.database


def fields(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_it_answers_what_the_query_answers(world):
    by_login = Prepared(lambda login: User.objects.filter(username=login), "?")
    for _first_and_second_use in range(2):
        assert fields(by_login.row("anna")) == fields(User.objects.get(username="anna"))
    assert by_login.row("nobody") is None
    assert by_login.row("anna").is_active is True


def test_it_gives_every_row(world):
    own = Prepared(lambda organisation: Site.objects.filter(organisation=organisation), -1)
    assert {site.code for site in own.rows(world.navette.pk)} == {"canal", "gare"}


def test_what_it_gives_can_be_saved(world):
    site = Prepared(lambda code: Site.objects.filter(code=code), "?").row("canal")
    site.name = "Canal Saint-Martin"
    site.save()
    assert Site.objects.get(code="canal").name == "Canal Saint-Martin"


def test_relations_and_other_values_cannot_be_prepared(world):
    with pytest.raises(ImproperlyConfigured):
        Prepared(lambda code: Site.objects.select_related("organisation").filter(code=code),
                 "?").build()  # fmt: skip
    with pytest.raises(ImproperlyConfigured):
        Prepared(lambda code: Site.objects.filter(code=code, name="Canal"), "?").build()


def test_doors_prepare_what_structure_and_code_decide(world):
    assert _prepared(Site)
    assert _prepared(Category)
    assert not _prepared(Movement)  # comes with its site
    assert not _prepared(Network)  # depends on who asks

"""A prepared look-up answers what the same query answers, and is never asked for more."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from inventory import services
from inventory.ledger import Entry
from inventory.models import Category, Flow, Item, ItemCode, Movement, Verb
from organisation.doors import _prepared
from organisation.models import Network, Site, Submission, User
from organisation.prepared import Prepared
from sales.models import Till, Voucher

pytestmark = pytest.mark.database


def labelled(world):
    entry = Entry(world.canal, Verb.OPEN, claim(world), world.anna, timezone.now())
    kinds = {one.code: one for one in Category.objects.filter(organisation=None)}
    services.open_stock(entry=entry, lines=[services.StockLine(kinds["MOB"], 50_000)])
    draft = services.Draft(kinds["MOB.CHAI"], 4_200, from_category=kinds["MOB"])
    again = replace(entry, verb=Verb.LABEL, submission=claim(world))
    [chair] = services.label(entry=again, place=None, drafts=[draft])
    return chair


def claim(world):
    return Submission.objects.create(organisation=world.navette, uuid=uuid4(), endpoint="/")


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


def test_what_comes_along_is_asked_for_at_once(world, django_assert_num_queries):
    found = Prepared(
        lambda code: Site.objects.select_related("organisation").filter(code=code), "?"
    )
    with django_assert_num_queries(1):
        site = found.row("canal")
        assert site.organisation == world.navette
        assert fields(site.organisation) == fields(world.navette)


def test_an_annotation_comes_along_and_a_value_may_be_asked_for_twice(world):
    chair = labelled(world)
    found = Prepared(lambda owner, code: Item.objects.known_to(owner).named(code), -1, "C0DE")
    item = found.row(world.navette.pk, chair.codes.get().code)
    assert (item, item.own_code) == (chair, chair.codes.get().code)
    assert item.account.place.is_main
    assert item.category.parent == Category.objects.get(code="MOB")
    assert found.row(world.navette.pk + 1, item.own_code) is None


def test_other_values_cannot_be_prepared(world):
    with pytest.raises(ImproperlyConfigured):
        Prepared(lambda code: Site.objects.filter(code=code, name="Canal"), "?").build()


def test_what_reads_a_code_in_its_own_way_cannot_be_prepared_unless_it_tells():
    assert _prepared(Item)  # Item.kept_code tells
    assert not _prepared(ItemCode)
    assert not _prepared(Flow)  # a line is named by its document and its place in it
    assert not _prepared(Voucher)


def test_doors_prepare_what_structure_and_code_decide(world):
    assert _prepared(Site)
    assert _prepared(Category)
    assert _prepared(Movement)
    assert _prepared(Till)
    assert not _prepared(Network)  # depends on who asks

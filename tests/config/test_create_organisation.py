"""A structure of one's own, on an empty database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Container, Place
from organisation.models import Organisation, User

OURS = {
    "code": "entrepot",
    "name": "L’Entrepôt",
    "site": ["halle=La Halle", "quai=Le Quai"],
    "login": "odile",
}


def test_a_structure_starts_with_sites_places_containers_and_a_director(db):
    said = StringIO()

    call_command("create_organisation", stdout=said, **OURS)

    odile = User.objects.get(username="odile")
    assert odile.check_password(said.getvalue().strip())
    assert odile.may_anywhere("close_month")
    assert Place.objects.filter(site__organisation__code="entrepot", is_main=True).count() == 2
    assert Container.objects.filter(organisation__code="entrepot").exists()


@pytest.mark.parametrize("change", [{"code": "navette"}, {"site": ["canal"]}, {"login": "anna"}])
def test_what_is_taken_is_refused_and_nothing_is_left_half_made(world, change):
    with pytest.raises(CommandError):
        call_command("create_organisation", stdout=StringIO(), **{**OURS, **change})

    assert not Organisation.objects.filter(code="entrepot").exists()

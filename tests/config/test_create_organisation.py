"""A structure of one's own, on an empty database."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Container, Place
from organisation.models import Organisation, User

OURS = {
    "--code": "entrepot",
    "--name": "L’Entrepôt",
    "--site": "halle=La Halle",
    "--login": "odile",
}


def create(**changes) -> str:
    said = StringIO()
    words = OURS | {f"--{name}": value for name, value in changes.items()}
    options = [word for pair in words.items() for word in pair]
    call_command("create_organisation", *options, "--site", "quai2=Le Quai", stdout=said)
    return said.getvalue().strip()


def test_a_structure_starts_with_sites_places_containers_and_a_director(db):
    password = create()

    odile = User.objects.get(username="odile")
    assert odile.check_password(password)
    assert odile.may_anywhere("close_month")
    assert Place.objects.filter(site__organisation__code="entrepot", is_main=True).count() == 2
    assert Container.objects.filter(organisation__code="entrepot").exists()


@pytest.mark.parametrize("change", [{"code": "navette"}, {"site": "canal"}, {"login": "anna"}])
def test_what_is_taken_is_refused_and_nothing_is_left_half_made(world, change):
    with pytest.raises(CommandError):
        create(**change)

    assert not Organisation.objects.filter(code="entrepot").exists()

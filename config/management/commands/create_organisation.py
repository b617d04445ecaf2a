"""``manage.py create_organisation``: a first structure, its sites and its director."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from inventory import reference
from inventory.models import Place
from organisation.models import Membership, Organisation, Site, User
from organisation.permissions import Role
from organisation.services import new_password


class Command(BaseCommand):
    help = "Make a structure with its sites and a director; print the password, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True, help="short name, such as navette")
        parser.add_argument("--name", required=True, help="the structure's name")
        parser.add_argument(
            "--site", required=True, action="append", metavar="CODE=NAME", help="may repeat"
        )
        parser.add_argument("--login", required=True, help="the director's login")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = _saved(Organisation(code=options["code"], name=options["name"]))
        reference.furnish(organisation)
        for pair in options["site"]:
            code, _equals, name = pair.partition("=")
            site = _saved(Site(organisation=organisation, code=code, name=name or code))
            Place.objects.main(site)
        password = new_password()
        director = User(username=options["login"], organisation=organisation)
        director.set_password(password)
        _saved(director)
        Membership.objects.create(user=director, role=Role.DIRECTOR)
        self.stdout.write(password)


def _saved(row: Any) -> Any:
    try:
        row.full_clean()
    except ValidationError as refusal:
        raise CommandError(" ".join(refusal.messages)) from refusal
    row.save()
    return row

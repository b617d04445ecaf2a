"""``manage.py create_token``: a key to the API, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from organisation.models import Token, User


class Command(BaseCommand):
    help = "Make an API token for a person and print it, alone on the last line, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--login", required=True)
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: Any, login: str, name: str, **options: Any) -> None:
        person = User.objects.filter(username=login, is_active=True).first()
        if person is None:
            raise CommandError(_("Nobody signs in as “%(login)s”.") % {"login": login})
        if person.organisation_id is None:
            raise CommandError(_("“%(login)s” belongs to no structure.") % {"login": login})
        if len(name) > (limit := Token._meta.get_field("name").max_length or 0):
            raise CommandError(_("At most %(max_length)s characters.") % {"max_length": limit})
        _token, secret = Token.objects.issue(person, name)
        self.stdout.write(secret)

"""``manage.py grant ROLE``: rights of the role that serves, on PostgreSQL, by the tables' owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from inventory import rights


class Command(BaseCommand):
    help = "Give a role what serving needs, and nothing that could rewrite what is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="a role that may log in and owns nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(_("SQLite knows no roles: this needs PostgreSQL."))
        try:
            rights.grant(connection, options["role"])
        except DatabaseError as error:
            raise CommandError(
                _("PostgreSQL refuses: %(why)s") % {"why": str(error).strip()}
            ) from error
        self.stdout.write(
            _("%(role)s may read and add; what is written once it cannot change.")
            % {"role": options["role"]}
        )

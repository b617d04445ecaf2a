"""``manage.py partitions``: the tables of the months to come, on PostgreSQL, by its owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import partitions, triggers


class Command(BaseCommand):
    help = "Make the flows' tables of the months to come; move there what waits for one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only tell; exit 1 if any is late")

    def handle(self, *args: Any, **options: Any) -> None:
        if not partitions.is_split(connection):
            self.stdout.write(_("SQLite keeps all months in one table: nothing to do."))
            return
        today = timezone.localdate()
        if not options["check"]:
            self._make()
        ahead = partitions.ahead(connection, today=today)
        late = partitions.waiting(connection, today=today)
        self.stdout.write(_("%(count)s months ahead have their table.") % {"count": ahead})
        if late:
            said = ", ".join(map(str, late))
            raise CommandError(
                _("Flows wait for the table of their month: %(said)s.") % {"said": said}
            )
        if not ahead:
            raise CommandError(_("Next month has no table: its flows will wait."))

    def _make(self) -> None:
        try:
            with transaction.atomic():
                made = partitions.make_ahead(connection, today=timezone.localdate())
                triggers.keep_parts(connection)
        except DatabaseError as error:
            raise CommandError(
                _("PostgreSQL refuses: %(why)s") % {"why": str(error).strip()}
            ) from error
        for name in made:
            self.stdout.write(_("Made: %(what)s") % {"what": name})

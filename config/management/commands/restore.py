"""``manage.py restore FILE``: the database as it was in a backup; what it replaces is kept."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.backup import restore
from sales.journal import keys


class Command(BaseCommand):
    help = "Check a backup, put it in the place of the database and keep what was there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--number",
            action="append",
            default=[],
            help="the last number of a ticket or a Z, as it is printed, where the database is lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept, is_read = restore(file=options["file"].absolute(), numbers=options["number"])
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
            raise CommandError(_("%(why)s Nothing was changed.") % {"why": sentence}) from refusal
        self.stdout.write(_("Restored. What was there before is in %(kept)s.") % {"kept": kept})
        if not is_read and not options["number"]:
            self.stderr.write(
                _(
                    "The last numbers of tickets and Zs could not be read there: restore again"
                    " with --number if any are later than those of this backup."
                )
            )
        if keys.known_pem() is None:
            self.stderr.write(
                _("The key that signs closings is not here: put %(key)s back, if you have it.")
                % {"key": keys.path_of_key()}
            )

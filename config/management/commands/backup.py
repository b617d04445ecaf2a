"""``manage.py backup FILE``: a whole copy of the database, also while the server runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.backup import backup
from sales.journal import keys


class Command(BaseCommand):
    help = "Write a checked copy of the database to a file; the server may be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="write over a file of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"].absolute()
        try:
            wrong = backup(file=file, replace=options["replace"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        for difference in wrong:
            self.stderr.write(_("The books are not right: %(what)s") % {"what": difference})
        size_mb = file.stat().st_size / 1_000_000
        self.stdout.write(_("%(file)s: %(size)s MB.") % {"file": file, "size": f"{size_mb:.1f}"})
        self.stdout.write(
            _("The key that signs closings is not in it: keep a copy of %(key)s too.")
            % {"key": keys.path_of_key()}
        )

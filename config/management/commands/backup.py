"""``manage.py backup FILE`` or ``--nightly FOLDER``: a whole copy, also while the server runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.backup import backup
from config.backup.nightly import nightly
from sales.journal import keys


class Command(BaseCommand):
    help = "Write a checked copy of the database to a file; the server may be running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument(
            "--nightly",
            type=Path,
            metavar="FOLDER",
            help="a new file in this folder; of the older ones, 14 days and 12 months are kept",
        )
        parser.add_argument("--replace", action="store_true", help="write over a file of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == bool(options["nightly"]):
            raise CommandError(_("Name a file, or a folder with --nightly."))
        try:
            file, wrong = self._made(options)
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

    def _made(self, options: dict[str, Any]) -> tuple[Path, list[str]]:
        if options["nightly"]:
            made = nightly(folder=options["nightly"].absolute(), now=timezone.localtime())
            return made.file, made.wrong
        file = options["file"].absolute()
        return file, backup(file=file, replace=options["replace"])

"""``manage.py restore FILE``: the database as it was in a backup; what it replaces is kept."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.backup import restore


class Command(BaseCommand):
    help = "Check a backup, put it in the place of the database and keep what was there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = restore(file=options["file"].absolute())
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
            raise CommandError(_("%(why)s Nothing was changed.") % {"why": sentence}) from refusal
        self.stdout.write(_("Restored. What was there before is in %(kept)s.") % {"kept": kept})

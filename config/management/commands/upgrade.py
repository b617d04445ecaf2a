"""``manage.py upgrade``: what a start of a newer version needs, with a copy made first."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.upgrade import upgrade


class Command(BaseCommand):
    help = "Copy the database, migrate it, refresh its reference lists, and prove its books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-backup", action="store_true", help="a copy was made by other means"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = upgrade(now=timezone.localtime(), with_copy=not options["no_backup"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        if done.copy:  # also where ./run shows nothing else
            copied = _("Copied before the upgrade: %(file)s") % {"file": done.copy}
            self.stderr.write(copied, style_func=str)
        if not done.migrations:
            self.stdout.write(_("The database is up to date."))
            return
        said = ngettext("%(n)s migration applied.", "%(n)s migrations applied.", done.migrations)
        self.stdout.write(said % {"n": done.migrations})

"""``manage.py verify [--since DATE]``: the books computed a second way, each difference told."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config.verifying import note_books
from inventory.verify import differences


class Command(BaseCommand):
    help = "Recompute balances, cubes, item places, tickets and claims; exit 1 where they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, help="spare the months before this date's"
        )
        parser.add_argument("--database", default="report", help="alias to read from")

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences(using=options["database"], since=options["since"])
        if options["since"] is None:
            note_books(len(found))
        for line in found:
            self.stdout.write(line)
        if found:
            self.stdout.write(_("%(count)s differences.") % {"count": len(found)})
            sys.exit(1)
        self.stdout.write(_("0 g of difference: the books are right."))

"""``manage.py seed_scale --movements N``: four years of plausible activity, for benchmarks."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.scale import seed_scale


class Command(BaseCommand):
    help = "Fill the database with movements for benchmarks; the same seed gives the same grams."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--movements", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            default=date(2025, 12, 31),
            metavar="DATE",
            help="the last month of the four years (default 2025-12-31, so that seeds repeat)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.perf_counter()
        try:
            organisation = seed_scale(
                movements=options["movements"], seed=options["seed"], until=options["until"]
            )
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        took = time.perf_counter() - start
        self.stdout.write(
            _("%(count)s movements in structure “%(code)s” (%(rate)s per second).")
            % {
                "count": options["movements"],
                "code": organisation.code,
                "rate": round(options["movements"] / took),
            }
        )

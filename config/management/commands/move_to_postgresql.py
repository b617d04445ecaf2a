"""``manage.py move_to_postgresql FILE``: a SQLite file's whole content into an empty PostgreSQL."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from config.backup.moving import Figures, move
from inventory.units import format_kg

BESIDE = ("fiscal_key.pem", "secret_key", "media")  # what no database holds


class Command(BaseCommand):
    help = "Move a structure from its SQLite file into the empty PostgreSQL of DATABASE_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the database, or a backup of it")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"].absolute()
        try:
            moved = move(file=file, today=timezone.localdate(), tell=self._tell(options))
        except (ValidationError, DatabaseError) as refusal:
            said = getattr(refusal, "messages", None) or [str(refusal).strip()]
            raise CommandError(
                _("%(why)s Nothing was changed.") % {"why": " ".join(said)}
            ) from refusal
        self._show(moved)
        self._say_what_is_left(file.parent)

    def _tell(self, options: dict[str, Any]) -> Any:
        return self.stdout.write if options["verbosity"] > 1 else lambda _table: None

    def _show(self, moved: Figures) -> None:
        self.stdout.write(
            _("%(rows)s rows in %(tables)s tables: each value is the same on both sides.")
            % {"rows": moved.rows, "tables": len(moved.digests)}
        )
        self.stdout.write(
            _("%(movements)s movements, %(flows)s flows of %(kg)s kg; %(stock)s kg in stock.")
            % {
                "movements": moved.movements,
                "flows": moved.flows,
                "kg": format_kg(moved.flows_g),
                "stock": format_kg(moved.stock_g),
            }
        )
        for name, (events, head, cents) in moved.chains.items():
            self.stdout.write(
                _("%(name)s: %(events)s events, head %(head)s, perpetual total %(cents)s cents.")
                % {"name": name, "events": events, "head": head[:8], "cents": cents}
            )
        self.stdout.write(_("0 g of difference and every chain whole, before and after."))

    def _say_what_is_left(self, folder: Path) -> None:
        here = Path(settings.DATA_DIR)
        if folder == here:
            return
        for name in BESIDE:
            if (folder / name).exists():
                self.stdout.write(
                    _("Copy it by hand: %(there)s to %(here)s.")
                    % {"there": folder / name, "here": here / name}
                )

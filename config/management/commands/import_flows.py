"""``manage.py import_flows FILE``: a year of arrivals and departures, from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from config.imports import Outcome, default_organisation, import_flows
from organisation.models import Organisation


class Command(BaseCommand):
    help = "Take in a flows file: all of it, or nothing and what is wrong with each line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, see config/flows_file.py")
        parser.add_argument("--organisation", metavar="CODE", help="the structure it belongs to")
        parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
        parser.add_argument(
            "--create",
            action="store_true",
            help="make the sites, partners, places and origins that are missing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = import_flows(
                content=options["file"].read_bytes(),
                organisation=_organisation(options["organisation"]),
                create=options["create"],
                dry_run=options["dry_run"],
            )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except ValidationError as refusal:
            raise CommandError("\n".join(_sentences(refusal))) from refusal
        for made in outcome.created:
            self.stdout.write(
                (_("To make: %(what)s") if options["dry_run"] else _("Made: %(what)s"))
                % {"what": made}
            )
        self.stdout.write(self.style.SUCCESS(_conclusion(outcome, options["dry_run"])))


def _organisation(code: str | None) -> Organisation:
    if code is None:
        return default_organisation()
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise CommandError(_("There is no structure “%(code)s”.") % {"code": code})
    return found


def _sentences(refusal: ValidationError) -> list[str]:
    """Each error with its place in the file, then the one thing to remember."""
    lines = []
    for error in refusal.error_list:
        where = error.params or {}
        [message] = error.messages
        if where.get("column"):
            message = _("line %(line)s, column %(column)s: %(message)s") % {
                **where, "message": message,
            }  # fmt: skip
        elif where.get("line"):
            message = _("line %(line)s: %(message)s") % {**where, "message": message}
        lines.append(message)
    return [*lines, _("Nothing was recorded.")]


def _conclusion(outcome: Outcome, is_dry_run: bool) -> str:
    count = {"count": outcome.recorded or outcome.lines}
    if not outcome.recorded:
        return _("This file is already there (%(count)s lines): nothing was changed.") % count
    if is_dry_run:
        return _("%(count)s lines can be taken in. Nothing was recorded: this was a trial.") % count
    return _("%(count)s lines were recorded.") % count

"""``manage.py caisse_close``: close the months of tills that have ended, at one site or at all."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.ledger import Entry
from inventory.models import Verb
from organisation.models import Site, Submission
from organisation.submissions import writing
from sales.services import close_months


class Command(BaseCommand):
    help = "Close the months of tills that have ended; exit 1 where an open till is in the way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="a site's code; without it, every site")

    def handle(self, *args: Any, **options: Any) -> None:
        sites = Site.objects.select_related("organisation").order_by("code")
        if code := options["site"]:
            sites = sites.filter(code=code)
            if not sites:
                raise CommandError(_("No site is called %(code)s.") % {"code": code})
        refusals = [said for site in sites if (said := self._close(site))]
        if refusals:
            raise CommandError("\n".join(refusals))

    def _close(self, site: Site) -> str:
        """Close what can be; return why it could not."""
        claim = Submission(organisation=site.organisation)
        entry = Entry(site, Verb.SELL, claim, None, timezone.now())
        try:
            with writing():
                made = close_months(entry=entry)
        except ValidationError as refusal:
            if refusal.code == "no_month_to_close":
                return ""
            return f"{site.code}: {' '.join(refusal.messages)}"
        for closing in made:
            self.stdout.write(closing.number)
        return ""

"""``manage.py caisse_verify``: the fiscal journal proven; exit 1 with what is wrong, told apart."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.verifying import note_tills
from organisation.submissions import writing
from sales.archive import verifier
from sales.clocks import turned_back
from sales.journal import technical
from sales.journal.sealed_proof import unanchored
from sales.journal.verify import Finding, findings
from sales.models import Chain

Anchors = dict[str, dict[str, str]]  # chain → number of an event, or of a tablet's ticket → hash


class Command(BaseCommand):
    help = "Verify the tills' fiscal journal; exit 1 where something is altered or missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--till", help="a till's code, or a chain: STRUCTURE/SITE/TILL")
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="CHAIN:NUMBER:HASH",
            help="a hash from outside, as a ticket or a Z has it; 8 characters are enough;"
            " NUMBER is that of the event, or of the ticket of a tablet (C1-000123)",
        )
        parser.add_argument("--archive", help="an archive (zip), instead of the database")
        parser.add_argument(
            "--no-journal", action="store_true", help="only read: do not note faults in the journal"
        )
        parser.add_argument("--database", default="report", help="alias to read from")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["archive"]:
            sys.exit(verifier.main([options["archive"]]))
        using, till = options["database"], options["till"]
        chains = _chains(till, using)
        anchors = _anchors(options["anchor"])
        if strange := anchors.keys() - {chain.name for chain in chains}:
            raise CommandError(_("No chain is called %(name)s.") % {"name": min(strange)})
        faults, new = [], 0
        for found in self._faults(chains, anchors, using):
            faults.append(found)
            new += not options["no_journal"] and _is_noted(found)
            self.stdout.write(f"{WRONG[found.wrong]} · {found.chain} n° {found.seq} · {found.why}")
        if new:
            self.stdout.write(_("%(count)s of them noted in the journal.") % {"count": new})
        if not till:
            note_tills(chains, faults)
        if faults:
            self.stdout.write(_("%(count)s faults in the journal.") % {"count": len(faults)})
            sys.exit(1)
        self._tell_of_clocks(chains, using)
        events = sum(chain.last_seq for chain in chains)
        self.stdout.write(
            _("%(events)s events, %(chains)s chains: the journal is whole.")
            % {"events": events, "chains": len(chains)}
        )

    def _tell_of_clocks(self, chains: Any, using: str) -> None:
        """No fault: the order is that of the numbers."""
        told = _("The clock went back · %(chain)s no. %(seq)s · %(before)s → %(at)s")
        for back in turned_back(chains, using=using):
            self.stdout.write(told % back._asdict())

    def _faults(self, chains: Any, anchors: Anchors, using: str) -> Iterator[Finding]:
        events = {
            name: {int(n): start for n, start in said.items() if n.isdecimal()}
            for name, said in anchors.items()
        }
        yield from findings(chains=chains, anchors=events, using=using)
        for name, said in anchors.items():
            papers = {n: start for n, start in said.items() if not n.isdecimal()}
            for wrong, why in unanchored(name, papers, using):
                yield Finding(name, 0, wrong, why)


WRONG = {
    "altered": gettext_lazy("altered"),
    "missing": gettext_lazy("missing"),
    "unverifiable": gettext_lazy("unverifiable"),
}


def _chains(till: str | None, using: str) -> QuerySet[Chain]:
    """Every chain, or those of a till or a chain of that name. Raises CommandError."""
    chains = Chain.objects.using(using).order_by("name")
    if not till:
        return chains
    named = chains.filter(name=till)
    chains = named if named.exists() else chains.filter(till__code=till)
    if not chains.exists():
        raise CommandError(_("No till called %(code)s has a journal.") % {"code": till})
    return chains


def _is_noted(found: Finding) -> bool:
    """Note a fault in the journal; not where the fault itself stands in the way."""
    told = {"chain": found.chain, "seq": found.seq, "wrong": found.wrong, "why": str(found.why)}
    try:
        with writing():
            return technical.note_defect(told)
    except DatabaseError:
        return False


def _anchors(said: list[str]) -> Anchors:
    found: Anchors = {}
    for each in said:
        try:
            chain, seq, start = each.split(":")
            if len(start) < 8:
                raise ValueError
            found.setdefault(chain, {})[_number(seq)] = start.lower()
        except ValueError as error:
            raise CommandError(_("An anchor is CHAIN:NUMBER:HASH.")) from error
    return found


def _number(said: str) -> str:
    """An event's number, or that of a tablet's ticket. Raises ValueError."""
    if not said.rpartition("-")[2].isdecimal():
        raise ValueError
    return said

"""Technical events of the journal: what happens around tickets and says whether to trust them.

Their codes are those that French inspectors know from NF525. No names, no notes: people are
numbers, as everywhere in the journal.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry
from inventory.models import Verb
from organisation.models import Organisation, Site, Submission, User
from sales import journal
from sales.journal import Event
from sales.models import Chain, JournalEntry, Kind, PriceKey, Till


class Code(models.IntegerChoices):
    """What a technical event says."""

    ARCHIVE_READ = 30, _("archive downloaded")
    LEFT = 40, _("somebody signed out at the till")
    OFFLINE = 70, _("offline spell")
    PERSON = 80, _("another person at the till")
    DEFECT = 90, _("integrity defect")
    EXPORT = 110, _("export")
    RIGHTS = 130, _("rights changed")
    DRAWER = 170, _("drawer opened without a sale")
    VERSION = 250, _("new version")
    BEGINNING = 260, _("beginning of a journal")
    SETTING = 270, _("setting changed")
    AUDIT = 280, _("archive handed to an inspector")
    ABANDONED = 320, _("ticket abandoned")


Facts = Mapping[str, Any]
PRICES = ("price_cents", "member_price_cents", "is_free", "is_per_kg")


def at(site: Site, by: User | None) -> Entry:
    """Who, where and when, for what happens beside any form: now."""
    claim = Submission(organisation=site.organisation, uuid=uuid4())
    return Entry(site, Verb.SELL, claim, by, timezone.now())


@transaction.atomic
def note(*, entry: Entry, code: Code, till: Till | None = None, facts: Facts) -> JournalEntry:
    """Write a technical event on the chain of a till, or on that of the site."""
    head = journal.hold(till) if till else journal.hold_site(entry.site)
    arrive(head=head, entry=entry)
    return _append(head, entry, code, facts)


def note_everywhere(*, owner: Organisation, by: User | None, code: Code, facts: Facts) -> None:
    """Write a technical event at each site of a structure that has a journal."""
    known = Chain.objects.filter(organisation=owner).values("site")
    for site in Site.objects.filter(pk__in=known).select_related("organisation").order_by("pk"):
        note(entry=at(site, by), code=code, facts=facts)


def note_rights(person: User, by: User | None) -> None:
    """Somebody's rights as they are from now on, by numbers alone."""
    if person.organisation is None:
        return
    sites = dict(Site.objects.filter(organisation=person.organisation).values_list("pk", "code"))
    roles = sorted(f"{role}@{sites[site] if site else ''}" for site, role in person.grants)
    facts = {"person": person.pk, "roles": roles, "active": person.is_active}
    note_everywhere(owner=person.organisation, by=by, code=Code.RIGHTS, facts=facts)


def note_leaving(person: User) -> None:
    """Somebody signs out who was the last to act at tills that are still open."""
    rows = Chain.objects.filter(operator=person.pk, is_training=False, till__isnull=False)
    mine = rows.filter(till__sessions__closing=None, till__sessions__isnull=False).distinct()
    for chain in mine.select_related("till__site__organisation").order_by("name"):
        assert chain.till is not None  # noqa: S101 (filtered)
        head = journal.hold(chain.till)
        last = head.entries.order_by("-seq").values_list("body", flat=True).first()
        has_left = f'"code":{Code.LEFT.value},' in (last or "")
        if head.operator == person.pk and not has_left:
            note(entry=at(head.site, person), code=Code.LEFT, till=chain.till, facts={})


def note_listed(row: Till | PriceKey, act: str, before: Facts, by: User | None) -> None:
    """A till or a price key that was added, changed or set aside, by its code: no names.

    ``before``: what the fields that changed said.
    """
    if not Chain.objects.filter(site=row.site_id).exists():
        return
    facts: dict[str, Any] = {"of": row._meta.model_name, "which": row.code, "act": act}
    facts["changed"] = sorted(before)
    facts["prices"] = {key: [before[key], getattr(row, key)] for key in PRICES if key in before}
    note(entry=at(row.site, by), code=Code.SETTING, facts=facts)


def note_defect(finding: Mapping[str, Any]) -> bool:
    """Write a defect that the proof found, once; say whether it was new."""
    digest = hashlib.sha256(journal.canonical(finding).encode()).hexdigest()[:16]
    known = JournalEntry.objects.filter(kind=Kind.JET, body__contains=f'"digest":"{digest}"')
    if known.exists():
        return False
    chains = Chain.objects.filter(name=finding["chain"]) if finding["chain"] else Chain.objects
    sites = chains.values("site")
    for site in Site.objects.filter(pk__in=sites).select_related("organisation").order_by("pk"):
        note(entry=at(site, None), code=Code.DEFECT, facts={**finding, "digest": digest})
    return True


def arrive(*, head: Chain, entry: Entry) -> None:
    """Note what is new before the next event of a chain that is held.

    The beginning of a site's chain (a till's begins with its float), another version of the
    program, another person at the till.
    """
    if not head.last_seq:
        if head.till is None:
            _append(head, entry, Code.BEGINNING, {"chain": head.name})
    elif head.software != journal.SOFTWARE:
        _append(head, entry, Code.VERSION, {"before": head.software})
    by = entry.author.pk if entry.author else None
    if head.till and by and head.operator and by != head.operator:
        _append(head, entry, Code.PERSON, {"by": by, "before": head.operator})


def _append(head: Chain, entry: Entry, code: Code, facts: Facts) -> JournalEntry:
    data = {**facts, "code": code.value, "what": code.name.lower()}
    return journal.append(head=head, entry=entry, event=Event(Kind.JET, data, uuid=uuid4()))

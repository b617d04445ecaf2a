"""After a backup was brought back: the journal says so, and no number is given a second time.

What was sold after the backup is gone from the database, but its tickets and Zs are in people's
hands: the next ones go on behind them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, lock_site
from inventory.models import NumberSeries, Verb
from inventory.models.ledger import PREFIXES
from organisation.models import Site, Submission
from organisation.submissions import writing
from sales import journal
from sales.journal import Event, technical
from sales.models import Chain, JournalEntry, Kind, Till, TillSession

Z = "Z"


@dataclass(slots=True)
class Numbers:
    """The last numbers that a database gave, by the codes of its sites and tills."""

    series: dict[tuple[str, str], int] = field(default_factory=dict)  # site, prefix
    sessions: dict[tuple[str, str], int] = field(default_factory=dict)  # site, till
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)  # chain → event, hash


def numbers_in(using: str) -> Numbers:
    """Read a database for the last numbers that it gave."""
    series = NumberSeries.objects.using(using).values_list("site__code", "prefix", "last")
    last = TillSession.objects.using(using).values_list("till__site__code", "till__code")
    heads = Chain.objects.using(using).values_list("name", "last_seq", "last_hash")
    found = Numbers(
        {(site, prefix): number for site, prefix, number in series},
        {(site, till): number for site, till, number in last.annotate(Max("number"))},
        {name: (seq, digest) for name, seq, digest in heads},
    )
    for till in Till.objects.using(using).select_related("site"):
        _raise(found.sessions, (till.site.code, till.code), last_lost(till, using))
    return found


def last_lost(till: Till, using: str = "default") -> int:
    """The last Z of a till that a backup took away; 0 where none did."""
    rows = JournalEntry.objects.using(using).filter(
        kind=Kind.RESTORED, chain__site=till.site_id, chain__till=None
    )
    last = rows.order_by("-seq").first()
    sessions: Mapping[str, int] = json.loads(last.body)["data"]["sessions"] if last else {}
    return sessions.get(till.code, 0)


def parsed(said: Iterable[str]) -> list[tuple[str, str, int]]:
    """Numbers as tickets and Zs print them: their letters, what they are of, and the number.

    Raises ValidationError ``bad_number``.
    """
    return [_parsed(each) for each in said]


def _parsed(said: str) -> tuple[str, str, int]:
    prefix, _dash, rest = said.partition("-")
    of, _dash, number = rest.rpartition("-")
    is_known = prefix == Z or prefix in PREFIXES.values()
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    if not (is_known and of and is_number):
        raise ValidationError(
            _("“%(number)s” is no number of a ticket or a Z."),
            code="bad_number",
            params={"number": said},
        )
    return prefix, of, int(number)


def go_on_after(
    *, gone: Numbers | None, said: Sequence[tuple[str, str, int]], file_sha256: str
) -> list[str]:
    """Go on behind the numbers of the database that is ``gone``, and of those that were ``said``.

    Return the sites whose journal says so.
    """
    known = gone or Numbers()
    with writing():
        sites = Site.objects.select_related("organisation").order_by("pk")
        return [
            site.code
            for site in sites
            if _go_on(site, _of_site(site, known, said), known.heads, file_sha256)
        ]


def _of_site(site: Site, gone: Numbers, said: Sequence[tuple[str, str, int]]) -> Numbers:
    """The numbers that matter at a site."""
    found = Numbers(
        {key: number for key, number in gone.series.items() if key[0] == site.code},
        {key: number for key, number in gone.sessions.items() if key[0] == site.code},
    )
    for prefix, of, number in said:
        if prefix != Z and of == site.code:
            _raise(found.series, (site.code, prefix), number)
        elif prefix == Z and of.startswith(f"{site.code}-"):
            _raise(found.sessions, (site.code, of.removeprefix(f"{site.code}-")), number)
    return found


def _raise(numbers: dict[tuple[str, str], int], key: tuple[str, str], number: int) -> None:
    numbers[key] = max(numbers.get(key, 0), number)


def _go_on(
    site: Site, numbers: Numbers, gone: Mapping[str, tuple[int, str]], file_sha256: str
) -> bool:
    lock_site(site, exclusively=True)
    for (_site, prefix), last in sorted(numbers.series.items()):
        _skip(site, prefix, last)
    chains = list(Chain.objects.filter(site=site).order_by("name"))
    names = {chain.name for chain in chains} | {
        name for name in gone if name.startswith(f"{site.organisation.code}/{site.code}/")
    }
    if not names and not numbers.sessions:
        return False
    heads = {chain.name: (chain.last_seq, chain.last_hash) for chain in chains}
    data = {
        "file_sha256": file_sha256,
        "chains": [_lost(name, heads.get(name), gone.get(name)) for name in sorted(names)],
        "numbers": {prefix: last for (_site, prefix), last in numbers.series.items()},
        "sessions": {till: last for (_site, till), last in numbers.sessions.items()},
    }
    entry = Entry(site, Verb.SELL, Submission(organisation=site.organisation), None, timezone.now())
    event = Event(Kind.RESTORED, data, uuid=uuid4())
    head = journal.hold_site(site)
    technical.arrive(head=head, entry=entry)
    journal.append(head=head, entry=entry, event=event)
    return True


def _skip(site: Site, prefix: str, last: int) -> None:
    """Make the next number of a series the one after ``last``, where it is behind it."""
    row, _new = NumberSeries.objects.get_or_create(
        site=site, prefix=prefix, defaults={"last": 0, "skipped": 0}
    )
    if row.last < last:
        row.skipped, row.last = row.skipped + last - row.last, last
        row.save()


def _lost(name: str, now: tuple[int, str] | None, gone: tuple[int, str] | None) -> dict[str, Any]:
    """A chain's head as it was brought back, and as it was before."""
    return {
        "name": name,
        "seq": now[0] if now else 0,
        "hash": now[1] if now else None,
        "gone_seq": gone[0] if gone else None,
        "gone_hash": gone[1] if gone else None,
    }

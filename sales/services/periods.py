"""Months and accounting years of a site's tills, closed one after the other on its own chain.

Whoever closes takes the chains of tills first, then the site, then the site's own chain: one order
for all. A chain of another till is only taken where nobody holds it.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from inventory.ledger import Entry, lock_site
from inventory.months import add_months, first_day, last_day, month_of
from organisation.models import Site
from sales import journal
from sales.journal import Event, technical
from sales.journal.periods import ends_year, period_data
from sales.journal.signatures import name_key
from sales.models import Chain, Kind, PeriodClosing, ShopSettings, TillSession
from sales.services.closing import write_closing

LONGEST = timedelta(hours=24)  # that a session lasts; later nobody will come back and count


def next_month(site: Site) -> int | None:
    """The first month (YYYYMM) that the tills of a site have not closed; none before they begin."""
    if closed := PeriodClosing.objects.closed_through(site):
        return add_months(closed, 1)
    first = TillSession.objects.filter(till__site=site).aggregate(day=Min("business_date"))["day"]
    return month_of(first) if first else None


def close_due(entry: Entry) -> list[PeriodClosing]:
    """Close the months that have ended by the clock, as far as no open session is in the way.

    The caller holds the chain of a till and nothing else.
    """
    month = _due(entry)
    if month is None:
        return []
    _close_forgotten(entry)
    lock_site(entry.site, exclusively=True)  # no session opens meanwhile in a month that closes
    name_key(entry)
    head = journal.hold_site(entry.site)
    technical.arrive(head=head, entry=entry)
    settings = ShopSettings.objects.of(entry.site.organisation_id)
    made: list[PeriodClosing] = []
    while (month := _due(entry)) and not TillSession.objects.open_through(entry.site, month):
        made.append(_close(head, entry, Kind.CLOSE_MONTH, (month, month)))
        if ends_year(month, settings.year_starts_month):
            made.append(_close(head, entry, Kind.CLOSE_YEAR, (_first_of_year(entry.site), month)))
    return made


@transaction.atomic
def close_months(*, entry: Entry) -> list[PeriodClosing]:
    """Close all the months of a site's tills that have ended, because somebody asks for it.

    Raises ValidationError ``no_month_to_close`` or ``session_open``.
    """
    made = close_due(entry)
    if made:
        return made
    month = _due(entry)
    if month is None:
        raise ValidationError(
            _("The tills of this site have no month left to close."), code="no_month_to_close"
        )
    raise stands_open(TillSession.objects.open_through(entry.site, month)[0])


def stands_open(session: TillSession) -> ValidationError:
    """What keeps a month from being closed."""
    return ValidationError(
        _("The till “%(till)s” is still open since %(day)s: close it first."),
        code="session_open",
        params={"till": session.till, "day": session.business_date.strftime("%d/%m/%Y")},
    )


def _due(entry: Entry) -> int | None:
    """The next month to close, where it has ended."""
    month = next_month(entry.site)
    today = entry.site.business_date(entry.occurred_at)
    return month if month is not None and month < month_of(today) else None


def _close_forgotten(entry: Entry) -> None:
    """Close other tills that nobody closed in a month that has ended: their Z says so."""
    today = month_of(entry.site.business_date(entry.occurred_at))
    for left in TillSession.objects.open_through(entry.site, add_months(today, -1)):
        if entry.occurred_at - left.opened_at <= LONGEST:
            continue
        heads = Chain.objects.select_for_update(skip_locked=True, of=("self",))
        head = heads.select_related("till", "site").filter(name=left.event.chain_id).first()
        session = head and TillSession.objects.open_at(left.till)
        if head and session and session.pk == left.pk:
            write_closing(head, entry, session, None)


def _first_of_year(site: Site) -> int:
    """The first month that no closed year holds."""
    rows = PeriodClosing.objects.filter(site=site)
    if last := rows.years().last():
        return add_months(month_of(last.last_day), 1)
    first = rows.months().first()
    assert first is not None  # noqa: S101 (one was closed just now)
    return month_of(first.first_day)


def _close(head: Chain, entry: Entry, kind: Kind, span: tuple[int, int]) -> PeriodClosing:
    closing = PeriodClosing(
        site=entry.site,
        kind=kind,
        first_day=first_day(span[0]),
        last_day=last_day(span[1]),
        closed_at=entry.occurred_at,
        author=entry.author,
    )
    data = period_data(closing)
    closing.total_cents = data["total_cents"]
    event = Event(kind, data, uuid=uuid4())
    closing.event = journal.append(head=head, entry=replace(entry, business_date=None), event=event)
    closing.save(force_insert=True)
    return closing

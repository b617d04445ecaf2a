"""Tills as tests want them: there, and open."""

from dataclasses import replace
from uuid import uuid4

from django.utils import timezone

from inventory.ledger import Entry
from inventory.models import Verb
from organisation.models import Station, Submission
from organisation.services import invite, pair
from sales.models import Till, TillSession
from sales.services import Count, close_session, lease_till, open_session

FLOAT_CENTS = 10_000


def open_till(site, code="C1", name="Caisse 1", at=None) -> Till:
    """A till of the site, open with 100 €; a new one where the site has none of that code."""
    till, _new = Till.objects.get_or_create(
        organisation=site.organisation, code=code, defaults={"site": site, "name": name}
    )
    keep_open(till, till_entry(site, at))
    return till


def lend_till(site, code) -> tuple[Till, str]:
    """A closed till of the site in the hands of a tablet, and that tablet's secret."""
    till = Till.objects.create(organisation=site.organisation, site=site, code=code, name=code)
    station, secret = pair(code=invite(station=Station(site=site, name=f"Caisse {code}")))
    lease_till(entry=till_entry(site), till=till, station=station)
    return till, secret


def till_entry(site, at=None) -> Entry:
    submission = Submission.objects.create(
        organisation=site.organisation, uuid=uuid4(), endpoint="test", digest=""
    )
    return Entry(site, Verb.SELL, submission, None, at or timezone.now())


def keep_open(till, entry) -> None:
    """The till open on the day of ``entry``: an earlier day's session is closed first."""
    session = TillSession.objects.open_at(till)
    if session and session.business_date >= entry.day:
        return
    if session:
        close_session(entry=_again(entry), till=till, count=Count({}))
    open_session(entry=_again(entry), till=till, float_cents=FLOAT_CENTS)


def _again(entry):
    submission = till_entry(entry.site).submission
    return replace(entry, submission=submission, business_date=None)

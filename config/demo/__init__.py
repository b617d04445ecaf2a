"""La Navette, a structure that does not exist: two years of plausible, conserving weeks.

Beside it lives a small one, for whoever wants to see the profile Simple.

Everything goes through the services that people use. Each act throws its own dice, so that
loading again only adds what has passed since, up to the present hour.
"""

import logging
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.demo import aims, books, hamlet, people, structure
from config.demo.days import MARK, Day, World, dice_of, opening_days
from config.demo.structure import CODE, PASSWORD
from config.demo.week import Act, acts_of
from inventory.models import Movement
from inventory.months import month_of
from organisation.models import Organisation, Site, Submission
from sales.models import Till

__all__ = ["CODE", "PASSWORD", "is_welcome", "load"]
logger = logging.getLogger(__name__)


def is_welcome() -> bool:
    """Whether no real structure lives here: its doors have no logins that everybody knows."""
    return not Organisation.objects.exclude(code__in=(CODE, hamlet.CODE)).exists()


def load(*, today: date | None = None, start: date | None = None) -> int:
    """Make the demo, or bring it up to now; return how many days were added."""
    today = today or timezone.localdate()
    start = start or date(today.year - 1, 1, 1)
    with transaction.atomic():
        world = _world()
        before = _days_played(world)
        lived = {site.pk: _lived_until(site) for site in world.sites}
        first = min((at.date() for at in lived.values() if at), default=start)
        for number, date_ in enumerate(opening_days(first, today)):
            days = [Day(world, site, date_) for site in world.sites]
            _live(days, lived, is_first=number == 0)
        added = _days_played(world) - before
        hamlet.load(today=today)
        for year in (start.year, today.year):
            aims.set_targets(world.organisation, year)
        people.note(world.sites, world.people["direction"], start, today)
        aims.join(list(Organisation.objects.filter(code__in=(CODE, hamlet.CODE))))
    books.close_months(world.sites, world.people["direction"], start, today)
    return added


def _world() -> World:
    organisation, _is_new = Organisation.objects.get_or_create(
        code=CODE, defaults={"name": "La Navette"}
    )
    if not Till.objects.filter(organisation=organisation).exists():
        structure.furnish(organisation)
    return World.of(organisation)


def _days_played(world: World) -> int:
    rows = Submission.objects.filter(
        organisation=world.organisation, endpoint__startswith=f"{MARK}2"
    )
    return rows.values("endpoint").distinct().count()


def _lived_until(site: Site) -> datetime | None:
    """When the demo's last act took place at ``site``."""
    acts = Movement.objects.filter(site=site, submission__endpoint__startswith=MARK)
    last: datetime | None = acts.aggregate(last=Max("occurred_at"))["last"]
    return last


def _live(days: list[Day], lived: dict[int, datetime | None], *, is_first: bool) -> None:
    """Play a day at all sites by the clock: what of it is past by now and was not played before."""
    now = timezone.now()
    due = []
    for day in days:
        after = lived[day.site.pk]
        if month_of(day.date) > (day.site.books_closed_through or 0):
            acts = acts_of(day, is_first=is_first and after is None)
            due += [(at, day, act) for at, act in acts if (not after or at > after) and at <= now]
    for at, day, act in sorted(due, key=lambda act: act[0]):
        _play(day, at, act)


def _play(day: Day, at: datetime, act: Act) -> None:
    """One act; it is left out where somebody worked in the demo and it can no longer be done."""
    try:
        with transaction.atomic():
            act(day, at, dice_of(day.site.code, at))
    except (ValidationError, PermissionDenied, LookupError) as refusal:
        logger.info("%s, %s: left out: %s", day.site.code, at, refusal)

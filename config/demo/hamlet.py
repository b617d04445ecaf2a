"""Les Mains du Hameau, a small structure: a shed, a laptop, no labels, a sheet every evening."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from collection.services import Arrival, Line
from config.demo import books
from config.demo.days import MARK, dice_of, is_holiday, submitted
from config.demo.structure import PASSWORD
from inventory import reference, services
from inventory.ledger import Entry
from inventory.models import (
    Balance,
    Category,
    CollectionMode,
    Kind,
    Movement,
    Origin,
    Partner,
    Verb,
)
from inventory.months import add_months, first_day, month_of
from inventory.services import Departure, StockLine
from organisation.models import Membership, Organisation, Site, Submission, User
from organisation.permissions import Role
from reporting.evening.reading import endpoint_of
from reporting.evening.recording import Sheet, record_sheet
from sales.models import Method

Act = Callable[[Entry, Random], None]
logger = logging.getLogger(__name__)

CODE = "hameau"  # of the structure, of its site, and the login
NAME, SITE = "Les Mains du Hameau", "Le Hangar du Hameau"
WEDNESDAY, FRIDAY, SATURDAY = 2, 4, 5
MONTHS = 2  # before the one in which the demo is made
LEFT = 0.4  # of what the books hold at a month's end, that much is still there
ORIGINS = (("bourg", "Le bourg"), ("hameaux", "Les hameaux"), ("vallee", "La vallée"))
PARTNERS = (
    ("textile", "Fibres du Nord", Kind.RECYCLING),
    ("papier", "Papier Source", Kind.RECYCLING),
    ("ferraille", "Ferrailles du Pont", Kind.RECYCLING),
    ("decheterie", "Déchèterie du canton", Kind.DISPOSAL),
)
# How often a category is on a sheet, and its usual grams.
COMES = {
    "TEX": (0.9, 24_000),
    "MOB": (0.7, 38_000),
    "LIV": (0.7, 17_000),
    "VAI": (0.7, 14_000),
    "JOU": (0.5, 8_000),
    "DEC": (0.4, 9_000),
    "PEM": (0.5, 11_000),
    "DIV": (0.3, 8_000),
}
# What is driven away on Saturdays: to whom, for what, and how much of what the books hold.
LEAVES = (
    ("TEX", "textile", Kind.RECYCLING, 0.22),
    ("LIV", "papier", Kind.RECYCLING, 0.18),
    ("PEM", "ferraille", Kind.RECYCLING, 0.4),
    ("MOB", "ferraille", Kind.RECYCLING, 0.07),
    ("MOB", "decheterie", Kind.DISPOSAL, 0.06),
    ("DIV", "decheterie", Kind.DISPOSAL, 0.6),
)
OPENING_G = {"TEX": 60_000, "MOB": 180_000, "LIV": 70_000, "VAI": 45_000, "JOU": 20_000}


def load(*, today: date) -> None:
    """Make the structure, or write the sheets of the evenings that have passed since."""
    organisation, is_new = Organisation.objects.get_or_create(
        code=CODE, defaults={"name": NAME, "profile": Organisation.Profile.SIMPLE}
    )
    if is_new:
        _furnish(organisation)
    site = Site.objects.filter(code=CODE, organisation=organisation).first()
    author = User.objects.filter(username=CODE, organisation=organisation).first()
    if site is None or author is None:
        return
    first = Movement.objects.filter(site=site).aggregate(first=Min("business_date"))["first"]
    start = first or first_day(add_months(month_of(today), -MONTHS))
    if first is None:
        _open_shed(site, author, _at(site, start, time(9)))
    for day in _open_days(start, today):
        _live(site, author, day)
    books.close_months([site], author, start, today)


def _furnish(organisation: Organisation) -> None:
    reference.furnish(organisation)
    Site.objects.get_or_create(code=CODE, defaults={"organisation": organisation, "name": SITE})
    for position, (code, name) in enumerate(ORIGINS):
        Origin.objects.create(organisation=organisation, code=code, name=name, position=position)
    for position, (code, name, fate) in enumerate(PARTNERS):
        Partner.objects.create(
            organisation=organisation, code=code, name=name, default_fate=fate, position=position
        )
    person, is_new = User.objects.get_or_create(
        username=CODE,
        defaults={
            "password": make_password(PASSWORD),
            "first_name": "Odile",
            "last_name": "Ferrand",
            "organisation": organisation,
        },
    )
    if is_new:
        Membership.objects.create(user=person, role=Role.DIRECTOR)


def _open_shed(site: Site, author: User, at: datetime) -> None:
    """Day one: what lay in the shed, guessed by the eye."""
    said = submitted(site.organisation, f"{MARK}{CODE}/open", f"{MARK}{CODE}")
    categories = _categories(OPENING_G)
    lines = [
        StockLine(categories[code], weight_g, is_estimated=True)
        for code, weight_g in OPENING_G.items()
    ]
    services.open_stock(entry=Entry(site, Verb.OPEN, said, author, at), lines=lines)


def _open_days(start: date, end: date) -> Iterator[date]:
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        if day.weekday() in (WEDNESDAY, FRIDAY, SATURDAY) and not is_holiday(day):
            yield day


def _live(site: Site, author: User, day: date) -> None:
    """The month's balance on its first open morning, and the sheet in the evening."""
    first = day.replace(day=1)
    is_first = next(_open_days(first, day)) == day
    if is_first and Movement.objects.filter(site=site, business_date__lt=first).exists():
        _once(site, author, _at(site, day, time(9, 10)), _settle)
    _once(site, author, _at(site, day, time(18, 45)), _write_sheet)


def _once(site: Site, author: User, at: datetime, act: Act) -> None:
    """One act, unless its hour has not come, it is done already, or can no longer be done."""
    name = f"{MARK}{CODE}/{at.isoformat()}"
    own = site.organisation
    if at > timezone.now() or Submission.objects.answered(own, uuid5(NAMESPACE_URL, name)):
        return
    try:
        with transaction.atomic():
            said = submitted(own, name, endpoint_of(site))
            act(Entry(site, Verb.SHIP, said, author, at), dice_of(name))
    except (ValidationError, PermissionDenied, LookupError) as refusal:
        logger.info("%s, %s: left out: %s", site.code, at, refusal)


def _write_sheet(entry: Entry, dice: Random) -> None:
    arrivals = list(_arrivals(entry.site, dice))
    departures = list(_departures(entry, dice)) if entry.day.weekday() == SATURDAY else []
    cents = {Method.CASH: dice.randint(40, 130) * 50, Method.CARD: dice.randint(0, 80) * 50}
    if dice.random() < 0.2:
        cents[Method.CHEQUE] = dice.randint(4, 12) * 500
    sheet = Sheet(arrivals, departures, cents, customers=dice.randint(9, 34))
    record_sheet(entry=entry, sheet=sheet)


def _arrivals(site: Site, dice: Random) -> Iterator[tuple[Arrival, Line]]:
    """Most is brought; now and then somebody was fetched from."""
    modes = {m.code: m for m in CollectionMode.objects.filter(organisation=site.organisation)}
    origins = list(Origin.objects.filter(organisation=site.organisation).order_by("position"))
    brought = Arrival(modes["drop_off"], dice.choice(origins))
    fetched = Arrival(modes["home_pickup"], dice.choice(origins))
    categories = _categories(COMES)
    for code, (often, usual_g) in COMES.items():
        if dice.random() < often or code == "TEX":
            weight_g = max(round(usual_g * dice.uniform(0.5, 1.5) / 500) * 500, 500)
            how = fetched if code == "MOB" and dice.random() < 0.5 else brought
            yield how, Line(categories[code], weight_g=weight_g, is_estimated=code == "DIV")


def _departures(entry: Entry, dice: Random) -> Iterator[tuple[Departure, StockLine]]:
    rows = Balance.objects.in_stock(entry.site).filter(account__holds_items=False)
    held = dict(rows.values_list("category__code", "weight_g"))
    own = Partner.objects.filter(organisation=entry.site.organisation)
    partners = {partner.code: partner for partner in own}
    categories = _categories(COMES)
    for code, partner, fate, rate in LEAVES:
        weight_g = int(held.get(code, 0) * rate * dice.uniform(0.8, 1.1) / 500) * 500
        if weight_g >= 2_000:
            yield Departure(fate, partners[partner]), StockLine(categories[code], weight_g)


def _settle(entry: Entry, dice: Random) -> None:
    """What was sold or given in a month is known by what is left at its end."""
    on = entry.day.replace(day=1) - timedelta(days=1)
    books_g = services.bulk_at_end_of(entry.site, on)
    held = {pk: grams for (_account, pk), grams in books_g.items()}
    left = {
        category: max(int(held.get(category.pk, 0) * LEFT * dice.uniform(0.9, 1.1) / 1_000), 0)
        * 1_000
        for code, category in _categories(COMES).items()
        if code != "DIV" and held.get(category.pk, 0) > 0
    }
    services.settle(entry=replace(entry, verb=Verb.SETTLE), on=on, closing_g=left)


def _categories(codes: Iterable[str]) -> dict[str, Category]:
    rows = Category.objects.of(None).filter(code__in=list(codes))
    return {category.code: category for category in rows.order_by("pk")}


def _at(site: Site, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(site.timezone))

"""La Navette, a structure that does not exist: two years of plausible, conserving weeks.

Everything goes through the services that people use. Each day draws from its own seed, so that
loading again only adds the days that have passed since.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from collection import services as gate
from collection.services import Arrival, Destination
from inventory import reference, services
from inventory.ledger import Entry
from inventory.models import (
    Category,
    CollectionMode,
    Container,
    Kind,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.months import month_of
from inventory.services import Departure, StockLine
from organisation.models import Membership, Organisation, Site, Submission, User
from organisation.permissions import Role
from reporting.months import closes_from
from reporting.services import close_month

CODE = "navette"
PASSWORD = "demo-tracerie"  # noqa: S105 (printed by ./run; these logins exist in the demo only)

SITES = (("canal", "Ressourcerie du Canal"), ("gare", "Ressourcerie de la Gare"))
ANNEXES = (("cafe", "Café de la Navette"), ("velo", "Atelier vélo"))
PEOPLE = (
    ("direction", "Solène", "Kerouanton", Role.DIRECTOR, ""),
    ("responsable", "Mehdi", "Arnaud", Role.MANAGER, ""),
    ("tri", "Inès", "Barbosa", Role.SORTER, "canal gare"),
    ("caisse", "Jeanne", "Leclerc", Role.CASHIER, "canal gare"),
    ("audit", "Paul-Émile", "Vasseur", Role.AUDITOR, ""),
)
ORIGINS = (
    ("75110", "Paris 10e"),
    ("75111", "Paris 11e"),
    ("75112", "Paris 12e"),
    ("75119", "Paris 19e"),
    ("75120", "Paris 20e"),
    ("93055", "Pantin"),
)
PARTNERS = (
    ("fibres", "Fibres du Nord", Kind.RECYCLING),
    ("papier", "Papier Source", Kind.RECYCLING),
    ("electro", "Électro Reprise", Kind.RECYCLING),
    ("metaux", "Métaux Réunis", Kind.RECYCLING),
    ("chiffons", "Chiffons de Paris", Kind.OTHER_RECOVERY),
    ("chaleur", "Chaleur Urbaine", Kind.ENERGY),
    ("decheterie", "Déchèterie municipale", Kind.DISPOSAL),
    ("entraide", "Entraide du Quartier", Kind.REUSE),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A category's daily weight at a site (g), what leaves it per week, and who takes the rest."""

    daily_g: int
    reuse: float
    recycling: float
    disposal: float
    recycler: str
    fate: Kind = Kind.RECYCLING


STREAMS = {
    "TEX": Stream(210_000, 0.165, 0.150, 0.012, "fibres"),
    "MOB": Stream(120_000, 0.235, 0.055, 0.055, "metaux"),
    "LIV": Stream(85_000, 0.190, 0.130, 0.008, "papier"),
    "VAI": Stream(75_000, 0.260, 0.010, 0.050, "metaux"),
    "JOU": Stream(36_000, 0.250, 0.020, 0.055, "metaux"),
    "DEC": Stream(34_000, 0.260, 0.012, 0.045, "metaux"),
    "PEM": Stream(40_000, 0.140, 0.180, 0.010, "electro"),
    "INF": Stream(14_000, 0.135, 0.190, 0.006, "electro"),
    "SPO": Stream(22_000, 0.230, 0.080, 0.020, "metaux"),
    "ACC": Stream(24_000, 0.130, 0.190, 0.020, "chiffons", Kind.OTHER_RECOVERY),
    "DIV": Stream(26_000, 0.020, 0.200, 0.160, "chaleur", Kind.ENERGY),
}
SETTLED = ("VAI", "DEC")  # sold unweighed: their reuse is known by the month's balance
MODES = ("drop_off",) * 6 + ("home_pickup",) * 2 + ("doorstep", "recycling_centre", "company")


@dataclass
class World:
    """The demo's rows, read once; ``held_g`` follows each site's bulk as the days go by."""

    organisation: Organisation
    sites: list[Site]
    people: dict[str, User]
    categories: dict[str, Category]
    modes: dict[str, CollectionMode]
    origins: list[Origin]
    partners: dict[str, Partner]
    containers: dict[str, Container]
    start: date
    held_g: dict[tuple[str, str], int] = field(default_factory=dict)


def is_welcome() -> bool:
    """Whether no real structure lives here: its doors have no logins that everybody knows."""
    return not Organisation.objects.exclude(code=CODE).exists()


def load(*, today: date | None = None, start: date | None = None) -> int:
    """Make the demo, or bring it up to today; return how many days were added."""
    today = today or timezone.localdate()
    start = start or date(today.year - 1, 1, 1)
    with transaction.atomic():
        world = _world(start)
        done = set(
            Submission.objects.filter(
                organisation=world.organisation, endpoint__startswith="demo/"
            ).values_list("endpoint", flat=True)
        )
        if not done:
            _open(world, start)
        closed = max(site.books_closed_through or 0 for site in world.sites)
        days = [
            day
            for day in _days(start, today)
            if f"demo/{day}" not in done and month_of(day) > closed
        ]
        for day in days:
            _live(world, day, today)
    _close_last_year(world, today)
    return len(days)


def _world(start: date) -> World:
    organisation, is_new = Organisation.objects.get_or_create(
        code=CODE, defaults={"name": "La Navette"}
    )
    if is_new:
        _furnish(organisation)
    people = User.objects.filter(organisation=organisation).in_bulk(field_name="username")
    sites = Site.objects.filter(code__in=[code for code, _name in SITES])
    world = World(
        organisation=organisation,
        sites=list(sites.select_related("organisation")),
        people=people,
        categories={c.code: c for c in Category.objects.filter(code__in=STREAMS)},
        modes={m.code: m for m in CollectionMode.objects.filter(organisation=organisation)},
        origins=list(Origin.objects.filter(organisation=organisation)),
        partners={p.code: p for p in Partner.objects.filter(organisation=organisation)},
        containers={c.code: c for c in Container.objects.filter(organisation=organisation)},
        start=start,
    )
    world.held_g = {
        (site.code, code): services.bulk_g(site, category)
        for site in world.sites
        for code, category in world.categories.items()
    }
    return world


def _furnish(organisation: Organisation) -> None:
    reference.furnish(organisation)
    sites = {
        code: Site.objects.create(organisation=organisation, code=code, name=name)
        for code, name in SITES + ANNEXES
    }
    for code, site in sites.items():
        place = Place.objects.main(site)
        place.name = "Plateau de tri"
        place.save()
        if code == "canal":
            site.tracks_places = True
            site.save()
            Place.objects.create(site=site, code="reserve", name="Réserve", use=Place.Use.STORAGE)
            Place.objects.create(site=site, code="boutique", name="Boutique", use=Place.Use.SHOP)
    hashed = make_password(PASSWORD)
    for login, first, last, role, where in PEOPLE:
        user = User.objects.create(
            username=login,
            password=hashed,
            first_name=first,
            last_name=last,
            organisation=organisation,
        )
        for code in where.split() or [""]:
            Membership.objects.create(user=user, role=role, site=sites.get(code))
    for position, (code, name) in enumerate(ORIGINS):
        Origin.objects.create(
            organisation=organisation, code=code, name=name, insee_code=code, position=position
        )
    for position, (code, name, fate) in enumerate(PARTNERS):
        Partner.objects.create(
            organisation=organisation, code=code, name=name, default_fate=fate, position=position
        )
    Container.objects.filter(organisation=organisation, code="roll").update(average_load_g=95_000)


def _days(start: date, today: date) -> Iterator[date]:
    """Tuesdays to Saturdays, August half asleep."""
    for number in range((today - start).days + 1):
        day = start + timedelta(days=number)
        if day.weekday() in (1, 2, 3, 4, 5) and not (day.month == 8 and 5 <= day.day <= 18):
            yield day


def _entry(world: World, site: Site, verb: Verb, at: datetime, who: str = "tri") -> Entry:
    """An entry of the demo; its submission's endpoint says which day was played."""
    day = site.business_date(at)
    name = f"demo/{site.code}/{at.isoformat()}/{verb.value}"
    submission = Submission.objects.create(
        organisation=world.organisation,
        uuid=uuid5(NAMESPACE_URL, name),
        endpoint=f"demo/{day}",
        digest=uuid5(NAMESPACE_URL, f"{name}/digest").hex,
        answer="{}",
    )
    return Entry(site, verb, submission, world.people[who], at)


def _at(site: Site, day: date, hour: int, minute: int = 0) -> datetime:
    local = datetime.combine(day, time(hour, minute), ZoneInfo(site.timezone))
    return local.astimezone(UTC)


def _open(world: World, start: date) -> None:
    """Three weeks of stock lay in each hangar on day one."""
    for site in world.sites:
        lines = [
            StockLine(world.categories[code], stream.daily_g * 13, is_estimated=code == "DIV")
            for code, stream in STREAMS.items()
        ]
        entry = _entry(world, site, Verb.OPEN, _at(site, start, 8), "responsable")
        services.open_stock(entry=entry, lines=lines)
        for line, code in zip(lines, STREAMS, strict=True):
            world.held_g[site.code, code] += line.weight_g


def _live(world: World, day: date, today: date) -> None:
    """One day at both sites. Of today, only what is past already."""
    for index, site in enumerate(world.sites):
        dice = Random(f"{site.code}/{day}")  # noqa: S311 (a demo, not a secret)
        now = timezone.now()
        if _is_first_of_month(day) and day > world.start + timedelta(days=27):
            _settle(world, site, day)
        acts = [(_at(site, day, 10, dice.randrange(60)), _arrive)]
        acts.append((_at(site, day, 15, dice.randrange(60)), _arrive))
        if day.weekday() == 4:
            acts.append((_at(site, day, 17), _send_away))
        if day.weekday() == 5:
            acts.append((_at(site, day, 18), _leave_the_shop))
        for at, act in acts:
            if day < today or at < now:
                act(world, site, at, dice, 1.0 if index == 0 else 0.8)


def _is_first_of_month(day: date) -> bool:
    """Whether no earlier day of this month was open."""
    return next(_days(day.replace(day=1), day)) == day


def _arrive(world: World, site: Site, at: datetime, dice: Random, size: float) -> None:
    """Half a day's donations: four to seven weighings, one in ten counted without a scale."""
    mode = world.modes[dice.choice(MODES)]
    origin = dice.choice(world.origins)
    season = 1 + 0.12 * (at.month in (4, 5, 6, 9, 10)) - 0.15 * (at.month in (1, 8))
    weights = [stream.daily_g for stream in STREAMS.values()]
    chosen = sorted(set(dice.choices(list(STREAMS), weights, k=8)))
    lines = []
    for code in chosen:
        share_g = STREAMS[code].daily_g * size * season * dice.uniform(0.35, 1.05)
        lines.append(_weighing(world, code, int(share_g / 100) * 100 + 100, dice))
    intake = gate.record_intake(
        entry=_entry(world, site, Verb.COLLECT, at), arrival=Arrival(mode, origin), lines=lines
    )
    for flow in intake.movement.flows.select_related("from_category", "to_account"):
        if flow.to_account.kind == Kind.STOCK:
            world.held_g[site.code, flow.from_category.code] += flow.weight_g


def _weighing(world: World, code: str, net_g: int, dice: Random) -> gate.Line:
    category = world.categories[code]
    if code in ("DIV",) and dice.random() < 0.3:
        bin_ = Destination(fate=Kind.DISPOSAL, partner=world.partners["decheterie"])
        return gate.Line(category, weight_g=net_g, destination=bin_)
    if dice.random() < 0.06:
        return gate.Line(category, weight_g=net_g, is_estimated=True)
    if dice.random() < 0.6:
        box = world.containers["roll" if code == "TEX" else "caddie"]
        return gate.Line(category, gross_g=net_g + box.tare_g, container=box)
    return gate.Line(category, weight_g=net_g)


def _send_away(world: World, site: Site, at: datetime, dice: Random, size: float) -> None:
    """Friday's lorries: each recycler its categories, the tip what nobody wants."""
    loads: dict[tuple[Kind, str], list[StockLine]] = {}
    for code, stream in STREAMS.items():
        taken = (
            (stream.fate, stream.recycler, stream.recycling),
            (Kind.DISPOSAL, "decheterie", stream.disposal),
        )
        for fate, partner, rate in taken:
            if line := _taken(world, site, code, rate * dice.uniform(0.85, 1.15)):
                loads.setdefault((fate, partner), []).append(line)
    for minute, ((fate, partner), lines) in enumerate(sorted(loads.items())):
        entry = _entry(world, site, Verb.SHIP, at + timedelta(minutes=minute))
        departure = Departure(fate=fate, partner=world.partners[partner])
        services.ship(entry=entry, departure=departure, lines=lines)


def _leave_the_shop(world: World, site: Site, at: datetime, dice: Random, size: float) -> None:
    """Saturday evening: what the shop let go in the week, and crates given to an association."""
    lines, gifts = [], []
    for code, stream in STREAMS.items():
        if code in SETTLED:
            continue
        if line := _taken(world, site, code, stream.reuse * dice.uniform(0.85, 1.15)):
            lines.append(line)
        if code in ("TEX", "LIV", "JOU") and at.day <= 7:
            gifts.append(_taken(world, site, code, 0.04))
    services.ship(
        entry=_entry(world, site, Verb.SHIP, at), departure=Departure(fate=Kind.REUSE), lines=lines
    )
    if given := [line for line in gifts if line]:
        later = at + timedelta(minutes=20)
        departure = Departure(fate=Kind.REUSE, partner=world.partners["entraide"])
        services.ship(entry=_entry(world, site, Verb.SHIP, later), departure=departure, lines=given)


def _taken(world: World, site: Site, code: str, rate: float) -> StockLine | None:
    """Part of what lies there, to the hundred grams, off the books of ``held_g``."""
    weight_g = int(world.held_g[site.code, code] * min(rate, 0.9) / 100) * 100
    if weight_g <= 0:
        return None
    world.held_g[site.code, code] -= weight_g
    return StockLine(world.categories[code], weight_g)


def _settle(world: World, site: Site, day: date) -> None:
    """Last month's balance of what is sold unweighed: a third is still on the shelves."""
    on = day.replace(day=1) - timedelta(days=1)
    if month_of(on) <= (site.books_closed_through or 0):
        return
    books = services.bulk_at_end_of(site, on)
    closing_g = {}
    for code in SETTLED:
        category = world.categories[code]
        held_g = sum(grams for (_place, pk), grams in books.items() if pk == category.pk)
        closing_g[category] = max(int(held_g * 0.35 / 100) * 100, 0)
        world.held_g[site.code, code] -= max(held_g - closing_g[category], 0)
    entry = _entry(world, site, Verb.SETTLE, _at(site, day, 9), "responsable")
    services.settle(entry=entry, on=on, closing_g=closing_g)


def _close_last_year(world: World, today: date) -> None:
    """Last year's books are closed, as they would be."""
    for site in world.sites:
        site.refresh_from_db()
        first = max((site.books_closed_through or 0) + 1, month_of(world.start))
        for month in range(first, (today.year - 1) * 100 + 13):
            if 1 <= month % 100 <= 12 and closes_from(site, month) <= timezone.now():
                name = f"demo/closing/{site.code}/{month}"
                submission = Submission.objects.create(
                    organisation=world.organisation,
                    uuid=uuid5(NAMESPACE_URL, name),
                    endpoint="demo/closing",
                    digest=uuid5(NAMESPACE_URL, f"{name}/digest").hex,
                    answer="{}",
                )
                close_month(
                    site=site,
                    month=month,
                    author=world.people["direction"],
                    submission=submission,
                    accepts_negative=True,
                )

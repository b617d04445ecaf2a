"""A day of La Navette: who is there, what lies where in the morning, and how an act is dated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from random import Random
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32
from zoneinfo import ZoneInfo

from config.demo.structure import MAIN, NEIGHBOURS, SHOP, SHOPS, STORE, WORKSHOP
from inventory import codes
from inventory.ledger import Entry
from inventory.models import (
    Balance,
    Category,
    CollectionMode,
    Container,
    Item,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.rows import insert
from inventory.services import StockLine
from organisation.models import Organisation, Site, Submission, User
from sales.models import PriceKey, Till

MARK = "demo/"  # what the demo did, by the endpoint of its submissions: "demo/2026-03-10"
# New Year, the first and the eighth of May, Bastille Day, All Saints, the Armistice, Christmas.
HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (11, 1), (11, 11), (12, 25)}
SIZES = {"canal": 1.0, "gare": 0.8}


@dataclass
class World:
    """The demo's rows, read once."""

    organisation: Organisation
    sites: list[Site]
    people: dict[str, User]
    categories: dict[str, Category]
    modes: dict[str, CollectionMode]
    origins: list[Origin]
    partners: dict[str, Partner]
    containers: dict[str, Container]
    places: dict[str, dict[str, Place]]
    tills: dict[str, Till]
    keys: dict[str, list[PriceKey]]

    @classmethod
    def of(cls, organisation: Organisation) -> "World":
        """All that a day needs to know of the structure."""
        own = {"organisation": organisation}
        sites = list(Site.objects.filter(code__in=SHOPS).select_related("organisation"))
        places: dict[str, dict[str, Place]] = {}
        for place in Place.objects.filter(site__in=sites).select_related("site"):
            places.setdefault(place.site.code, {})[MAIN if place.is_main else place.code] = place
        keys: dict[str, list[PriceKey]] = {}
        for key in PriceKey.objects.at(sites).select_related("category"):
            keys.setdefault(key.site.code, []).append(key)
        tills = Till.objects.filter(site__in=sites).select_related("site", "place__site")
        return cls(
            organisation=organisation,
            sites=sites,
            people=User.objects.filter(**own).in_bulk(field_name="username"),
            categories={c.code: c for c in Category.objects.of(None).select_related("parent")},
            modes={m.code: m for m in CollectionMode.objects.filter(**own)},
            origins=list(Origin.objects.filter(**own).exclude(code=Origin.NOT_ASKED)),
            partners={p.code: p for p in Partner.objects.filter(**own)},
            containers={c.code: c for c in Container.objects.filter(**own)},
            places=places,
            tills={till.site.code: till for till in tills.order_by("-pk")},
            keys=keys,
        )


LABELLED = ("pk", "since", "title", "weight_g", "condition", "category__code")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled object as the demo thinks of it: hundreds lie there, few are touched in a day."""

    pk: int
    since: date
    title: str
    weight_g: int
    condition: str
    category: str

    @property
    def name(self) -> str:
        """What its fate is drawn from: the same in every demo, whatever keys and codes."""
        return f"{self.since}/{self.title}/{self.weight_g}"


@dataclass
class Day:
    """A day at a site. Of what lay there in the morning, what an act takes is taken off."""

    world: World
    site: Site
    date: date

    @property
    def size(self) -> float:
        """How large the site is, the first being 1."""
        return SIZES[self.site.code]

    @property
    def places(self) -> dict[str, Place]:
        return self.world.places[self.site.code]

    @property
    def other_site(self) -> Site:
        return next(site for site in self.world.sites if site.pk != self.site.pk)

    @cached_property
    def bulk_g(self) -> dict[tuple[str, str], int]:
        """(place, category) → grams that lie there in bulk."""
        names = {place.pk: name for name, place in self.places.items()}
        rows = Balance.objects.in_stock(self.site).filter(account__holds_items=False)
        held = rows.values_list("account__place", "category__code", "weight_g")
        return {(names[place], code): weight_g for place, code, weight_g in held}

    def origin(self, dice: Random) -> Origin:
        """Where somebody comes from: mostly from near by."""
        near = NEIGHBOURS[self.site.code]
        origins = self.world.origins
        return dice.choices(origins, [near.get(origin.code, 1) for origin in origins])[0]

    def look_again(self) -> None:
        """Forget what lay there in the morning."""
        self.__dict__.pop("bulk_g", None)

    @cached_property
    def _objects(self) -> dict[int, list[Labelled]]:
        """Place → what the demo labelled and lies there this morning, the oldest first."""
        found: dict[int, list[Labelled]] = {}
        rows = Item.objects.in_stock([self.site]).filter(
            arrival__movement__submission__endpoint__startswith=MARK
        )
        told = rows.order_by("since", "pk").values_list("account__place", *LABELLED)
        for place, *names in told:
            found.setdefault(place, []).append(Labelled(*names))
        return found

    def lying_in(self, place: str) -> list[Labelled]:
        """Labelled objects of a place; none where the site has no such place."""
        return self._objects.get(self.places[place].pk, []) if place in self.places else []

    @cached_property
    def wanted(self) -> list[Labelled]:
        """Objects of the shop that somebody wants today, or wanted already."""
        return [labelled for labelled in self.lying_in(SHOP) if wanted_on(labelled) <= self.date]

    def home_of(self, item: Labelled) -> str:
        """Where an object belongs: the workshop, the store for its first days, or the shop."""
        if WORKSHOP in self.places and item.condition == Item.Condition.TO_REPAIR:
            return WORKSHOP
        is_waiting = (self.date - item.since).days < 18 and lot_of(item, 2) == 0
        is_stored = STORE in self.places and item.weight_g > 8_000 and is_waiting
        return STORE if is_stored else SHOP

    def at(self, hour: int, minute: int = 0, second: int = 0) -> datetime:
        local = datetime.combine(self.date, time(hour, minute, second))
        return local.replace(tzinfo=ZoneInfo(self.site.timezone)).astimezone(UTC)

    def submission(self, act: str, at: datetime) -> Submission:
        """Its endpoint says which day was played."""
        name = f"{MARK}{self.site.code}/{at.isoformat()}/{act}"
        return submitted(self.world.organisation, name, f"{MARK}{self.date}")

    def entry(self, verb: Verb, at: datetime, who: str = "tri", note: str = "") -> Entry:
        made_by = self.world.people[who]
        return Entry(self.site, verb, self.submission(verb.value, at), made_by, at, note=note)

    def code(self, number: int) -> str:
        """A code of its own for a label of the day, below 16; neighbours look nothing alike."""
        serial = (self.date.toordinal() * 2 + self.world.sites.index(self.site)) * 16 + number
        rest, stem = serial * 7_654_321 % 31**5, ""
        for _sign in range(5):
            rest, sign = divmod(rest, 31)
            stem += codes.ALPHABET[sign]
        return stem + codes.check_character(stem)

    def line(self, code: str, weight_g: int, place: str = MAIN) -> StockLine:
        return StockLine(self.world.categories[code], weight_g, place=self.places[place])

    def taken(self, place: str, code: str, weight_g: float, step_g: int = 100) -> StockLine | None:
        """That much of what lies there, to the ``step_g``; None where there is not enough."""
        rounded_g = int(weight_g / step_g) * step_g
        if not 1_000 <= rounded_g <= self.bulk_g.get((place, code), 0):
            return None
        self.bulk_g[place, code] -= rounded_g
        return self.line(code, rounded_g, place)


def submitted(organisation: Organisation, name: str, endpoint: str) -> Submission:
    """A submission of the demo: the same name gives the same identity."""
    made = Submission(
        organisation=organisation, uuid=uuid5(NAMESPACE_URL, name), endpoint=endpoint, answer="{}"
    )
    names = [f.attname for f in Submission._meta.concrete_fields if not f.primary_key]
    [made.pk] = insert(Submission, names, [[getattr(made, name) for name in names]])
    return made


def opening_days(start: date, end: date) -> Iterator[date]:
    """Tuesdays to Saturdays but public holidays, August half asleep."""
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        is_asleep = day.month == 8 and 5 <= day.day <= 18
        if day.weekday() in (1, 2, 3, 4, 5) and not is_asleep and not is_holiday(day):
            yield day


def is_holiday(day: date) -> bool:
    return (day.month, day.day) in HOLIDAYS


def is_first_of_month(day: date) -> bool:
    """Whether no earlier day of this month was open."""
    return next(opening_days(day.replace(day=1), day)) == day


def items_of(objects: Sequence[Labelled]) -> list[Item]:
    """The rows themselves, in the same order, for the services."""
    keys = [labelled.pk for labelled in objects]
    rows = Item.objects.select_related("account__place", "category").in_bulk(keys) if keys else {}
    return [rows[pk] for pk in keys]


def dice_of(*names: object) -> Random:
    """Dice of their own for whatever has this name: the same throws each time."""
    return Random("/".join(map(str, names)))  # noqa: S311 (a demo, not a secret)


def wanted_on(item: Labelled) -> date:
    """The day on which somebody will want an object: soon, later, or much too late."""
    return item.since + timedelta(days=_patience(item.name))


def lot_of(item: Labelled, lots: int) -> int:
    """Which of so many lots an object falls in, always the same."""
    return crc32(item.name.encode()) % lots


@lru_cache(maxsize=10_000)
def _patience(name: str) -> int:
    dice = dice_of(name)
    spans = ((4, 10), (11, 45), (46, 115), (1_000, 1_000))
    return dice.randint(*dice.choices(spans, (22, 32, 31, 15))[0])

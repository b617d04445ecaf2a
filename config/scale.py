"""Fills a database with years of plausible activity, in bulk, for benchmarks.

The same number and seed give the same grams. Rows go straight into the tables, a month in one
transaction, with the balances and cubes that the ledger would have kept: ``verify`` finds 0 g.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.bulk import first_id, write
from inventory import reference
from inventory.models import (
    Account,
    Category,
    CollectionMode,
    Kind,
    Method,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.models.ledger import PREFIXES
from inventory.months import add_months, first_day, last_day, month_of
from organisation.models import Organisation, Site

CODE = "echelle"
SITES = 10
CATEGORIES = 40
MONTHS = 48
MODES = ("drop_off", "home_pickup", "doorstep", "recycling_centre")
PARTNERS = {"textile": Kind.RECYCLING, "metal": Kind.RECYCLING, "incinerateur": Kind.ENERGY,
            "decharge": Kind.DISPOSAL, "association": Kind.REUSE}  # fmt: skip
METHODS = (Method.WEIGHED, Method.NET_OF_TARE, Method.ESTIMATED)
_METHOD_WEIGHTS = (80, 95, 100)  # cumulative, like those below
_VERBS = (Verb.COLLECT, Verb.SHIP, Verb.MOVE)
_VERB_WEIGHTS = (68, 84, 100)
_MODE_WEIGHTS = (60, 75, 90, 100)

TABLES = ("organisation_submission", "inventory_movement", "inventory_flow",
          "collection_intake", "collection_weighing", "inventory_shipment")  # fmt: skip

Sums = dict[tuple[object, ...], list[int]]
_Line = tuple[int, int, int, Method]  # category, grams, units, how they are known


def seed_scale(*, movements: int, seed: int = 1, until: date = date(2025, 12, 31)) -> Organisation:
    """Make a structure of ten sites with ``movements`` movements over four years.

    Raises ValidationError ``already_seeded``.
    """
    if Organisation.objects.filter(code=CODE).exists():
        raise ValidationError(
            _("The structure “%(code)s” is already there."),
            code="already_seeded",
            params={"code": CODE},
        )
    rng = random.Random(seed)  # noqa: S311 (plausible, not secret)
    with transaction.atomic():
        organisation = _structure()
        world = _World(organisation, rng)
    first = add_months(month_of(until), 1 - MONTHS)
    for index in range(MONTHS):
        quota = movements * (index + 1) // MONTHS - movements * index // MONTHS
        with transaction.atomic():
            _Month(world, add_months(first, index), quota).write()
    return organisation


def _structure() -> Organisation:
    organisation = Organisation.objects.create(code=CODE, name="Échelle")
    reference.furnish(organisation)
    for code, fate in PARTNERS.items():
        Partner.objects.create(
            organisation=organisation, code=code, name=code.title(), default_fate=fate
        )
    for number in range(1, 9):
        Origin.objects.create(
            organisation=organisation, code=f"750{number:02}", name=f"Commune {number}"
        )
    for number in range(1, SITES + 1):
        site = Site.objects.create(
            organisation=organisation,
            code=f"{CODE}-{number:02}",
            name=f"Site {number}",
            tracks_places=True,
        )
        Place.objects.main(site)
        Place.objects.create(site=site, code="boutique", name="Boutique", use=Place.Use.SHOP)
    return organisation


@dataclass
class _SiteState:
    """A site's accounts by key, what it holds, and its last numbers."""

    site: Site
    sources: list[int] = field(default_factory=list)
    floor: int = 0
    shop: int = 0
    public: int = 0
    exits: list[tuple[int, int, str]] = field(default_factory=list)  # account, partner, fate
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class _World:
    """What does not change from month to month, and the running sums."""

    def __init__(self, organisation: Organisation, rng: random.Random) -> None:
        self.organisation, self.rng = organisation, rng
        leaves = Category.objects.filter(organisation=None, parent__isnull=False, is_active=True)
        self.categories = list(
            leaves.order_by("position").values_list("pk", flat=True)[:CATEGORIES]
        )
        self.category_weights = list(accumulate(100 // (n + 4) for n in range(CATEGORIES)))
        own: Any = CollectionMode.objects.filter(organisation=organisation)
        self.modes: dict[str, CollectionMode] = {mode.code: mode for mode in own}
        origins = Origin.objects.filter(organisation=organisation).order_by("code")
        self.origins = list(origins.values_list("pk", flat=True))
        own = Partner.objects.filter(organisation=organisation)
        self.partners: dict[str, Partner] = {partner.code: partner for partner in own}
        self.sites = [self._state(site) for site in organisation.sites.order_by("code")]
        self.site_weights = list(accumulate(range(SITES + 4, 4, -1)))
        self.balances: Sums = defaultdict(lambda: [0, 0])
        self.averages: Sums = defaultdict(lambda: [0, 0])

    def _state(self, site: Site) -> _SiteState:
        floor, shop = site.places.order_by("-is_main")
        exits = [Account.exit(site, fate, self.partners[code]) for code, fate in PARTNERS.items()]
        accounts = [
            *(Account.source(site, self.modes[code]) for code in MODES),
            *(Account.stock(floor), Account.stock(shop), Account.exit(site, Kind.REUSE)),
            *exits,
        ]
        Account.objects.bulk_create(accounts)
        keys = [account.pk for account in accounts]
        return _SiteState(
            site=site,
            sources=keys[:4],
            floor=keys[4],
            shop=keys[5],
            public=keys[6],
            exits=[(a.pk, a.partner.pk, a.kind) for a in exits if a.partner],
        )


class _Month:
    """The movements of one month, first day to last, then each shop's *solde*."""

    def __init__(self, world: _World, month: int, quota: int) -> None:
        self.world, self.month, self.rng = world, month, world.rng
        self.settlements = SITES if quota >= 4 * SITES else 0
        self.quota = quota
        most_flows = 3 * quota + self.settlements * CATEGORIES
        self.ids = {
            table: count(first_id(table, most))
            for table, most in (
                ("organisation_submission", quota),
                ("inventory_movement", quota),
                ("inventory_flow", most_flows),
                ("collection_intake", quota),
            )
        }
        self.rows: dict[str, list[Sequence[object]]] = defaultdict(list)
        self.cube: Sums = defaultdict(lambda: [0, 0])
        self.origins: Sums = defaultdict(lambda: [0, 0])

    def write(self) -> None:
        """Draw the month and write it with its sums, all in the caller's transaction."""
        ordinary = self.quota - self.settlements
        states = self.rng.choices(self.world.sites, cum_weights=self.world.site_weights, k=ordinary)
        verbs = self.rng.choices(_VERBS, cum_weights=_VERB_WEIGHTS, k=ordinary)
        days = last_day(self.month).day
        for index, (state, verb) in enumerate(zip(states, verbs, strict=True)):
            self._act(state, verb, index * days // ordinary + 1)
        for state in self.world.sites[: self.settlements]:
            self._settle(state, days)
        self._flush()

    def _act(self, state: _SiteState, verb: Verb, day: int) -> None:
        categories = self.rng.choices(
            self.world.categories,
            cum_weights=self.world.category_weights,
            k=1 + int(self.rng.random() * 3),
        )
        lines = [] if verb == Verb.COLLECT else list(self._available(state.floor, categories))
        if not lines:
            self._collect(state, day, categories)
        elif verb == Verb.SHIP:
            self._ship(state, day, lines)
        else:
            movement = self._movement(state, Verb.MOVE, day)
            for category, weight_g in lines:
                line = category, weight_g, 0, Method.WEIGHED
                self._flow(movement, (state.floor, state.shop), line)

    def _available(self, account: int, categories: list[int]) -> Iterator[tuple[int, int]]:
        """A part of what ``account`` holds of each category, where there is some."""
        for category in dict.fromkeys(categories):
            held_g = self.world.balances[account, category][0]
            if held_g > 2000:
                yield category, 1000 + int(self.rng.random() * (held_g - 1000) / 2)

    def _collect(self, state: _SiteState, day: int, categories: list[int]) -> None:
        [index] = self.rng.choices(range(4), cum_weights=_MODE_WEIGHTS)
        mode, source = self.world.modes[MODES[index]], state.sources[index]
        origin = self.world.origins[int(self.rng.random() ** 2 * len(self.world.origins))]
        movement = self._movement(state, Verb.COLLECT, day)
        intake = next(self.ids["collection_intake"])
        self.rows["collection_intake"].append(
            (intake, movement, mode.pk, origin, mode.waste_status)
        )
        for category in categories:
            weight_g = 300 + int(self.rng.random() ** 3 * 40_000)
            units = int(self.rng.random() * 6)
            [method] = self.rng.choices(METHODS, cum_weights=_METHOD_WEIGHTS)
            line = category, weight_g, units, method
            flow = self._flow(movement, (source, state.floor), line, origin)
            self.rows["collection_weighing"].append((intake, flow, None, None))
            _sum(self.origins, (self.month, source, origin, category), weight_g, units)
            if units and method != Method.ESTIMATED:
                _sum(self.world.averages, (state.site.pk, category), weight_g, units)

    def _ship(self, state: _SiteState, day: int, lines: list[tuple[int, int]]) -> None:
        account, partner, fate = state.exits[int(self.rng.random() * len(state.exits))]
        movement = self._movement(state, Verb.SHIP, day)
        self.rows["inventory_shipment"].append((movement, fate, partner, "", "", False))
        for category, weight_g in lines:
            self._flow(movement, (state.floor, account), (category, weight_g, 0, Method.WEIGHED))

    def _settle(self, state: _SiteState, day: int) -> None:
        movement = self._movement(state, Verb.SETTLE, day)
        for category in self.world.categories:
            held_g = self.world.balances[state.shop, category][0]
            if sold_g := int(held_g * (0.5 + self.rng.random() / 2)):
                line = category, sold_g, 0, Method.BY_BALANCE
                self._flow(movement, (state.shop, state.public), line)

    def _movement(self, state: _SiteState, verb: Verb, day: int) -> int:
        getrandbits = self.rng.getrandbits
        uuid = f"{getrandbits(48):012x}4{getrandbits(12):03x}8{getrandbits(60):015x}"
        submission = next(self.ids["organisation_submission"])
        self.rows["organisation_submission"].append(
            (submission, self.world.organisation.pk, uuid, "seed_scale", uuid + uuid, "")
        )
        prefix = PREFIXES[verb]
        state.numbers[prefix] = last = state.numbers[prefix] + 1
        movement = next(self.ids["inventory_movement"])
        on = first_day(self.month).replace(day=day).isoformat()
        at = f"{on} {8 + last % 9:02}:{last % 60:02}:00+00:00"
        self.rows["inventory_movement"].append(
            (movement, f"{prefix}-{state.site.code}-{last}", submission, state.site.pk, verb.value,
             at, on, self.month, at, "")
        )  # fmt: skip
        return movement

    def _flow(
        self, movement: int, ends: tuple[int, int], line: _Line, origin: int | None = None
    ) -> int:
        start, end = ends
        category, weight_g, units, method = line
        flow = next(self.ids["inventory_flow"])
        self.rows["inventory_flow"].append(
            (flow, movement, self.month, start, category, end, category, origin, weight_g, units,
             method.value)
        )  # fmt: skip
        _sum(self.world.balances, (start, category), -weight_g, -units)
        _sum(self.world.balances, (end, category), weight_g, units)
        key = (self.month, start, end, method.value, category, category)
        _sum(self.cube, key, weight_g, units)
        return flow

    def _flush(self) -> None:
        numbers = [
            (state.site.pk, prefix, last)
            for state in self.world.sites
            for prefix, last in state.numbers.items()
        ]
        for table in TABLES:
            write(table, self.rows[table])
        write("inventory_monthlyflow", _cells(self.cube))
        write("inventory_monthlyorigin", _cells(self.origins))
        write("inventory_balance", _cells(self.world.balances))
        write("inventory_unitweight", _cells(self.world.averages))
        write("inventory_numberseries", numbers)


def _sum(sums: Sums, key: tuple[object, ...], weight_g: int, units: int) -> None:
    held = sums[key]
    held[0] += weight_g
    held[1] += units


def _cells(sums: Sums) -> list[Sequence[object]]:
    return [(*key, *held) for key, held in sums.items() if any(held)]

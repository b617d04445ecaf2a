"""Any history of acts, on three sites in two structures, keeps every gram.

Hypothesis plays histories against the ledger and against a model that is a dict of balances.
After every step the two agree, the second computation (``verify``) finds nothing, every scope
closes, and each item is whole in one account. A history runs in a transaction rolled back.
"""

import os
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inventory.ledger import Entry, Leg, close_month, post, reverse
from inventory.models import (
    Account,
    Balance,
    Category,
    CollectionMode,
    Item,
    Kind,
    Method,
    MonthlyFlow,
    Movement,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.models.ledger import EXITS
from inventory.verify import differences
from organisation.models import Site, Submission
from organisation.submissions import submit
from tests.conftest import NOON

CODES = ("MOB", "MOB.CHAI", "TEX")
FIRST_DAY = date(2026, 1, 1)

pick = st.integers(0, 999)  # modulo what there is to pick from
spots = st.integers(0, 5)  # three sites, two places each
categories = st.sampled_from(CODES)
weights = st.integers(1, 60_000)
units = st.integers(0, 3)
days = st.integers(0, 100).map(lambda n: FIRST_DAY + timedelta(days=n))
known_by = st.sampled_from(
    [Method.WEIGHED, Method.NET_OF_TARE, Method.UNIT_AVERAGE, Method.ESTIMATED]
)


@dataclass
class Done:
    """A movement as the model knows it."""

    movement: Movement
    legs: list[Leg]
    is_reversed: bool = False

    @property
    def may_be_corrected(self) -> bool:
        verb = self.movement.verb
        return not self.is_reversed and verb in (Verb.COLLECT, Verb.OPEN, Verb.SHIP, Verb.MOVE)


@dataclass
class Sent:
    """A request as its client knows it, to send it again."""

    organisation: object
    uuid: object
    endpoint: str
    content: object
    answer: str


def one_of(found, number):
    return found[number % len(found)]


def place_of(leg_account: Account) -> str | None:
    """Where the model says an item is: nowhere once it is in bulk."""
    is_bulk = leg_account.kind == Kind.STOCK and not leg_account.holds_items
    return None if is_bulk else leg_account.key


def month_of(day: date) -> int:
    return int(day.strftime("%Y%m"))


class Histories(RuleBasedStateMachine):
    world = None  # the small world, set by the test

    def __init__(self):
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        world = self.world
        self.sites = [Site.objects.get(pk=s.pk) for s in (world.canal, world.gare, world.quai)]
        self.places = [
            place
            for site in self.sites
            for place in (
                Place.objects.main(site),
                Place.objects.create(site=site, code="shop", name="Boutique"),
            )
        ]
        self.categories = {code: Category.objects.get(code=code) for code in CODES}
        self.held: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self.cube: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        self.items: dict[int, tuple[Item, str | None, Account]] = {}
        self.closed = dict.fromkeys((s.code for s in self.sites), 0)
        self.done: list[Done] = []
        self.sent: list[Sent] = []

    def teardown(self):
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    # How an act is sent, foreseen and remembered

    def act(self, site, verb, legs, day, *, expected=None):
        """Post ``legs`` (or what they make) as a request; return what was done, if it was."""
        made = []

        def record(submission):
            made.extend(legs() if callable(legs) else legs)
            entry = Entry(site, verb, submission, None, NOON, day)
            made.append(post(entry=entry, legs=made[:]))
            return made[-1].number

        refusal = self.request(site, verb, [verb, str(day)], record)
        *booked, last = made or [None]
        if not isinstance(last, Movement):  # refused on the way
            booked = made
        expected = expected or self.foresee(month_of(day) <= self.closed[site.code], booked)
        assert refusal == expected
        if refusal:
            return None
        return self.remember(last, booked)

    def request(self, site, endpoint, content, record):
        """Send a request; return the code it was refused with, if it was."""
        uuid = uuid4()
        try:
            is_new, answer = submit(
                organisation=site.organisation,
                uuid=uuid,
                endpoint=endpoint,
                content=content,
                record=record,
            )
        except ValidationError as refusal:
            return refusal.code
        assert is_new
        self.sent.append(Sent(site.organisation, uuid, endpoint, content, answer))
        return None

    def foresee(self, is_closed, legs):
        """The code of the refusal that the rules of the ledger call for, if any."""
        if is_closed:
            return "month_closed"
        for leg in legs:
            if leg.item and leg.item.pk in self.items:
                _item, where, account = self.items[leg.item.pk]
                if where != place_of(leg.from_account):
                    is_sold = account.kind == Kind.REUSE
                    return "item_already_sold" if is_sold else "item_not_there"
        taken = Counter()
        for leg in legs:
            taken[leg.from_account.key, leg.category.code] += leg.weight_g
            taken[leg.to_account.key, leg.category_out.code] -= leg.weight_g
        for (key, code), weight_g in taken.items():
            if "/transit/" in key and self.held[key, code][0] < weight_g:
                return "transit_overdrawn"
        return None

    def remember(self, movement, legs):
        for leg in legs:
            start, end = leg.from_account.key, leg.to_account.key
            codes = leg.category.code, leg.category_out.code
            for key, sign in (((start, codes[0]), -1), ((end, codes[1]), 1)):
                self.held[key][0] += sign * leg.weight_g
                self.held[key][1] += sign * leg.units
            row = self.cube[(month_of(movement.business_date), start, end, leg.method, *codes)]
            row[0] += leg.weight_g
            row[1] += leg.units
            if leg.item:
                self.items[leg.item.pk] = (leg.item, place_of(leg.to_account), leg.to_account)
        self.done.append(Done(movement, list(legs)))
        return self.done[-1]

    def undo(self, done, submission_of):
        """Reverse through the ledger, as foreseen; return whether it was done."""
        site = done.movement.site
        verb, closed = done.movement.verb, self.closed[site.code]
        mirror = [
            replace(
                leg,
                from_account=leg.to_account,
                to_account=leg.from_account,
                category=leg.category_out,
                to_category=leg.category,
            )
            for leg in done.legs
        ]
        expected = self.foresee(False, mirror)
        if done.is_reversed:
            expected = "already_reversed"
        if verb in (Verb.REVERSE, Verb.SELL, Verb.RETURN):
            expected = "cannot_reverse"
        made = []

        def record(submission):
            entry = Entry(site, Verb.REVERSE, submission, None, NOON)
            made.append(reverse(entry=entry, movement=Movement.objects.get(pk=done.movement.pk)))
            made.extend(submission_of(submission))
            return made[0].number

        refusal = self.request(site, "reverse", done.movement.number, record)
        assert refusal == expected
        if refusal:
            return []
        day = done.movement.business_date
        if month_of(day) <= closed:
            day = date(closed // 100 + closed % 100 // 12, closed % 100 % 12 + 1, 1)
        assert made[0].business_date == day
        done.is_reversed = True
        self.remember(made[0], mirror)
        return made

    # What there is to pick from

    def bulk(self, spot):
        return Account.stock(self.places[spot])

    def shelf(self, spot):
        return Account.stock(self.places[spot], items=True)

    def site(self, spot):
        return self.places[spot].site

    def all_items(self):
        return [(item, account) for item, _where, account in self.items.values()]

    def lying_in(self, *kinds):
        """Items that are whole in such an account, and that account."""
        found = self.items.values()
        return [
            (item, account) for item, where, account in found if where and account.kind in kinds
        ]

    def source(self, site, *, waste):
        mode = CollectionMode.objects.get(organisation=site.organisation_id, code="drop_off")
        return Account.source(site, mode, "waste" if waste else "product")

    def exit(self, site, fate, *, partner=False):
        who = partner and Partner.objects.get(organisation=site.organisation_id, code="gebetex")
        return Account.exit(site, fate, who or None)

    def roads(self):
        """Roads with something on them: (account, from site, to site, category, grams)."""
        for start in self.sites:
            for end in self.sites:
                account = Account.transit(start, end)
                for code in CODES:
                    weight_g = self.held[account.key, code][0]
                    if start != end and weight_g > 0:
                        yield account, start, end, self.categories[code], weight_g

    # In

    @initialize(labels=st.lists(st.tuples(spots, categories, weights), max_size=3))
    def begin_with_items(self, labels):
        for spot, code, weight_g in labels:
            self.label_one(spot, code, weight_g, FIRST_DAY)

    @rule(spot=spots, code=categories, weight_g=weights, units=units, day=days)
    def open_stock(self, spot, code, weight_g, units, day):
        site = self.site(spot)
        leg = Leg(
            Account.opening(site),
            self.bulk(spot),
            self.categories[code],
            weight_g,
            Method.WEIGHED,
            units=units,
        )
        self.act(site, Verb.OPEN, [leg], day)

    @rule(
        spot=spots,
        lines=st.lists(st.tuples(categories, weights, units, known_by), min_size=1, max_size=3),
        to=st.sampled_from(["", "", "shop", *EXITS]),
        has_origin=st.booleans(),
        waste=st.booleans(),
        day=days,
    )
    def arrive(self, spot, lines, to, has_origin, waste, day):
        site = self.site(spot)
        origin = has_origin and Origin.objects.get(
            organisation=site.organisation_id, code="non-demande"
        )
        end = self.bulk(spot | 1 if to == "shop" else spot)
        if to in EXITS:
            end = self.exit(site, Kind(to), partner=to != Kind.REUSE)
        legs = [
            Leg(
                self.source(site, waste=waste),
                end,
                self.categories[code],
                weight_g,
                method,
                units=count,
                origin=origin or None,
            )
            for code, weight_g, count, method in lines
        ]
        self.act(site, Verb.COLLECT, legs, day)

    # In stock

    @rule(
        spot=spots,
        code=categories,
        parts=st.lists(st.tuples(spots, categories, weights), min_size=1, max_size=3),
        gap_g=st.integers(0, 50),
        day=days,
    )
    def sort(self, spot, code, parts, gap_g, day):
        """From one category in bulk to others; what is lost on the way is a discrepancy."""
        site, start, category = self.site(spot), self.bulk(spot), self.categories[code]
        legs = []
        for to_spot, to_code, weight_g in parts:
            end = self.bulk(spot // 2 * 2 + to_spot % 2)  # a place of the same site
            if end.key != start.key or to_code != code:
                to = self.categories[to_code]
                legs.append(Leg(start, end, category, weight_g, Method.WEIGHED, to_category=to))
        if gap_g:
            gap = Account.adjustment(site, "sorting_gap")
            legs.append(Leg(start, gap, category, gap_g, Method.WEIGHED))
        self.act(site, Verb.SORT, legs, day, expected=None if legs else "no_lines")

    @rule(spot=spots, code=categories, weight_g=weights, day=days)
    def label(self, spot, code, weight_g, day):
        self.label_one(spot, code, weight_g, day)

    def label_one(self, spot, code, weight_g, day):
        category = self.categories[code]

        def legs():
            item = Item.objects.create(category=category, weight_g=weight_g)
            return [self.whole(item, self.bulk(spot), self.shelf(spot))]

        self.act(self.site(spot), Verb.LABEL, legs, day)

    def whole(self, item, start, end):
        return Leg(start, end, item.category, item.weight_g, Method.WEIGHED, units=1, item=item)

    @rule(spot=spots, code=categories, weight_g=weights, day=days)
    def move_bulk(self, spot, code, weight_g, day):
        leg = Leg(
            self.bulk(spot), self.bulk(spot ^ 1), self.categories[code], weight_g, Method.WEIGHED
        )
        self.act(self.site(spot), Verb.MOVE, [leg], day)

    @precondition(lambda self: self.items)
    @rule(number=pick, spot=spots, day=days)
    def move_item(self, number, spot, day):
        """An item to the other place of a site, whether it is there or not."""
        item, _account = one_of(self.all_items(), number)
        leg = self.whole(item, self.shelf(spot), self.shelf(spot ^ 1))
        self.act(self.site(spot), Verb.MOVE, [leg], day)

    @rule(spot=spots, code=categories, counted_g=weights, day=days)
    def count(self, spot, code, counted_g, day):
        site, bulk, category = self.site(spot), self.bulk(spot), self.categories[code]
        gap, more_g = Account.adjustment(site, "loss"), counted_g - self.held[bulk.key, code][0]
        start, end = (gap, bulk) if more_g > 0 else (bulk, gap)
        legs = [Leg(start, end, category, abs(more_g), Method.WEIGHED)] if more_g else []
        if self.act(site, Verb.COUNT, legs, day):
            assert self.held[bulk.key, code][0] == counted_g

    @rule(spot=spots, codes=st.permutations(CODES), weight_g=weights, day=days)
    def reclassify(self, spot, codes, weight_g, day):
        bulk = self.bulk(spot)
        lost, gained = (self.categories[code] for code in codes[:2])
        leg = Leg(bulk, bulk, lost, weight_g, Method.WEIGHED, to_category=gained)
        self.act(self.site(spot), Verb.COUNT, [leg], day)

    @precondition(lambda self: self.lying_in(Kind.STOCK, Kind.ADJUSTMENT))
    @rule(number=pick, day=days)
    def lose_or_find_an_item(self, number, day):
        item, account = one_of(self.lying_in(Kind.STOCK, Kind.ADJUSTMENT), number)
        if account.kind == Kind.STOCK:
            leg = self.whole(item, account, Account.adjustment(account.site, "theft"))
        else:
            main = Place.objects.main(account.site)
            leg = self.whole(item, account, Account.stock(main, items=True))
        self.act(account.site, Verb.COUNT, [leg], day)

    @precondition(lambda self: self.lying_in(Kind.STOCK))
    @rule(
        number=pick,
        shares=st.lists(
            st.tuples(categories, st.integers(1, 9), st.booleans()), min_size=1, max_size=3
        ),
        day=days,
    )
    def dismantle(self, number, shares, day):
        """Into parts that weigh what it weighed; some are labelled at once."""
        item, account = one_of(self.lying_in(Kind.STOCK), number)
        if item.weight_g < len(shares):
            return
        place, total = account.place, sum(share for _c, share, _l in shares)
        bulk = Account.stock(place)
        rest_g = item.weight_g - len(shares)
        grams = [1 + rest_g * share // total for _code, share, _label in shares]
        grams[0] += item.weight_g - sum(grams)

        def legs():
            for (code, _share, is_labelled), weight_g in zip(shares, grams, strict=True):
                to = self.categories[code]
                yield Leg(
                    account,
                    bulk,
                    item.category,
                    weight_g,
                    Method.WEIGHED,
                    to_category=to,
                    item=item,
                )
                if is_labelled:
                    part = Item.objects.create(category=to, weight_g=weight_g)
                    yield self.whole(part, bulk, account)

        self.act(account.site, Verb.DISMANTLE, lambda: list(legs()), day)

    # Out

    @rule(spot=spots, code=categories, weight_g=weights, to_partner=st.booleans(), day=days)
    def give_or_sell_in_bulk(self, spot, code, weight_g, to_partner, day):
        site = self.site(spot)
        end = self.exit(site, Kind.REUSE, partner=to_partner)
        leg = Leg(
            self.bulk(spot), end, self.categories[code], weight_g, Method.UNIT_AVERAGE, units=1
        )
        self.act(site, Verb.GIVE if to_partner else Verb.SELL, [leg], day)

    @precondition(lambda self: self.items)
    @rule(number=pick, spot=spots, day=days, believes_it=st.booleans())
    def sell_item(self, number, spot, day, believes_it):
        """From where it is, or from where somebody believes it is."""
        item, account = one_of(self.all_items(), number)
        shelf = self.shelf(spot) if believes_it or not account.holds_items else account
        leg = self.whole(item, shelf, self.exit(shelf.site, Kind.REUSE))
        self.act(shelf.site, Verb.SELL, [leg], day)

    @precondition(lambda self: self.lying_in(Kind.REUSE))
    @rule(number=pick, day=days)
    def bring_item_back(self, number, day):
        item, account = one_of(self.lying_in(Kind.REUSE), number)
        main = Place.objects.main(account.site)
        leg = self.whole(item, account, Account.stock(main, items=True))
        self.act(account.site, Verb.RETURN, [leg], day)

    @rule(spot=spots, code=categories, weight_g=weights, day=days)
    def bring_bulk_back(self, spot, code, weight_g, day):
        site = self.site(spot)
        leg = Leg(
            self.exit(site, Kind.REUSE),
            self.bulk(spot),
            self.categories[code],
            weight_g,
            Method.WEIGHED,
        )
        self.act(site, Verb.RETURN, [leg], day)

    @rule(spot=spots, code=categories, weight_g=weights, fate=st.sampled_from(EXITS), day=days)
    def ship(self, spot, code, weight_g, fate, day):
        site, end = self.site(spot), self.exit(self.site(spot), fate, partner=True)
        leg = Leg(self.bulk(spot), end, self.categories[code], weight_g, Method.ESTIMATED)
        self.act(site, Verb.SHIP, [leg], day)

    @precondition(lambda self: self.lying_in(Kind.STOCK))
    @rule(number=pick, fate=st.sampled_from(EXITS), day=days)
    def ship_item(self, number, fate, day):
        item, account = one_of(self.lying_in(Kind.STOCK), number)
        leg = self.whole(item, account, self.exit(account.site, fate, partner=True))
        self.act(account.site, Verb.SHIP, [leg], day)

    @rule(spot=spots, code=categories, left_g=st.integers(0, 5_000), day=days)
    def settle(self, spot, code, left_g, day):
        bulk = self.bulk(spot)
        gone_g = self.held[bulk.key, code][0] - left_g
        if gone_g < 0:
            return  # the service refuses: count instead
        end = self.exit(self.site(spot), Kind.REUSE)
        leg = Leg(bulk, end, self.categories[code], gone_g, Method.BY_BALANCE)
        if self.act(self.site(spot), Verb.SETTLE, [leg] if gone_g else [], day):
            assert self.held[bulk.key, code][0] == left_g

    # From site to site

    @rule(spot=spots, away=st.integers(1, 2), code=categories, weight_g=weights, day=days)
    def transfer(self, spot, away, code, weight_g, day):
        site = self.site(spot)
        road = Account.transit(site, self.sites[(spot // 2 + away) % 3])
        leg = Leg(self.bulk(spot), road, self.categories[code], weight_g, Method.WEIGHED)
        self.act(site, Verb.TRANSFER, [leg], day)

    @precondition(lambda self: self.lying_in(Kind.STOCK, Kind.TRANSIT))
    @rule(number=pick, away=st.integers(1, 2), day=days)
    def transfer_item(self, number, away, day):
        """There, or the rest of the way."""
        item, account = one_of(self.lying_in(Kind.STOCK, Kind.TRANSIT), number)
        if account.kind == Kind.TRANSIT:
            shelf = Account.stock(Place.objects.main(account.to_site), items=True)
            self.act(account.to_site, Verb.RECEIVE, [self.whole(item, account, shelf)], day)
        else:
            here = [site.pk for site in self.sites].index(account.site_id)
            road = Account.transit(account.site, self.sites[(here + away) % 3])
            self.act(account.site, Verb.TRANSFER, [self.whole(item, account, road)], day)

    @precondition(lambda self: any(True for _road in self.roads()))
    @rule(number=pick, weight_g=weights, final=st.booleans(), day=days)
    def receive(self, number, weight_g, final, day):
        """Some of what is on the road, or more than that; a final receipt books the gap."""
        roads = list(self.roads())
        road, _start, site, category, on_road_g = one_of(roads, number)
        bulk, gap = Account.stock(Place.objects.main(site)), Account.adjustment(site, "transit")
        if not final:
            leg = Leg(road, bulk, category, weight_g, Method.WEIGHED)
            self.act(site, Verb.RECEIVE, [leg], day)
            return
        legs = [Leg(road, bulk, category, on_road_g, Method.WEIGHED)]
        more_g = weight_g - on_road_g
        if more_g:
            start, end = (gap, bulk) if more_g > 0 else (bulk, gap)
            legs.append(Leg(start, end, category, abs(more_g), Method.WEIGHED))
        if self.act(site, Verb.RECEIVE, legs, day):
            assert self.held[road.key, category.code][0] == 0

    # Second thoughts

    @precondition(lambda self: self.done)
    @rule(number=pick)
    def reverse(self, number):
        done = one_of(self.done, number)
        before = {key: sums[:] for key, sums in self.held.items()}
        if self.undo(done, lambda _submission: []) and len(self.done) > 1:
            for leg in done.legs:  # what it had added is gone again
                key = leg.to_account.key, leg.category_out.code
                assert self.held[key] != before[key] or self.nets_out(done, key)

    def nets_out(self, done, key):
        """Whether the movement put in an account what it took out of it."""
        net = Counter()
        for leg in done.legs:
            net[leg.to_account.key, leg.category_out.code] += leg.weight_g
            net[leg.from_account.key, leg.category.code] -= leg.weight_g
        return net[key] == 0

    @precondition(lambda self: any(done.may_be_corrected for done in self.done))
    @rule(number=pick, weight_g=weights)
    def correct(self, number, weight_g):
        """Reverse and post what is right, in one request: also a departure's later weight."""
        candidates = [done for done in self.done if done.may_be_corrected]
        done = one_of(candidates, number)
        movement = done.movement
        right = [leg if leg.item else replace(leg, weight_g=weight_g) for leg in done.legs]
        closed = self.closed[movement.site.code]

        def and_post(submission):
            day = movement.business_date
            if month_of(day) <= closed:
                day = date(closed // 100 + closed % 100 // 12, closed % 100 % 12 + 1, 1)
            entry = Entry(movement.site, movement.verb, submission, None, NOON, day)
            return [post(entry=entry, legs=right)]

        if made := self.undo(done, and_post):
            self.remember(made[1], right)

    @rule(spot=spots)
    def close_a_month(self, spot):
        site = self.site(spot)
        months = [month_of(d.movement.business_date) for d in self.done if d.movement.site == site]
        closed = self.closed[site.code]
        following = (
            closed + (89 if closed % 100 == 12 else 1) if closed else min(months, default=202601)
        )
        with pytest.raises(ValidationError) as refusal:
            close_month(site=site, month=following + 1 if closed or months else 202613)
        assert refusal.value.code == "month_out_of_order"
        if following <= 202602:  # leave a month for the rest of the history
            close_month(site=site, month=following)
            self.closed[site.code] = following

    @precondition(lambda self: self.sent)
    @rule(number=pick, differs=st.booleans())
    def replay(self, number, differs):
        sent = one_of(self.sent, number)
        before = Movement.objects.count(), Submission.objects.count()

        def again():
            return submit(
                organisation=sent.organisation,
                uuid=sent.uuid,
                endpoint=sent.endpoint,
                content=[sent.content] if differs else sent.content,
                record=lambda _submission: pytest.fail("recorded twice"),
            )

        if differs:
            with pytest.raises(ValidationError) as refusal:
                again()
            assert refusal.value.code == "id_reused"
        else:
            assert again() == (False, sent.answer)
        assert (Movement.objects.count(), Submission.objects.count()) == before

    # What always holds

    @invariant()
    def balances_are_the_model_s(self):
        rows = Balance.objects.values_list("account__key", "category__code", "weight_g", "units")
        found = {(key, code): [g, u] for key, code, g, u in rows if g or u}
        assert found == {key: sums for key, sums in self.held.items() if any(sums)}
        assert sum(g for g, _u in found.values()) == 0
        assert sum(u for _g, u in found.values()) == 0

    @invariant()
    def cubes_are_the_model_s(self):
        rows = MonthlyFlow.objects.values_list(
            "month",
            "from_account__key",
            "to_account__key",
            "method",
            "from_category__code",
            "to_category__code",
            "weight_g",
            "units",
        )
        assert {tuple(key): [g, u] for *key, g, u in rows} == self.cube

    @invariant()
    def the_second_computation_agrees(self):
        assert differences(using="default") == []

    @invariant()
    def items_are_whole_in_one_account(self):
        found = dict(Item.objects.values_list("pk", "account__key"))
        assert found == {pk: where for pk, (_item, where, _account) in self.items.items()}

    @invariant()
    def every_scope_closes(self):
        flows = list(
            MonthlyFlow.objects.select_related(
                "from_account", "to_account", "from_category", "to_category"
            )
        )
        stock = list(Balance.objects.select_related("account", "category"))
        canal, gare, quai = (site.pk for site in self.sites)
        for scope in ({canal}, {gare}, {quai}, {canal, gare}, {canal, gare, quai}):
            terms = terms_of(flows, scope)
            closing = Counter()
            for balance in stock:
                if is_inside(balance.account, scope):
                    closing[balance.category.code] += balance.weight_g
            for code in CODES:
                assert sum(term[code] for term in terms.values()) == closing[code]
            assert sum(terms["reclassified"].values()) == 0


def is_inside(account, scope):
    """Whether an account is stock of the scope: on the road counts when both ends are in it."""
    if account.kind == Kind.TRANSIT:
        return {account.site_id, account.to_site_id} <= scope
    return account.kind == Kind.STOCK and account.site_id in scope


def terms_of(flows, scope):
    """The terms of the balance equation, signed as they change stock, each per category."""
    names = {Kind.SOURCE: "collected", Kind.OPENING: "opened", Kind.ADJUSTMENT: "adjusted"}
    names |= {Kind.TRANSIT: "crossed"} | dict.fromkeys(EXITS, "outgoing")
    terms = {name: Counter() for name in (*names.values(), "reclassified")}
    for flow in flows:
        start, end = flow.from_account, flow.to_account
        codes = flow.from_category.code, flow.to_category.code
        if is_inside(start, scope) and is_inside(end, scope):
            terms["reclassified"][codes[0]] -= flow.weight_g
            terms["reclassified"][codes[1]] += flow.weight_g
        elif is_inside(end, scope):
            terms[names[start.kind]][codes[1]] += flow.weight_g
        elif is_inside(start, scope):
            terms[names[end.kind]][codes[0]] -= flow.weight_g
        elif start.site_id in scope and Kind.TRANSIT not in (start.kind, end.kind):
            assert Kind.SOURCE in (start.kind, end.kind)  # straight from the gate to its exit
    return terms


def histories():
    """How many histories: all of them in a campaign."""
    if os.environ.get("TRACERIE_CAMPAIGN") == "1":
        return 2000
    return 200 if connection.vendor == "sqlite" else 50


@pytest.mark.database
def test_any_history_keeps_every_gram(world):
    Histories.world = world
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=histories(),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )

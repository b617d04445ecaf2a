"""The model of the books: dicts of balances, and what must hold after every step.

It foresees what the ledger accepts and refuses, remembers what was done, and compares.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from inventory.ledger import Entry, Leg, post, reverse
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


class Books(RuleBasedStateMachine):
    """One history: acts go through here, and the invariants judge."""

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
        self.codes = {category.pk: code for code, category in self.categories.items()}
        self.accounts: dict[int, Account] = {}
        self.held: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self.cube: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        self.items: dict[int, tuple[Item, str | None, Account]] = {}
        self.closed = dict.fromkeys((s.code for s in self.sites), 0)
        self.done: list[Done] = []
        self.sent: list[Sent] = []
        self.shipments: list[tuple] = []

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
        in_order = None if verb in (Verb.SELL, Verb.RETURN) else day  # a till has a day of its own
        is_closed = month_of(day) <= self.closed[site.code]
        expected = expected or self.foresee(is_closed, booked, in_order)
        assert refusal == expected
        if refusal:
            return None
        return self.remember(last, booked)

    def request(self, site, endpoint, content, record):
        """Send a request; return the code it was refused with, if it was."""
        uuid = uuid4()
        try:
            is_new, answer = submit(
                claim=Submission(organisation=site.organisation, uuid=uuid, endpoint=endpoint),
                content=content,
                record=record,
            )
        except ValidationError as refusal:
            return refusal.code
        assert is_new
        self.sent.append(Sent(site.organisation, uuid, endpoint, content, answer))
        return None

    def foresee(self, is_closed, legs, day=None):
        """The code of the refusal that the rules call for, if any; cancelling has no ``day``."""
        if is_closed:
            return "month_closed"
        if refusal := self.foresee_items([leg for leg in legs if leg.item], day):
            return refusal
        taken = Counter()
        for leg in legs:
            taken[leg.from_account.key, leg.category.code] += leg.weight_g
            taken[leg.to_account.key, leg.category_out.code] -= leg.weight_g
        for (key, code), weight_g in taken.items():
            if "/transit/" in key and self.held[key, code][0] < weight_g:
                return "transit_overdrawn"
        return None

    def foresee_items(self, legs, day):
        """An item is taken from where it is, and not before the last thing it went through."""
        for leg in legs:
            _item, where, account = self.items.get(leg.item.pk, (None, None, None))
            if account and where != place_of(leg.from_account):
                return "item_already_sold" if account.kind == Kind.REUSE else "item_not_there"
        if day and any(day < self.last_day(leg.item) for leg in legs):
            return "before_it_was_there"
        return None

    def last_day(self, item):
        """The latest day of what still stands and carried the item."""
        stands = [d for d in self.done if not d.is_reversed and d.movement.verb != Verb.REVERSE]
        days = [d.movement.business_date for d in stands if item in [leg.item for leg in d.legs]]
        return max(days, default=date.min)

    def serve(self, site, verb, day, call, *, expected=None):
        """Do an act through its service; return what it made, once the books remember it."""
        made = []

        def record(submission):
            made.append(call(entry=Entry(site, verb, submission, None, NOON, day)))
            return str(made[0].pk)

        if expected is None and month_of(day) <= self.closed[site.code]:
            expected = "month_closed"
        assert self.request(site, verb, [verb, str(day)], record) == expected
        if expected:
            return None
        movement = getattr(made[0], "movement", made[0])
        self.remember(movement, self.booked(movement))
        return made[0]

    def booked(self, movement):
        """The legs of a movement that a service laid out, with the model's items."""
        flows = movement.flows.select_related(
            "from_account", "to_account", "from_category", "to_category", "item"
        ).order_by("pk")
        return [
            Leg(
                flow.from_account,
                flow.to_account,
                flow.from_category,
                flow.weight_g,
                Method(flow.method),
                to_category=flow.to_category,
                units=flow.units,
                origin=flow.origin,
                item=flow.item,
            )
            for flow in flows
        ]

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

    def mirror_of(self, done):
        return [
            replace(
                leg,
                from_account=leg.to_account,
                to_account=leg.from_account,
                category=leg.category_out,
                to_category=leg.category,
            )
            for leg in done.legs
        ]

    def foresee_reversal(self, done):
        if done.movement.verb in (Verb.REVERSE, Verb.SELL, Verb.RETURN):
            return "cannot_reverse"
        if done.is_reversed:
            return "already_reversed"
        return self.foresee(False, self.mirror_of(done))

    def undo(self, done, submission_of):
        """Reverse through the ledger, as foreseen; return whether it was done."""
        site = done.movement.site
        closed = self.closed[site.code]
        mirror = self.mirror_of(done)
        made = []

        def record(submission):
            entry = Entry(site, Verb.REVERSE, submission, None, NOON)
            made.append(reverse(entry=entry, movement=Movement.objects.get(pk=done.movement.pk)))
            made.extend(submission_of(submission))
            return made[0].number

        refusal = self.request(site, "reverse", done.movement.number, record)
        assert refusal == self.foresee_reversal(done)
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

    def whole(self, item, start, end):
        return Leg(start, end, item.category, item.weight_g, Method.WEIGHED, units=1, item=item)

    def in_bulk_at_end_of(self, site, day, category):
        """Grams of the category and below in the site's bulk, from the movements until that day."""
        total = 0
        for done in self.done:
            if done.movement.business_date <= day:
                for leg in done.legs:
                    for account, what, sign in (
                        (leg.to_account, leg.category_out, 1),
                        (leg.from_account, leg.category, -1),
                    ):
                        is_here = account.site_id == site.pk and account.kind == Kind.STOCK
                        if is_here and not account.holds_items:
                            total += sign * leg.weight_g * what.code.startswith(category.code)
        return total

    def lay_at_end_of(self, bulk, day, code):
        """Grams of exactly this category in one place's bulk, from the movements until that day."""
        total = 0
        for done in self.done:
            if done.movement.business_date <= day:
                for leg in done.legs:
                    if (leg.to_account.key, leg.category_out.code) == (bulk.key, code):
                        total += leg.weight_g
                    if (leg.from_account.key, leg.category.code) == (bulk.key, code):
                        total -= leg.weight_g
        return total

    def is_settled_after(self, site, day, category):
        """Whether a later day of the site is settled, and stands, for some of the category."""
        undone = {done.movement.reverses_id for done in self.done}
        return any(
            done.movement.verb == Verb.SETTLE
            and done.movement.site_id == site.pk
            and done.movement.business_date > day
            and done.movement.pk not in undone
            and any(leg.category.code.startswith(category.code) for leg in done.legs)
            for done in self.done
        )

    def nets_out(self, done, key):
        """Whether the movement put in an account what it took out of it."""
        net = Counter()
        for leg in done.legs:
            net[leg.to_account.key, leg.category_out.code] += leg.weight_g
            net[leg.from_account.key, leg.category.code] -= leg.weight_g
        return net[key] == 0

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
        rows = MonthlyFlow.objects.values_list(
            "from_account", "to_account", "from_category", "to_category", "weight_g"
        )
        flows = [
            (self.account(a), self.account(b), self.codes[c], self.codes[d], weight_g)
            for a, b, c, d, weight_g in rows
        ]
        stock = [
            (self.account(pk), self.codes[category], weight_g)
            for pk, category, weight_g in Balance.objects.values_list(
                "account", "category", "weight_g"
            )
        ]
        canal, gare, quai = (site.pk for site in self.sites)
        for scope in ({canal}, {gare}, {quai}, {canal, gare}, {canal, gare, quai}):
            terms = terms_of(flows, scope)
            closing = Counter()
            for account, code, weight_g in stock:
                closing[code] += weight_g * is_inside(account, scope)
            for code in CODES:
                assert sum(term[code] for term in terms.values()) == closing[code]
            assert sum(terms["reclassified"].values()) == 0

    def account(self, pk):
        """An account as the database has it, which is for good."""
        if pk not in self.accounts:
            self.accounts = Account.objects.in_bulk()
        return self.accounts[pk]


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
    for start, end, code, code_out, weight_g in flows:
        if is_inside(start, scope) and is_inside(end, scope):
            terms["reclassified"][code] -= weight_g
            terms["reclassified"][code_out] += weight_g
        elif is_inside(end, scope):
            terms[names[start.kind]][code_out] += weight_g
        elif is_inside(start, scope):
            terms[names[end.kind]][code] -= weight_g
        elif start.site_id in scope and Kind.TRANSIT not in (start.kind, end.kind):
            assert Kind.SOURCE in (start.kind, end.kind)  # straight from the gate to its exit
    return terms

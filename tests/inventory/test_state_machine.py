"""Any history of acts, on three sites in two structures, keeps every gram.

Hypothesis plays histories against the ledger and against a model that is a dict of balances.
After every step the two agree, the second computation (``verify``) finds nothing, every scope
closes, and each item is whole in one account. A history runs in a transaction rolled back.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inventory import services
from inventory.ledger import Entry, Leg, close_month, post
from inventory.models import (
    Account,
    Item,
    Kind,
    Method,
    Movement,
    Origin,
    Partner,
    Place,
    Verb,
)
from inventory.models.ledger import EXITS
from inventory.services import Departure, StockLine
from organisation.models import Submission
from organisation.submissions import submit
from tests.conftest import NOON
from tests.inventory.books import CODES, Books, month_of, one_of

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


class Histories(Books):
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
            item = Item.objects.create(category=category, weight_g=weight_g, since=NOON.date())
            return [self.whole(item, self.bulk(spot), self.shelf(spot))]

        self.act(self.site(spot), Verb.LABEL, legs, day)

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
            for n, ((code, _share, is_labelled), weight_g) in enumerate(
                zip(shares, grams, strict=True)
            ):
                to = self.categories[code]
                yield Leg(
                    account,
                    bulk,
                    item.category,
                    weight_g,
                    Method.WEIGHED,
                    to_category=to,
                    units=1 if n == 0 else 0,  # one thing leaves the shelf
                    item=item,
                )
                if is_labelled:
                    part = Item.objects.create(category=to, weight_g=weight_g, since=NOON.date())
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

    # The same through the services that lay out the legs

    @rule(spot=spots, code=categories, left_g=st.integers(0, 5_000), day=days)
    def settle_a_site(self, spot, code, left_g, day):
        """What the books of both places held at the end of a day, beyond what is counted."""
        site, category = self.site(spot), self.categories[code]
        held_g = self.in_bulk_at_end_of(site, day, category)
        call = partial(services.settle, on=day, closing_g={category: left_g})
        expected = "settlement_negative" if left_g > held_g else None
        if self.is_settled_after(site, day, category):
            expected = "settled_later"
        if month_of(day) <= self.closed[site.code]:
            expected = "month_closed"
        if self.serve(site, Verb.SETTLE, day, call, expected=expected):
            assert self.in_bulk_at_end_of(site, day, category) == left_g

    @rule(
        spot=spots,
        counted=st.dictionaries(categories, weights, min_size=1),
        keeps=st.none() | st.integers(0, 2),
        day=days,
    )
    def count_a_place(self, spot, counted, keeps, day):
        """Bulk as counted; of the items, only those found, where items were looked for."""
        shelf = self.shelf(spot)
        here = [i for i, account in self.lying_in(Kind.STOCK) if account.key == shelf.key]
        found = None if keeps is None else here[:keeps]
        later = [item for item in here if self.last_day(item) > day]  # the count is older
        call = partial(
            services.count,
            place=self.places[spot],
            weights={self.categories[code]: weight_g for code, weight_g in counted.items()},
            items=found,
            reason="theft",
        )
        if self.serve(self.site(spot), Verb.COUNT, day, call):
            for code, weight_g in counted.items():
                assert self.lay_at_end_of(self.bulk(spot), day, code) == weight_g
            left = [i for i, account in self.lying_in(Kind.STOCK) if account.key == shelf.key]
            stay = here if found is None else [i for i in here if i in found or i in later]
            assert left == stay

    @rule(
        spot=spots,
        drifts=st.lists(st.integers(-20_000, 20_000), min_size=2, max_size=2),
        is_wrong=st.booleans(),
        day=days,
    )
    def reclassify_a_place(self, spot, drifts, is_wrong, day):
        """Three categories that had drifted apart by the end of a day, at no net mass."""
        bulk = self.bulk(spot)
        drifts = dict(zip(CODES, [*drifts, -sum(drifts) + is_wrong], strict=True))
        target = {c: self.lay_at_end_of(bulk, day, c) + drift for c, drift in drifts.items()}
        call = partial(
            services.count,
            place=self.places[spot],
            weights={self.categories[code]: weight_g for code, weight_g in target.items()},
            reason=services.RECLASSIFY,
        )
        expected = "not_balanced" if is_wrong else None
        if self.serve(self.site(spot), Verb.COUNT, day, call, expected=expected):
            assert {code: self.lay_at_end_of(bulk, day, code) for code in CODES} == target

    @rule(
        spot=spots,
        lines=st.lists(st.tuples(categories, weights), min_size=1, max_size=3),
        number=pick,
        fate=st.sampled_from(EXITS),
        day=days,
    )
    def ship_through_its_service(self, spot, lines, number, fate, day):
        """Bulk, and an item where there is one."""
        site = self.site(spot)
        stock = [StockLine(self.categories[c], g, is_estimated=True) for c, g in lines]
        here = [i for i, account in self.lying_in(Kind.STOCK) if account.site_id == site.pk]
        expected = None
        if here:
            item = Item.objects.get(pk=one_of(here, number).pk)
            stock.append(StockLine(item=item))
            if day < self.last_day(item) and month_of(day) > self.closed[site.code]:
                expected = "before_it_was_there"
        partner = Partner.objects.get(organisation=site.organisation_id, code="gebetex")
        call = partial(services.ship, departure=Departure(fate, partner), lines=stock)
        if shipment := self.serve(site, Verb.SHIP, day, call, expected=expected):
            self.shipments.append((shipment, self.done[-1]))

    @precondition(lambda self: self.shipments)
    @rule(number=pick, weight_g=weights)
    def hear_the_partner_s_weights(self, number, weight_g):
        """The estimate reversed and the partner's weight posted: the difference alone remains."""
        shipment, done = one_of(self.shipments, number)
        site = done.movement.site
        category = next(leg.category for leg in done.legs if not leg.item)
        made = []

        def record(submission):
            entry = Entry(site, Verb.REVERSE, submission, None, NOON)
            made.append(
                services.confirm_weights(
                    entry=entry, shipment=shipment, weights={category: weight_g}
                )
            )
            return made[0].movement.number

        refusal = self.request(site, "weights", [shipment.pk, weight_g], record)
        assert refusal == self.foresee_reversal(done)
        if refusal:
            return
        away = done.legs[0].to_account.key
        before_g = self.held[away, category.code][0]
        estimate_g = sum(x.weight_g for x in done.legs if x.category == category and not x.item)
        done.is_reversed = True
        for movement in (made[0].reversal, made[0].movement):
            self.remember(movement, self.booked(movement))
        assert self.held[away, category.code][0] == before_g - estimate_g + weight_g

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

"""Any life of objects, through the acts people do, keeps every gram and every cent.

Hypothesis plays days of a small network: weighing, sorting, spreading, labelling, taking apart,
carrying, sending and receiving, clearing, selling, refunding and cancelling. Acts are refused or
done; after each, the books agree with the model, ``verify`` finds nothing and scopes close.
"""

import os
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from inventory import services
from inventory.ledger import Entry
from inventory.models import Item, ItemCode, Kind, Movement, Partner, Transfer, Verb
from inventory.models.ledger import EXITS
from inventory.services import Departure, Draft, Part, StockLine
from organisation.models import Network, Site
from sales.models import Method, Refund, RefundLine, Sale, SaleLine
from sales.services import Discount, Paid, Wanted, record_sale, refund_sale
from tests.conftest import NOON
from tests.inventory.books import CODES, Books, one_of
from tests.tills import open_till

pick = st.integers(0, 999)
spots = st.integers(0, 5)
categories = st.sampled_from(CODES)
weights = st.integers(1, 60_000)
cents = st.integers(0, 5_000)


class Lives(Books):
    @initialize(lines=st.lists(st.tuples(spots, categories, weights), min_size=1, max_size=4))
    def begin(self, lines):
        network = Network.objects.create(code="reseau", name="Réseau")
        network.members.add(self.world.navette, self.world.port)
        self.tills = {site.pk: open_till(site, f"C-{site.code}", at=NOON) for site in self.sites}
        for spot, code, weight_g in lines:
            line = StockLine(self.categories[code], weight_g, place=self.places[spot])
            self.play(self.site(spot), Verb.OPEN, services.open_stock, lines=[line])

    def play(self, site: Site, verb: Verb, service, *, refused_with=(), **payload):
        """Do an act through its service; return what it made, or None where it was refused."""
        before = Movement.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        made = []

        def record(submission):
            boss = self.world.anna if site.organisation == self.world.navette else self.world.paul
            made.append(service(entry=Entry(site, verb, submission, boss, NOON), **payload))
            return "done"

        refusal = self.request(site, verb, [verb, str(payload)], record)
        assert refusal is None or refusal in refused_with, refusal
        booked = Movement.objects.filter(pk__gt=before).order_by("pk")
        assert refusal is None or not booked.exists()
        for movement in booked:
            self.remember(movement, self.booked(movement))
        return made[0] if refusal is None else None

    def here(self, *kinds) -> list[tuple[Item, Site]]:
        """Items that wear a code and lie in such an account, and whose site that is."""
        rows = Item.objects.filter(account__kind__in=kinds, codes__isnull=False).distinct()
        rows = rows.select_related("account__site__organisation", "category").order_by("pk")
        return [(item, item.account.site) for item in rows]

    @rule(
        spot=spots, code=categories, weight_g=weights, price=st.none() | cents, parent=st.booleans()
    )
    def label(self, spot, code, weight_g, price, parent):
        draft = Draft(
            self.categories[code],
            weight_g,
            price_cents=price,
            from_category=self.categories["MOB"] if parent else None,
        )
        self.play(
            self.site(spot), Verb.LABEL, services.label, place=self.places[spot], drafts=[draft]
        )

    @precondition(lambda self: self.here(Kind.REUSE))
    @rule(number=pick, weight_g=weights)
    def give_a_second_life(self, number, weight_g):
        former, site = one_of(self.here(Kind.REUSE), number)
        draft = Draft(former.category, weight_g, former=former)
        self.play(
            site,
            Verb.LABEL,
            services.label,
            place=None,
            drafts=[draft],
            refused_with={"already_back"},
        )

    @rule(
        spot=spots,
        code=categories,
        parts=st.lists(st.tuples(spots, categories, weights), min_size=1, max_size=3),
        gap_bp=st.integers(-10, 250),
    )
    def sort(self, spot, code, parts, gap_bp):
        lines = [
            StockLine(self.categories[c], g, place=self.places[spot // 2 * 2 + s % 2])
            for s, c, g in parts
        ]
        total_g = max(sum(line.weight_g for line in lines) * (10_000 + gap_bp) // 10_000, 1)
        taken = StockLine(self.categories[code], total_g, place=self.places[spot])
        self.play(
            self.site(spot),
            Verb.SORT,
            services.sort,
            taken=taken,
            parts=lines,
            refused_with={"more_than_taken", "sorting_gap_too_large", "no_lines"},
        )

    @rule(spot=spots, code=categories, cut=st.integers(1, 99), weight_g=st.none() | weights)
    def spread(self, spot, code, cut, weight_g):
        first, second = (self.categories[c] for c in CODES if c != code)
        self.play(
            self.site(spot),
            Verb.SORT,
            services.spread,
            place=self.places[spot],
            category=self.categories[code],
            shares={first: cut, second: 100 - cut},
            weight_g=weight_g,
            refused_with={"nothing_to_spread"},
        )

    @precondition(lambda self: self.here(Kind.STOCK))
    @rule(number=pick, code=categories, share=st.integers(1, 99), labelled=st.booleans())
    def dismantle(self, number, code, share, labelled):
        item, site = one_of(self.here(Kind.STOCK), number)
        first_g = max(item.weight_g * share // 100, 1)
        parts = [Part(self.categories[code], first_g, is_labelled=labelled)]
        if item.weight_g > first_g:
            parts.append(Part(self.categories["MOB"], item.weight_g - first_g))
        self.play(site, Verb.DISMANTLE, services.dismantle, item=item, parts=parts)

    @precondition(lambda self: self.here(Kind.STOCK))
    @rule(number=pick, spot=spots, strays=st.booleans())
    def carry(self, number, spot, strays):
        item, site = one_of(self.here(Kind.STOCK), number)
        if not strays:
            spot = self.sites.index(site) * 2 + spot % 2
        self.play(
            self.site(spot),
            Verb.MOVE,
            services.move,
            to_place=self.places[spot],
            lines=[StockLine(item=item)],
            refused_with={"already_there", "item_not_there"},
        )

    @rule(
        spot=spots,
        away=st.integers(1, 2),
        bulk=st.lists(st.tuples(categories, weights), max_size=2),
        number=pick,
    )
    def send(self, spot, away, bulk, number):
        site = self.site(spot)
        lines = [StockLine(self.categories[c], g, place=self.places[spot]) for c, g in bulk]
        here = [item for item, where in self.here(Kind.STOCK) if where == site]
        lines += [StockLine(item=one_of(here, number))] if here else []
        to_site = self.sites[(spot // 2 + away) % 3]
        self.play(
            site,
            Verb.TRANSFER,
            services.send,
            to_site=to_site,
            lines=lines,
            refused_with={"no_lines"},
        )

    @precondition(lambda self: Transfer.objects.exists())
    @rule(number=pick, share=st.integers(0, 130), is_final=st.booleans(), takes_items=st.booleans())
    def receive(self, number, share, is_final, takes_items):
        transfer = one_of(list(Transfer.objects.order_by("pk")), number)
        rest = services.on_the_road(transfer)
        lines = [
            StockLine(category, grams * share // 100)
            for category, grams in rest.bulk_g.items()
            if grams * share // 100
        ]
        lines += [StockLine(item=item) for item in rest.items.values() if takes_items]
        made = self.play(
            transfer.to_site,
            Verb.RECEIVE,
            services.receive,
            transfer=transfer,
            lines=lines,
            is_final=is_final,
            refused_with={"no_lines", "more_than_sent", "already_received", "already_reversed"},
        )
        if made and made.is_final:
            after = services.on_the_road(Transfer.objects.get(pk=transfer.pk))
            assert after.weight_g == 0
        if made and not made.is_final:
            came_g = sum(line.weight_g or line.item.weight_g for line in lines)
            after = services.on_the_road(Transfer.objects.get(pk=transfer.pk))
            assert after.weight_g == rest.weight_g - came_g

    @rule(spot=spots, fates=st.lists(st.sampled_from(EXITS), min_size=1, max_size=3), number=pick)
    def clear(self, spot, fates, number):
        site = self.site(spot)
        here = [item for item, where in self.here(Kind.STOCK) if where == site]
        partner = Partner.objects.get(organisation=site.organisation_id, code="gebetex")
        heaps = [
            (Departure(fate, partner), [StockLine(self.categories["TEX"], 100 + n)])
            for n, fate in enumerate(fates)
        ]
        if here:
            heaps[0][1].append(StockLine(item=one_of(here, number)))
        self.play(site, Verb.SHIP, services.clear, heaps=heaps)

    # The shop

    @rule(
        spot=spots,
        bulk=st.lists(
            st.tuples(categories, st.integers(1, 9), cents, st.booleans(), st.none() | weights),
            max_size=3,
        ),
        number=pick,
        price=st.none() | cents,
        percent=st.integers(0, 100),
        tendered=st.integers(-5, 500),
        method=st.sampled_from([Method.CASH, Method.CASH, Method.CARD]),
    )
    def sell(self, spot, bulk, number, price, percent, tendered, method):
        site = self.site(spot)
        off = Discount("half-price day", percent=percent) if percent else None
        lines = [
            Wanted(
                category=self.categories[code],
                quantity=quantity,
                price_cents=each,
                is_lot=is_lot,
                weight_g=weight_g,
                discount=off,
            )
            for code, quantity, each, is_lot, weight_g in bulk
        ]
        here = [item for item, where in self.here(Kind.STOCK) if where == site or number % 9 == 0]
        lines += [Wanted(item=one_of(here, number), price_cents=price)] if here else []
        if not lines:
            return
        asked_cents = sum(
            (line.price_cents or 0) * (1 if line.is_lot else line.quantity) for line in lines
        )
        taken = [Paid(method, asked_cents + tendered)] if asked_cents + tendered > 0 else []
        sale = self.play(
            site,
            Verb.SELL,
            record_sale,
            till=self.tills[site.pk],
            lines=lines,
            payments=taken,
            refused_with={
                "item_not_there",
                "price_missing",
                "change_without_cash",
                "payments_do_not_cover",
            },
        )
        if sale:
            self.check_ticket(sale)

    def check_ticket(self, sale):
        lines = list(sale.lines.all())
        assert sale.total_cents == sum(line.total_cents for line in lines)
        taken = sale.payments.aggregate(sum=Sum("amount_cents"))["sum"] or 0
        assert taken - sale.change_cents == sale.total_cents
        assert sum(f.weight_g for f in sale.movement.flows.all()) == sum(
            line.weight_g or 0 for line in lines
        )

    @precondition(lambda self: Sale.objects.exists())
    @rule(number=pick, quantity=st.integers(1, 10), which=pick)
    def refund(self, number, quantity, which):
        sale = one_of(list(Sale.objects.order_by("pk")), number)
        line = one_of(list(sale.lines.order_by("pk")), which)
        left = line.quantity - sum(r.quantity for r in line.refunds.all())
        made = self.play(
            sale.movement.site,
            Verb.RETURN,
            refund_sale,
            till=sale.till,
            sale=sale,
            quantities={line: quantity},
            method=Method.CASH,
            refused_with={"refund_exceeds_sale", "item_not_there", "already_back"},
        )
        assert (made is None) or quantity <= left

    # Second thoughts

    @precondition(lambda self: self.done)
    @rule(number=pick)
    def cancel(self, number):
        done = one_of(self.done, number)
        movement = Movement.objects.get(pk=done.movement.pk)
        self.play(
            movement.site,
            Verb.REVERSE,
            partial(self._cancel, movement=movement),
            refused_with={
                "already_back",
                "already_reversed",
                "cannot_reverse",
                "item_already_sold",
                "item_not_there",
                "moved_since",
                "receipts_first",
                "no_lines",
                "transit_overdrawn",
            },
        )

    def _cancel(self, *, entry, movement):
        try:
            return services.cancel(entry=entry, movement=movement)
        except PermissionDenied as refusal:
            raise ValidationError(str(refusal), code="forbidden") from refusal

    # What always holds

    @invariant()
    def no_more_is_given_back_than_was_sold(self):
        for line in SaleLine.objects.prefetch_related("refunds"):
            backs = line.refunds.all()
            assert sum(back.quantity for back in backs) <= line.quantity
            assert sum(back.amount_cents for back in backs) <= line.total_cents
            assert sum(back.weight_g or 0 for back in backs) <= (line.weight_g or 0)
            if sum(back.quantity for back in backs) == line.quantity:
                assert sum(back.amount_cents for back in backs) == line.total_cents
                assert sum(back.weight_g or 0 for back in backs) == (line.weight_g or 0)

    @invariant()
    def refunds_add_up(self):
        for refund in Refund.objects.all():
            lines = RefundLine.objects.filter(refund=refund)
            assert refund.total_cents == sum(line.amount_cents for line in lines)

    @invariant()
    def nothing_is_here_in_its_former_life_and_in_its_next(self):
        begun = Item.objects.filter(codes__isnull=False).exclude(former=None)
        assert not [item for item in begun.select_related("former__account") if item.former.is_here]

    @invariant()
    def every_item_somewhere_wears_a_code(self):
        bare = Item.objects.filter(account__isnull=False, codes=None)
        assert not bare.exists()
        worn = ItemCode.objects.filter(item__isnull=False).values_list("organisation", "code")
        assert len(set(worn)) == len(worn)

    @invariant()
    def the_road_holds_what_transfers_have_not_delivered(self):
        on_road_g = sum(sums[0] for (key, _code), sums in self.held.items() if "/transit/" in key)
        assert on_road_g == sum(
            services.on_the_road(transfer).weight_g for transfer in Transfer.objects.all()
        )


def histories():
    """How many histories: all of them in a campaign."""
    if os.environ.get("TRACERIE_CAMPAIGN") == "1":
        return 1000
    return 100 if connection.vendor == "sqlite" else 20


@pytest.mark.database
def test_any_life_of_objects_keeps_every_gram_and_cent(world):
    Lives.world = world
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=histories(),
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )

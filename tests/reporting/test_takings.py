"""What the tills took: tickets less refunds, each on its own day, and what a kilogram brought."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from inventory.ledger import close_month
from inventory.models import Category, Verb
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope
from reporting.takings import Takings, takings
from sales.models import Method
from sales.services import cancel_takings, note_takings

pytestmark = pytest.mark.database  # counts, sums and a join that each engine does its way

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def told(*sites, period=YEAR, **sold_g):
    return takings(scope=Scope.of_sites(sites), period=period, sold_g=sold_g)


def test_tickets_less_refunds_per_site_and_together(world, sell, give_back):
    toys = sell(world.canal, (500, 1_000), (250, None))
    sell(world.canal, (1_000, 2_000), on="2026-04-01")
    sell(world.gare, (300, None))
    give_back(toys, "2026-04-02")

    found = told(world.canal, world.gare, canal=2_000)

    canal, gare = found["canal"], found["gare"]
    assert canal == Takings(tickets=2, taken_cents=1_250, unweighed_lines=1, sold_g=2_000)
    assert (canal.average_basket_cents, canal.price_per_kg_cents) == (625, 625)
    assert gare == Takings(tickets=1, taken_cents=300, unweighed_lines=1)
    assert (gare.average_basket_cents, gare.price_per_kg_cents) == (300, None)
    assert canal + gare == Takings(3, 1_550, 2, 2_000)


def test_each_counts_in_its_own_period(world, sell, give_back):
    toys = sell(world.canal, (500, 1_000), on="2026-03-31")
    give_back(toys, "2026-04-01")

    assert told(world.canal, period=MARCH)["canal"].taken_cents == 500
    april = told(world.canal, period=Period(date(2026, 4, 1), date(2026, 4, 30)))["canal"]
    assert (april.tickets, april.taken_cents) == (0, -500)
    assert april.average_basket_cents is april.price_per_kg_cents is None


def test_a_site_without_a_till_and_another_structure_are_left_out(world, sell):
    sell(world.quai, (500, 1_000))

    assert told(world.canal, world.gare) == {}


def test_lines_without_a_known_weight_are_warned_of(world, sell):
    sell(world.canal, (500, 1_000), (250, None), (100, None))
    sell(world.gare, (300, None), code="TEX")
    sell(world.quai, (300, None))

    def warned(*sites, period=YEAR, category=None):
        asked = {"scope": Scope.of_sites(sites), "period": period, "category": category}
        notes = diversion(**asked)["warnings"]
        return [note["msg"].split()[0] for note in notes if note["type"] == "unknown_weight"]

    toys = Category.objects.get(code="JOU", organisation=None)
    assert warned(world.canal) == ["2"]
    assert warned(world.canal, world.gare) == ["3"]
    assert warned(world.canal, world.gare, category=toys) == ["2"]
    assert warned(world.gare, category=toys) == []
    assert warned(world.canal, period=Period(date(2026, 4, 1), date(2026, 4, 30))) == []


@pytest.mark.parametrize(
    ("shop", "basket", "per_kg"),
    [
        (Takings(3_000, 1_012_500, 0, 4_500_000), 338, 225),
        (Takings(2, 5, 0, 3_000), 3, 2),  # 2.5 and 1.67: half up
        (Takings(0, 0, 0, 0), None, None),
        (Takings(1, 100, 0, -5), 100, None),  # more came back than was sold
    ],
)
def test_ratios_round_half_up_and_are_missing_without_a_base(shop, basket, per_kg):
    assert (shop.average_basket_cents, shop.price_per_kg_cents) == (basket, per_kg)


def test_what_a_shop_without_tickets_noted_counts_as_taken_but_makes_no_basket(world, sell, books):
    sell(world.canal, (500, 1_000))
    for day, cents in (("2026-03-10", 20_000), ("2026-04-02", 7_000)):
        note_takings(entry=books.entry(world.canal, Verb.SELL, day), cents={Method.CASH: cents})

    march = told(world.canal, period=MARCH, canal=1_000)["canal"]

    assert (march.taken_cents, march.noted_cents, march.tickets) == (20_500, 20_000, 1)
    assert (march.average_basket_cents, march.price_per_kg_cents) == (500, 500)


def test_cancelled_takings_are_taken_off_on_their_own_day(world, books):
    noted = note_takings(
        entry=books.entry(world.gare, Verb.SELL, "2026-03-10"),
        cents={Method.CASH: 20_000, Method.CHEQUE: 0, Method.CARD: 505},
    )
    assert told(world.gare, period=MARCH)["gare"] == Takings(taken_cents=20_505, noted_cents=20_505)

    cancel_takings(entry=books.entry(world.gare, Verb.SELL, "2026-04-02"), takings=noted)

    assert told(world.gare, period=MARCH)["gare"].taken_cents == 0
    assert told(world.gare)["gare"] == Takings()


def refused(act, **said) -> str:
    with pytest.raises(ValidationError) as refusal:
        act(**said)
    return refusal.value.code


def test_takings_of_a_closed_month_are_refused_and_cancelled_on_the_first_open_day(world, books):
    def entry(on):
        return books.entry(world.canal, Verb.SELL, on)

    noted = note_takings(entry=entry("2026-03-10"), cents={Method.CARD: 900})
    close_month(site=world.canal, month=202603)

    late = {"entry": entry("2026-03-11"), "cents": {Method.CARD: 900}}
    assert refused(note_takings, **late) == "month_closed"
    mirror = cancel_takings(entry=entry("2026-04-09"), takings=noted)
    assert (mirror.business_date, mirror.total_cents) == (date(2026, 4, 1), -900)
    again = {"entry": entry("2026-04-09")}
    assert refused(cancel_takings, **again, takings=noted) == "already_reversed"
    assert refused(cancel_takings, **again, takings=mirror) == "cannot_reverse"


def test_takings_of_nothing_are_not_noted(world, books):
    nothing = {"entry": books.entry(world.canal, Verb.SELL, "2026-03-10"), "cents": {"cash": 0}}

    assert refused(note_takings, **nothing) == "no_takings"

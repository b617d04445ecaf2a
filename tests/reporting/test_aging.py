"""How long the stock has stood: items from their own day, bulk from what came in last."""

from datetime import date

import pytest

from inventory.models import Flow, Item, Verb
from organisation.models import Network
from reporting.aging import Age, ages, by_class, class_of
from reporting.indicators import diversion
from reporting.periods import Period
from reporting.scopes import Scope

pytestmark = pytest.mark.database

TODAY = date(2026, 3, 31)


@pytest.fixture
def there(world, books):
    return books.at(world.canal)


@pytest.fixture
def stood(world):
    """What stood at canal, by category and age: ``(category, days, grams)``."""

    def told(day=TODAY, scope=None, **more):
        found = ages(scope or Scope.of_sites([world.canal]), day, **more)
        return [age[1:4] for age in found]

    return told


def test_bulk_is_taken_to_be_what_came_in_last(there, books, stood):
    books.book(there.drop_off, there.bulk, "TEX", 10_000, "2025-10-01")
    books.book(there.drop_off, there.bulk, "TEX", 4_001, "2026-03-01")
    books.book(there.bulk, there.recycling, "TEX", 11_000, "2026-03-20")

    assert stood() == [("TEX", 30, 3_001)]
    assert stood(date(2026, 3, 19)) == [("TEX", 18, 4_001), ("TEX", 169, 10_000)]


def test_each_site_and_category_stands_for_itself(world, there, books):
    gare = books.at(world.gare)
    books.book(there.drop_off, there.bulk, "TEX", 5_000, "2026-03-01")
    books.book(gare.drop_off, gare.bulk, "TEX", 7_000, "2026-03-30")
    books.book(there.drop_off, there.bulk, "MOB.CHAI", 900, "2026-03-31")

    assert ages(Scope.of_sites([world.canal, world.gare]), TODAY) == [
        Age("canal", "MOB", 0, 900, False),
        Age("canal", "TEX", 30, 5_000, False),
        Age("gare", "TEX", 1, 7_000, False),
    ]


def test_sorted_bulk_counts_from_its_sorting_but_not_within_its_family(there, books, stood):
    books.book(there.drop_off, there.bulk, "MOB", 5_000, "2026-01-01")
    books.book(there.bulk, there.bulk, "MOB", 5_000, "2026-03-01", to="MOB.CHAI")
    books.book(there.bulk, there.bulk, "MOB.CHAI", 2_000, "2026-03-21", to="DIV")

    assert stood() == [("DIV", 10, 2_000), ("MOB", 89, 3_000)]


def test_a_cancelled_arrival_never_came_and_a_cancelled_departure_is_no_arrival(
    there, books, stood
):
    books.book(there.drop_off, there.bulk, "TEX", 3_000, "2026-01-01")
    wrong = books.book(there.drop_off, there.bulk, "TEX", 8_000, "2026-02-01")
    left = books.book(there.bulk, there.recycling, "TEX", 2_000, "2026-02-02")
    books.undo(wrong, "2026-03-05")
    books.undo(left, "2026-03-06")

    assert stood() == [("TEX", 89, 3_000)]


def test_what_is_older_than_the_books_is_as_old_as_they_are(world, there, books, stood):
    books.book(there.bulk, there.bulk, "DIV", 400, "2026-03-01", to="TEX")
    books.book(there.drop_off, there.bulk, "DIV", 400, "2026-03-11")

    assert stood() == [("TEX", 30, 400)]  # DIV is at zero


def test_bulk_below_zero_has_no_age(there, books, stood):
    books.book(there.bulk, there.recycling, "TEX", 500, "2026-03-01")
    books.book(there.drop_off, there.bulk, "MOB", 100, "2026-03-01")

    assert stood() == [("MOB", 30, 100)]


def item_of(books, there, code, grams, on, arrival=None):
    item = Item.objects.create(
        category=books.category(code), weight_g=grams, since=date.fromisoformat(on), arrival=arrival
    )
    books.book(there.bulk, there.items, code, grams, on, verb=Verb.LABEL, item=item)
    return item


def test_items_count_from_their_arrival_else_from_their_label(there, books, stood):
    came = books.book(there.drop_off, there.bulk, "MOB", 9_000, "2025-12-31")
    item_of(books, there, "MOB", 4_000, "2026-03-21", Flow.objects.get(movement=came))
    item_of(books, there, "MOB", 5_000, "2026-03-21")

    assert stood() == [("MOB", 10, 5_000), ("MOB", 90, 4_000)]


def test_an_item_that_left_since_stood_there_before(there, books, stood):
    books.book(there.drop_off, there.bulk, "MOB", 9_000, "2026-01-01")
    item = item_of(books, there, "MOB", 9_000, "2026-01-11")
    books.book(there.items, there.reuse, "MOB", 9_000, "2026-03-01", verb=Verb.GIVE, item=item)

    assert stood(date(2026, 1, 5)) == [("MOB", 4, 9_000)]  # still in bulk
    assert stood(date(2026, 1, 31)) == [("MOB", 20, 9_000)]
    assert stood() == []


def test_ages_make_the_stock_to_the_gram(world, two_years):
    scope = Scope.of_sites([world.canal, world.gare])
    for day in (date(2025, 6, 30), date(2026, 5, 15), date(2026, 12, 31)):
        found = ages(scope, day)
        closing_g = diversion(scope=scope, period=Period(day, day))["closing_stock_g"]
        below_g = sum(
            grams
            for site in (world.canal, world.gare)
            for grams in _below(Scope.of_sites([site]), day).values()
        )
        assert sum(age.weight_g for age in found) + below_g == closing_g
        assert all(age.weight_g > 0 and age.days >= 0 for age in found)


def _below(scope, day):
    from reporting.scopes import Border
    from reporting.stock import bulk_below_zero, standing

    return bulk_below_zero(standing(Border(scope), Period(day, day)))


def test_one_category_is_told_alone(there, books, stood):
    books.book(there.drop_off, there.bulk, "MOB.CHAI", 900, "2026-03-01")
    books.book(there.drop_off, there.bulk, "MOB", 100, "2026-03-11")

    assert stood(category=books.category("MOB.CHAI")) == [("MOB", 30, 900)]


def test_what_is_on_the_road_inside_a_network_counts_from_its_sending(world, there, books):
    from inventory.models import Account

    network = Network.objects.create(code="idf", name="Île-de-France")
    network.members.set([world.navette, world.port])
    road = Account.transit(world.canal, world.quai)
    books.book(there.drop_off, there.bulk, "TEX", 5_000, "2026-01-01")
    books.book(there.bulk, road, "TEX", 2_000, "2026-03-21")

    assert ages(Scope.of_network(network), TODAY) == [
        Age(None, "TEX", 10, 2_000, False),
        Age("canal", "TEX", 89, 3_000, False),
    ]


def test_classes_end_on_their_last_day():
    assert [class_of(days) for days in (0, 91, 92, 182, 183, 365, 366, 4_000)] == [
        0, 0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip
    found = [
        Age("canal", "TEX", days, grams, False) for days, grams in ((3, 10), (91, 5), (366, 2))
    ]
    assert by_class(found) == [15, 0, 0, 2]

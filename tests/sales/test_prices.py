"""What to ask for an object: proposed from what the structure sold, five times at least."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Category, Verb
from sales import services
from sales.models import Method, SaleLine
from sales.prices import prices_of, suggestions_of, written
from sales.services import Paid, Wanted
from tests.conftest import codes
from tests.sales.conftest import category
from tests.sales.pages import plan

pytestmark = pytest.mark.database


@pytest.fixture
def sell(sold):
    """``sell("MOB.CHAI", 500, 800)``: one of the category at each price, on one ticket."""

    def lines(code, *prices, **more):
        kind = Category.objects.get(code=code)
        wanted = [Wanted(category=kind, price_cents=cents, **more) for cents in prices]
        return sold(*wanted, paid=[Paid(Method.CASH, 50_000)])

    return lines


@pytest.fixture
def asked(api, world):
    """Suggestions as a sorter's tablet asks for them, by category."""

    def items(user=world.sorter, site="canal"):
        found = api(user).get("sales/suggestions", site=site).json()["items"]
        return {row.pop("category"): row for row in found}

    return items


@pytest.fixture
def refund(counter, entry):
    """Give back the first line of a ticket, in cash."""

    def make(sale):
        services.refund_sale(
            entry=entry(Verb.RETURN),
            till=counter.till,
            sale=sale,
            quantities={sale.lines.get(position=1): 1},
            method=Method.CASH,
        )

    return make


# As people write prices


@pytest.mark.parametrize(
    ("cents", "proposed"),
    [
        (0, 0),
        (4, 0),
        (20, 20),
        (45, 50),
        (49, 50),
        (50, 50),
        (74, 50),
        (75, 100),
        (790, 800),
        (974, 950),
        (975, 1_000),
        (1_000, 1_000),
        (1_049, 1_000),
        (1_050, 1_100),
        (12_345, 12_300),
    ],
)
def test_a_price_is_written_to_fifty_cents_then_to_whole_euros(cents, proposed):
    assert written(cents) == proposed


def test_the_rule_never_puts_a_dearer_thing_below_a_cheaper_one():
    said = [written(cents) for cents in range(3_000)]
    assert said == sorted(said)


def test_prices_that_are_written_alike_are_proposed_once(sell, asked):
    sell("MOB.CHAI", 790, 800, 810, 820, 805)
    assert asked()["MOB.CHAI"] == {
        "count": 5,
        "lower_quartile_cents": 800,
        "median_cents": 805,
        "upper_quartile_cents": 810,
        "proposed_cents": [800],
    }


def test_a_gift_is_no_price_to_propose(sell, asked):
    sell("LIV", 0, 0, 0, 100, 100, 100)
    assert (asked()["LIV"]["lower_quartile_cents"], asked()["LIV"]["median_cents"]) == (0, 50)
    assert asked()["LIV"]["proposed_cents"] == [50, 100]


# In one call


def test_categories_sold_five_times_are_told_leaves_first_tops_last(sell, api, world):
    sell("MOB.CHAI", 500, 800, 800, 1_200, 1_000)
    sell("MOB.BANC", 3_000, 3_000, 3_000, 3_000)
    sell("VAI", 50, 50, 50, 50, 50)
    found = api(world.sorter).get("sales/suggestions", site="canal").json()
    assert [row["category"] for row in found["items"]] == ["MOB.CHAI", "MOB", "VAI"]
    assert found["items"][0] == {
        "category": "MOB.CHAI",
        "count": 5,
        "lower_quartile_cents": 800,
        "median_cents": 800,
        "upper_quartile_cents": 1_000,
        "proposed_cents": [800, 1_000],
    }
    assert (found["items"][1]["count"], found["items"][1]["median_cents"]) == (9, 1_200)


def test_nothing_is_told_under_five_sales_though_the_family_has_them(sell, asked):
    sell("MOB.CHAI", 500, 500, 500)
    sell("MOB.BANC", 900, 900)
    assert {code: row["count"] for code, row in asked().items()} == {"MOB": 5}


def test_a_category_of_our_own_counts_for_both_above_it(sell, asked, world):
    chair = category("MOB.CHAI")
    Category.objects.create(
        organisation=world.navette, parent=chair, code="bistrot", name_fr="Chaise bistrot"
    )
    sell("bistrot", 1_500, 1_500, 1_500, 1_500, 1_500)
    assert {code: row["count"] for code, row in asked().items()} == {
        "bistrot": 5,
        "MOB.CHAI": 5,
        "MOB": 5,
    }
    assert list(asked()) == ["bistrot", "MOB.CHAI", "MOB"]


def test_lots_refunds_and_other_structures_say_nothing(sell, refund, asked, world):
    sell("MOB.CHAI", 500, 500, 500, 500)
    sell("MOB.CHAI", 9_000, is_lot=True, quantity=4)
    refund(sell("MOB.CHAI", 9_000))
    assert asked() == {}
    sell("MOB.CHAI", 500)
    assert asked()["MOB.CHAI"]["count"] == 5
    assert asked(world.paul, "quai") == {}


def test_each_suggestion_says_what_the_category_alone_would_be_told(sell, world, monkeypatch):
    monkeypatch.setattr("sales.models.lines.SaleLineQuerySet.NEWEST", 6)
    for cents in (9_000, 9_000, 500, 600, 700, 800, 900, 1_000):
        sell("MOB.CHAI", cents)
        sell("MOB", 2 * cents)
    found = suggestions_of(world.navette)
    assert [(kind.code, prices.count) for kind, prices in found] == [("MOB.CHAI", 6), ("MOB", 6)]
    for kind, prices in found:
        assert prices == prices_of(world.navette, Category.objects.under(kind))


def test_more_categories_than_one_query_unites_are_all_told(sell, asked, monkeypatch):
    monkeypatch.setattr("sales.models.lines.SaleLineQuerySet.UNITED", 1)
    for code in ("MOB.CHAI", "VAI", "LIV"):
        sell(code, 100, 100, 100, 100, 100)
    assert set(asked()) == {"MOB.CHAI", "MOB", "VAI", "LIV"}


def test_suggestions_are_read_in_two_queries_however_many_categories(
    sell, world, django_assert_num_queries
):
    for code in ("MOB.CHAI", "MOB.BANC", "VAI", "TEX", "LIV"):
        sell(code, 100, 100, 100, 100, 100)
        with django_assert_num_queries(2):
            suggestions_of(world.navette)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_suggestions_read_each_category_by_its_own_index(sell, world):
    sell("MOB.CHAI", 100)
    sell("VAI", 100)
    with CaptureQueriesContext(connection) as seen:
        suggestions_of(world.navette)
    plans = [plan(asked["sql"]) for asked in seen]
    index = "INDEX line_prices (organisation_id=? AND category_id=?)"
    assert [found.count(index) for found in plans] == [1, 2]
    assert not any("SCAN sales" in found for found in plans)


def test_suggestions_need_a_site_that_one_may_see(api, world):
    missing = api(world.sorter).get("sales/suggestions")
    assert (missing.status_code, codes(missing)) == (422, ["missing"])
    for site in ("quai", "nowhere"):
        found = api(world.sorter).get("sales/suggestions", site=site)
        assert (found.status_code, codes(found)) == (404, ["unknown_site"])


def test_a_structure_that_sold_nothing_is_told_nothing(asked, world):
    assert suggestions_of(world.navette) == []
    assert asked() == {}
    assert SaleLine.objects.unit_prices_by_kind(world.navette, []) == {}

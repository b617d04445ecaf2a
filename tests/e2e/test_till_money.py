"""The sums of the tablet's till are the server's own, to the cent; and so are its sealed words."""

import json
import random
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory.models import Category, DotCalendar, Item
from inventory.shares import shares
from sales.forms.checkout import NOTES
from sales.models import Nature, Reduction, SaleLine
from sales.reductions import Today
from sales.services import Discount, Wanted, spread
from sales.services.refunding import share_back
from sales.templatetags.money import coins
from sales.views.station_days import days_of
from tests.e2e.test_scale_lines import call, page  # noqa: F401  (fixtures)

pytestmark = pytest.mark.browser

RANDOM = random.Random(5)  # noqa: S311 (nothing secret)
PRICES = [0, 1, 3, 5, 25, 50, 99, 101, 333, 1_050, 99_999, 10_000_000]


def test_a_share_of_a_price_rounds_half_up_as_the_servers_does(call):  # noqa: F811
    for cents in PRICES:
        for percent in (1, 3, 10, 15, 33, 50, 66, 99, 100):
            said = {"percent": percent, "reason": "?"}
            assert call("till-money", "off", cents, said) == Discount("?", 0, percent).of(cents)
    assert call("till-money", "off", 500, {"amount_cents": 120}) == 120


def test_a_line_counts_its_units_and_a_lot_once(call):  # noqa: F811
    line = {"price_cents": 333, "quantity": 3, "lot": False, "discount": {"percent": 50}}
    assert call("till-money", "lineTotal", line) == 999 - 500
    assert call("till-money", "lineTotal", {**line, "lot": True, "discount": None}) == 333
    unpriced = {**line, "price_cents": None}
    assert call("till-money", "total", [line, unpriced]) == 499


def any_line():
    nature = RANDOM.choice([*Nature] + [Nature.GOODS] * 6)
    cents = RANDOM.choice([0, 1, 333, 500, RANDOM.randrange(10_000), 10_000_000])
    return {"price_cents": cents, "quantity": RANDOM.choice([1, 1, 2, 7, 1_000]), "nature": nature}


def any_discount():
    if RANDOM.random() < 0.5:
        return {"percent": RANDOM.randrange(1, 101)}
    return {"amount_cents": RANDOM.choice([1, 99, 500, 1_000_000_007])}


def test_a_discount_on_the_whole_ticket_is_spread_as_the_server_spreads_it(call):  # noqa: F811
    for _case in range(200):
        lines = [any_line() for _line in range(RANDOM.randrange(1, 12))]
        rows = [
            SaleLine(nature=line["nature"], total_cents=line["price_cents"] * line["quantity"])
            for line in lines
        ]
        asked = any_discount()
        found = call("till-money", "spread", lines, asked)
        try:
            off_cents = spread(rows, Discount("?", **asked))
        except ValidationError:
            assert found["isOver"]
            continue
        assert not found["isOver"]
        assert found["off_cents"] == off_cents
        assert found["shared"] == [row.shared_cents or 0 for row in rows]
        due = call("till-money", "due", {"lines": lines, "off": asked})
        assert due == sum(row.total_cents for row in rows)


def test_shares_add_up_as_the_servers_do_where_products_outgrow_a_number(call):  # noqa: F811
    for _case in range(100):
        sizes = [RANDOM.randrange(1, 11) for _n in range(RANDOM.randrange(1, 9))]
        parts = [RANDOM.randrange(10**size) for size in sizes]
        whole = RANDOM.randrange(sum(parts) + 1)
        assert call("remainder", "shares", parts, whole) == shares(parts, whole)
    assert call("remainder", "shares", [0, 0], 5) is None


KINDS = ["MOB", "MOB.CHAI", "TEX", "VAI.ASSI"]


@pytest.fixture
def any_day(own_database):
    """Reductions and dots of every sort at Canal; a day of theirs."""
    world = own_database
    today = world.canal.business_date(timezone.now())
    own = {"organisation": world.navette, "site": world.canal}
    for n, (percent, code, weeks) in enumerate(
        [(10, None, None), (20, "MOB", None), (30, None, 3), (30, "MOB.CHAI", 1), (60, "TEX", 8)]
    ):
        kind = Category.objects.get(code=code) if code else None
        named = {"code": f"r{n}", "name": f"Règle {n}", "percent": percent, "position": 9 - n}
        Reduction.objects.create(**own, **named, category=kind, least_weeks=weeks)
    Reduction.objects.create(**own, code="we", name="Le dimanche", percent=50, weekday=6)
    DotCalendar.objects.create(
        organisation=world.navette,
        first_day=today - timedelta(weeks=3),
        colours=["blue", "yellow", "red", "green"],
        steps=[[1, 0], [1, 25], [1, 50]],
    )
    return today


def test_what_a_day_takes_off_is_the_servers_to_the_rule(call, own_database, any_day):  # noqa: F811
    canal = own_database.canal
    told = days_of(canal)
    for _case in range(150):
        day = any_day + timedelta(days=RANDOM.randrange(-1, 14))
        kind, is_item = Category.objects.get(code=RANDOM.choice(KINDS)), RANDOM.random() < 0.5
        since = day - timedelta(days=RANDOM.choice([0, 6, 7, 20, 21, 22, 56, 400]))
        today = Today(canal, day)
        dot = "" if is_item else RANDOM.choice(["", *today.dots])
        item = Item(category=kind, since=since) if is_item else None
        wanted = Wanted(item=item, category=None if is_item else kind, price_cents=1, dot=dot)
        line = {"nature": "goods", "category": kind.code, "dot": dot}
        line |= {"item": "AAAAAA" if is_item else None, "since": since.isoformat()}
        found = today.discount(wanted)
        expected = found and {"percent": found.percent, "reason": found.reason}
        assert call("till-daily", "daily", told, line, day.isoformat()) == expected


def test_what_is_no_object_or_of_no_known_age_keeps_its_price(call, own_database, any_day):  # noqa: F811
    told = days_of(own_database.canal)
    told["rules"] = [rule for rule in told["rules"] if rule["weeks"] is not None]
    chair = {"nature": "goods", "category": "MOB.CHAI", "item": "AAAAAA", "since": None, "dot": ""}
    assert call("till-daily", "daily", told, chair, any_day.isoformat()) is None
    gift = {**chair, "nature": "gift", "dot": "yellow"}
    assert call("till-daily", "daily", told, gift, any_day.isoformat()) is None


def test_the_change_is_of_the_fewest_coins(call):  # noqa: F811
    for cents in [*PRICES[:-1], *(RANDOM.randrange(20_000) for _n in range(20))]:
        assert call("till-money", "inCoins", cents) == coins(cents)


def test_amounts_that_people_put_down_are_the_servers(call):  # noqa: F811
    for rest in (0, 50, 450, 500, 1_050, 1_900, 4_999, 12_345):
        server = sorted({-(-rest // note) * note for note in NOTES} - {0, rest})[:3]
        assert call("till-money", "notes", rest) == (server if rest else [])


@pytest.mark.parametrize(
    ("total", "noted", "method", "received", "change", "problem"),
    [
        (1_050, [], "cash", None, 0, ""),
        (1_050, [], "cash", 2_000, 950, ""),
        (1_050, [], "cash", 1_000, 0, "missing-money"),
        (1_050, [], "card", 2_000, 950, "change-without-cash"),
        (1_050, [("card", 400)], "cash", None, 0, ""),
        (1_050, [("card", 1_050)], "cash", 500, 500, "change-without-cash"),
        (1_050, [("local_currency", 1_000)], "cash", 100, 50, ""),
        (0, [], "cash", None, 0, ""),
        (0, [], "cash", 500, 500, ""),
    ],
)
def test_only_cash_gives_change(call, total, noted, method, received, change, problem):  # noqa: F811
    payments = [{"method": name, "amount_cents": cents} for name, cents in noted]
    said = {"method": method, "received_cents": received}
    found = call("till-money", "settle", total, payments, said)
    assert (found["change_cents"], found["problem"]) == (change, problem)


def test_what_is_given_back_of_a_line_is_the_servers_share(call):  # noqa: F811
    class Line:
        quantity, total_cents = 3, 1_000

    for before, more in ((0, 1), (1, 1), (2, 1), (0, 2), (0, 3)):
        told = {"total_cents": 1_000, "quantity": 3, "refunded": before}
        expected = share_back(1_000, Line, before, more)
        assert call("till-money", "shareBack", told, more) == expected


def test_a_price_is_typed_digit_by_digit_with_two_places(call):  # noqa: F811
    typed = ""
    for key in "0012,345":
        typed = call("till-money", "type", typed, key)
    assert (typed, call("till-money", "cents", typed)) == ("12,34", 1_234)
    assert call("till-money", "cents", "12,5") == 1_250
    assert call("till-money", "type", "12,34", "Backspace") == "12,3"


SAID = {"b": [1, {"é": None, "a": True}], "a": 'e\u0301 \u2028 \u0007 \\ " ☕ 🪑', "10": -5, "2": 0}


def test_an_envelope_is_the_very_text_that_the_server_reads(call):  # noqa: F811
    composed = json.loads(json.dumps(SAID).replace("e\\u0301", "\\u00e9"))
    text = json.dumps(composed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert call("till-envelope", "canonical", SAID) == text
    sealed = call("till-envelope", "sealed", {"prev": "0" * 64, **SAID})
    told = f"tracerie/envelope/1\n{'0' * 64}\n{sealed['body']}"
    assert sealed["hash"] == sha256(told.encode()).hexdigest()


def test_a_fraction_is_no_part_of_an_envelope(page):  # noqa: F811
    script = """async () => {
      const { canonical } = await import("/static/station/till-envelope.js");
      try { return canonical({ total_cents: 0.5 }); } catch (error) { return error.name; }
    }"""
    assert page.evaluate(script) == "TypeError"

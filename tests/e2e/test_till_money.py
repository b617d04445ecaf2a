"""The sums of the tablet's till are the server's own, to the cent; and so are its sealed words."""

import json
import random
from hashlib import sha256

import pytest

from sales.forms.checkout import NOTES
from sales.services import Discount
from sales.services.refunding import share_back
from sales.templatetags.money import coins
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

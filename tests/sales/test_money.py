"""Cents only, and none lost: totals, discounts, change, lots, refunds, for any numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sales.services import Discount, share

cents = st.integers(0, 10_000_000)
counts = st.integers(1, 1_000)


@given(whole=st.integers(0, 10**12), parts=counts, cuts=st.lists(st.integers(0, 1_000)))
def test_shares_taken_one_after_the_other_add_up_to_the_whole(whole, parts, cuts):
    steps = sorted({min(cut, parts) for cut in cuts} | {0, parts})
    taken = [
        share(whole, parts, after) - share(whole, parts, before)
        for before, after in pairwise(steps)
    ]
    assert sum(taken) == whole
    assert all(part >= 0 for part in taken)


@given(whole=cents, parts=counts, taken=counts)
def test_a_share_is_never_above_its_part(whole, parts, taken):
    taken = min(taken, parts)
    assert 0 <= share(whole, parts, taken) <= whole
    assert share(whole, parts, taken) * parts <= whole * taken


@given(price=cents, percent=st.integers(0, 100))
def test_a_discount_in_hundredths_stays_within_the_price_and_rounds_half_up(price, percent):
    off = Discount("x", percent=percent).of(price)
    assert isinstance(off, int)
    assert 0 <= off <= price
    assert abs(200 * off - 2 * price * percent) <= 100
    assert (200 * off - 2 * price * percent) != -100  # a half goes up


@given(price=cents)
def test_nothing_off_is_nothing_and_all_off_is_all(price):
    assert Discount("x", percent=0).of(price) == 0
    assert Discount("x", percent=100).of(price) == price

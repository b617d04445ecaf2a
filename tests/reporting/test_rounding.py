import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.rounding import (
    FATES,
    PUBLISHED,
    fate_shares,
    of_collected,
    percent,
    published_shares,
    quality,
    recovery_rate,
    shares,
)

CASES = Path(__file__).parents[1] / "cases" / "rounding.csv"
grams = st.integers(min_value=0, max_value=10**12)
some_parts = st.lists(grams, min_size=1, max_size=8).filter(any)
some_fates = st.fixed_dictionaries(dict.fromkeys(FATES, grams)).filter(lambda f: any(f.values()))


def fates(reuse=0, recycling=0, other_recovery=0, energy=0, disposal=0):
    return dict(zip(FATES, (reuse, recycling, other_recovery, energy, disposal), strict=True))


def cases():
    with CASES.open(encoding="utf-8", newline="") as file:
        return [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_published_case_gives_its_published_shares(case):
    left = fates(case["reuse_g"], case["recycling_g"], disposal=case["disposal_g"])
    assert published_shares(left) == {name: case[name] for name in PUBLISHED}


def test_each_published_case_is_read():
    assert len(cases()) == 5


@given(some_parts, st.sampled_from([1, 7, 100, 1000]))
def test_shares_add_up_to_the_hundred_and_stay_within_one_of_the_exact_share(parts, hundred):
    split = shares(parts, hundred)
    base = sum(parts)
    assert sum(split) == hundred
    assert all(abs(s * base - hundred * p) < base for s, p in zip(split, parts, strict=True))


@given(some_parts)
def test_nothing_has_no_share_and_a_larger_mass_never_a_smaller_one(parts):
    split = shares(parts)
    pairs = sorted(zip(parts, split, strict=True))
    assert [s for _, s in pairs] == sorted(split)
    assert all(s == 0 for p, s in pairs if p == 0)


@given(some_parts, st.integers(min_value=1, max_value=1000))
def test_shares_do_not_depend_on_the_unit(parts, factor):
    assert shares([p * factor for p in parts]) == shares(parts)


@pytest.mark.parametrize(
    ("parts", "hundred", "split"),
    [
        pytest.param([1, 1, 1], 100, [34, 33, 33], id="equal masses: the first"),
        pytest.param([1, 1], 101, [51, 50], id="equal halves: the first"),
        pytest.param([1, 3], 2, [0, 2], id="equal remainders: the larger mass"),
        pytest.param([3, 1], 2, [2, 0], id="equal remainders: the larger mass, placed first"),
    ],
)
def test_a_tie_goes_to_the_larger_mass_then_to_the_fixed_order(parts, hundred, split):
    assert shares(parts, hundred) == split


@pytest.mark.parametrize("parts", [[], [0, 0, 0], [5, -1, 3], [-1, -2], [1, -1]])
def test_without_a_base_or_with_a_negative_part_there_is_no_share(parts):
    assert shares(parts) is None


@given(some_fates)
def test_the_five_shares_add_up_to_the_three(left):
    three, five = published_shares(left), fate_shares(left)
    assert sum(five.values()) == 100
    for name, group in PUBLISHED.items():
        assert sum(five[fate] for fate in group) == three[name]


def test_the_three_are_rounded_first_and_split_within_each():
    left = fates(reuse=245, recycling=123, other_recovery=209, energy=247, disposal=176)
    assert shares(list(left.values())) == [24, 12, 21, 25, 18]  # at once, disposal would read 43
    assert published_shares(left) == {"reuse": 25, "recycling": 33, "disposal": 42}
    assert fate_shares(left) == fates(25, 12, 21, 25, 17)


def test_a_group_without_grams_splits_into_zeros():
    assert fate_shares(fates(reuse=5)) == fates(reuse=100)


@pytest.mark.parametrize("fate", FATES)
def test_one_negative_fate_hides_every_share_even_where_its_group_is_positive(fate):
    left = {**dict.fromkeys(FATES, 1000), fate: -1}
    assert published_shares(left) is None
    assert fate_shares(left) is None
    assert recovery_rate(left) is None
    assert of_collected(left, 5000) is None


def test_nothing_out_has_no_share_and_no_rate():
    assert published_shares(fates()) is None
    assert fate_shares(fates()) is None
    assert recovery_rate(fates()) is None


def test_the_year_of_345_tonnes_reads_57_34_9_and_91_1():
    left = fates(reuse=196_650_000, recycling=117_645_000, disposal=30_705_000)
    assert published_shares(left) == {"reuse": 57, "recycling": 34, "disposal": 9}
    assert recovery_rate(left) == "91.1"
    assert of_collected(left, 350_000_000) == {
        "reuse": "56.2",
        "recycling": "33.6",
        "disposal": "8.8",
        "recovery_rate": "89.8",
    }


def test_energy_counts_as_disposal_and_other_recovery_as_recycling():
    left = fates(reuse=400, recycling=200, other_recovery=100, energy=100, disposal=200)
    assert published_shares(left) == {"reuse": 40, "recycling": 30, "disposal": 30}
    assert recovery_rate(left) == "70.0"


def test_the_rate_over_collected_is_the_sum_of_its_printed_parts():
    # 33.35 and 33.35 print as 33.4 each; their exact sum would print as 66.7.
    left = fates(reuse=3335, recycling=3335)
    assert of_collected(left, 10_000)["recovery_rate"] == "66.8"


def test_collecting_nothing_has_no_rate_over_collected():
    assert of_collected(fates(reuse=5), 0) is None


def test_shares_of_collected_may_pass_100_when_stock_shrinks():
    assert of_collected(fates(reuse=150), 100)["reuse"] == "150.0"


@pytest.mark.parametrize(
    ("part", "base", "text"),
    [
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (9995, 100_000, "10.0"),
        (9994, 100_000, "10.0"),
        (1, 2000, "0.1"),
        (1, 2001, "0.0"),
        (0, 5, "0.0"),
        (5, 5, "100.0"),
        (5, 0, None),
        (-5, 10, None),
    ],
)
def test_a_percentage_is_rounded_half_up_from_grams(part, base, text):
    assert percent(part, base) == text


def test_quality_counts_a_negative_method_as_nothing_and_adds_up_to_100():
    methods = {"weighed": 800, "unit_average": 150, "estimated": -40, "by_balance": 50}
    assert quality(methods) == {
        "weighed": 80,
        "unit_average": 15,
        "estimated": 0,
        "by_balance": 5,
    }


def test_quality_of_nothing_is_unknown():
    assert quality({"weighed": 0, "estimated": -3}) is None
    assert quality({}) is None

"""Figures as printed add up: in a row, in a column, and between two periods."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.periods import Period
from reporting.printing import KILOGRAMS, TONNES, heads, period_name
from reporting.rounding import change

masses = st.one_of(st.just(0), st.integers(-5_000, 50_000), st.integers(0, 10**9))
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(masses, min_size=width, max_size=width), min_size=1, max_size=12
    )
)


@given(tables, st.sampled_from([KILOGRAMS, TONNES]))
def test_a_table_adds_up_to_its_totals_as_printed(rows, unit):
    totals = unit.split([sum(column) for column in zip(*rows, strict=True)])

    printed = unit.grid(rows, totals)

    assert [sum(column) for column in zip(*printed, strict=True)] == totals
    for row, cells in zip(rows, printed, strict=True):
        for grams, cell in zip(row, cells, strict=True):
            assert cell % unit.step_g == 0
            assert abs(cell - grams) < unit.step_g  # up or down to a neighbour, never further
            assert cell == 0 or grams != 0  # nothing is printed where there is nothing
        assert abs(sum(cells) - sum(row)) < 2 * unit.step_g  # and the row's own sum stays near


def test_what_rounding_takes_from_a_row_it_gets_back_in_the_next_column():
    rows = [[50, 50], [50, 50]]

    printed = KILOGRAMS.grid(rows, [100, 100])

    assert sorted(map(sorted, printed)) == [[0, 100], [0, 100]]


@pytest.mark.parametrize(
    ("now", "was", "percent"),
    [
        (110, 100, "+10.0"),
        (100, 110, "-9.1"),
        (100, 100, "0.0"),
        (100_001, 100_000, "0.0"),  # less than half a tenth is no growth
        (2, 1, "+100.0"),
        (0, 7, "-100.0"),
        (5, 0, None),
        (5, -1, None),
    ],
)
def test_a_change_has_its_sign_and_no_base_no_change(now, was, percent):
    assert change(now, was) == percent


def period(start, end):
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def test_columns_of_two_periods_have_names_that_differ():
    year, march = period("2026-01-01", "2026-12-31"), period("2026-03-01", "2026-03-31")
    assert heads(year, year.before) == ("2026", "2025")
    assert heads(march, march.year_earlier) == ("mars 2026", "mars 2025")
    for pair in ((year, march), (year, year), (march, march)):
        now, was = heads(*pair)
        assert now != was
    assert period_name(period("2026-01-01", "2026-02-03")).count("2026") == 2

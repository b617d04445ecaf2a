from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from inventory.months import add_months, first_day, last_day, month_of
from reporting.periods import Period, since

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
periods = st.tuples(days, days).map(lambda pair: Period(*sorted(pair)))


def days_of(period):
    return [period.start + timedelta(n) for n in range((period.end - period.start).days + 1)]


@given(periods)
def test_months_and_edges_cover_each_day_exactly_once(period):
    covered = [day for edge in period.edges for day in days_of(edge)]
    for month in period.months:
        covered += days_of(Period(first_day(month), last_day(month)))
    assert sorted(covered) == days_of(period)


@given(periods)
def test_a_period_never_has_more_than_two_edges_nor_an_edge_of_a_whole_month(period):
    assert len(period.edges) <= 2
    assert all(not edge.months for edge in period.edges)


@given(periods)
def test_months_are_consecutive_and_in_order(period):
    assert list(period.months) == [
        add_months(period.months[0], n) for n in range(len(period.months))
    ]


@pytest.mark.parametrize(
    ("start", "end", "whole", "edges"),
    [
        pytest.param("2020-01-01", "2020-12-31", range(202001, 202013), [], id="a year"),
        pytest.param("2020-02-01", "2020-02-29", [202002], [], id="a leap February"),
        pytest.param(
            "2021-02-01", "2021-02-27", [], [("2021-02-01", "2021-02-27")], id="a day short"
        ),
        pytest.param(
            "2025-11-20",
            "2026-02-10",
            [202512, 202601],
            [("2025-11-20", "2025-11-30"), ("2026-02-01", "2026-02-10")],
            id="over New Year",
        ),
        pytest.param(
            "2026-01-15",
            "2026-02-10",
            [],
            [("2026-01-15", "2026-02-10")],
            id="no whole month: one run",
        ),
        pytest.param(
            "2026-01-31", "2026-03-31", [202602, 202603], [("2026-01-31",) * 2], id="one day before"
        ),
        pytest.param("2026-05-04", "2026-05-04", [], [("2026-05-04",) * 2], id="one day"),
    ],
)
def test_a_period_splits_into_whole_months_and_the_days_around(start, end, whole, edges):
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    assert list(period.months) == list(whole)
    assert [(e.start.isoformat(), e.end.isoformat()) for e in period.edges] == edges


def test_a_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValidationError) as refused:
        Period(date(2026, 2, 1), date(2026, 1, 31))
    assert refused.value.code == "period_reversed"


def test_a_period_of_more_than_a_century_is_refused():
    with pytest.raises(ValidationError) as refused:
        Period(date.min, date.max)
    assert refused.value.code == "period_too_long"


@given(days)
def test_presets_are_whole_months(today):
    assert len(Period.this_year(today).months) == 12
    assert Period.this_month(today).months == (month_of(today),)
    for preset in (Period.this_year, Period.last_year, Period.this_month):
        assert preset(today).edges == ()


def test_presets_know_the_calendar():
    today = date(2026, 11, 22)
    assert Period.this_year(today) == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert Period.last_year(today) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert Period.this_month(today) == Period(date(2026, 11, 1), date(2026, 11, 30))


@given(days)
def test_since_a_day_covers_what_is_left_of_its_month_then_whole_months(day):
    month, edge = since(day)
    assert (edge.start if edge else first_day(month)) == day
    assert (edge.end if edge else day - timedelta(1)) + timedelta(1) == first_day(month)


@pytest.mark.parametrize(
    ("asked", "before", "year_earlier"),
    [
        pytest.param(
            ("2026-01-01", "2026-12-31"),
            ("2025-01-01", "2025-12-31"),
            ("2025-01-01", "2025-12-31"),
            id="a year",
        ),
        pytest.param(
            ("2025-01-01", "2025-12-31"),
            ("2024-01-01", "2024-12-31"),
            ("2024-01-01", "2024-12-31"),
            id="a leap year before",
        ),
        pytest.param(
            ("2026-03-01", "2026-03-31"),
            ("2026-02-01", "2026-02-28"),
            ("2025-03-01", "2025-03-31"),
            id="a month: the month before, however long",
        ),
        pytest.param(
            ("2026-01-01", "2026-03-31"),
            ("2025-10-01", "2025-12-31"),
            ("2025-01-01", "2025-03-31"),
            id="a quarter",
        ),
        pytest.param(
            ("2025-02-01", "2025-02-28"),
            ("2025-01-01", "2025-01-31"),
            ("2024-02-01", "2024-02-29"),
            id="a month stays a whole month",
        ),
        pytest.param(
            ("2024-02-10", "2024-02-29"),
            ("2024-01-21", "2024-02-09"),
            ("2023-02-10", "2023-02-28"),
            id="days: as many days",
        ),
        pytest.param(
            ("2026-11-26", "2026-11-26"),
            ("2026-11-25", "2026-11-25"),
            ("2025-11-26", "2025-11-26"),
            id="one day",
        ),
    ],
)
def test_what_a_period_is_compared_with(asked, before, year_earlier):
    period = Period(*map(date.fromisoformat, asked))
    assert period.before == Period(*map(date.fromisoformat, before))
    assert period.year_earlier == Period(*map(date.fromisoformat, year_earlier))


@given(periods.filter(lambda period: period.start.year > 2050))
def test_the_period_before_ends_the_day_before_and_is_as_long(period):
    before = period.before
    assert before.end + timedelta(1) == period.start
    if before.end - before.start != period.end - period.start:
        assert len(before.months) == len(period.months)
        assert before.edges == period.edges == ()


@given(periods.filter(lambda period: period.start.year > 2000))
def test_a_year_earlier_has_as_many_months_and_edges(period):
    earlier = period.year_earlier
    assert (earlier.start.year, earlier.end.year) == (period.start.year - 1, period.end.year - 1)
    assert [add_months(month, 12) for month in earlier.months] == list(period.months)


@pytest.mark.parametrize("name", ["before", "year_earlier"])
def test_nothing_is_compared_with_what_the_calendar_does_not_know(name):
    with pytest.raises(ValidationError) as refusal:
        getattr(Period(date(2000, 3, 1), date(2000, 12, 31)), name)
    assert refusal.value.code == "period_too_early"

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.months import add_months, first_day, last_day, month_of

months = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)).map(month_of)


@given(months, st.integers(min_value=-600, max_value=600))
def test_month_arithmetic_goes_there_and_back(month, count):
    assert add_months(add_months(month, count), -count) == month
    assert 1 <= add_months(month, count) % 100 <= 12


@given(months)
def test_the_day_after_a_month_opens_the_next(month):
    assert last_day(month) + timedelta(1) == first_day(add_months(month, 1))
    assert month_of(first_day(month)) == month_of(last_day(month)) == month

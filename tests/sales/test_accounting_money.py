"""The books by whatever days may hold: every entry balances, and no field ends itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sales.accounting.days import Day
from sales.accounting.entries import entry_of
from sales.accounting.fec import accounting_year, plain
from sales.accounting.plan import Account, Plan
from sales.models import CashMove, Method

CENTS = st.integers(-100_000, 1_000_000)
RATES = (2_000, 1_000, 550, 210)


@st.composite
def a_day(draw):
    """Whatever a session may hold, as its events told it."""
    day = Day({"float_cents": draw(st.integers(0, 50_000))})
    day.left_cents = draw(st.none() | st.integers(0, 50_000))
    vat = {}
    for rate in draw(st.sets(st.sampled_from(RATES))):
        for category in draw(st.lists(st.sampled_from(["MOB", "VAI", "TEX"]), min_size=1)):
            day.sold["goods", category, rate] += draw(CENTS)
        gross = sum(cents for (_n, _c, at), cents in day.sold.items() if at == rate)
        vat[str(rate)] = [gross, gross * rate // (10_000 + rate)]
    for nature in draw(st.sets(st.sampled_from(["gift", "membership", "deposit", "voucher"]))):
        day.sold[nature, None, None] += draw(CENTS)
    left = sum(day.sold.values())
    for method in draw(st.lists(st.sampled_from([*Method]), max_size=3)):
        part = draw(CENTS)
        day.paid[method] += part
        if method == Method.CREDIT:
            day.credit[draw(st.sampled_from(["BON1", "BON2"]))] += part
        left -= part
    day.paid[Method.CASH] += left
    for reason in draw(st.lists(st.sampled_from([*CashMove.Kind]))):
        day.moved[reason.value] += draw(CENTS)
    expected = day.opening["float_cents"] + day.paid[Method.CASH] + sum(day.moved.values())
    counted = draw(st.none() | st.integers(0, 2_000_000))
    day.z = {"vat": vat, "expected_cents": expected, "counted_cents": counted}
    return day


ACCOUNTS = st.dictionaries(
    st.sampled_from(["category:MOB", "category:VAI", "nature:gift", "gap:missing"]),
    st.sampled_from([Account("707", "Ventes"), Account("7071", "Meubles")]),
)


@given(a_day(), ACCOUNTS)
def test_every_entry_balances_to_the_cent_and_says_what_was_taken(day, chosen):
    entry = entry_of(day, Plan(chosen), 1)
    assert sum(line.debit_cents for line in entry.lines) == sum(
        line.credit_cents for line in entry.lines
    )
    assert all(min(line.debit_cents, line.credit_cents) == 0 for line in entry.lines)
    cash = sum(line.cents for line in entry.lines if line.account.number == "531")
    assert cash == day.in_drawer_cents - (day.left_cents or 0)
    vat = -sum(line.cents for line in entry.lines if line.account.number.startswith("44571"))
    assert vat == sum(cents for _gross, cents in day.z["vat"].values())


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 12))
def test_an_accounting_year_is_twelve_months_around_its_day(day, month):
    start, end = accounting_year(day, month)
    assert start <= day <= end
    assert (start.month, start.day) == (month, 1)
    after = end + timedelta(days=1)
    assert (after.year, after.month, after.day) == (start.year + 1, month, 1)


@given(st.text())
def test_a_field_never_ends_itself(text):
    assert not set(plain(text)) & {"\t", "\r", "\n", "|"}

"""The books by whatever days may hold: every entry balances, and no field ends itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sales.accounting.days import Day, Side
from sales.accounting.entries import entry_of
from sales.accounting.fec import plain
from sales.accounting.plan import Account, Plan
from sales.journal.periods import accounting_year
from sales.models import CashMove, Method

CENTS = st.integers(0, 1_000_000)
RATES = (2_000, 1_000, 550, 210)


@st.composite
def a_side(draw):
    """Whatever may be sold, or given back, and paid for."""
    side = Side()
    for rate in draw(st.sets(st.sampled_from(RATES))):
        for category in draw(st.lists(st.sampled_from(["MOB", "VAI", "TEX"]), min_size=1)):
            side.sold["goods", category, rate] += draw(CENTS)
        gross = sum(cents for (_n, _c, at), cents in side.sold.items() if at == rate)
        side.vat[rate] = gross * rate // (10_000 + rate)
    for nature in draw(st.sets(st.sampled_from(["gift", "membership", "deposit", "voucher"]))):
        side.sold[nature, None, None] += draw(CENTS)
    left = sum(side.sold.values())
    for method in draw(st.lists(st.sampled_from([*Method]), max_size=3)):
        part = draw(st.integers(0, left))
        side.paid[method] += part
        left -= part
        if method == Method.CREDIT:
            side.credit[draw(st.sampled_from(["BON1", "BON2"]))] += part
        elif method == Method.VOUCHER and draw(st.booleans()):
            side.issued["ccas"] += part
    side.paid[Method.CASH] += left
    return side


@st.composite
def a_day(draw):
    """Whatever a session may hold, as its events told it."""
    float_cents = draw(st.integers(0, 50_000))
    day = Day({"float_cents": float_cents}, draw(a_side()), draw(a_side()))
    day.left_cents = draw(st.none() | st.integers(0, 50_000))
    for reason in draw(st.lists(st.sampled_from([*CashMove.Kind]))):
        cents = draw(st.integers(-100_000, 100_000))
        day.moved[reason.value, cents > 0] += cents
    cash_cents = day.sales.paid[Method.CASH] - day.refunds.paid[Method.CASH]
    expected = float_cents + cash_cents + sum(day.moved.values())
    day.z = {
        "sales_cents": sum(day.sales.sold.values()),
        "refunds_cents": sum(day.refunds.sold.values()),
        "in_cents": sum(max(cents, 0) for cents in day.moved.values()),
        "out_cents": sum(max(-cents, 0) for cents in day.moved.values()),
        "expected_cents": expected,
        "counted_cents": draw(st.none() | st.just(expected) | st.integers(0, 2_000_000)),
    }
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
    assert vat == day.sales.vat.total() - day.refunds.vat.total()
    assert bool(entry.lines) == day.says_something


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

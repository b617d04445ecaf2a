"""Months and accounting years of tills: closed in order, without a gap, from the Zs they cite."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from inventory.ledger import close_month
from inventory.months import month_of
from organisation.models import Site
from sales.journal.periods import ends_year, year_start
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry, Kind, Method, PeriodClosing, ShopSettings, TillSession
from sales.services import close_months, open_session
from tests.databases import at_once
from tests.sales.shops import Shop, noon
from tests.tills import till_entry

pytestmark = pytest.mark.database


@pytest.fixture
def shop(world):
    return Shop(world.canal)


def faults():
    return list(findings(chains=Chain.objects.all(), anchors={}, using="default"))


def spans(kind=Kind.CLOSE_MONTH):
    rows = PeriodClosing.objects.filter(kind=kind).order_by("last_day")
    return [(month_of(row.first_day), month_of(row.last_day)) for row in rows]


def code_of(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return refusal.value.code


# What a month says


@pytest.fixture
def january(shop):
    """Two tills in January: 7 € and 5 € in cash at one, 20 € by card at the other."""
    first = shop.day("C1", noon(2026, 1, 5), 700)
    second = shop.day("C1", noon(2026, 1, 31), 500)
    other = shop.day("C2", noon(2026, 1, 20), 2_000, Method.CARD)
    return first, second, other


def test_the_first_opening_of_a_month_closes_the_one_before(january, shop):
    assert PeriodClosing.objects.count() == 0
    shop.open("C2", noon(2026, 2, 2))
    month = PeriodClosing.objects.get()
    assert (month.number, month.total_cents) == ("M-canal-2026-01", 3_200)
    assert month.event.chain_id == "navette/canal/SITE"
    assert faults() == []


def test_a_month_adds_up_its_days_by_till_and_for_the_site(january, shop):
    first, second, other = january
    shop.open("C1", noon(2026, 2, 2))
    told = PeriodClosing.objects.get().figures
    assert (told["first_day"], told["last_day"]) == ("2026-01-01", "2026-01-31")
    assert (told["days"], told["tickets"], told["total_cents"]) == (3, 3, 3_200)
    assert told["methods"] == {"cash": 1_200, "card": 2_000}
    assert told["categories"] == {"MOB": [3, 3_200, 1_500]}
    assert (told["year_cents"], told["perpetual_cents"], told["perpetual_abs_cents"]) == (
        3_200,
        3_200,
        3_200,
    )
    c1 = told["tills"]["C1"]
    assert c1["closings"] == [
        ["navette/canal/C1", z.event.seq, z.event.hash] for z in (first, second)
    ]
    assert (c1["total_cents"], c1["year_cents"], c1["perpetual_cents"]) == (1_200, 1_200, 1_200)
    assert told["tills"]["C2"]["closings"] == [
        ["navette/canal/C2", other.event.seq, other.event.hash]
    ]
    assert told["gap_cents"] == -1_200  # nobody counted what was sold in cash


def test_a_month_without_a_z_is_closed_at_nothing(january, shop):
    shop.day("C1", noon(2026, 4, 8), 100)
    assert spans() == [(202601, 202601), (202602, 202602), (202603, 202603)]
    empty = PeriodClosing.objects.order_by("last_day").last().figures
    assert (empty["days"], empty["total_cents"], empty["methods"]) == (0, 0, {})
    assert (empty["year_cents"], empty["perpetual_cents"]) == (3_200, 3_200)
    assert empty["tills"]["C2"]["perpetual_cents"] == 2_000
    assert faults() == []


def test_a_year_adds_up_its_months_and_the_next_begins_at_nothing(january, shop):
    shop.day("C1", noon(2026, 12, 30), 300)
    shop.day("C1", noon(2027, 1, 4), 50)
    shop.day("C2", noon(2027, 2, 3), 60)
    assert spans(Kind.CLOSE_YEAR) == [(202601, 202612)]
    year = PeriodClosing.objects.years().get()
    assert (year.number, year.total_cents) == ("A-canal-2026-12", 3_500)
    told = year.figures
    assert len(told["closings"]) == 12
    assert {each[0] for each in told["closings"]} == {"navette/canal/SITE"}
    assert (told["tickets"], told["year_cents"], told["perpetual_cents"]) == (4, 3_500, 3_500)
    assert told["tills"]["C1"]["total_cents"] == 1_500
    after = PeriodClosing.objects.months().last().figures
    assert (after["last_day"], after["total_cents"]) == ("2027-01-31", 50)
    assert (after["year_cents"], after["perpetual_cents"]) == (50, 3_550)
    assert faults() == []


def test_an_accounting_year_begins_where_the_structure_says(january, shop, world):
    ShopSettings.objects.create(organisation=world.navette, year_starts_month=9)
    summer = shop.day("C1", noon(2026, 8, 31), 300)
    autumn = shop.day("C1", noon(2026, 9, 1), 40)
    assert spans(Kind.CLOSE_YEAR) == [(202601, 202608)]
    assert (summer.figures["year_from"], autumn.figures["year_from"]) == (
        "2025-09-01",
        "2026-09-01",
    )
    assert autumn.figures["year_cents"] == 40
    assert faults() == []


@given(st.dates(min_value=date(2000, 1, 1)), st.integers(1, 12))
def test_a_day_lies_in_the_accounting_year_that_begins_before_it(day, starts):
    first = year_start(day, starts)
    assert first <= day
    assert (first.month, first.day) == (starts, 1)
    assert (day - first).days < 366
    assert ends_year(month_of(first - timedelta(days=1)), starts)


# What stands in the way


def test_a_till_still_open_for_less_than_a_day_keeps_its_month_open(january, shop, world):
    shop.open("C2", datetime(2026, 1, 31, 20, tzinfo=UTC))
    shop.open("C1", datetime(2026, 2, 1, 9, tzinfo=UTC))
    assert spans() == []
    late = datetime(2026, 2, 1, 10, tzinfo=UTC)
    with time_machine.travel(late, tick=False):
        asked = till_entry(world.canal, late)
        assert code_of(lambda: close_months(entry=asked)) == "session_open"
    shop.close("C2", late)
    assert spans() == [(202601, 202601)]
    assert faults() == []


def test_a_till_that_was_forgotten_is_closed_with_its_month_and_marked(january, shop):
    shop.open("C2", noon(2026, 1, 30))
    shop.sell("C2", noon(2026, 1, 30), 900)
    shop.open("C1", noon(2026, 2, 2))
    left = TillSession.objects.get(till__code="C2", number=2)
    assert left.closing.figures["missed"] is True
    month = PeriodClosing.objects.get().figures
    assert (month["missed"], month["total_cents"]) == (1, 4_100)
    assert faults() == []


def test_a_month_is_closed_because_somebody_asks(january, world, shop):
    with time_machine.travel(noon(2026, 3, 1), tick=False):
        entry = till_entry(world.canal)
        assert [each.number for each in close_months(entry=entry)] == [
            "M-canal-2026-01",
            "M-canal-2026-02",
        ]
        assert code_of(lambda: close_months(entry=entry)) == "no_month_to_close"
    assert faults() == []


def test_a_site_without_tills_has_no_month(world):
    assert code_of(lambda: close_months(entry=till_entry(world.gare))) == "no_month_to_close"


# Clocks


def test_a_clock_that_goes_back_opens_no_closed_month(january, shop):
    shop.day("C1", noon(2026, 2, 2), 100)
    again = shop.open("C2", noon(2026, 1, 21))
    assert again.business_date.isoformat() == "2026-02-01"
    sale = shop.sell("C2", noon(2026, 1, 21), 100)
    assert sale.movement.business_date == again.business_date
    assert faults() == []


def test_a_sale_is_never_refused_for_a_month_that_was_closed_under_it(january, shop, world):
    shop.open("C1", noon(2026, 2, 27))
    for month in (202601, 202602):
        close_month(site=Site.objects.get(pk=world.canal.pk), month=month)
    late = noon(2026, 2, 27) + timedelta(hours=2)
    sale = shop.sell("C1", late, 100)
    assert sale.movement.business_date.isoformat() == "2026-03-01"
    assert shop.close("C1", late).figures["total_cents"] == 100
    assert faults() == []


# Many at once


def test_eight_tills_opened_at_once_close_the_month_once(own_database):
    shop = Shop(own_database.canal)
    tills = [f"C{n}" for n in range(1, 9)]
    for n, code in enumerate(tills):
        shop.day(code, noon(2026, 1, 5 + n), 100 * (n + 1))
        shop.open(code, noon(2026, 1, 25))  # and left open

    def opened(code):
        """Each closes its own session that was forgotten, and opens the month."""
        entry = till_entry(Site.objects.get(code="canal"), noon(2026, 2, 1))
        till = shop.till(code)
        return shop_sale(entry, till)

    with time_machine.travel(noon(2026, 2, 1), tick=False):
        results = at_once(*[partial(opened, code) for code in tills])
    assert [each for each in results if isinstance(each, Exception)] == []
    month = PeriodClosing.objects.get()
    assert month.total_cents == 3_600
    assert month.figures["days"] == 16
    assert month.figures["missed"] == 8
    assert JournalEntry.objects.filter(kind=Kind.KEY).count() == 1
    assert faults() == []


def shop_sale(entry, till):
    from sales.services import Paid, record_sale
    from tests.sales.conftest import mob

    return record_sale(entry=entry, till=till, lines=[mob(10)], payments=[Paid(Method.CASH, 10)])


def test_eight_tills_that_were_closed_open_at_once(own_database):
    shop = Shop(own_database.canal)
    tills = [f"C{n}" for n in range(1, 9)]
    for code in tills:
        shop.day(code, noon(2026, 1, 5), 100)

    def opened(code):
        entry = till_entry(Site.objects.get(code="canal"), noon(2027, 1, 2))
        return open_session(entry=entry, till=shop.till(code), float_cents=0)

    with time_machine.travel(noon(2027, 1, 2), tick=False):
        results = at_once(*[partial(opened, code) for code in tills])
    assert [each for each in results if isinstance(each, Exception)] == []
    assert PeriodClosing.objects.months().count() == 12
    assert PeriodClosing.objects.years().get().total_cents == 800
    assert faults() == []


# Signatures


def test_closings_are_signed_by_a_key_that_the_site_s_chain_names(january, shop):
    shop.open("C1", noon(2026, 2, 2))
    named = JournalEntry.objects.get(kind=Kind.KEY)
    assert named.chain_id == "navette/canal/SITE"
    data = json.loads(named.body)["data"]
    assert data["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    for closing in JournalEntry.objects.filter(kind__startswith="close_"):
        told = json.loads(closing.body)["data"]
        assert told["key"] == data["key"]
        assert len(bytes.fromhex(told["signature"])) == 64


# The command


def test_the_command_closes_each_site_s_months(january, world, capsys):
    Shop(world.gare).day("G1", noon(2026, 1, 9), 100)
    with time_machine.travel(noon(2026, 2, 9), tick=False):
        call_command("caisse_close")
        call_command("caisse_close", site="canal")
    assert capsys.readouterr().out.split() == ["M-canal-2026-01", "M-gare-2026-01"]
    assert faults() == []


def test_the_command_says_which_till_is_in_the_way(january, shop):
    shop.open("C2", datetime(2026, 1, 31, 20, tzinfo=UTC))
    with (
        time_machine.travel(datetime(2026, 2, 1, 9, tzinfo=UTC), tick=False),
        pytest.raises(CommandError, match=r"canal: .*Caisse 2"),
    ):
        call_command("caisse_close")


def test_the_command_knows_the_sites(world):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("caisse_close", site="nowhere")

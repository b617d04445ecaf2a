"""VAT: said from a day on, taken out of a ticket's total by rate, given back to the cent."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Verb
from sales import vat
from sales.journal.totals import totals_of
from sales.journal.verify import findings
from sales.models import Chain, JournalEntry, Kind, Method, Nature, Regime, TillSession, VatTerms
from sales.services import Discount, Paid, Wanted, Whole, record_sale, refund_sale, set_vat
from tests.sales.conftest import category, mob

pytestmark = pytest.mark.database

CENTS = st.integers(1, 10_000_000)
RATES = st.sampled_from([0, 210, 550, 1_000, 2_000])


def line(total_cents, vat_bp=2_000):
    return SimpleNamespace(total_cents=total_cents, vat_bp=vat_bp)


@pytest.fixture
def liable(entry):
    """``liable(Regime.NORMAL)``: 20 %, and 5,5 % for crockery (as if it were books)."""

    def make(regime=Regime.NORMAL, since=None, **rates):
        said = entry(Verb.SELL)
        return set_vat(
            entry=said,
            since=since or said.day,
            regime=regime,
            rates={"": 2_000, "VAI": 550} | rates,
        )

    return make


@pytest.mark.parametrize(
    ("total_cents", "rate_bp", "vat_cents"),
    [(1_200, 2_000, 200), (100, 2_000, 17), (3, 2_000, 1), (2, 2_000, 0), (1_055, 550, 55)],
)
def test_vat_is_taken_out_of_the_price_half_up(total_cents, rate_bp, vat_cents):
    assert vat.within(total_cents, rate_bp) == vat_cents


@given(st.lists(st.tuples(CENTS, RATES), min_size=1, max_size=9))
def test_vat_is_rounded_once_for_each_rate_of_a_ticket(lines):
    told = vat.split([line(*each) for each in lines])
    assert [bp for bp, _cents, _vat in told] == sorted({bp for _cents, bp in lines})
    assert sum(cents for _bp, cents, _vat in told) == sum(cents for cents, _bp in lines)
    for bp, cents, vat_cents in told:
        exact = cents * bp / (10_000 + bp)
        assert abs(vat_cents - exact) <= 0.5 + 1e-6


@given(CENTS, RATES, st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_refunds_of_all_of_a_ticket_give_its_vat_back_to_the_cent(total_cents, bp, parts):
    sold = vat.split([line(total_cents, bp)])
    left, back_cents, back_vat = total_cents, 0, 0
    for part in [*parts, None]:
        now = left if part is None else min(left, total_cents * part // 100)
        [[_bp, _cents, vat_cents]] = vat.split_back(sold, {bp: back_cents}, {bp: now})
        assert 0 <= vat_cents <= now
        left, back_cents, back_vat = left - now, back_cents + now, back_vat + vat_cents
    assert (left, back_vat) == (0, sold[0][2])


def test_a_ticket_says_its_vat_by_rate(sold, liable):
    liable()
    plates = Wanted(category=category("VAI"), price_cents=211, quantity=5)
    sale = sold(mob(1_200), plates)
    assert (sale.regime, sale.vat) == ("normal", [[550, 1_055, 55], [2_000, 1_200, 200]])
    assert [row.vat_bp for row in sale.lines.order_by("position")] == [2_000, 550]
    assert json.loads(sale.event.body)["data"]["vat"] == sale.vat


@pytest.mark.parametrize("regime", [Regime.EXEMPT, Regime.FRANCHISE])
def test_who_is_not_liable_sells_without_vat(sold, liable, regime):
    liable(regime)
    sale = sold(mob(1_200))
    assert (sale.regime, sale.vat, sale.lines.get().vat_bp) == (regime, [], None)


def test_what_is_no_object_bears_vat_where_the_law_says(sold, liable):
    liable()
    natures = [Nature.DELIVERY, Nature.MEMBERSHIP, Nature.GIFT]
    sale = sold(*(Wanted(nature=nature, price_cents=1_200) for nature in natures))
    assert [row.vat_bp for row in sale.lines.order_by("position")] == [2_000, None, None]
    assert sale.vat == [[2_000, 1_200, 200]]


def test_a_regime_holds_from_its_day_on(sold, liable, entry, world):
    later = entry(Verb.SELL).day + timedelta(days=2)
    liable(since=later)
    assert sold(mob(1_200)).vat == []
    on = VatTerms.objects.on
    assert on(world.navette, later - timedelta(days=1)) is None
    assert on(world.navette, later).regime == Regime.NORMAL


def test_the_last_word_of_a_day_counts(liable, world):
    liable(Regime.MARGIN)
    liable(Regime.FRANCHISE)
    today = world.canal.business_date(timezone.now())
    assert VatTerms.objects.on(world.navette, today).regime == Regime.FRANCHISE


def test_a_regime_is_chained_at_every_site(liable, world):
    liable()
    events = JournalEntry.objects.filter(kind=Kind.SETTING)
    assert {event.chain_id for event in events} == {"navette/canal/SITE", "navette/gare/SITE"}
    data = json.loads(events.first().body)["data"]
    assert (data["regime"], data["rates"]) == ("normal", {"": 2_000, "VAI": 550})


def test_a_regime_is_never_said_of_a_day_that_is_over(liable, entry):
    with pytest.raises(ValidationError) as refused:
        liable(since=entry(Verb.SELL).day - timedelta(days=1))
    assert refused.value.code == "since_past"
    assert not VatTerms.objects.exists()


def test_a_refund_gives_its_vat_back(sold, liable, counter, entry):
    liable()
    sale = sold(mob(100, quantity=3))
    vats = []
    for _one in range(3):
        back = refund_sale(
            entry=entry(Verb.RETURN),
            till=counter.till,
            sale=sale,
            quantities={sale.lines.get(): 1},
            method=Method.CASH,
        )
        vats.append(back.vat)
    assert sale.vat == [[2_000, 300, 50]]
    assert vats == [[[2_000, 100, 17]], [[2_000, 100, 16]], [[2_000, 100, 17]]]


def test_a_z_adds_vat_up_by_rate(sold, liable, counter):
    liable()
    sold(mob(1_200), Wanted(nature=Nature.GIFT, price_cents=300))
    sold(mob(600))
    told = totals_of(TillSession.objects.open_at(counter.till)).told()
    assert told["vat"] == {"2000": [1_800, 300]}
    assert told["natures"] == {"gift": [1, 300], "goods": [2, 1_800]}


def test_a_journal_with_vat_has_no_fault(sold, liable):
    liable()
    sold(mob(1_233), Wanted(category=category("VAI"), price_cents=777))
    assert list(findings(chains=Chain.objects.all(), anchors={}, using="default")) == []


# What is taken off a whole ticket


def test_a_discount_on_the_ticket_is_spread_to_the_cent(entry, counter):
    sale = record_sale(
        entry=entry(Verb.SELL),
        till=counter.till,
        lines=[mob(333), mob(333), mob(334), Wanted(nature=Nature.GIFT, price_cents=500)],
        payments=[Paid(Method.CASH, 1_400)],
        whole=Whole(Discount("Fin de marché", amount_cents=100)),
    )
    rows = list(sale.lines.order_by("position"))
    assert [row.shared_cents for row in rows] == [33, 33, 34, 0]
    assert [row.total_cents for row in rows] == [300, 300, 300, 500]
    assert (sale.discount_cents, sale.total_cents) == (100, 1_400)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=12), st.integers(0, 100))
def test_what_is_spread_is_what_is_taken_off(prices, percent):
    from sales.models import SaleLine
    from sales.services import spread

    rows = [SaleLine(total_cents=cents) for cents in prices]
    off_cents = spread(rows, Discount("Soldes", percent=percent))
    assert off_cents == (sum(prices) * percent * 2 + 100) // 200
    assert sum(row.shared_cents for row in rows) == off_cents
    assert all(row.total_cents >= 0 for row in rows)
    assert [row.total_cents + row.shared_cents for row in rows] == prices


def test_more_than_a_ticket_costs_is_never_taken_off(entry, counter):
    with pytest.raises(ValidationError) as refused:
        record_sale(
            entry=entry(Verb.SELL),
            till=counter.till,
            lines=[mob(333)],
            payments=[Paid(Method.CASH, 1_000)],
            whole=Whole(Discount("Trop", amount_cents=334)),
        )
    assert refused.value.code == "discount_too_large"


# Prices of a kilogram


@pytest.fixture
def by_weight(world):
    from sales.models import PriceKey

    return PriceKey.objects.create(
        organisation=world.navette,
        site=world.canal,
        code="textile-kg",
        name_fr="Vêtements au kilo",
        category=category("VAI"),
        price_cents=450,
        is_per_kg=True,
    )


@pytest.mark.parametrize(("weight_g", "cents"), [(1_000, 450), (1_235, 556), (1, 0), (2, 1)])
def test_what_is_sold_by_weight_costs_its_weight_half_up(sold, by_weight, weight_g, cents):
    sale = sold(Wanted(key=by_weight, weight_g=weight_g, is_from_scale=True))
    row = sale.lines.get()
    assert (row.total_cents, row.price_mode, row.weight_source) == (cents, "per_kg", "scale")


def test_what_is_sold_by_weight_is_weighed_first(sold, by_weight):
    with pytest.raises(ValidationError) as refused:
        sold(Wanted(key=by_weight))
    assert refused.value.code == "weight_missing"


# The page


def test_the_director_says_the_regime_on_its_page(browser, world):
    today = world.canal.business_date(timezone.now())
    client = browser(world.director)
    asked = {
        "id": "7f1f3c52-6f0c-4b1e-9f2e-1a2b3c4d5e6f",
        "since": today.isoformat(),
        "regime": "normal",
        "usual": "20",
        "rate_VAI": "5,5",
    }
    assert client.post("/reglages/tva/", asked).status_code == 302
    terms = VatTerms.objects.on(world.navette, today)
    assert (terms.regime, terms.rates) == ("normal", {"": 2_000, "VAI": 550})
    assert client.post("/reglages/tva/", asked).status_code == 302
    assert VatTerms.objects.count() == 2  # one for each site, once
    page = client.get("/reglages/tva/").content.decode()
    assert "5,5" in page


def test_a_regime_with_vat_asks_for_its_rate(browser, world):
    today = world.canal.business_date(timezone.now()).isoformat()
    asked = {"id": "7f1f3c52-6f0c-4b1e-9f2e-1a2b3c4d5e6f", "since": today, "regime": "normal"}
    answer = browser(world.director).post("/reglages/tva/", {**asked, "usual": ""})
    assert answer.status_code == 422
    assert not VatTerms.objects.exists()


def test_the_shop_says_when_its_year_begins(browser, world):
    from sales.models import ShopSettings

    said = {"year_starts_month": "9", "treasurer_email": "tresor@example.org", "ticket_foot": ""}
    assert browser(world.director).post("/reglages/boutique/", said).status_code == 302
    assert ShopSettings.objects.of(world.navette).year_starts_month == 9
    assert browser(world.cashier).get("/reglages/boutique/").status_code == 403

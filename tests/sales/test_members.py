"""A buyer on a ticket, memberships sold at the till, and what members pay."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from inventory.models import Verb
from sales.models import (
    Buyer,
    JournalEntry,
    MemberPeriod,
    Method,
    Nature,
    PriceKey,
    PriceMode,
    Sale,
    ShopSettings,
)
from sales.services import Paid, Wanted, Whole, add_buyer, erase_buyer, record_sale, refund_sale
from sales.services.members import period_end
from tests.inventory.pages import text
from tests.sales.conftest import mob
from tests.sales.pages import refused

pytestmark = pytest.mark.database


@pytest.fixture
def zoe(world):
    return add_buyer(buyer=Buyer(organisation=world.navette, name="Zoé Lefèvre"))


@pytest.fixture
def grid(counter, world):
    """Plates at 0,50 €, 0,30 € to members; a membership at 10 €."""
    PriceKey.objects.filter(pk=counter.assiette.pk).update(member_price_cents=30)
    counter.assiette.refresh_from_db()
    counter.joining = PriceKey.objects.create(
        organisation=world.navette,
        site=world.canal,
        code="adhesion",
        name_fr="Adhésion",
        nature=Nature.MEMBERSHIP,
        price_cents=1_000,
    )
    return counter


@pytest.fixture
def sell(grid, entry):
    def make(*lines, buyer=None, paid=10_000):
        return record_sale(
            entry=entry(Verb.SELL),
            till=grid.till,
            lines=lines,
            payments=[Paid(Method.CASH, paid)],
            whole=Whole(buyer=buyer),
        )

    return make


def until(buyer):
    buyer.refresh_from_db()
    return buyer.member_until


def test_the_event_of_a_ticket_names_its_buyer_by_number(sell, zoe):
    sale = sell(mob(), buyer=zoe)
    said = json.loads(JournalEntry.objects.get(pk=sale.event_id).body)["data"]
    assert said["buyer"] == 1
    assert "Zo" not in json.dumps(said)


def test_a_membership_runs_twelve_months_and_a_second_one_follows_it(sell, zoe, grid):
    today = timezone.localdate()
    settings = ShopSettings()
    sell(Wanted(key=grid.joining), buyer=zoe)
    first = period_end(today, settings)
    assert until(zoe) == first
    sell(Wanted(key=grid.joining), buyer=zoe)
    assert until(zoe).year == first.year + 1
    assert MemberPeriod.objects.count() == 2


@pytest.mark.parametrize(
    ("ends", "start", "last"),
    [
        ("twelve_months", date(2026, 3, 10), date(2027, 3, 9)),
        ("twelve_months", date(2028, 2, 29), date(2029, 2, 28)),
        ("twelve_months", date(2026, 1, 1), date(2026, 12, 31)),
        ("calendar_year", date(2026, 11, 27), date(2026, 12, 31)),
        ("accounting_year", date(2026, 3, 10), date(2026, 8, 31)),
        ("accounting_year", date(2026, 9, 1), date(2027, 8, 31)),
    ],
)
def test_a_membership_ends_as_the_structure_says(ends, start, last):
    settings = ShopSettings(membership_ends=ends, year_starts_month=9)
    assert period_end(start, settings) == last


def test_a_membership_that_is_given_back_is_none(sell, zoe, grid, entry):
    sale = sell(Wanted(key=grid.joining), mob(), buyer=zoe)
    assert until(zoe) is not None
    refund_sale(
        entry=entry(Verb.RETURN),
        till=grid.till,
        sale=sale,
        quantities={sale.lines.get(position=1): 1},
        method=Method.CASH,
    )
    assert until(zoe) is None
    assert not MemberPeriod.objects.exists()


def test_members_pay_their_price_and_others_the_usual_one(sell, zoe, grid):
    plates = Wanted(key=grid.assiette, quantity=2)
    assert sell(plates).total_cents == 100
    assert sell(plates, buyer=zoe).total_cents == 100  # who is no member yet
    sell(Wanted(key=grid.joining), buyer=zoe)
    zoe.refresh_from_db()
    sale = sell(plates, buyer=zoe)
    assert (sale.total_cents, sale.lines.get().price_mode) == (60, PriceMode.FIXED)


def test_whoever_joins_by_a_ticket_pays_as_a_member_on_it(sell, zoe, grid):
    sale = sell(Wanted(key=grid.joining), Wanted(key=grid.assiette), buyer=zoe)
    assert sale.total_cents == 1_030


def test_nothing_is_sold_to_who_was_erased_or_is_known_elsewhere(sell, zoe, world):
    other = add_buyer(buyer=Buyer(organisation=world.port, name="Ailleurs"))
    erase_buyer(buyer=zoe, by=world.anna)
    for buyer in (zoe, other):
        with pytest.raises(ValidationError) as refusal, transaction.atomic():
            sell(mob(), buyer=buyer)
        assert refusal.value.code == "unknown_buyer"
    assert not Sale.objects.exists()


# Over HTTP


def test_the_api_takes_the_number_of_the_buyer(api, world, grid, zoe):
    line = {"key": "adhesion"}
    said = {"till": "C1", "lines": [line], "payments": [{"method": "cash", "amount_cents": 1_000}]}
    answer = api(world.cashier).post("sales/sales", buyer="1", **said)
    assert (answer.status_code, answer.json()["buyer"]) == (201, "1")
    assert until(zoe) is not None
    for wrong in ("2", "x", "", 1, "1" * 30):
        refused = api(world.cashier).post("sales/sales", buyer=wrong, **said)
        assert refused.status_code in (404, 422)
    assert Sale.objects.count() == 1


# At the till


def test_a_buyer_is_looked_for_chosen_and_taken_off_again(paper, grid, zoe):
    page = text(paper.press("do", "scan", who="lefevre"))
    assert 'name="buyer-is" value="1"' in page
    page = text(paper.press("buyer-is", "1"))
    assert 'name="buyer" value="1"' in page
    paper.press("nobody", "1")
    assert paper.fields["buyer"] == ""


def test_a_members_card_is_scanned_like_a_label(paper, grid, zoe):
    paper.scan("adh-1")
    paper.press("key", "assiette")
    paper.sell()
    assert Sale.objects.get().buyer == zoe


def test_prices_follow_the_member_and_what_was_typed_stays(paper, grid, zoe):
    Buyer.objects.update(member_until=date(2099, 1, 1))
    paper.press("key", "assiette")
    paper.press("category", "MOB")
    paper.press(**paper.line(1, price="0,50"))
    paper.scan("ADH-1")
    assert (paper.fields["lines-0-price"], paper.fields["lines-1-price"]) == ("0,30", "0,50")
    paper.press("key", "assiette")
    assert paper.fields["lines-1-quantity"] == "2"
    assert paper.fields["lines-1-price"] == "0,30"
    paper.press("nobody", "1")
    assert paper.fields["lines-1-price"] == "0,50"
    paper.scan("ADH-1")
    paper.sell()
    assert Sale.objects.get().total_cents == 110


def test_the_till_asks_who_becomes_a_member(paper, grid, zoe):
    paper.press("key", "adhesion")
    refused(paper.sell(), "buyer_needed")
    paper.press("buyer-is", "1")
    assert paper.sell().status_code == 302
    assert until(zoe) is not None


def test_a_membership_may_be_sold_without_a_name(paper, grid):
    paper.press("key", "adhesion")
    paper.sell()
    paper.press("nobody", "-")
    assert paper.sell().status_code == 302
    assert Sale.objects.get().buyer is None


@pytest.mark.parametrize("number", ["9", "x", "", "1" * 30, "-1"])
def test_nobody_of_this_number_is_no_buyer(paper, grid, zoe, number):
    refused(paper.press("buyer-is", number), "unknown_buyer")


def test_a_buyer_who_was_erased_meanwhile_buys_nothing(paper, grid, zoe, world):
    paper.scan("ADH-1")
    paper.press("key", "assiette")
    erase_buyer(buyer=zoe, by=world.anna)
    refused(paper.sell(), "unknown_buyer")


def test_somebody_new_goes_back_to_the_ticket_that_waits(browser, grid, world):
    form = {"id": "6f1f0c9e-57a1-4f0e-9c1c-000000000009", "kind": "person", "name": "Nour"}
    answer = browser().post("/acheteurs/nouveau/?till=C1", form)
    assert answer.url == "/caisse/C1/?buyer-is=1"
    assert 'name="buyer" value="1"' in text(browser().get(answer.url))


def test_a_ticket_that_waits_keeps_no_typed_name(paper, grid, zoe):
    from sales.models import ParkedTicket

    paper.press("key", "assiette")
    paper.press("buyer-is", "1")
    paper.press("do", "park", who="Zoé Lef")
    fields = ParkedTicket.objects.get().fields
    assert fields["buyer"] == "1"
    assert "who" not in fields


@pytest.mark.parametrize(("price", "members"), [("0,50", "0,60"), ("", "0,30")])
def test_members_never_pay_more(browser, world, grid, price, members):
    form = {
        "name_fr": "Assiette",
        "category": "VAI",
        "price_cents": price,
        "member_price_cents": members,
        "position": "1",
    }
    answer = browser(world.manager).post("/reglages/sites/canal/prix/assiette/", form)
    errors = answer.context["form"].errors.as_data()["member_price_cents"]
    assert [error.code for error in errors] == ["members_pay_more"]

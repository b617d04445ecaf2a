"""The rules of the stockroom's acts, and of the lists they lean on, below HTTP."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from inventory import services
from inventory.ledger import close_month
from inventory.models import Account, Balance, Category, EprStream, Kind, Partner, Place, Verb
from inventory.services import Departure, StockLine
from organisation.models import Site
from tests.inventory.pages import category


def bulk_g(place, code) -> int:
    return Balance.objects.of(Account.stock(place)).get(category(code).pk, 0)


def code_of(refusal) -> str:
    return refusal.value.code


@pytest.fixture
def main(world, stocked):
    return Place.objects.main(world.canal)


@pytest.fixture
def reserve(world):
    return Place.objects.create(site=world.canal, code="reserve", name="Réserve")


def test_a_settlement_spreads_over_places_the_fullest_first(world, entry, main, reserve):
    services.move(
        entry=entry(Verb.MOVE), to_place=reserve, lines=[StockLine(category("MOB"), 200_000)]
    )

    services.settle(
        entry=entry(Verb.SETTLE), on=timezone.localdate(), closing_g={category("MOB"): 250_000}
    )

    # 300 + 200 kg of furniture and 200 of chairs; 450 kg are gone: furniture first
    assert services.bulk_g(world.canal, category("MOB")) == 250_000
    assert bulk_g(main, "MOB") == 0
    assert bulk_g(reserve, "MOB") + bulk_g(main, "MOB.CHAI") == 250_000


def test_a_settlement_counts_what_is_below_zero_against_the_rest(world, entry, main):
    services.ship(
        entry=entry(Verb.SHIP),
        departure=Departure(Kind.REUSE),
        lines=[StockLine(category("MOB.CHAI"), 230_000)],
    )

    movement = services.settle(
        entry=entry(Verb.SETTLE), on=timezone.localdate(), closing_g={category("MOB"): 0}
    )

    assert [flow.weight_g for flow in movement.flows.all()] == [470_000]
    assert services.bulk_g(world.canal, category("MOB")) == 0


def test_a_settlement_that_finds_nothing_gone_books_nothing(world, entry, main):
    movement = services.settle(
        entry=entry(Verb.SETTLE), on=timezone.localdate(), closing_g={category("MOB"): 700_000}
    )

    assert not movement.flows.exists()
    assert movement.business_date == timezone.localdate()


@pytest.mark.parametrize(
    ("days", "closing_g", "code"),
    [
        (0, {"MOB": 700_001}, "settlement_negative"),
        (0, {"MOB": 0, "MOB.CHAI": 0}, "settlement_overlaps"),
        (0, {"MOB.CHAI": 0, "MOB": 0}, "settlement_overlaps"),
        (1, {"MOB": 0}, "in_the_future"),
        (-40, {"TEX": 0}, "month_closed"),
    ],
)
def test_a_settlement_that_makes_no_sense_is_refused(world, entry, main, days, closing_g, code):
    day = timezone.localdate() + timedelta(days=days)
    if code == "month_closed":
        Site.objects.filter(pk=world.canal.pk).update(
            books_closed_through=day.year * 100 + day.month
        )

    with pytest.raises(ValidationError) as refusal:
        services.settle(
            entry=entry(Verb.SETTLE),
            on=day,
            closing_g={category(key): grams for key, grams in closing_g.items()},
        )

    assert code_of(refusal) == code
    assert services.bulk_g(world.canal, category("MOB")) == 700_000


def test_a_count_concerns_one_place(world, entry, main, reserve):
    services.count(
        entry=entry(Verb.COUNT), place=reserve, weights={category("MOB"): 3_000}, reason="found"
    )

    assert (bulk_g(reserve, "MOB"), bulk_g(main, "MOB")) == (3_000, 500_000)


def test_what_is_already_there_is_not_moved(entry, main):
    with pytest.raises(ValidationError) as refusal:
        services.move(
            entry=entry(Verb.MOVE), to_place=main, lines=[StockLine(category("MOB"), 1_000)]
        )
    assert code_of(refusal) == "already_there"


def test_stock_never_goes_straight_to_another_site(world, entry, main):
    with pytest.raises(ValidationError) as refusal:
        services.move(
            entry=entry(Verb.MOVE),
            to_place=Place.objects.main(world.gare),
            lines=[StockLine(category("MOB"), 1_000)],
        )
    assert code_of(refusal) == "flow_not_allowed"


def test_weights_are_given_for_what_left_in_bulk_only(world, entry, main):
    shipment = services.ship(
        entry=entry(Verb.SHIP),
        departure=Departure(
            Kind.RECYCLING, Partner.objects.get(code="tip", organisation=world.navette)
        ),
        lines=[StockLine(category("MOB"), 1_000, is_estimated=True)],
    )

    with pytest.raises(ValidationError) as refusal:
        services.confirm_weights(
            entry=entry(Verb.REVERSE), shipment=shipment, weights={category("TEX"): 1_000}
        )
    assert code_of(refusal) == "category_not_shipped"


def test_one_may_cancel_ones_own_fresh_record_and_a_manager_any(world, entry, stocked):
    own = replace(entry(Verb.MOVE), author=world.sorter)
    reserve = Place.objects.create(site=world.canal, code="reserve", name="Réserve")
    movement = services.move(entry=own, to_place=reserve, lines=[StockLine(category("MOB"), 1)])

    assert services.may_cancel(user=world.sorter, movement=movement)
    assert services.may_cancel(user=world.manager, movement=movement)
    assert not services.may_cancel(user=world.cashier, movement=movement)
    assert not services.may_cancel(user=world.paul, movement=movement)
    movement.recorded_at -= timedelta(minutes=2)
    assert not services.may_cancel(user=world.sorter, movement=movement)
    within = movement.recorded_at + timedelta(minutes=1)  # said by a tablet that had no network
    assert services.may_cancel(user=world.sorter, movement=movement, at=within)
    assert not services.may_cancel(user=world.cashier, movement=movement, at=within)
    with pytest.raises(PermissionDenied):
        services.cancel(entry=own, movement=movement)


def test_an_entry_is_dated_back_a_day_by_anyone_and_further_by_a_manager(world, entry):
    def dated(author, hours):
        moment = timezone.now() - timedelta(hours=hours)
        return replace(entry(Verb.SHIP), author=author, occurred_at=moment)

    services.require_may_date(dated(world.sorter, 23))
    services.require_may_date(dated(world.manager, 1_000))
    with pytest.raises(PermissionDenied):
        services.require_may_date(dated(world.sorter, 25))


def test_months_are_closed_in_order(world, entry, stocked):
    today = date.today()  # noqa: DTZ011 (the month of the stock above)
    month = today.year * 100 + today.month

    with pytest.raises(ValidationError) as refusal:
        close_month(site=world.canal, month=month + 1 if today.month < 12 else month + 89)
    assert code_of(refusal) == "month_out_of_order"
    close_month(site=world.canal, month=month)
    with pytest.raises(ValidationError):
        close_month(site=world.canal, month=month)


# The catalogue


@pytest.fixture
def benches(world):
    return Category.objects.create(
        organisation=world.navette, code="BANCS", parent=category("MOB"), name_fr="Bancs"
    )


def test_a_category_of_ones_own_is_renamed_even_once_used(world, entry, benches):
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(benches, 1_000)])
    benches.name_fr = "Bancs et tabourets"
    benches.unit_weight_g = 4_000

    benches.full_clean()


@pytest.mark.parametrize("change", ["code", "parent", "epr_stream"])
def test_what_reports_rest_on_is_frozen_once_a_category_is_used(world, entry, benches, change):
    new = {"code": "BANQUETTES", "parent": category("TEX"), "epr_stream": EprStream.objects.last()}
    setattr(benches, change, new[change])
    benches.full_clean()  # still free

    services.open_stock(
        entry=entry(Verb.OPEN), lines=[StockLine(Category.objects.get(pk=benches.pk), 1_000)]
    )
    with pytest.raises(ValidationError) as refusal:
        benches.full_clean()
    assert [error.code for error in refusal.value.error_dict["__all__"]] == ["category_frozen"]


def test_a_category_under_which_something_is_used_is_frozen_too(world, entry):
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(category("MOB.CHAI"), 1_000)])
    top = category("MOB")
    top.epr_stream = EprStream.objects.exclude(pk=top.epr_stream_id).first()

    with pytest.raises(ValidationError):
        top.full_clean()


def test_a_category_is_never_deleted_once_used(world, entry, benches):
    services.open_stock(entry=entry(Verb.OPEN), lines=[StockLine(benches, 1_000)])

    with pytest.raises(ProtectedError):
        benches.delete()
    with pytest.raises(ProtectedError):
        category("MOB").delete()


def test_a_category_of_ones_own_hangs_under_a_reference_one_and_takes_no_code_of_theirs(world):
    for fields in (
        {"code": "LOIN", "parent": None},
        {"code": "MOB.CHAI", "parent": category("MOB")},
    ):
        own = Category(organisation=world.navette, name_fr="X", **fields)
        with pytest.raises(ValidationError):
            own.full_clean()

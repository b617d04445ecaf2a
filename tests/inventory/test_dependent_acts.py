"""One act under another: what was built on is not pulled away, and nothing is there twice."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from collection import services as gate
from collection.services import Arrival, Line
from inventory import services
from inventory.models import (
    CollectionMode,
    Flow,
    Item,
    ItemCode,
    Kind,
    Method,
    Movement,
    Origin,
    Place,
    Verb,
)
from inventory.services import Departure, Draft, Part, StockLine
from inventory.verify import differences
from tests.inventory.pages import category, several_places

pytestmark = pytest.mark.database


def now(item) -> Item:
    """The item as the books have it."""
    return Item.objects.select_related("account", "category").get(pk=item.pk)


@pytest.fixture
def today(world):
    return world.canal.business_date(timezone.now())


@pytest.fixture
def weigh(world, entry):
    """An arrival of one line; return that line."""

    def made(code="MOB.CHAI", weight_g=4_200, day=None):
        mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
        intake = gate.record_intake(
            entry=entry(Verb.COLLECT, day=day),
            arrival=Arrival(mode, Origin.objects.not_asked(world.navette.pk)),
            lines=[Line(category(code), weight_g)],
        )
        return Flow.objects.select_related("movement__site").get(movement=intake.movement)

    return made


@pytest.fixture
def label(world, entry):
    def made(weight_g=4_200, day=None, **said):
        drafts = [Draft(category("MOB.CHAI"), weight_g, **said)]
        [item] = services.label(entry=entry(Verb.LABEL, day=day), place=None, drafts=drafts)
        return now(item)

    return made


@pytest.fixture
def ship(entry):
    def made(item, fate=Kind.REUSE, day=None):
        lines = [StockLine(item=now(item))]
        return services.ship(
            entry=entry(Verb.SHIP, day=day), departure=Departure(fate), lines=lines
        ).movement

    return made


@pytest.fixture
def cancel(entry):
    def made(movement):
        row = Movement.objects.select_related("site").get(pk=movement.pk)
        return services.cancel(entry=entry(Verb.REVERSE, site=row.site), movement=row)

    return made


@pytest.fixture
def give_back(world, entry):
    def made(item, weight_g=4_200):
        mode = CollectionMode.objects.get(organisation=world.navette, code="drop_off")
        return gate.take_back(
            entry=entry(Verb.COLLECT),
            arrival=Arrival(mode, Origin.objects.not_asked(world.navette.pk)),
            draft=Draft(item.category, weight_g, former=now(item)),
        )

    return made


def act_of(item) -> Movement:
    """The first act that carried an item: its label."""
    return Flow.objects.filter(item=item).order_by("pk").first().movement


def collected_g() -> int:
    flows = Flow.objects.filter(from_account__kind=Kind.SOURCE)
    back = Flow.objects.filter(to_account__kind=Kind.SOURCE)
    return sum(f.weight_g for f in flows) - sum(f.weight_g for f in back)


def refused(code, act, *args, **named):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **named)
    assert [error.code for error in refusal.value.error_list] == [code]


# Second lives


def test_an_exit_is_not_undone_once_the_object_has_come_back(
    stocked, label, ship, give_back, cancel
):
    chair = label()
    gone = ship(chair)
    second = give_back(chair)
    refused("already_back", cancel, gone)
    cancel(act_of(second))
    cancel(gone)  # the second life is undone: the first may go on
    assert now(chair).state == Item.State.IN_STOCK
    assert differences() == []


def test_a_second_life_is_undone_with_its_arrival_and_may_begin_anew(
    stocked, label, ship, give_back, cancel
):
    chair = label()
    ship(chair)
    for _try in range(2):
        second = give_back(chair)
        assert collected_g() == 4_200
        cancel(act_of(second))
        assert collected_g() == 0
    second = give_back(chair)
    cancel(second.arrival.movement)  # or from the arrival's side
    assert collected_g() == 0
    assert not ItemCode.objects.filter(item__in=Item.objects.filter(former=chair)).exists()
    assert differences() == []


def test_what_was_lost_is_found_not_collected(stocked, label, entry, give_back, world):
    chair, other = label(), label()
    place = Place.objects.main(world.canal)
    services.count(
        entry=entry(Verb.COUNT), place=place, weights={}, items=[now(other)], reason="loss"
    )
    assert now(chair).state == Item.State.LOST
    refused("not_gone", give_back, chair)

    services.find_again(entry=entry(Verb.COUNT), place=place, item=now(chair))

    assert now(chair).state == Item.State.IN_STOCK
    assert collected_g() == 0
    refused("not_lost", services.find_again, entry=entry(Verb.COUNT), place=place, item=now(chair))
    assert differences() == []


def test_a_count_brings_back_what_an_earlier_one_had_missed(stocked, label, entry, world):
    chair = label()
    place = Place.objects.main(world.canal)
    for found in ([], [chair]):
        services.count(
            entry=entry(Verb.COUNT),
            place=place,
            weights={},
            items=[now(item) for item in found],
            reason="loss",
        )
    assert now(chair).state == Item.State.IN_STOCK
    gap = Flow.objects.filter(to_account__kind=Kind.ADJUSTMENT).get()
    assert gap.to_account.reason == "loss"
    assert differences() == []


def test_a_count_knows_nothing_of_what_came_or_left_after_it(stocked, label, entry, ship, world):
    moment = timezone.now() - timedelta(hours=3)
    late, sold = label(), label()
    ship(sold)
    counted = entry(Verb.COUNT)
    counted = type(counted)(
        counted.site, counted.verb, counted.submission, counted.author, moment, None
    )
    place = Place.objects.main(world.canal)
    services.count(entry=counted, place=place, weights={}, items=[now(sold)], reason="loss")
    assert now(late).state == Item.State.IN_STOCK
    assert now(sold).state == Item.State.GIVEN


# Arrivals and labels


def test_an_arrival_is_not_cancelled_under_the_objects_labelled_from_it(weigh, label, cancel):
    line = weigh()
    chair = label(arrival=line)
    refused("labels_first", cancel, line.movement)
    cancel(act_of(chair))
    cancel(line.movement)
    assert collected_g() == 0
    assert differences() == []


def test_a_label_is_not_cancelled_under_what_happened_since(stocked, label, entry, cancel, world):
    place = several_places(world.canal)
    chair = label()
    moves = [
        services.move(entry=entry(Verb.MOVE), to_place=to, lines=[StockLine(item=now(chair))])
        for to in (place, Place.objects.main(world.canal))
    ]
    refused("moved_since", cancel, act_of(chair))
    for move in reversed(moves):
        cancel(move)
    cancel(act_of(chair))
    assert now(chair).account is None
    assert not ItemCode.objects.filter(item=chair).exists()


def test_parts_that_have_moved_keep_their_whole_from_being_put_together_again(
    stocked, label, entry, cancel, ship
):
    chair = label()
    parts = [Part(category("MOB.CHAI"), 4_000, is_labelled=True), Part(category("MOB"), 200)]
    apart = services.dismantle(entry=entry(Verb.DISMANTLE), item=chair, parts=parts)
    seat = Item.objects.get(part_of=chair)
    gone = ship(seat, Kind.RECYCLING)
    refused("item_not_there", cancel, apart)
    cancel(gone)
    cancel(apart)
    assert now(chair).state == Item.State.IN_STOCK
    assert differences() == []


# Days


def test_nothing_is_done_with_an_object_before_it_was_there(stocked, label, ship, today):
    chair = label(day=today - timedelta(days=2))
    refused("before_it_was_there", ship, chair, day=today - timedelta(days=3))
    ship(chair, day=today - timedelta(days=2))
    assert differences() == []


def test_a_transfer_is_not_received_before_it_was_sent(stocked, entry, world, today):
    sent = services.send(
        entry=entry(Verb.TRANSFER, day=today - timedelta(days=2)),
        to_site=world.gare,
        lines=[StockLine(category("MOB"), 1_000)],
    )
    for days, code in ((3, "before_it_was_sent"), (2, None)):
        received = {
            "entry": entry(Verb.RECEIVE, site=world.gare, day=today - timedelta(days=days)),
            "transfer": sent,
            "lines": [StockLine(category("MOB"), 1_000)],
            "is_final": True,
        }
        if code:
            refused(code, services.receive, **received)
        else:
            services.receive(**received)


def test_a_spread_shares_out_what_was_there_on_its_day(stocked, entry, world, today):
    place = Place.objects.main(world.canal)
    refused(
        "nothing_to_spread",
        services.spread,
        entry=entry(Verb.SORT, day=today - timedelta(days=20)),
        place=place,
        category=category("MOB"),
        shares={category("TEX"): 100},
    )


# Transfers


def test_only_the_last_receipt_is_cancelled(stocked, entry, world, cancel):
    sent = services.send(
        entry=entry(Verb.TRANSFER),
        to_site=world.gare,
        lines=[StockLine(category("MOB"), 100_000)],
    )
    first, last = (
        services.receive(
            entry=entry(Verb.RECEIVE, site=world.gare),
            transfer=sent,
            lines=[StockLine(category("MOB"), weight_g)],
            is_final=is_final,
        )
        for weight_g, is_final in ((60_000, False), (40_000, True))
    )
    refused("receipts_first", cancel, first.movement)
    cancel(last.movement)
    cancel(first.movement)
    assert services.on_the_road(sent).weight_g == 100_000


def test_an_object_is_as_old_as_its_stay_at_the_site(stocked, label, entry, world, today):
    chair = label(day=today - timedelta(days=200))
    sent = services.send(
        entry=entry(Verb.TRANSFER), to_site=world.gare, lines=[StockLine(item=chair)]
    )
    assert now(chair).since == today - timedelta(days=200)
    services.receive(
        entry=entry(Verb.RECEIVE, site=world.gare),
        transfer=sent,
        lines=[StockLine(item=now(chair))],
        is_final=True,
    )
    assert now(chair).since == today


# How a weight is known


def test_a_weight_by_eye_stays_an_estimate_until_it_leaves(stocked, label, entry, ship, world):
    place = several_places(world.canal)
    chair = label(is_estimated=True)
    services.move(entry=entry(Verb.MOVE), to_place=place, lines=[StockLine(item=now(chair))])
    parts = [Part(category("MOB.CHAI"), 4_000, is_labelled=True), Part(category("MOB"), 200)]
    services.dismantle(entry=entry(Verb.DISMANTLE), item=now(chair), parts=parts)
    ship(Item.objects.get(part_of=chair), Kind.RECYCLING)
    flows = Flow.objects.filter(
        movement__verb__in=[Verb.LABEL, Verb.MOVE, Verb.DISMANTLE, Verb.SHIP]
    )
    assert {flow.method for flow in flows} == {Method.ESTIMATED}


def test_a_title_of_signs_that_unfold_to_many_is_kept_and_found(stocked, label):
    title = "ﷺ" * 20  # each is written out in 18 letters
    assert now(label(title=title)).title == title
    found = Item.objects.known_to(None).about("e " * 100, None)
    assert list(found) == []  # a hundred words are no more than eight

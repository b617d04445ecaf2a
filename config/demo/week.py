"""The week of a shop: which acts fill a day, and at what time."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from random import Random

from config.demo import (
    arrivals,
    books,
    crates,
    departures,
    objects,
    shop,
    sorting,
    tablets,
    workshop,
)
from config.demo.days import Day, dice_of, is_first_of_month

Act = Callable[[Day, datetime, Random], None]
Timed = tuple[int, int, Act]

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(1, 6)
OPENS, CLOSES = 10, 19  # the shop's hours
WEEKLY: dict[int, tuple[Timed, ...]] = {
    TUESDAY: ((9, 5, tablets.look_at), (11, 40, objects.label), (17, 20, tablets.hold_back)),
    WEDNESDAY: (
        (9, 20, workshop.test),
        (9, 40, crates.weigh_back),
        (9, 50, sorting.put_away),
        (10, 5, crates.put_out),
        (11, 40, objects.label),
        (14, 30, workshop.mend),
        (16, 10, departures.confirm),
    ),
    THURSDAY: ((14, 20, sorting.sort_a_flat), (15, 30, workshop.test), (17, 30, departures.give)),
    FRIDAY: ((11, 40, objects.label), (14, 30, workshop.mend)),
    SATURDAY: (
        (9, 20, workshop.test),
        (9, 30, workshop.brighten),
        (9, 40, crates.weigh_back),
        (9, 50, sorting.put_away),
        (10, 5, crates.put_out),
        (11, 40, objects.label),
        (19, 20, departures.clear),
    ),
}
# The van takes days for its round: each shop loads it in the morning it unloads the other's
# goods, so that something is always on the road.
VAN: tuple[Timed, ...] = ((9, 10, departures.send), (11, 15, departures.receive))
VAN_DAYS = {"canal": TUESDAY, "gare": FRIDAY}
LORRIES = {"canal": 1, "gare": 0}  # every other Friday: the odd weeks, or the even ones


def acts_of(day: Day, *, is_first: bool) -> list[tuple[datetime, Act]]:
    """What is done on a day, in the order of the clock. An act dates nothing after its time."""
    dice = dice_of(day.site.code, day.date)
    acts = [*_every_day(day, dice), *_tickets(day, dice), *_weekly(day), *_now_and_then(day, dice)]
    if is_first:
        acts.append((day.at(8, 30), books.open_doors))
    elif is_first_of_month(day.date):
        acts.append((day.at(9), books.settle))
    return sorted(acts, key=lambda act: act[0])


def _every_day(day: Day, dice: Random) -> Iterator[tuple[datetime, Act]]:
    yield day.at(9, 25), sorting.sort
    for hour in (10, 13, 15) if day.date.weekday() == SATURDAY else (10, 15):
        yield day.at(hour, dice.randint(1, 59)), arrivals.arrive


def _tickets(day: Day, dice: Random) -> Iterator[tuple[datetime, Act]]:
    """The till is opened, customers come one after the other, it is counted and closed."""
    yield day.at(OPENS - 1, 50), shop.open_till
    tickets = shop.tickets_of(day, dice)
    minutes = (CLOSES - OPENS) * 60 // tickets
    for nth in range(tickets):
        minute = nth * minutes + dice.randint(2, minutes - 2)
        at = day.at(OPENS + minute // 60, minute % 60, dice.randint(1, 59))
        yield at, partial(shop.sell, nth=nth, tickets=tickets)
    if day.date.weekday() == SATURDAY:
        yield day.at(CLOSES, 5), shop.bank
    yield day.at(CLOSES, 15), shop.close_till


def _weekly(day: Day) -> Iterator[tuple[datetime, Act]]:
    weekday = day.date.weekday()
    timed = [*WEEKLY[weekday]]
    if weekday == VAN_DAYS[day.site.code]:
        timed += VAN
    if weekday == FRIDAY and day.date.isocalendar().week % 2 == LORRIES[day.site.code]:
        timed.append((17, 15, departures.send_away))
    for hour, minute, act in timed:
        yield day.at(hour, minute), act


def _now_and_then(day: Day, dice: Random) -> Iterator[tuple[datetime, Act]]:
    if dice.random() < 0.1:
        yield day.at(12, 20), arrivals.clear_a_flat
    if dice.random() < 0.012:
        yield day.at(16, 40), arrivals.slip
    if dice.random() < 0.09:
        yield day.at(17, 40), shop.refund
    if day.date.weekday() == SATURDAY and 8 <= day.date.day <= 14:
        yield day.at(11, 20), shop.come_again

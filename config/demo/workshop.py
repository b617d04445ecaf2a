"""The workshop: what was tried on each object, how long it took, and what came of it."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from config.demo.days import Day, Labelled, items_of, lot_of
from config.demo.goods import HERE, SCRAP, kept_of, rounded_g
from config.demo.structure import MAIN, SHOP, STORE, WORKSHOP
from inventory import services
from inventory.models import Item, Repair, Verb
from inventory.services import Part

ELECTRIC = ("PEM", "INF", "SON")
SOONEST, SPREAD = 12, 28  # days until somebody has the time: almost two weeks, up to six
ORDERED = 7  # days until a part that was ordered is there


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the matter with an object of a category, and what helps."""

    category: str
    fault: str
    act: str
    parts: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Work:
    """What is written down of a while in the workshop."""

    act: str
    minutes: int
    result: Repair.Result
    parts: str = ""
    note: str = ""


@cache
def _faults() -> list[Fault]:
    with (HERE / "repairs.csv").open(encoding="utf-8", newline="") as file:
        return [_fault(row) for row in csv.DictReader(file)]


def _fault(row: dict[str, str]) -> Fault:
    words = row["category"], row["fault"], row["act"], row["parts"]
    return Fault(*words, int(row["least"]), int(row["most"]))


def fault_of(labelled: Labelled) -> Fault:
    """What is the matter with an object: the same each time it is asked."""
    known = [fault for fault in _faults() if fault.category == labelled.category]
    known = known or [fault for fault in _faults() if fault.category == "PEM"]
    return known[lot_of(labelled, len(known))]


def test(day: Day, at: datetime, dice: Random) -> None:
    """Plug everything in once: what is broken gets its fault written down, the rest works."""
    broken = [one for one in day.lying_in(WORKSHOP) if one.condition == Item.Condition.TO_REPAIR]
    whole = [
        one
        for one in day.lying_in(MAIN)
        if one.condition != Item.Condition.TO_REPAIR and one.category.startswith(ELECTRIC)
    ]
    for labelled, item, then, tried in _one_by_one(at, broken + whole):
        if tried:
            continue
        result, note = Repair.Result.WORKS, ""
        if labelled in broken:
            result, note = Repair.Result.CONTINUES, fault_of(labelled).fault
        minutes = dice.randint(1, 4) * 5
        _note(day, then, item, Work(Repair.Act.TEST, minutes, result, note=note))


def mend(day: Day, at: datetime, dice: Random) -> None:
    """Whose turn has come: most of it works again, some of it is good for parts."""
    due = [
        one
        for one in day.lying_in(WORKSHOP)
        if one.condition == Item.Condition.TO_REPAIR and _age(day, one) >= _patience(one)
    ]
    for labelled, item, then, tried in _one_by_one(at, due):
        if lot_of(labelled, 3) == 0:
            _give_up(day, then, item, dice)
        elif lot_of(labelled, 4) or _age(day, labelled) >= _patience(labelled) + ORDERED:
            _repair(day, then, item, fault_of(labelled), dice)
        elif tried < 2:
            work = Work(Repair.Act.REPAIR, 20, Repair.Result.CONTINUES, note="Pièce commandée")
            _note(day, then, item, work)


def brighten(day: Day, at: datetime, dice: Random) -> None:
    """Worn furniture is sanded and waxed, or becomes something else."""
    lying = [one for place in (MAIN, STORE, SHOP) for one in day.lying_in(place)]
    worn = [
        one
        for one in lying
        if one.condition == Item.Condition.WORN
        and one.category.startswith("MOB")
        and lot_of(one, 3) == 0
    ]
    for labelled, item, then, _tried in _one_by_one(at, worn):
        work = Work(Repair.Act.CLEANING, 35, Repair.Result.WORKS, note="Poncé et ciré")
        if lot_of(labelled, 2):
            words = {"parts": "Poignées, peinture", "note": "Repeint, poignées changées"}
            minutes = dice.randint(8, 18) * 10
            work = Work(Repair.Act.UPCYCLING, minutes, Repair.Result.WORKS, **words)
        _note(day, then, item, work, {"condition": Item.Condition.GOOD})


def _one_by_one(
    at: datetime, objects: Sequence[Labelled]
) -> Iterator[tuple[Labelled, Item, datetime, int]]:
    """Each with its row, a time of its own, and how often something was tried on it."""
    keys = [labelled.pk for labelled in objects]
    rows = Repair.objects.filter(item__in=keys).values_list("item", flat=True) if keys else []
    tried = Counter(rows)
    for number, (labelled, item) in enumerate(zip(objects, items_of(objects), strict=True)):
        yield labelled, item, at - timedelta(seconds=number + 1), tried[labelled.pk]


def _age(day: Day, labelled: Labelled) -> int:
    return (day.date - labelled.since).days


def _patience(labelled: Labelled) -> int:
    return SOONEST + lot_of(labelled, SPREAD)


def _repair(day: Day, at: datetime, item: Item, fault: Fault, dice: Random) -> None:
    """It works: the price goes up."""
    minutes = dice.randint(fault.least // 5, fault.most // 5) * 5
    price_cents = (item.price_cents or 0) * 3 // 200 * 100 + 100
    changes = {"condition": Item.Condition.GOOD, "price_cents": price_cents}
    work = Work(fault.act, minutes, Repair.Result.WORKS, parts=fault.parts)
    _note(day, at, item, work, changes)


def _note(
    day: Day, at: datetime, item: Item, work: Work, changes: dict[str, object] | None = None
) -> None:
    """Write work down; what it changed is told by the object's history of that day."""
    repair = Repair(
        submission=day.submission(f"repair/{item.pk}", at),
        item=item,
        act=work.act,
        minutes=work.minutes,
        parts=work.parts,
        result=work.result,
        note=work.note,
        occurred_at=at,
        author=day.world.people["tri"],
    )
    services.note_repair(repair=repair)
    if changes:
        told = services.describe(item=item, changes=changes).history
        began = day.at(9) - timedelta(days=(day.date - item.since).days)
        first, last = told.earliest(), told.latest()
        told.filter(pk=first.pk).update(history_date=began)
        told.filter(pk=last.pk).update(history_date=at, history_user=repair.author)


def _give_up(day: Day, at: datetime, item: Item, dice: Random) -> None:
    """Mending costs more than it is worth: what serves is kept, and it is taken apart."""
    kept = kept_of(item.title)
    result = Repair.Result.PARTS_ONLY if kept else Repair.Result.BEYOND_REPAIR
    work = Work(Repair.Act.REPAIR, 30, result, note="Réparation plus chère que l'objet")
    _note(day, at - timedelta(minutes=5), item, work)
    _take_apart(day, at, item, dice)


def _take_apart(day: Day, at: datetime, item: Item, dice: Random) -> None:
    """A part that still serves gets a label, the metal is scrap, the rest is waste."""
    parts = []
    categories = day.world.categories
    if kept := kept_of(item.title):
        code, title, euros = kept
        weight_g = rounded_g(item.weight_g * dice.uniform(0.12, 0.2))
        price_cents = dice.randint(*euros) * 100
        parts.append(Part(categories[code], weight_g, title, price_cents, is_labelled=True))
    parts.append(Part(categories[SCRAP], rounded_g(item.weight_g * dice.uniform(0.4, 0.6))))
    rest_g = item.weight_g - sum(part.weight_g for part in parts)
    parts.append(Part(categories["DIV"], rest_g))
    services.dismantle(entry=day.entry(Verb.DISMANTLE, at), item=item, parts=parts)

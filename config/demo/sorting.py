"""The sorting table: shelves filled, flats sorted at last, objects put where they belong."""

from datetime import datetime, timedelta
from random import Random

from config.demo.days import Day, Labelled, items_of
from config.demo.goods import SHELVES, UNSORTED_SHARES, rounded_g
from config.demo.structure import MAIN, SHOP, STORE, WORKSHOP
from inventory import services
from inventory.models import UNSORTED, Verb
from inventory.services import StockLine


def sort(day: Day, at: datetime, dice: Random) -> None:
    """Fill the shelves of the day's categories again, out of what lies on the floor."""
    for minute, (top, targets) in enumerate(SHELVES[day.date.weekday()].items()):
        floor_g = day.bulk_g.get((MAIN, top), 0) * 0.6
        parts = []
        for code, target_kg in targets.items():
            target_g = target_kg * 1_000 * day.size
            wanted_g = min(target_g - day.bulk_g.get((SHOP, code), 0), floor_g / len(targets))
            if wanted_g > target_g / 3:
                weight_g = rounded_g(wanted_g * dice.uniform(0.85, 1))
                parts.append(day.line(code, weight_g, SHOP))
        _sort(day, at - timedelta(minutes=9 * minute), top, parts, dice)


def _sort(day: Day, at: datetime, top: str, parts: list[StockLine], dice: Random) -> None:
    """What is missing once it is sorted is dust, hangers, and a scale that rounds."""
    sorted_g = sum(part.weight_g for part in parts)
    lost_g = rounded_g(sorted_g * 0.006) if dice.random() < 0.3 else 0
    if not parts or sorted_g + lost_g > day.bulk_g.get((MAIN, top), 0):
        return
    day.bulk_g[MAIN, top] -= sorted_g + lost_g
    taken = day.line(top, sorted_g + lost_g)
    services.sort(entry=day.entry(Verb.SORT, at), taken=taken, parts=parts)


def sort_a_flat(day: Day, at: datetime, dice: Random) -> None:
    """What came unsorted is sorted at last: as much of it as an afternoon allows."""
    held_g = rounded_g(day.bulk_g.get((MAIN, UNSORTED), 0) * dice.uniform(0.65, 0.9))
    if held_g < 10_000:
        return
    day.bulk_g[MAIN, UNSORTED] -= held_g
    gap_g = rounded_g(held_g * dice.uniform(0.002, 0.012))
    shares = {code: share * dice.uniform(0.7, 1.3) for code, share in UNSORTED_SHARES.items()}
    weights = {
        code: rounded_g((held_g - gap_g) * share / sum(shares.values()))
        for code, share in shares.items()
    }
    weights["DIV"] += held_g - gap_g - sum(weights.values())
    parts = [day.line(code, weight_g) for code, weight_g in weights.items()]
    taken = day.line(UNSORTED, held_g)
    services.sort(entry=day.entry(Verb.SORT, at), taken=taken, parts=parts)


def put_away(day: Day, at: datetime, dice: Random) -> None:
    """Carry what was labelled to where it belongs."""
    moves: dict[str, list[Labelled]] = {}
    for place in (MAIN, STORE, WORKSHOP):
        for labelled in day.lying_in(place):
            if (home := day.home_of(labelled)) != place:
                moves.setdefault(home, []).append(labelled)
    for minute, (home, objects) in enumerate(sorted(moves.items())):
        entry = day.entry(Verb.MOVE, at - timedelta(minutes=minute))
        lines = [StockLine(item=item) for item in items_of(objects)]
        services.move(entry=entry, to_place=day.places[home], lines=lines)

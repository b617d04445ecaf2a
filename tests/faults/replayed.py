"""Three tablets' offline queues: entries of every kind that stations keep, by the fall of dice.

Any order between the tablets is legal and leaves the same books: bulk may be drawn from a shared
place, since grams add up in whatever order, but what an act must find as it was left (an object, a
crate, the corner that is counted) belongs to one tablet, which keeps its own order.
"""

import random

from inventory.codes import ALPHABET, check_character
from organisation.permissions import Role
from tests.faults.tablet_day import LIGHTEST_G, LOST, MAIN, PARTS, TABLETS, Day

RECENT = 4  # an undo is offered for a minute: it names one of the latest acts
TAKERS = [
    {"public": True, "fate": "reuse"},
    {"partner": "gebetex", "fate": "recycling"},
    {"partner": "gebetex", "fate": "reuse"},
    {"partner": "tip", "fate": "disposal", "carrier": "Benne 4"},
]


# What comes in


def arrival(day):
    lines = [weighing(day.dice) for _line in range(day.dice.randint(1, 3))]
    mode = day.dice.choice(["drop_off", "home_pickup"])
    came = {"site": day.site, "mode": mode, "lines": lines, "occurred_at": day.when()}
    day.act("collection/intakes", came, {day.new("arrival"): "in"})


def weighing(dice):
    """Weighed pieces teach an average, so the piece that leans on one is never among them."""
    if dice.random() < 0.2:
        return {"category": "MOB.CHAI", "units": dice.randint(1, 4)}
    line = {"category": dice.choice(["MOB", "VAI", "LIV"]), "weight_g": dice.randint(1, 90_000)}
    return line | dice.choice([{}, {"units": dice.randint(1, 9)}, {"estimated": True}])


def donor(day):
    came = day.some("arrival", "in")
    if came is None:
        return arrival(day)
    signed = {"intake": came.steps[0][0], "name": "Mme Dupont", "signature": [[1, 2, 30, 40]]}
    return day.keep("collection/donors", signed)


def refusal(day):
    reason, count = day.dice.choice(["dirty", "full"]), day.dice.randint(1, 5)
    told = {"site": day.site, "reason": reason, "count": count, "occurred_at": day.when()}
    day.keep("collection/refusals", told)


# What is sorted, labelled, repaired and carried about


def sorting(day):
    """Parts that stay and parts that leave; one time in three some grams are missing."""
    what = day.dice.choice(list(PARTS))
    parts = [part(day, what) for _part in range(day.dice.randint(1, 3))]
    total_g = sum(each["weight_g"] for each in parts)
    gap_g = day.dice.choice([0, 0, total_g // 60])
    taken = {"place": MAIN, "category": what, "weight_g": total_g + gap_g}
    day.act("inventory/sortings", {"site": day.site, "from": taken, "to": parts})


def part(day, what):
    weight_g = day.dice.randint(100, 20_000)
    sorter = {"fate": "recycling", "partner": "gebetex"}
    ways = [{"place": MAIN}, {"place": day.corner}, {"fate": "disposal"}, sorter]
    said = day.dice.choice(ways) | day.dice.choice([{}, {"estimated": True}])
    return {"category": day.dice.choice(PARTS[what]), "weight_g": weight_g, **said}


def label(day):
    """With a code drawn ahead, or that an undone label has freed; else where none was left."""
    code = "" if day.dice.random() < 0.1 else code_of(day)
    what, place = day.dice.choice(list(PARTS)), day.dice.choice([MAIN, day.corner])
    drawn = {"from_category": what, "category": day.dice.choice(PARTS[what])}
    drawn |= {"weight_g": day.dice.randint(100, 30_000)}
    drawn |= day.dice.choice([{}, {"estimated": True}, {"price_cents": 900, "condition": "worn"}])
    if code:
        drawn |= {"code": code, "place": place}
    made = day.new("object" if code else "uncoded", code=code)
    day.act("inventory/items", {"site": day.site, "place": MAIN, **drawn}, {made: place})


def code_of(day):
    if day.codes and day.dice.random() < 0.5:
        return day.codes.pop()
    stem = "".join(day.dice.choices(ALPHABET, k=5))
    return stem + check_character(stem)


def repair(day):
    thing = day.one_here()
    if thing is None:
        return label(day)
    done = day.dice.choice([{}, {"minutes": 20, "parts": "fusible"}, {"condition": "good"}])
    act, result = day.dice.choice([("test", "works"), ("repair", "continues")])
    done |= {"act": act, "result": result, "occurred_at": day.now()}
    return day.keep(f"inventory/items/{thing.code}/repairs", done)


def move(day):
    thing = day.one_here()
    if thing is None:
        return label(day)
    to = day.corner if thing.where == MAIN else MAIN
    moved = {"site": day.site, "to_place": to, "items": [thing.code]}
    return day.act("inventory/moves", moved, {thing: to})


# What leaves


def shipment(day):
    thing = day.one_here() if day.dice.random() < 0.5 else None
    lines = [packed(day) for _line in range(day.dice.randint(1, 2))]
    taker = dict(day.dice.choice(TAKERS))
    is_guess = "partner" in taker and any("bins" in line for line in lines)
    carried = {day.new("departure"): "guessed" if is_guess else "weighed"}
    if thing:
        carried[thing] = "gone"
        lines.append({"item": thing.code})
    day.act("inventory/shipments", {"site": day.site, **taker, "lines": lines}, carried)


def packed(day):
    load = day.load()
    weight_g = load.pop("weight_g")
    tared = {"container": "caisse", "gross_g": 3_000 + weight_g}
    full = {"container": "caisse", "bins": day.dice.randint(1, 3), "estimated": True}
    return load | day.dice.choice([{"weight_g": weight_g}, tared, full])


def weights(day):
    """What the partner weighed: the departure can be taken back no more."""
    gone = day.some("departure", "guessed")
    if gone is None:
        return shipment(day)
    departure = gone.steps[0][0]
    [sent] = [content for _path, content in day.queue if content["id"] == departure]
    heaps = {line["category"] for line in sent["lines"] if "category" in line}
    lines = [{"category": heap, "weight_g": day.dice.randint(1, 30_000)} for heap in sorted(heaps)]
    entry_id = day.keep(f"inventory/shipments/{departure}/weights", {"lines": lines})
    return gone.steps.append((entry_id, "weighed"))


def crate(day):
    day.act("inventory/crates", {"site": day.site, **day.load()}, {day.new("crate"): "out"})


def rest(day):
    out = day.some("crate", "out")
    if out is None:
        return crate(day)
    left = {"weight_g": day.dice.randint(0, LIGHTEST_G)}
    return day.act(f"inventory/crates/{out.steps[0][0]}/rest", left, {out: "back"})


def clearing(day):
    """The unsold, to several takers in one act."""
    thing = day.one_here()
    heaps = [{"public": True, "fate": "reuse", "lines": [day.load()]}]
    if thing:
        heaps.append({"partner": "tip", "fate": "disposal", "lines": [{"item": thing.code}]})
    carried = {thing: "gone"} if thing else {}
    day.act("inventory/clearings", {"site": day.site, "to": heaps}, carried)


# What is counted, by whoever may


def count(day):
    """Of the corner: some objects are not found, some of elsewhere are, and a heap is weighed."""
    if day.role != Role.MANAGER:
        return move(day)
    here = [each for each in day.things.get("object", []) if each.where == day.corner]
    missed = [each for each in here if day.dice.random() < 0.2]
    stray = day.some("object", MAIN, LOST)
    found = [each.code for each in here if each not in missed] + ([stray.code] if stray else [])
    weighed = [{"category": day.dice.choice(list(PARTS)), "weight_g": day.dice.randint(0, 50_000)}]
    counted = {"place": day.corner, "reason": "loss", "items": found, "lines": weighed}
    carried = dict.fromkeys(missed, LOST) | ({stray: day.corner} if stray else {})
    return day.act("inventory/counts", {"site": day.site, **counted}, carried)


def loss(day):
    thing = day.one_here()
    if thing is None or day.role != Role.MANAGER:
        return move(day)
    return day.act("inventory/losses", {"site": day.site, "item": thing.code}, {thing: LOST})


def find(day):
    thing = day.some("object", LOST)
    if thing is None or day.role != Role.MANAGER:
        return loss(day)
    found = {"site": day.site, "item": thing.code, "place": day.corner}
    return day.act("inventory/finds", found, {thing: day.corner})


# What is taken back


def undo(day):
    """One of the latest acts, unless something that it carried was carried on since."""
    recent = [(of, things) for of, things in day.undoable[-RECENT:] if is_last(of, things)]
    if not recent:
        return arrival(day)
    of, things = day.dice.choice(recent)
    day.undoable.remove((of, things))
    for thing in things:
        thing.steps.pop()
        if thing.code and not thing.steps:
            day.codes.append(thing.code)
    return day.keep("inventory/reversals", {"of": of, "reason": "undo"})


def is_last(act, things):
    return all(thing.steps[-1][0] == act for thing in things)


# How often each comes, in a hundred.
KINDS = {
    arrival: 24, sorting: 12, label: 13, undo: 17, move: 4, shipment: 5, weights: 2, crate: 3,
    rest: 3, clearing: 2, repair: 3, count: 4, loss: 1, find: 2, refusal: 3, donor: 2,
}  # fmt: skip


def days(seed, entries):
    """What the three tablets hold: the same for the same seed, in whatever order it is sent."""
    dice = random.Random(seed)  # noqa: S311  # a made-up day, not a secret
    made = {name: Day(name, dice) for name in TABLETS}
    for kind in dice.choices(list(KINDS), KINDS.values(), k=entries):
        kind(dice.choice(list(made.values())))
    return {name: day.queue for name, day in made.items()}


def codes_in(queues):
    """The codes that were drawn ahead for these entries."""
    return {
        content["code"]
        for queue in queues.values()
        for _path, content in queue
        if "code" in content
    }

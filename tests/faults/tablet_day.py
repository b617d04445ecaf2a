"""What one tablet without a network keeps: its queue, and what it knows of its things."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from organisation.permissions import Role
from tests.conftest import NOON

TABLETS = {
    "Quai 1": ("canal", "ines", Role.SORTER),
    "Quai 2": ("canal", "bakary", Role.SORTER),
    "Porte": ("gare", "chloe", Role.MANAGER),
}
HOURS = timedelta(hours=14)  # without a network: since ten in the evening
EVERY = timedelta(minutes=3)  # an act
MAIN, LOST = "principal", "lost"
LIGHTEST_G = 500  # of what leaves: a crate's rest weighs no more
PARTS = {"MOB": ["MOB.TABB", "MOB.BUFF"], "VAI": ["VAI.ASSI", "VAI.VERR"], "LIV": ["LIV.LIVR"]}


@dataclass(eq=False)
class Thing:
    """An object, a crate or a departure as its tablet knows it: each act on it, and where it is."""

    code: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def where(self):
        return self.steps[-1][1] if self.steps else "unmade"


@dataclass
class Day:
    """What one tablet keeps, entry by entry: its queue, its things, and what may be undone."""

    name: str
    dice: random.Random
    queue: list[tuple[str, dict]] = field(default_factory=list)
    things: dict[str, list[Thing]] = field(default_factory=dict)
    undoable: list[tuple[str, list[Thing]]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # whose label was taken off again

    @property
    def site(self):
        return TABLETS[self.name][0]

    @property
    def role(self):
        return TABLETS[self.name][2]

    @property
    def corner(self):
        """The code of a place in which nobody else has anything to do."""
        return corner_of(self.name)

    def keep(self, path, content):
        entry_id = str(UUID(int=self.dice.getrandbits(128), version=4))
        self.queue.append((path, {"id": entry_id, **content}))
        return entry_id

    def act(self, path, content, carried=None):
        """Keep an act that may be undone, and that brings each of some things somewhere."""
        carried = carried or {}
        entry_id = self.keep(path, {"occurred_at": self.now(), **content})
        for thing, to in carried.items():
            thing.steps.append((entry_id, to))
        self.undoable.append((entry_id, list(carried)))

    def now(self):
        """Later than whatever was kept before: an object is carried after it was there."""
        return (NOON - HOURS + EVERY * len(self.queue)).isoformat()

    def when(self):
        """Whenever: an arrival may be told late."""
        return (NOON - self.dice.random() * HOURS).isoformat()

    def new(self, kind, **known):
        self.things.setdefault(kind, []).append(Thing(**known))
        return self.things[kind][-1]

    def some(self, kind, *places):
        """One thing of a kind that is in one of these places, or None."""
        found = [thing for thing in self.things.get(kind, []) if thing.where in places]
        return self.dice.choice(found) if found else None

    def one_here(self):
        return self.some("object", MAIN, self.corner)

    def load(self):
        """Some bulk: what it is, how heavy, of which place."""
        what, place = self.dice.choice(list(PARTS)), self.dice.choice([MAIN, self.corner])
        return {
            "category": what,
            "weight_g": self.dice.randint(LIGHTEST_G, 9_000),
            "from_place": place,
        }


def corner_of(tablet):
    return tablet.lower().replace(" ", "-")

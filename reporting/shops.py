"""How what left did leave, and what each shop gave out and took, in grams and cents."""

from dataclasses import dataclass
from typing import Any

from inventory.shares import shares
from reporting.breakdown import Breakdown, Left, Sides
from reporting.listing import LABELS
from reporting.scopes import CHANNELS, REUSED, SHIPPED, Scope
from reporting.takings import Takings

WORDS = {name: LABELS[f"{name}_g"] for name in CHANNELS}
NOTHING = Left()


@dataclass(frozen=True, slots=True)
class Gone:
    """What left by one channel, and its hundredths of all that left; None where n. d."""

    channel: str
    now: Left
    was: Left
    share: int | None

    @property
    def label(self) -> Any:
        return WORDS[self.channel]


@dataclass(frozen=True, slots=True)
class Shop:
    """What one site gave to reuse, by channel, and what its tills took."""

    code: str
    name: str
    now: dict[str, Left]
    was: dict[str, Left]
    takings: Takings | None
    takings_was: Takings | None


def channels(sides: Sides) -> list[Gone]:
    """The channels by which anything left, in either period."""
    hundredths = _shares(sides.now)
    found = [
        Gone(name, by_channel(sides.now, name), by_channel(sides.was, name), hundredths.get(name))
        for name in CHANNELS
    ]
    return [gone for gone in found if any(gone.now) or any(gone.was)]


def shops(sides: Sides, scope: Scope) -> list[Shop]:
    """Sites that gave something to reuse or took money; none where one site says nothing new.

    None of a network: members keep what each of their sites did.
    """
    if scope.network is not None:
        return []
    takings = sides.now.takings, sides.was.takings if sides.was else {}
    found = [
        Shop(
            code=site.code,
            name=site.name,
            now={name: sides.now.left.get((site.code, name), NOTHING) for name in REUSED},
            was={name: _left(sides.was, site.code, name) for name in REUSED},
            takings=takings[0].get(site.code),
            takings_was=takings[1].get(site.code),
        )
        for site in scope.sites
    ]
    told = [shop for shop in found if _tells(shop)]
    return told if len(told) > 1 or any(takings) else []


def by_channel(found: Breakdown | None, channel: str) -> Left:
    """What left every site by a channel."""
    rows = [left for (_site, name), left in found.left.items() if name == channel] if found else []
    return Left(sum(left.weight_g for left in rows), sum(left.units for left in rows))


def _left(found: Breakdown | None, site: str, channel: str) -> Left:
    return found.left.get((site, channel), NOTHING) if found else NOTHING


def _tells(shop: Shop) -> bool:
    left = [*shop.now.values(), *shop.was.values()]
    return any(map(any, left)) or bool(shop.takings or shop.takings_was)


def _shares(found: Breakdown) -> dict[str, int]:
    """Hundredths that make 100; the reused channels make the published share of reuse."""
    published = found.figures["shares"]
    reused_g = [by_channel(found, name).weight_g for name in REUSED]
    if published is None or min(reused_g) < 0:
        return {}
    split = shares(reused_g, published["reuse"]) or [0] * len(REUSED)
    return dict(zip(REUSED, split, strict=True)) | {SHIPPED: 100 - published["reuse"]}

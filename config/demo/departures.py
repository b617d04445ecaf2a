"""What leaves: with recyclers who weigh it later, as gifts, off the shelf, to the other shop."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from config.demo.days import MARK, Day, Labelled, dice_of, items_of, wanted_on
from config.demo.goods import SCRAP, SHELF_KG, STREAMS, Stream
from config.demo.structure import MAIN, SHOP
from inventory import services
from inventory.models import UNSORTED, Category, Kind, Shipment, Transfer, Verb
from inventory.services import Departure, StockLine

METAL = Stream(0, 0, 0.9, 0, "metaux")
GIVEN = {"TEX": 0.055, "LIV": 0.04, "JOU": 0.06, "ACC": 0.05, "MOB": 0.04}  # of the floor, weekly
WEIGHED_LATER = {"electro": (14, 21), "fibres": (7, 14)}  # days until their own weights come
WITH_SLIP = {("electro", "gare")}  # at the other shop the éco-organisme has it fetched
TOO_OLD = timedelta(days=125)
MOST_CLEARED = 4


def send_away(day: Day, at: datetime, dice: Random) -> None:
    """Friday's lorries: each recycler its categories, the tip what nobody wants.

    Some weigh better than we do: what they take leaves by the eye, to the kilogram.
    """
    loads: dict[tuple[Kind, str], list[StockLine]] = {}
    for (place, code), held_g in sorted(day.bulk_g.items()):
        stream = METAL if code == SCRAP else STREAMS.get(code.partition(".")[0])
        if place == SHOP or code == UNSORTED or stream is None:
            continue
        for fate, partner, rate in (
            (stream.fate, stream.recycler, stream.recycling),
            (Kind.DISPOSAL, "decheterie", stream.disposal),
        ):
            is_guessed = partner in WEIGHED_LATER
            weight_g = held_g * rate * dice.uniform(0.85, 1.15)
            if line := day.taken(place, code, weight_g, 1_000 if is_guessed else 100):
                guessed = replace(line, is_estimated=is_guessed)
                loads.setdefault((fate, partner), []).append(guessed)
    for minute, ((fate, partner), lines) in enumerate(sorted(loads.items())):
        entry = day.entry(Verb.SHIP, at - timedelta(minutes=minute))
        slip = f"BSD-{day.date:%Y%m%d}" if (partner, day.site.code) in WITH_SLIP else ""
        departure = Departure(fate=fate, partner=day.world.partners[partner], bsd=slip)
        services.ship(entry=entry, departure=departure, lines=lines)


def confirm(day: Day, at: datetime, dice: Random) -> None:
    """The post brings the weights of those who took something two or three weeks ago."""
    waiting = Shipment.objects.waiting([day.site]).filter(
        movement__submission__endpoint__startswith=MARK, partner__code__in=WEIGHED_LATER
    )
    for minute, shipment in enumerate(waiting):
        assert shipment.partner is not None  # noqa: S101 (it waits for a partner's weights)
        patience = dice_of("weights", shipment.movement.number)
        days = patience.randint(*WEIGHED_LATER[shipment.partner.code])
        if (day.date - shipment.movement.business_date).days >= days:
            entry = day.entry(Verb.REVERSE, at - timedelta(minutes=minute), "responsable")
            weights = _weighed_by_partner(day, shipment, patience)
            services.confirm_weights(entry=entry, shipment=shipment, weights=weights)


def _weighed_by_partner(day: Day, shipment: Shipment, dice: Random) -> dict[Category, int]:
    """Mostly a bit less than was guessed; never more than is there."""
    weights: dict[Category, int] = {}
    for flow in shipment.movement.flows.select_related("from_category").order_by("pk"):
        weighed_g = round(flow.weight_g * dice.uniform(0.88, 1.03) / 100) * 100
        held_g = day.bulk_g.get((MAIN, flow.from_category.code), 0)
        weights[flow.from_category] = min(weighed_g, flow.weight_g + held_g)
    return weights


def give(day: Day, at: datetime, dice: Random) -> None:
    """Crates for an association of the quarter."""
    lines = [
        day.taken(MAIN, code, day.bulk_g.get((MAIN, code), 0) * rate * dice.uniform(0.7, 1.3))
        for code, rate in GIVEN.items()
    ]
    _hand_over(day, at, Departure(Kind.REUSE, day.world.partners["entraide"]), lines)


def _hand_over(day: Day, at: datetime, departure: Departure, lines: list[StockLine | None]) -> None:
    if given := [line for line in lines if line]:
        services.ship(entry=day.entry(Verb.GIVE, at), departure=departure, lines=given)


def clear(day: Day, at: datetime, dice: Random) -> None:
    """Saturday evening: what nobody wanted in four months makes room, and tired bulk with it."""
    gifts: list[StockLine] = []
    rest: dict[tuple[Kind, str], list[StockLine]] = {}
    for item in items_of(_too_old(day)[:MOST_CLEARED]):
        stream = STREAMS.get(item.category.code.partition(".")[0], STREAMS["MOB"])
        is_gift = dice.random() < 0.6
        heap = gifts if is_gift else rest.setdefault((stream.fate, stream.recycler), [])
        heap.append(StockLine(item=item))
    for code in SHELF_KG:
        if line := day.taken(SHOP, code, _surplus_g(day, code)):
            stream = STREAMS[code.partition(".")[0]]
            is_gift = dice.random() < 0.7
            heap = gifts if is_gift else rest.setdefault((stream.fate, stream.recycler), [])
            heap.append(line)
    partners = day.world.partners
    heaps = [(Departure(Kind.REUSE, partners["entraide"]), gifts)] if gifts else []
    heaps += [(Departure(fate, partners[to]), lines) for (fate, to), lines in sorted(rest.items())]
    if heaps:
        services.clear(entry=day.entry(Verb.SHIP, at, "responsable"), heaps=heaps)


def _surplus_g(day: Day, code: str) -> float:
    """What lies there beyond a full shelf and a half."""
    return day.bulk_g.get((SHOP, code), 0) - SHELF_KG[code] * 1_500 * day.size


def _too_old(day: Day) -> list[Labelled]:
    return [
        item
        for item in day.lying_in(SHOP)
        if day.date - item.since > TOO_OLD and wanted_on(item) > day.date
    ]


def send(day: Day, at: datetime, dice: Random) -> None:
    """Load the van for the other shop: what is plenty here, and what found no taker here."""
    lines = [
        day.taken(MAIN, code, dice.uniform(8_000, 35_000))
        for code in dice.sample(("TEX", "LIV", "VAI", "JOU", "PEM"), 2)
    ]
    loaded = [line for line in lines if line]
    lingering = [item for item in day.lying_in(SHOP) if _lingers(item, day.date)]
    loaded += [StockLine(item=item) for item in items_of(lingering[: dice.randint(0, 2)])]
    if loaded:
        entry = day.entry(Verb.TRANSFER, at)
        services.send(entry=entry, to_site=day.other_site, lines=loaded)


def _lingers(item: Labelled, day: date) -> bool:
    return timedelta(days=45) < day - item.since < TOO_OLD and wanted_on(item) > day


def receive(day: Day, at: datetime, dice: Random) -> None:
    """Unload the van: mostly all of it; every other month half, the rest the next time."""
    coming = Transfer.objects.coming([day.site]).filter(
        movement__submission__endpoint__startswith=MARK, movement__occurred_at__lt=at
    )
    for number, transfer in enumerate(coming):
        is_second = bool(transfer.standing_receipts)
        _unload(day, at - timedelta(minutes=number), transfer, dice, is_second=is_second)


def _unload(day: Day, at: datetime, transfer: Transfer, dice: Random, *, is_second: bool) -> None:
    """The second time closes the transfer, and something has fallen off the van."""
    road = services.on_the_road(transfer)
    is_half = not is_second and day.date.day <= 7 and day.date.month % 2 == 0
    lines = []
    for category, sent_g in list(road.bulk_g.items())[: 1 if is_half else None]:
        came_g = sent_g - dice.randint(3, 12) * 100 if is_second else sent_g
        lines.append(StockLine(category, came_g, place=day.places[MAIN]))
    lines += [StockLine(item=item, place=day.places[SHOP]) for item in road.items.values()]
    entry = day.entry(Verb.RECEIVE, at)
    services.receive(entry=entry, transfer=transfer, lines=lines, is_final=is_second)

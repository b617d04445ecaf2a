"""The door: what comes and who brought it, what is turned away, a weight typed too large."""

from datetime import datetime, timedelta
from math import cos, pi, sin
from random import Random

from collection.models import Donor, Intake, Refusal
from collection.receipts import record_donor
from collection.services import Arrival, Destination, Line, record_intake, record_refusal
from config.demo.days import Day
from config.demo.goods import STREAMS, UNITS, rounded_g
from config.demo.structure import SHOP
from inventory import services
from inventory.models import UNSORTED, Kind, Verb
from inventory.units import exact_kg

MODES = ("drop_off",) * 6 + ("home_pickup",) * 2 + ("doorstep", "recycling_centre", "company")
REFUSED = (
    ("MOB", Refusal.Reason.FULL, "Canapé d'angle, pas de place"),
    ("TEX", Refusal.Reason.DIRTY, "Sacs mouillés"),
    ("LIV", Refusal.Reason.UNSELLABLE, "Encyclopédies et vieux manuels"),
    ("PEM", Refusal.Reason.DANGEROUS, "Fil électrique à nu"),
    ("DIV", Refusal.Reason.NOT_OURS, "Gravats"),
    ("LIT", Refusal.Reason.DIRTY, "Matelas taché"),
)
TITLES = ("Mme", "M.")
DONORS = ("Lefort", "Diallo", "Kowalski", "Benali", "Garnier", "Nguyen", "Costa", "Perrin")


def arrive(day: Day, at: datetime, dice: Random) -> None:
    """An arrival: a few weighings, one in twenty estimated, some counted for the shop."""
    lines = [_weighing(day, code, dice) for code in STREAMS if dice.random() < STREAMS[code].often]
    if dice.random() < 0.6 or not lines:
        lines.append(counted(day, dice.choice(list(UNITS)), dice.randint(6, 25), dice))
    arrival = Arrival(day.world.modes[dice.choice(MODES)], day.origin(dice))
    intake = record_intake(entry=day.entry(Verb.COLLECT, at), arrival=arrival, lines=lines)
    if dice.random() < 0.08:
        _refuse(day, at, dice)
    if dice.random() < 0.2:
        _ask_for_a_slip(day, at, intake, dice)


def clear_a_flat(day: Day, at: datetime, dice: Random) -> None:
    """Now and then a whole flat arrives at once, and nobody has the time to sort it."""
    unsorted = Line(day.world.categories[UNSORTED], weight_g=dice.randint(900, 2_600) * 100)
    arrival = Arrival(day.world.modes["home_pickup"], day.origin(dice))
    entry = day.entry(Verb.COLLECT, at, note="Débarras d'appartement")
    record_intake(entry=entry, arrival=arrival, lines=[unsorted])


def slip(day: Day, at: datetime, dice: Random) -> None:
    """A comma forgotten: ten times the weight, cancelled, then weighed in as it was."""
    weight_g = dice.randint(150, 320) * 100
    books = day.world.categories["LIV"]
    arrival = Arrival(day.world.modes["drop_off"], day.origin(dice))
    wrong = record_intake(
        entry=day.entry(Verb.COLLECT, at - timedelta(minutes=9)),
        arrival=arrival,
        lines=[Line(books, weight_g=weight_g * 10)],
    )
    typed, meant = exact_kg(weight_g * 10), exact_kg(weight_g)
    note = f"Erreur de saisie\N{NO-BREAK SPACE}: {typed} kg au lieu de {meant} kg"
    cancelling = day.entry(Verb.REVERSE, at - timedelta(minutes=1), "responsable", note)
    services.cancel(entry=cancelling, movement=wrong.movement)
    right = day.entry(Verb.COLLECT, at)
    record_intake(entry=right, arrival=arrival, lines=[Line(books, weight_g=weight_g)])


def counted(day: Day, code: str, units: int, dice: Random) -> Line:
    """A box that is counted as it is weighed, and goes straight to the shop."""
    weight_g = rounded_g(UNITS[code] * units * dice.uniform(0.9, 1.1))
    to_shop = Destination(place=day.places[SHOP])
    return Line(day.world.categories[code], weight_g=weight_g, units=units, destination=to_shop)


def _weighing(day: Day, code: str, dice: Random) -> Line:
    season = 1 + 0.12 * (day.date.month in (4, 5, 6, 9, 10)) - 0.15 * (day.date.month in (1, 8))
    usual_g = STREAMS[code].usual_g * day.size * season
    net_g = int(usual_g * dice.uniform(0.5, 1.5) / 100) * 100 + 100
    category, world = day.world.categories[code], day.world
    if code == "DIV" and dice.random() < 0.3:
        bin_ = Destination(fate=Kind.DISPOSAL, partner=world.partners["decheterie"])
        return Line(category, weight_g=net_g, destination=bin_)
    if dice.random() < 0.05:
        return Line(category, weight_g=net_g, is_estimated=True)
    if dice.random() < 0.6:
        box = world.containers["roll" if code == "TEX" else "caddie"]
        return Line(category, gross_g=net_g + box.tare_g, container=box)
    return Line(category, weight_g=net_g)


def _refuse(day: Day, at: datetime, dice: Random) -> None:
    code, reason, comment = dice.choice(REFUSED)
    refusal = Refusal(
        submission=day.submission("refusal", at),
        site=day.site,
        category=day.world.categories[code],
        reason=reason,
        count=dice.randint(1, 4),
        occurred_at=at,
        author=day.world.people["tri"],
        comment=comment,
    )
    record_refusal(refusal=refusal)


def _ask_for_a_slip(day: Day, at: datetime, intake: Intake, dice: Random) -> None:
    """Some want a slip to take home: they leave a name, and mostly a signature."""
    donor = Donor(
        submission=day.submission("donor", at),
        intake=intake,
        name=f"{dice.choice(TITLES)} {dice.choice(DONORS)}",
        strokes=_signature(dice) if dice.random() < 0.8 else [],
        author=day.world.people["tri"],
    )
    record_donor(donor=donor)
    Donor.objects.filter(pk=donor.pk).update(recorded_at=at)


def _signature(dice: Random) -> list[list[int]]:
    """A wave that runs out, and a line under it."""
    width, height = dice.randint(420, 760), dice.randint(60, 110)
    turns, lean = dice.uniform(4, 8), dice.uniform(20, 60)
    wave = []
    for step in range(49):
        along = step / 48
        turn = 2 * pi * turns * along
        x = 120 + width * along + lean * cos(turn)
        y = 190 + height * (1 - 0.6 * along) * sin(turn)
        wave += [round(x), round(y)]
    under = [150, 320, 150 + width, 300 - dice.randint(0, 30)]
    return [wave, under]

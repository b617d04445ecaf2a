"""A site with something in every corner, for the floor's screens in each of their states."""

from collection.services import Line
from inventory import services
from inventory.models import Container, Kind, Partner, TreatmentCode, Verb, WasteCode
from inventory.services import Part, StockLine
from tests.conftest import Api
from tests.e2e.stockroom import LONG, Stockroom, category, fresh


def furnish(world) -> dict[str, str]:
    """Heaps, an arrival, takers of every fate, objects here and gone; their codes by name."""
    room = Stockroom(world)
    heaps = {"TEX": 500_000, "PEM": 500_000, "MOB": 75_000, "VAI": 40_000}
    room.open(*(StockLine(category(code), weight_g) for code, weight_g in heaps.items()))
    room.arrive(Line(category("MOB"), 40_000), Line(category("LIV"), 12_000))
    to_sell = [StockLine(category("MOB"), 20_000)]
    services.move(entry=room.entry(Verb.MOVE), to_place=room.shop, lines=to_sell)
    _know_takers(world)
    _label(room)
    _await_weights(world)
    return room.codes


def _know_takers(world) -> None:
    partners = Partner.objects.filter(organisation=world.navette)
    plain = {"waste_code": WasteCode.objects.get(code="20 01 11")}
    plain["treatment_code"] = TreatmentCode.objects.get(code="R 3")
    partners.filter(code="gebetex").update(default_fate=Kind.RECYCLING, **plain)
    partners.filter(code="tip").update(default_fate=Kind.DISPOSAL)
    risky = WasteCode.objects.get(code="20 01 35*")
    new = {"organisation": world.navette, "default_fate": Kind.RECYCLING, "waste_code": risky}
    Partner.objects.create(code="eco", name="Ecosystem", position=9, **new)
    boxes = Container.objects.filter(organisation=world.navette, code="caddie")
    boxes.update(tare_g=11_000, average_load_g=60_000)


def _label(room) -> None:
    wandering = room.label("long", LONG)
    for place in (room.shop, room.workshop):
        room.move(wandering, place)
    room.label("lamp", "Lampe", place=room.workshop)
    room.label("old", "Banc d’église", place=room.shop, days=70)
    room.label("sold", "Tabouret", place=room.shop)
    room.sell(room.codes["sold"])
    whole = room.label("apart", "Robot de cuisine", weight_g=5_000)
    parts = [Part(category("PEM"), 3_000), Part(category("PEM"), 2_000, "Bol", None, True)]
    services.dismantle(entry=room.entry(Verb.DISMANTLE), item=fresh(whole), parts=parts)


def _await_weights(world) -> None:
    line = {"category": "TEX", "weight_g": 9_000, "estimated": True}
    told = {"site": "canal", "partner": "gebetex", "fate": "recycling", "lines": [line]}
    assert Api(world.anna).post("inventory/shipments", **told).status_code == 201

"""A stockroom after some months: objects of every fate, transfers of every state, full shelves.

Made in the test's own database, by the services that the pages call.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from collection.services import Arrival, Line, record_intake
from inventory import services
from inventory.ledger import Entry
from inventory.models import (
    Category,
    CollectionMode,
    Item,
    Kind,
    Movement,
    Origin,
    Partner,
    Place,
    Transfer,
    Verb,
)
from inventory.services import Departure, Draft, Part, StockLine
from organisation.models import Submission
from tests.conftest import Api
from tests.tills import open_till

LONG = (
    "Grande armoire normande en chêne massif, trois portes à miroir biseauté, corniche "
    "démontable, 2 tiroirs, clef d’origine"
)
ARMCHAIR = "Fauteuil crapaud en velours vert, pieds tournés, petite tache au dos"
TITLES = ("Chaise bistrot", ARMCHAIR, "Tabouret", "Banc d’église", "Puzzle 1 000 pièces")
MANY = 54  # a page of the list shows 50


class Stockroom:
    """Canal with three places, and what is done there; objects by a name of the test's own."""

    def __init__(self, world) -> None:
        self.world, self.codes = world, {}
        world.canal.tracks_places = True
        world.canal.save()
        self.floor = Place.objects.main(world.canal)
        places = Place.objects.create
        self.shop = places(site=world.canal, code="boutique", name="Boutique", use=Place.Use.SHOP)
        self.workshop = places(site=world.canal, code="atelier", name="Atelier", position=1)
        open_till(world.canal)

    def entry(self, verb, *, site=None, days=0, note="") -> Entry:
        submission = Submission.objects.create(
            organisation=self.world.navette, uuid=uuid4(), endpoint="test", digest=""
        )
        moment = timezone.now() - timedelta(days=days)
        author = self.world.anna
        return Entry(site or self.world.canal, verb, submission, author, moment, note=note)

    def open(self, *lines: StockLine) -> None:
        services.open_stock(entry=self.entry(Verb.OPEN, days=100), lines=lines)

    def arrive(self, *lines: Line) -> Movement:
        """What somebody from the 12e brings."""
        mode = CollectionMode.objects.get(organisation=self.world.navette, code="drop_off")
        arrival = Arrival(mode, Origin.objects.get(code="75112"))
        entry = self.entry(Verb.COLLECT)
        return record_intake(entry=entry, arrival=arrival, lines=lines).movement

    def label(self, name, title="Chaise bistrot", *, days=0, place=None, **fields) -> Item:
        chairs, furniture = category("MOB.CHAI"), category("MOB")
        draft = Draft(chairs, 4_200, title=title, price_cents=1_500, from_category=furniture)
        entry = self.entry(Verb.LABEL, days=days)
        [item] = services.label(entry=entry, place=place, drafts=[replace(draft, **fields)])
        self.codes[name] = item.own_code
        return fresh(item)

    def move(self, item, place, note="") -> None:
        entry = self.entry(Verb.MOVE, note=note)
        services.move(entry=entry, to_place=place, lines=[StockLine(item=fresh(item))])

    def send(self, *lines, start=None, end=None) -> Transfer:
        entry = self.entry(Verb.TRANSFER, site=start)
        return services.send(entry=entry, to_site=end or self.world.gare, lines=lines)

    def receive(self, sent, *lines, is_final=True) -> None:
        entry = self.entry(Verb.RECEIVE, site=sent.to_site)
        services.receive(entry=entry, transfer=sent, lines=lines, is_final=is_final)

    def give(self, item) -> None:
        partner = Partner.objects.filter(organisation=self.world.navette).first()
        departure = Departure(Kind.REUSE, partner)
        lines = [StockLine(item=item)]
        services.ship(entry=self.entry(Verb.SHIP), departure=departure, lines=lines)

    def sell(self, code) -> None:
        paid = [{"method": "cash", "amount_cents": 2_000}]
        asked = {"till": "C1", "lines": [{"item": code}], "payments": paid}
        assert Api(self.world.anna).post("sales/sales", **asked).status_code == 201


def category(code: str) -> Category:
    return Category.objects.get(code=code, organisation=None)


def fresh(item: Item) -> Item:
    """The object with where it is now."""
    return Item.objects.select_related("account", "category").get(pk=item.pk)


def furnish(room: Stockroom) -> dict[str, str]:
    """Fill the stockroom; return what the addresses of its pages call what is in it."""
    furniture, textile = category("MOB"), category("TEX")
    room.open(
        StockLine(furniture, 900_000),
        StockLine(textile, 300_000),
        StockLine(category("DIV.VRAC"), 80_000),
    )
    arrival = room.arrive(
        Line(category("MOB.CHAI"), 4_200, units=1),
        Line(furniture, 85_000),
        Line(category("ACC"), 13_900),
    )
    _fill_the_shelves(room)
    _travel(room, arrival)
    _leave(room)
    room.sell(room.codes["sold"])
    names = {"arrival": arrival.number, **_send(room, textile)}
    below = Departure(Kind.RECYCLING)
    lines = [StockLine(category("SPO"), 3_600)]
    services.ship(entry=room.entry(Verb.SHIP), departure=below, lines=lines)
    return names | room.codes


def _fill_the_shelves(room) -> None:
    chairs, furniture = category("MOB.CHAI"), category("MOB")
    drafts = [
        Draft(chairs, 2_000 + n, title=TITLES[n % 5], price_cents=500 + n, from_category=furniture)
        for n in range(MANY)
    ]
    for days, heap in ((70, drafts[:4]), (20, drafts[4:])):
        entry = room.entry(Verb.LABEL, days=days)
        services.label(entry=entry, place=room.shop, drafts=heap)


def _travel(room, arrival) -> None:
    """One object goes everywhere, comes back and is given another price."""
    line = arrival.flows.order_by("pk").last()
    item = room.label("long", LONG, arrival=line, from_category=None, condition="good")
    for place in (room.shop, room.workshop, room.shop):
        room.move(item, place, note="Remise en place après la vente du samedi")
    there = room.send(StockLine(item=fresh(item)))
    room.receive(there, StockLine(item=fresh(item)))
    back = room.send(StockLine(item=fresh(item)), start=room.world.gare, end=room.world.canal)
    room.receive(back, StockLine(item=fresh(item)))
    services.describe(item=fresh(item), changes={"price_cents": 124_550})


def _leave(room) -> None:
    """One object is given, one is taken apart, one waits to be sold."""
    room.give(room.label("given", "Manteau d’hiver à capuche"))
    whole = room.label("apart", "Robot de cuisine", weight_g=5_000)
    bulk, kept = Part(category("PEM"), 3_000), Part(category("PEM"), 2_000, "Bol", None, True)
    entry = room.entry(Verb.DISMANTLE)
    services.dismantle(entry=entry, item=whole, parts=[bulk, kept])
    room.label("sold", ARMCHAIR, place=room.shop)
    room.label("whole", "Lampe", place=room.workshop)
    room.label("beside", LONG, place=room.workshop)


def _send(room, textile) -> dict[str, str]:
    """A transfer on the road, one that arrived in part, one that is done, one that comes here."""
    road = room.label("road", ARMCHAIR)
    on_the_road = room.send(StockLine(textile, 25_000), StockLine(item=road))
    in_part = room.send(StockLine(textile, 20_000))
    room.receive(in_part, StockLine(textile, 12_000), is_final=False)
    done = room.send(StockLine(textile, 10_000))
    room.receive(done, StockLine(textile, 9_000))
    coming = room.send(StockLine(textile, 5_000), start=room.world.gare, end=room.world.canal)
    sent = {"on_the_road": on_the_road, "in_part": in_part, "done": done, "coming": coming}
    return {name: transfer.movement.number for name, transfer in sent.items()} | {
        "receipt": in_part.receipts.get().movement.number
    }

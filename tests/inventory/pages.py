"""What the tests of the stockroom's pages share: small acts, and forms as a browser posts them."""

from uuid import uuid4

from inventory import services
from inventory.models import Category, Kind, Partner, Place, Verb
from inventory.services import Departure, StockLine


def category(code: str) -> Category:
    return Category.objects.get(code=code)


def shipped(entry, *, weight_g=100_000, fate=Kind.RECYCLING, partner=None, site=None, **line):
    return services.ship(
        entry=entry(Verb.SHIP, site),
        departure=Departure(fate=fate, partner=partner),
        lines=[StockLine(category("MOB"), weight_g, **line)],
    )


def gebetex(world) -> Partner:
    return Partner.objects.get(organisation=world.navette, code="gebetex")


def departure(*lines: dict, **fields) -> dict[str, str]:
    """What the departure's form posts; empty lines follow the given ones."""
    data = {"id": str(uuid4()), "fate": "recycling", "partner": "gebetex"}
    return {**data, **rows(*lines), **fields}


def rows(*lines: dict, initial=0, empty=2) -> dict[str, str]:
    data = {"lines-TOTAL_FORMS": str(len(lines) + empty), "lines-INITIAL_FORMS": str(initial)}
    for number, line in enumerate([*lines, *[{}] * empty]):
        blank = {"category": "", "weight": "", "bins": "", "container": ""}
        data |= {f"lines-{number}-{name}": value for name, value in {**blank, **line}.items()}
    return data


def text(response) -> str:
    """The page's words, with plain spaces."""
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def several_places(site) -> Place:
    site.tracks_places = True
    site.save()
    Place.objects.main(site)
    return Place.objects.create(site=site, code="atelier", name="Atelier")


def opening(*lines: dict, **fields) -> dict[str, str]:
    return {"id": str(uuid4()), **rows(*lines), **fields}


def counted(*weights: tuple[str, str], **fields) -> dict[str, str]:
    lines = [{"category": code, "weight": weight} for code, weight in weights]
    return {"id": str(uuid4()), **rows(*lines, initial=len(lines), empty=0), **fields}

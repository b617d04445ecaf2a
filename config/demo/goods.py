"""What goes through La Navette: what comes, what becomes of it, what it sells for."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from inventory.models import Kind

HERE = Path(__file__).parent
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stream:
    """How often a category is in an arrival, and its usual grams; what leaves by lorry.

    ``labelled`` is how many of its objects get a label, beside the other categories'.
    """

    often: float
    usual_g: int
    recycling: float
    disposal: float
    recycler: str
    fate: Kind = Kind.RECYCLING
    labelled: float = 0


STREAMS = {
    "TEX": Stream(0.75, 27_500, 0.46, 0.024, "fibres", labelled=0.8),
    "MOB": Stream(0.50, 42_000, 0.27, 0.092, "metaux", labelled=4.5),
    "LIV": Stream(0.60, 18_000, 0.41, 0.024, "papier", labelled=0.3),
    "VAI": Stream(0.50, 20_500, 0.05, 0.072, "metaux", labelled=0.4),
    "JOU": Stream(0.40, 12_500, 0.19, 0.085, "metaux", labelled=0.8),
    "DEC": Stream(0.35, 14_500, 0.05, 0.072, "metaux", labelled=1.0),
    "PEM": Stream(0.35, 10_500, 0.48, 0.031, "electro", labelled=2.8),
    "INF": Stream(0.14, 10_000, 0.45, 0.017, "electro", labelled=1.6),
    "SON": Stream(0.10, 11_000, 0.42, 0.018, "electro", labelled=1.6),
    "LUM": Stream(0.15, 5_500, 0.25, 0.073, "electro", labelled=1.4),
    "SPO": Stream(0.20, 16_000, 0.30, 0.066, "metaux", labelled=1.8),
    "ACC": Stream(0.35, 7_000, 0.48, 0.047, "chiffons", Kind.OTHER_RECOVERY, labelled=0.5),
    "BRI": Stream(0.20, 9_500, 0.26, 0.067, "metaux", labelled=0.4),
    "DIV": Stream(0.35, 9_500, 0.40, 0.340, "chaleur", Kind.ENERGY),
}
SCRAP = "DIV.FERA"  # metal of what is taken apart: it goes where metal goes
SETTLED = ("VAI", "DEC")  # sold unweighed too: their reuse is known by the month's balance
UNSORTED_SHARES = {"MOB": 34, "LIV": 18, "TEX": 16, "VAI": 14, "JOU": 10, "DIV": 8}

# What is counted when it is weighed, because no catalogue knows its weight: grams of one.
UNITS = {
    "TEX.VETE": 340, "TEX.LING": 600, "LIV.LIVR": 290, "LIV.DISQ": 120, "VAI.ASSI": 430,
    "VAI.VERR": 220, "VAI.POEL": 1_100, "JOU.JEUX": 620, "DEC.CADR": 800, "DEC.BIBE": 450,
    "ACC.CHAU": 750, "ACC.SACS": 480,
}  # fmt: skip
HEAVY = {"MOB.CHAI": 7_000, "MOB.CHEV": 14_000, "MOB.BIBL": 21_000}

# What is sorted for the shelves on which weekday: kilograms that lie there once it is done.
SHELVES = {
    1: {"TEX": {"TEX.VETE": 170, "TEX.LING": 50}, "LIV": {"LIV.LIVR": 130, "LIV.DISQ": 30}},
    2: {"VAI": {"VAI.ASSI": 60, "VAI.VERR": 30, "VAI.POEL": 35}, "JOU": {"JOU.JEUX": 80}},
    3: {"TEX": {"TEX.VETE": 170, "TEX.LING": 50}, "DEC": {"DEC.CADR": 30, "DEC.BIBE": 45}},
    4: {
        "ACC": {"ACC.CHAU": 40, "ACC.SACS": 30},
        "PEM": {"PEM.BOUI": 14, "PEM.GRIL": 18},
        "INF": {"INF.ACCI": 10},
    },
    5: {
        "LIV": {"LIV.LIVR": 130, "LIV.DISQ": 30},
        "MOB": {"MOB.CHAI": 100, "MOB.CHEV": 90, "MOB.BIBL": 90},
        "BRI": {"BRI.OUTM": 45},
        "SPO": {"SPO.SPOR": 45},
    },
}
SHELF_KG = {
    code: kg for day in SHELVES.values() for shelves in day.values() for code, kg in shelves.items()
}


@dataclass(frozen=True, slots=True)
class Price:
    """A line of the price grid; without cents, the customer decides.

    ``liked`` is how often it is pressed beside the others, ``most`` how many are bought at once.
    """

    code: str
    name_fr: str
    name_en: str
    category: str
    cents: dict[str, int | None]
    liked: int
    most: int


@dataclass(frozen=True, slots=True)
class ByWeight:
    """What is put on the till's scale: how often, grams, and cents for a kilogram."""

    often: float
    grams: Range
    cents_per_kg: int


BY_WEIGHT = {
    "TEX.VETE": ByWeight(0.42, (2_500, 11_000), 150),
    "LIV.LIVR": ByWeight(0.19, (5_000, 14_000), 60),
    "JOU.JEUX": ByWeight(0.14, (1_500, 6_000), 120),
    "ACC.SACS": ByWeight(0.08, (900, 3_200), 300),
    "BRI.OUTM": ByWeight(0.20, (700, 2_600), 200),
    "SPO.SPOR": ByWeight(0.08, (1_500, 8_000), 150),
}
# Sold together for one price, by their average weight: how often, how many, cents.
LOTS = {"MOB.CHAI": (0.11, 4, 2_000), "VAI.ASSI": (0.05, 12, 500), "VAI.VERR": (0.05, 6, 200)}


@dataclass(frozen=True, slots=True)
class Article:
    """An object that gets a label: its title (``{this|or that}``), grams and euros."""

    category: str
    title: str
    grams: Range
    euros: Range


def _prices() -> Iterator[Price]:
    for row in _rows("prices"):
        names = row["code"], row["name_fr"], row["name_en"], row["category"]
        cents = {site: int(row[site]) if row[site] else None for site in ("canal", "gare")}
        yield Price(*names, cents, int(row["liked"]), int(row["most"]))


def _articles() -> dict[str, list[Article]]:
    """Category of the arrival → what may be labelled out of it."""
    found: dict[str, list[Article]] = {}
    for row in _rows("articles"):
        grams, euros = (
            (int(row[f"min_{unit}"]), int(row[f"max_{unit}"])) for unit in ("g", "euros")
        )
        article = Article(row["category"], row["title"], grams, euros)
        found.setdefault(row["stream"], []).append(article)
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


GRID = {price.code: price for price in _prices()}
ARTICLES = _articles()
BREAK = ("PEM", "INF", "SON", "SPO")
# What is kept of an object that is taken apart, by the first words of its title.
PARTS = {
    "Aspirateur": ("PEM", "Flexible d'aspirateur", (2, 5)),
    "Robot": ("PEM.ROBO", "Bol de robot", (3, 8)),
    "Machine à coudre": ("PEM", "Pédale de machine à coudre", (4, 9)),
    "Ordinateur fixe": ("INF.ACCI", "Barrettes mémoire et disque dur", (8, 18)),
    "Ordinateur portable": ("INF.ACCI", "Chargeur d'ordinateur portable", (4, 9)),
    "Chaîne hi-fi": ("SON.HIFI", "Paire d'enceintes", (8, 20)),
    "Platine vinyle": ("SON.HIFI", "Capot de platine vinyle", (3, 8)),
    "VTT": ("SPO.SPOR", "Roue de VTT 26 pouces", (5, 12)),
    "Vélo enfant": ("SPO.SPOR", "Selle et guidon de vélo enfant", (3, 7)),
    "Vélo": ("SPO.SPOR", "Roue de vélo 700", (5, 12)),
}


def worded(title: str, dice: Random) -> str:
    """The title, one word chosen of each ``{this|or that}``."""
    return re.sub(r"\{(.*?)\}", lambda found: dice.choice(found[1].split("|")), title)


def kept_of(title: str) -> tuple[str, str, Range] | None:
    """What still serves of an object that is taken apart: category, title and euros."""
    return next((kept for words, kept in PARTS.items() if title.startswith(words)), None)


def usual_g(code: str) -> int:
    """What one of a category weighs, more or less."""
    return UNITS.get(code) or HEAVY.get(code, 1_500)


def rounded_g(weight_g: float) -> int:
    """Grams as the scale of the floor tells them: by ten, by a hundred above five kilograms."""
    step = 100 if weight_g >= 5_000 else 10
    return max(round(weight_g / step) * step, step)

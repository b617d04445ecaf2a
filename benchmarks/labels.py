"""Labels as this project draws them, against python-barcode's ImageWriter as documented.

    python benchmarks/labels.py [--labels 1000] [--rounds 5]

Ours have a barcode, a QR and five texts; ImageWriter's, with its default options, a barcode and
its code. Each round makes labels never seen before, by each route in turn.
"""

import itertools
import os
import random
import statistics
import sys
import time
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments

TITLES = (ROOT / "benchmarks" / "titles.txt").read_text(encoding="utf-8").splitlines()
CATEGORIES = (
    "Mobilier",
    "Textiles",
    "Vaisselle",
    "Livres et presse",
    "Jouets et puériculture",
    "Sport et loisirs",
    "Bricolage et jardinage",
    "Écrans",
    "Petit électroménager et appareils de cuisine",
)
STATES = ("neuf", "très bon", "bon", "testé", "à réparer")
PRICES = (50, 100, 150, 200, 300, 450, 500, 600, 800, 1000, 1250, 1500, 2500, 4000, 7950, 12000)


def sample(count: int, seed: int):
    """Yield labels of a day in a ressourcerie; the same ones for the same seed."""
    from inventory.codes import ALPHABET, check_character
    from inventory.labels import Label

    dice = random.Random(seed)  # noqa: S311  # plausible labels, not secrets
    for _label in range(count):
        stem = "".join(dice.choices(ALPHABET, k=5))
        code = stem + check_character(stem)
        weight = str(dice.randint(1, 400) / 10).replace(".", ",")
        yield Label(
            code=code,
            url=f"http://localhost:8000/o/{code}",
            owner="La Petite Rockette",
            title=dice.choice(TITLES),
            category=dice.choice(CATEGORIES),
            detail=f"{weight}\u00a0kg · {dice.choice(STATES)}",
            price_cents=dice.choice(PRICES),
        )


def image_writer(labels) -> None:
    from barcode import Code128
    from barcode.writer import ImageWriter

    for label in labels:
        Code128(label.code, writer=ImageWriter()).write(BytesIO())


def png(**options):
    from inventory.labels import label_png

    def make(labels) -> None:
        for label in labels:
            label_png(label, **options)

    return make


def routes() -> dict:
    from inventory.labels import roll_pdf, sheet_pdf

    return {
        "PNG, 203 dpi": png(dpi=203),
        "PNG, 300 dpi": png(dpi=300),
        "PNG, 203 dpi, squeezed": png(dpi=203, level=1),
        "roll PDF, 203 dpi": roll_pdf,
        "sheet PDF, 300 dpi": sheet_pdf,
    }


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    seeds = itertools.count()

    def timed_with(make) -> float:
        return timed(make, list(sample(options.labels, next(seeds))))

    outcome = Outcome("labels")
    first = timed_with(png()) * 1000
    outcome.say(f"the first {options.labels} PNG of a process", first, "ms")
    theirs, ours = [], {name: [] for name in routes()}
    for _round in range(options.rounds):
        theirs.append(timed_with(image_writer))
        for name, make in routes().items():
            ours[name].append(timed_with(make))
    report(outcome, options.labels, theirs, ours)
    outcome.save(options.json)


def timed(make, labels) -> float:
    """Seconds that a route takes for labels it has never seen."""
    start = time.perf_counter()
    make(labels)
    return time.perf_counter() - start


def report(outcome: Outcome, count: int, theirs: list[float], ours: dict[str, list[float]]) -> None:
    outcome.say("ImageWriter, a label", statistics.median(theirs) / count * 1000, "ms")
    for name, times in ours.items():
        ratio = statistics.median(a / b for a, b in zip(theirs, times, strict=True))
        outcome.say(f"{name}, a label", statistics.median(times) / count * 1000, "ms")
        target = "≥ 15" if name == "PNG, 203 dpi" else ""
        outcome.say(f"ImageWriter over {name}", ratio, "×", target)


if __name__ == "__main__":
    main()

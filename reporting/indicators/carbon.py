"""CO₂ avoided by reuse: an estimation, off unless a structure asks for it.

A new object that nobody had to make: pieces reused × footprint of a new one × the displacement
rate (what share of them replaced a purchase). Published savings that are net already are taken as
they are. Kilograms without a number of pieces are left out, and rows of doubt are never used.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Category
from reporting import cube
from reporting.indicators.masses import indicator
from reporting.indicators.measure import Group, Key, Unit, Value
from reporting.indicators.reading import Reading, written_month

FACTORS = Path(__file__).parent.parent / "reference" / "avoided_co2.csv"
VERSION = "2026-1"  # of that file: another one gives other figures
HUNDRED = 100
GRAMS_PER = {"unit": 1, "t": 1_000_000}  # net savings are told by the piece or by the tonne


class Factor(NamedTuple):
    """Grams of CO₂e that a piece or a tonne stands for; a net one has its displacement inside."""

    co2e_g: Decimal
    per: str
    is_net: bool


class Saved(NamedTuple):
    """What some pieces of a category stand for, before any displacement."""

    codes: dict[str, str]
    co2e_g: Decimal
    units: int
    is_net: bool


@cache
def factors() -> dict[str, Factor]:
    """Category → its factor: of several, by the piece rather than by weight, and the lowest."""
    found: dict[str, Factor] = {}
    with FACTORS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["per"] in GRAMS_PER]
    known = [row for row in rows if not row["doubt"]]
    known.sort(key=lambda row: (row["per"] != "unit", Decimal(row["kgco2e"])))
    for row in known:
        factor = Factor(Decimal(row["kgco2e"]) * 1000, row["per"], row["kind"] == "net_saving")
        found.setdefault(row["category_code"], factor)
    return found


def _carbon(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Summed exactly, rounded once."""
    settings = next(iter(reading.settings.values()), None)
    if settings is None or not settings.tells_carbon:
        if not by:
            yield Value((), None, note=_("Not estimated: a structure turns this on."))
        return
    rate = Decimal(settings.displacement_hundredths) / HUNDRED
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal, {} if by else {(): Decimal()})
    pieces = Counter[Key]()
    for saved in _saved(reading):
        key: Key = tuple(saved.codes[name] for name in by)
        sums[key] += saved.co2e_g if saved.is_net else saved.co2e_g * rate
        pieces[key] += saved.units
    for key, co2e_g in sums.items():
        yield Value(
            key, int(co2e_g.to_integral_value(ROUND_HALF_UP)), pieces[key], note=beside(rate)
        )


def beside(rate: Decimal) -> str:
    """What must be read beside every such figure."""
    return _("Estimation: displacement rate %(rate)s, factors %(version)s.") % {
        "rate": number_format(rate, 2),
        "version": VERSION,
    }


def _saved(reading: Reading) -> Iterator[Saved]:
    """What was reused of categories that have a factor, month by month."""
    ground, border = reading.ground, reading.ground.border
    by = ("month", cube.PAIRS[0])
    factor_of = _factor_of_each()
    for cell in cube.within(border, reading.period, by, ground.categories):
        for figure, sign in border.effects(cell.from_account_id, cell.to_account_id):
            factor = factor_of.get(cell.from_category_id)
            if factor and figure == "reuse_g":
                counted = cell.pieces if factor.per == "unit" else cell.grams
                outer = cell.to_account_id if sign > 0 else cell.from_account_id
                codes = {
                    "category": ground.kept[cell.from_category_id].top_code,
                    "site": border.sites[border.side(outer).site].code,
                    "month": written_month(cell.month),
                }
                co2e_g = sign * counted * factor.co2e_g / GRAMS_PER[factor.per]
                yield Saved(codes, co2e_g, sign * cell.pieces, factor.is_net)


def _factor_of_each() -> dict[int, Factor]:
    """Category key → its own factor, or that of the nearest one above it."""
    rows = Category.objects.using("report").select_related("parent__parent")
    found: dict[int, Factor] = {}
    for category in rows:
        codes = [above.code for above in category.lineage]
        if code := next((code for code in codes if code in factors()), None):
            found[category.pk] = factors()[code]
    return found


CARBON = (
    indicator(
        23,
        "carbon_avoided",
        gettext_lazy("CO₂ avoided (estimation)"),
        _carbon,
        unit=Unit.GRAMS_CO2E,
        formula=gettext_lazy(
            "Σ pieces reused × footprint of a new one × displacement rate; net savings as published"
        ),
        source=gettext_lazy("ledger of flows; factors of ADEME, the Restart Project and WRAP"),
        dimensions=("category", "site", "month"),
        adds_up=False,
        group=Group.ENVIRONMENT,
        is_for_networks=False,
    ),
)

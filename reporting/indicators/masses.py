"""Masses and rates: what came in, what became of what left, what stands in stock."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import Category, Method
from reporting import rounding
from reporting.indicators.balance import QUALITY, WEIGHTED
from reporting.indicators.measure import Indicator, Key, Reckon, Unit, Value, summed
from reporting.indicators.reading import Reading
from reporting.rounding import FATES

FLOWS = ("month", "site", "category", "stream", "mode", "origin", "partner")
LEDGER = _("ledger of flows")
OUTSIDE = (None, "NONE")  # what no EPR stream takes
Rate = Callable[[dict[str, int], int], str | None]


def mass(
    direction: str, fates: frozenset[str] = frozenset(), *, of_streams: bool = False
) -> Reckon:
    """Grams and units one way, of some fates; of those of an EPR stream alone, if so asked."""

    def reckon(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
        more = ("stream",) if of_streams and "stream" not in by else ()
        rows = (
            row
            for row in reading.flows((*by, "fate", *more))
            if row["direction"] == direction
            and (not fates or row["fate"] in fates)
            and not (of_streams and row["stream"] in OUTSIDE)
        )
        for key, total in summed(rows, by).items():
            yield Value(key, total.grams, total.units, total.is_attributed)

    return reckon


def _rate(rate: Rate) -> Reckon:
    """A percentage of the masses under each key."""

    def reckon(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
        sums = summed(reading.flows((*by, "fate")), (*by, "direction", "fate"))
        keys = dict.fromkeys(key[:-2] for key in sums) or ({} if by else {(): None})
        for key in keys:
            fates_g = {fate: sums[*key, "out", fate].grams for fate in FATES}
            told = [total for part, total in sums.items() if part[: len(by)] == key]
            amount = rate(fates_g, sums[*key, "in", None].grams)
            yield Value(key, amount, None, any(total.is_attributed for total in told))

    return reckon


def _part(*fates: str) -> Rate:
    """What these fates make of what left."""

    def rate(fates_g: dict[str, int], _collected_g: int) -> str | None:
        if min(fates_g.values()) < 0:
            return None
        return rounding.percent(sum(fates_g[fate] for fate in fates), sum(fates_g.values()))

    return rate


def _of_collected(name: str) -> Rate:
    def rate(fates_g: dict[str, int], collected_g: int) -> str | None:
        return (rounding.of_collected(fates_g, collected_g) or {}).get(name)

    return rate


def _stock(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """What stands at the end of the last day."""
    for key, grams in _standing(reading, by).items():
        yield Value(key, grams)


def _stock_change(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    now, was = _standing(reading, by), _standing(reading, by, at_start=True)
    for key in now.keys() | was.keys():
        yield Value(key, now[key] - was[key])


def _standing(reading: Reading, by: Sequence[str], *, at_start: bool = False) -> Counter[Key]:
    sites = {site.pk: site.code for site in reading.scope.sites}
    tops = dict(Category.objects.using("report").values_list("pk", "code"))
    held: Counter[Key] = Counter({(): 0} if not by else {})
    for spot, grams in reading.standing(at_start=at_start).items():
        codes = {
            "site": reading.named("site", sites.get(spot.site or 0)),
            "category": reading.named("category", tops[spot.top]),
        }
        held[tuple(codes[name] for name in by)] += grams
    return held


def _quality(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Hundredths of what came in and left, by how their weight is known: the last of the keys."""
    kept, border = reading.ground.kept, reading.ground.border
    sums: dict[Key, Counter[str]] = defaultdict(Counter)
    for cell in reading.cells:
        pair = cell.from_account_id, cell.to_account_id
        site = border.side(pair[0]).site or border.side(pair[1]).site
        codes = {
            "category": reading.named("category", kept[cell.from_category_id].top_code),
            "site": reading.named(
                "site", border.sites[site].code if site in border.sites else None
            ),
        }
        for figure, sign in border.effects(*pair):
            if figure in WEIGHTED:
                key = tuple(codes[name] for name in by if name != "method")
                sums[key][QUALITY[Method(cell.method)]] += sign * cell.grams
    for key, methods in (sums or {(): Counter[str]()}).items():
        by_method = {name: methods[name] for name in dict.fromkeys(QUALITY.values())}
        split = rounding.quality(by_method)
        yield from _told(key, by, split)


def _told(key: Key, by: Sequence[str], split: dict[str, int] | None) -> Iterator[Value]:
    """Each method's share where asked for, else what was weighed."""
    if "method" not in by:
        yield Value(key, split["weighed"] if split else None)
        return
    for name, hundredths in (split or {}).items():
        codes = iter(key)
        yield Value(tuple(name if asked == "method" else next(codes) for asked in by), hundredths)


def indicator(number: int, code: str, name: Any, reckon: Reckon, **more: Any) -> Indicator:
    """One whose unit is grams and whose source is the ledger, unless more is said."""
    told: dict[str, Any] = {"unit": Unit.GRAMS, "source": LEDGER, "dimensions": FLOWS} | more
    return Indicator(number=number, code=code, name=name, reckon=reckon, **told)


RATE: dict[str, Any] = {"unit": Unit.PERCENT, "adds_up": False}
MASSES = (
    indicator(
        1,
        "collected",
        _("Collected"),
        mass("in"),
        formula=_("Σ what came in from outside − what was cancelled of it"),
        dimensions=("month", "site", "category", "stream", "mode", "origin"),
    ),
    indicator(
        3,
        "reused",
        _("Reused"),
        mass("out", frozenset({"reuse"})),
        formula=_("sold + given + deduced by balance − returned"),
        dimensions=(*FLOWS, "channel"),
    ),
    indicator(
        4,
        "recycled",
        _("Recycled"),
        mass("out", frozenset({"recycling", "other_recovery"})),
        formula=_("Σ what recyclers took, other recovery of matter included"),
    ),
    indicator(
        5,
        "energy",
        _("Burnt for energy"),
        mass("out", frozenset({"energy"})),
        formula=_("Σ what left for heat or power (R 1)"),
    ),
    indicator(
        6,
        "disposed",
        _("Disposed of"),
        mass("out", frozenset({"disposal"})),
        formula=_("Σ what left for landfill, incineration, residual bins and skips"),
    ),
    indicator(
        7,
        "reuse_rate",
        _("Rate of reuse"),
        _rate(_part("reuse")),
        formula=_("reused ÷ what left"),
        **RATE,
    ),
    indicator(
        8,
        "recycling_rate",
        _("Rate of recycling"),
        _rate(_part("recycling", "other_recovery")),
        formula=_("recycled ÷ what left"),
        **RATE,
    ),
    indicator(
        9,
        "recovery_rate",
        _("Recovery rate"),
        _rate(lambda fates_g, _collected_g: rounding.recovery_rate(fates_g)),
        formula=_("(reused + recycled) ÷ what left, from grams, half up to one decimal"),
        **RATE,
    ),
    indicator(
        10,
        "reuse_of_collected",
        _("Reuse, of what was collected"),
        _rate(_of_collected("reuse")),
        formula=_("reused ÷ collected"),
        **RATE,
    ),
    indicator(
        11,
        "stock",
        _("Stock"),
        _stock,
        formula=_("what the books hold at the end of the last day"),
        dimensions=("site", "category"),
    ),
    indicator(
        11,
        "stock_change",
        _("Change of the stock"),
        _stock_change,
        formula=_("closing stock − opening stock"),
        dimensions=("site", "category"),
    ),
    indicator(
        24,
        "quality",
        _("Weighed"),
        _quality,
        unit=Unit.HUNDREDTHS,
        formula=_("share of the grams that came in and left that were weighed"),
        dimensions=("method", "site", "category"),
        adds_up=False,
    ),
)

"""Matter seen from outside: by inhabitant, by EPR stream, and kept out of the public service."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from reporting import rounding
from reporting.indicators.masses import LEDGER, indicator, mass
from reporting.indicators.measure import Unit, Value, summed
from reporting.indicators.reading import Reading

REUSED = frozenset({"reuse"})
RECYCLED = frozenset({"recycling", "other_recovery"})
STREAMS = ("stream", "mode", "category", "month", "site")
COMMUNES = ("origin", "category", "month", "site")


def _per_inhabitant(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Grams for each who lives there: by commune, or in the whole territory."""
    rows = (row for row in reading.flows(tuple(by)) if row["direction"] == "in")
    for key, total in summed(rows, by).items():
        people = reading.population(key[0] if by else None)
        if people or not by:
            amount = rounding.ratio(total.grams, people) if people else None
            yield Value(key, amount, None, total.is_attributed)


TERRITORY = (
    indicator(
        2,
        "collected_per_inhabitant",
        _("Collected per inhabitant"),
        _per_inhabitant,
        unit=Unit.GRAMS_PER_HEAD,
        formula=_("collected ÷ population served on the last day"),
        source=_("ledger of flows, populations noted"),
        dimensions=("origin",),
        adds_up=False,
        is_for_networks=False,
    ),
    indicator(
        13,
        "stream_collected",
        _("Collected, of EPR streams"),
        mass("in", of_streams=True),
        formula=_("collected, of categories that an EPR stream takes"),
        dimensions=STREAMS,
    ),
    indicator(
        13,
        "stream_reused",
        _("Reused, of EPR streams"),
        mass("out", REUSED, of_streams=True),
        formula=_("reused, of categories that an EPR stream takes"),
        dimensions=STREAMS,
    ),
    indicator(
        13,
        "stream_recycled",
        _("Recycled, of EPR streams"),
        mass("out", RECYCLED, of_streams=True),
        formula=_("recycled, of categories that an EPR stream takes"),
        dimensions=STREAMS,
    ),
    indicator(
        14,
        "diverted",
        _("Kept out of the public waste service"),
        mass("out", REUSED | RECYCLED),
        formula=_("reused + recycled, by the commune it came from"),
        source=LEDGER,
        dimensions=COMMUNES,
    ),
)

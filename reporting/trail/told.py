"""A figure as the report tells it: reckoned apart from the list of what it is made of."""

from typing import Any

from django.db import transaction

from reporting.attribution import flows
from reporting.cube import within
from reporting.indicators import INDICATORS, Tally, diversion
from reporting.listing import COUNTED, MADE_OF, NARROWS, STOCK, Listing
from reporting.listing.figures import CHANNEL_OF
from reporting.names import NONE
from reporting.scopes import FATES
from reporting.tables import OPENS

COLLECTED = "collected_g"


def told_g(listing: Listing) -> int | None:
    """Grams of the figure that ``listing`` is of; None for what no report prints."""
    narrowed = [name for name in NARROWS if getattr(listing, name)]
    if listing.known:
        return None if narrowed or listing.figure != COUNTED else _known_g(listing)
    if narrowed or listing.figure in CHANNEL_OF:
        return _summed_g(listing, narrowed)
    whole = diversion(scope=listing.scope, period=listing.period, category=listing.category)
    if listing.figure == STOCK:
        return int(whole["closing_stock_g"])
    if listing.figure in INDICATORS:
        return int(whole[listing.figure])
    return int(sum(whole[name] for name in MADE_OF[listing.figure]))


def _known_g(listing: Listing) -> int:
    """Grams of one way of weighing."""
    tally = Tally()
    with transaction.atomic(using="report"):
        cells = within(listing.border, listing.period, (), listing.categories)
        tally.add(listing.border, cells)
    return tally.methods_g[listing.known]


def _summed_g(listing: Listing, narrowed: list[str]) -> int | None:
    """What the report's tables tell; how bulk came is shared out there, and has no list."""
    figures = MADE_OF.get(listing.figure, frozenset({listing.figure}))
    if any(listing.figure not in OPENS.get(name, figures | {listing.figure}) for name in narrowed):
        return None
    if not figures <= {COLLECTED, *FATES, *CHANNEL_OF}:
        return None
    rows = flows(
        scope=listing.scope,
        period=listing.period,
        by=(*narrowed, "fate", "channel"),
        category=listing.category,
    )
    asked = {name: getattr(listing, name) for name in narrowed}
    told = [row for row in rows if all((row[name] or NONE) == asked[name] for name in narrowed)]
    return int(sum(row["weight_g"] for row in told if figures & _figures_of(row)))


def _figures_of(row: dict[str, Any]) -> frozenset[str]:
    """The figures that a row of the report's flows adds to."""
    if row["direction"] == "in":
        return frozenset({COLLECTED})
    return frozenset({f"{row['fate']}_g", f"{row['channel']}_g"})

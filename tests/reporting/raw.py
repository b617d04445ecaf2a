"""The raw export beside the figures of the reports: the same to the gram and the cent."""

from organisation.shapes import FIRST_DAY, LAST_DAY
from reporting.attribution import flows
from reporting.indicators import INDICATORS, diversion
from reporting.opendata import Ledger, streamed
from reporting.periods import Period
from reporting.scopes import FATES, SOLD, Scope
from reporting.takings import takings, together

ALWAYS = Period(FIRST_DAY, LAST_DAY)
SHOP = ("tickets", "taken_cents", "noted_cents", "sold_g", "average_basket_cents",
        "price_per_kg_cents", "unweighed_lines")  # fmt: skip
NOT_RECOMPUTED = {"reclassified_g"}  # 0 unless asked by category


def exported(sites, period=ALWAYS, form="zip") -> bytes:
    """The file of some sites of a structure, whole."""
    scope = Scope.of_sites(sites)
    ledger = Ledger(scope.sites[0].organisation, scope, period)
    return b"".join(streamed(ledger, form))


def told(sites, period) -> dict:
    """What the reports say of it, in the words of the program."""
    scope = Scope.of_sites(sites)
    figures = diversion(scope=scope, period=period)
    left = flows(scope=scope, period=period, by=["fate", "channel", "site"])
    sold_g = {}
    for row in left:
        if row["channel"] == SOLD:
            sold_g[row["site"]] = sold_g.get(row["site"], 0) + row["weight_g"]
    shop = together(takings(scope=scope, period=period, sold_g=sold_g).values())
    names = [name for name in INDICATORS if name not in NOT_RECOMPUTED]
    return {
        **{name: figures[name] for name in names},
        "units": {name: _units(left, name) for name in ("collected", *(f[:-2] for f in FATES))},
        "shop": {name: getattr(shop, name) for name in SHOP},
    }


def _units(rows, name) -> int:
    if name == "collected":
        return sum(row["units"] for row in rows if row["direction"] == "in")
    return sum(row["units"] for row in rows if row["direction"] == "out" and row["fate"] == name)


def narrowed(figures, wanted) -> dict:
    """Of the program's figures, those that the reports tell too."""
    shop = {name: figures["shop"][name] for name in wanted["shop"]}
    return {**{name: figures[name] for name in wanted}, "shop": shop}

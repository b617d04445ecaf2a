"""The sheet that says what a workbook rests on: whose figures, of when, how known, how computed."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.bilan.side import KNOWN
from reporting.breakdown import Sides
from reporting.forms import BASES, Question
from reporting.listing import LABELS
from reporting.workbook.typed import DAY, MOMENT, Cell, Sheet, missing, share, text

# The same words as docs/indicators.md, for readers who have the file only.
FORMULAS = {
    "opening_stock_g": gettext_lazy("what stood in stock when the first day began"),
    "opened_g": gettext_lazy("what was there on the first day of using Tracerie: not collected"),
    "collected_g": gettext_lazy("everything that came in from outside, less what was cancelled"),
    "received_g": gettext_lazy("transfers that came from sites outside this report"),
    "adjusted_g": gettext_lazy("stock counts and gaps, found less missing: outside every rate"),
    "reclassified_g": gettext_lazy("sorted into the category asked for, less sorted out of it"),
    "sent_g": gettext_lazy("transfers that left for sites outside this report"),
    "reuse_g": gettext_lazy("sold, given, or deduced by a month's balance, less returns"),
    "recycling_g": gettext_lazy("made into new matter by a partner"),
    "other_recovery_g": gettext_lazy("recovery of matter that is neither reuse nor recycling"),
    "energy_g": gettext_lazy("burnt for heat or power; counted with disposal in the shares"),
    "disposal_g": gettext_lazy("landfill, incineration without recovery, residual bins"),
    "outgoing_g": gettext_lazy("the five fates together"),
    "closing_stock_g": gettext_lazy("opening stock + what came in − what went out, to the gram"),
}
OTHERS = {
    gettext_lazy("Sold"): gettext_lazy("reuse through the tills, less what was given back"),
    gettext_lazy("Given"): gettext_lazy("reuse otherwise: gifts, the free shelf, associations"),
    gettext_lazy("Deduced by balance"): gettext_lazy(
        "reuse that nobody weighed: what the books held less what was counted"
    ),
    gettext_lazy("Sold or given, not told which"): gettext_lazy(
        "reuse taken over from files that name neither a partner nor a balance"
    ),
    gettext_lazy("Shipped"): gettext_lazy("the four other fates"),
    gettext_lazy("Shares"): gettext_lazy(
        "parts of the base in whole hundredths that make 100, by largest remainder"
    ),
    gettext_lazy("Recovery rate"): gettext_lazy(
        "(reuse + recycling + other recovery) ÷ base, from grams, half up to one decimal"
    ),
    gettext_lazy("Target"): gettext_lazy(
        "of a year: of what grows through it, the part of the days that are counted; the gap is"
        " the figure less the target"
    ),
    gettext_lazy("Flow by fate and partner"): gettext_lazy(
        "what went out, each category or origin by its fate and by who took it; returns are taken"
        " off"
    ),
    gettext_lazy("Months by fate"): gettext_lazy(
        "what went out month by month, each fate beside the compared month"
    ),
    gettext_lazy("Indicators"): gettext_lazy("each with its own unit, formula and source"),
    gettext_lazy("Age of the stock"): gettext_lazy(
        "on the last day, or today: objects from their arrival or label, bulk first in, first out;"
        " what stands below zero has no age"
    ),
    gettext_lazy("Data quality"): gettext_lazy(
        "grams in and out by how they are known; a method below zero in a category counts as none"
    ),
    gettext_lazy("Attributed"): gettext_lazy(
        "bulk forgets how it came: what left is shared out over what the site took in of its"
        " family in twelve months, by largest remainder"
    ),
    gettext_lazy("Taken"): gettext_lazy("totals of tickets − totals of refunds, each on its day"),
    gettext_lazy("Basket"): gettext_lazy("taken ÷ tickets"),
    gettext_lazy("€ per kg sold"): gettext_lazy(
        "taken ÷ kilograms sold; lines without a weight make it too high"
    ),
}
STOCKS = {
    "opening_stock_g": gettext_lazy("Stock on the first day"),
    "closing_stock_g": gettext_lazy("Stock at the end"),
}


def sources(asked: Question, sides: Sides) -> Sheet:
    """Everything that a reader needs to check the other sheets, or to ask for them again."""
    rows = [[text(topic), value] for topic, value in _told(asked, sides)]
    return Sheet(_("Sources"), [_("What"), _("Says")], rows, has_total=False)


def _told(asked: Question, sides: Sides) -> Iterator[tuple[Any, Cell]]:
    yield from _scope(asked)
    yield (
        _("Category"),
        text(asked.category_asked.name if asked.category_asked else _("All categories")),
    )
    yield _("First day"), Cell(sides.period.start, DAY)
    yield _("Last day"), Cell(sides.period.end, DAY)
    if sides.compared is not None:
        yield _("Compared with, first day"), Cell(sides.compared.start, DAY)
        yield _("Compared with, last day"), Cell(sides.compared.end, DAY)
    yield _("Rates are shares of"), text(dict(BASES)[asked.base_asked])
    yield (
        _("Workbook made on"),
        Cell(timezone.localtime().replace(tzinfo=None, microsecond=0), MOMENT),
    )
    yield _("Masses"), text(_("kilograms, to the gram"))
    yield from _quality(sides)
    for note in sides.now.figures["warnings"]:
        yield _("Warning"), text(note["msg"])
    for name, formula in FORMULAS.items():
        yield STOCKS.get(name, LABELS.get(name)), text(formula)
    for word, formula in OTHERS.items():
        yield word, text(formula)


def _scope(asked: Question) -> Iterator[tuple[Any, Cell]]:
    """Whose figures; of a network no site is named."""
    sites = asked.scope.sites
    if asked.network_asked is not None:
        yield _("Network"), text(asked.network_asked.name)
        return
    yield _("Structure"), text(sites[0].organisation.name if sites else "")
    for site in sites:
        yield _("Site"), text(f"{site.name} ({site.code})")


def _quality(sides: Sides) -> Iterator[tuple[Any, Cell]]:
    """How the grams of what came in and went out are known."""
    quality = sides.now.figures["quality"]
    if quality is None:
        yield _("Weights"), missing()
        return
    for name, hundredths in quality.items():
        yield _("Weights: %(method)s") % {"method": KNOWN[name]}, share(hundredths)

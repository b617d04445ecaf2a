"""Sheets of the sections that are no table of masses: targets, flow, indicators, ages, quality.

Each is left out where the page leaves out its section.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reporting import rounding
from reporting.aging import CLASSES
from reporting.bilan.flow import HEADS, streams
from reporting.bilan.indicators import Row, all_rows
from reporting.bilan.quality import Known, guessed, known_by, least_weighed_first
from reporting.bilan.side import KNOWN
from reporting.bilan.standing import ages_of, by_category, in_order
from reporting.breakdown import Sides
from reporting.forms import Question
from reporting.indicators import Unit, Value
from reporting.listing import LABELS
from reporting.printing import heads as names_of_columns
from reporting.printing import period_name
from reporting.rounding import FATES
from reporting.targets import Goal, goals_of
from reporting.workbook.typed import MEASURES, Cell, Sheet, amount, kg, missing, share, text


def targets(asked: Question) -> Iterator[Sheet]:
    """What was meant for the days that are counted, what is, and how far apart they are."""
    heads = [_("Indicator"), _("Sense"), _("Target"), _("Figure"), _("Gap"), _("unit")]
    rows = [_goal(goal) for goal in goals_of(asked)]
    if rows:
        heads += [_("Says"), _("Part of the year")]
        yield Sheet(_("Targets"), heads, rows, has_total=False)


def _goal(goal: Goal) -> list[Cell]:
    unit = goal.indicator.unit
    gap = None if goal.amount is None else goal.amount - goal.due
    return [
        text(goal.indicator.name),
        text(_("at most") if goal.target.is_ceiling else _("at least")),
        *(_aimed(unit, each) for each in (goal.due, goal.amount, gap)),
        text(MEASURES[unit].word),
        text(goal.said),
        text(goal.prorated if goal.is_prorated else ""),
    ]


def _aimed(unit: Unit, found: int | None) -> Cell:
    """An amount as targets hold it: rates in tenths."""
    if found is not None and unit == Unit.PERCENT:
        return amount(unit, str(Decimal(found).scaleb(-1)))
    return amount(unit, found)


def flow(asked: Question, sides: Sides) -> Iterator[Sheet]:
    """What left, by where it came from, its fate and whom it went to; none is folded away."""
    found, attributed = streams(sides.now.routes, asked)
    sums: Counter[tuple[str, str, str]] = Counter()
    for start, fate, end, grams in found:
        sums[start, fate, end] += grams
    ranked = sorted(sums, key=lambda key: (key[0], FATES.index(key[1]), -sums[key], key[2]))
    rows = [
        [
            text(start),
            text(LABELS[f"{fate}_g"]),
            text(end),
            kg(sums[start, fate, end]),
            text(_("attributed") if (start, fate) in attributed else _("exact")),
        ]
        for start, fate, end in ranked
        if sums[start, fate, end]
    ]
    if rows:
        total = [text(_("Together")), text(""), text(""), kg(sides.now.figures["outgoing_g"])]
        heads = [str(HEADS[asked.whence_asked]), _("Fate"), _("With whom"), _("Gone out (kg)")]
        heads.append(_("what went out is"))
        yield Sheet(_("Flow by fate and partner"), heads, [*rows, [*total, text("")]])


def indicators(asked: Question, sides: Sides) -> Iterator[Sheet]:
    """Every indicator, those without a value too; each cell is a number in its own unit."""
    if sides.is_blank:
        return
    found = all_rows(asked)
    heads = [_("Code"), _("Indicator"), period_name(sides.period)]
    if sides.compared is not None:
        heads.append(names_of_columns(sides.period, sides.compared)[1])
    heads += [_("unit"), _("Figure is"), _("Formula"), _("Source"), _("Note")]
    yield Sheet(_("Indicators"), heads, [_indicator(row) for row in found], has_total=False)


def _indicator(row: Row) -> list[Cell]:
    told, values = row.indicator, [row.now, *([row.was] if row.was else [])]
    notes = dict.fromkeys(value.note for value in values if value.note)
    return [
        text(told.code),
        text(told.name),
        *(amount(told.unit, value.amount) for value in values),
        text(MEASURES[told.unit].word),
        text(_basis(values)),
        text(told.formula),
        text(told.source),
        text(" ".join(map(str, notes))),
    ]


def _basis(values: list[Value]) -> str:
    if all(value.amount is None for value in values):
        return ""
    is_shared = any(value.is_attributed for value in values)
    return _("attributed") if is_shared else _("exact")


def ages(asked: Question, sides: Sides) -> Iterator[Sheet]:
    """Categories by how long they have stood; with what has no age they make the stock."""
    rows_g = by_category(ages_of(asked, sides))
    if not rows_g:
        return
    sums = [sum(column) for column in zip(*rows_g.values(), strict=True)]
    below_g = sides.now.figures["closing_stock_g"] - sum(sums)
    rows = [
        [text(each.name), *map(kg, (sum(rows_g[each.code]), *rows_g[each.code]))]
        for each in in_order(asked.tops[code] for code in rows_g)
    ]
    if below_g:
        nothing = [missing()] * len(CLASSES)
        rows.append([text(_("Below zero, without an age")), kg(below_g), *nothing])
    rows.append([text(_("Together")), *map(kg, (sum(sums) + below_g, *sums))])
    names = [_("in stock"), *(name for _last, name in CLASSES)]
    heads = [_("Category"), *(f"{name} (kg)" for name in names)]
    yield Sheet(_("Age of the stock"), heads, rows)


def quality(asked: Question, sides: Sides) -> Iterator[Sheet]:
    """How the grams that came in and went out are known, the least weighed category first."""
    whole = sides.now.figures["quality"]
    if not whole:
        return
    methods = known_by(sides.now.categories)
    sums = {name: sum(known[name] for known in methods.values()) for name in KNOWN}
    rows = [
        _known(category.name, methods[category.pk], rounding.quality(methods[category.pk]) or {})
        for category in least_weighed_first(methods, asked)
    ]
    words = [*map(capfirst, KNOWN.values())]
    masses, parts = [*words, _("Together"), _("not weighed")], _("share")
    heads = [_("Category"), *(f"{word} (kg)" for word in masses)]
    heads += [f"{word} ({parts})" for word in words]
    yield Sheet(_("Data quality"), heads, [*rows, _known(_("Together"), sums, whole)])


def _known(label: str, known: Known, shares: Known) -> list[Cell]:
    return [
        text(label),
        *(kg(known[name]) for name in KNOWN),
        kg(sum(known.values())),
        kg(guessed(known)),
        *(share(shares.get(name)) for name in KNOWN),
    ]

"""The flow picture of a report: read for the document, then drawn from it with its table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from reporting import sankey
from reporting.indicators import Reading
from reporting.listing import LABELS
from reporting.names import names_of
from reporting.printing import Unit, unit_for
from reporting.reports.words import label
from reporting.rounding import FATES
from reporting.sankey import END, START, Stream
from reporting.shops import WORDS

MOST = {START: 8, END: 9}
FIRST = "category"


def read(reading: Reading, by: Sequence[str], names: Mapping[str | None, Any]) -> dict[str, Any]:
    """What left, from a category or another dimension, by its fate, to a partner or the public."""
    first = by[0] if by else FIRST
    is_network = reading.scope.network is not None
    routed = (first, "fate", "channel") if is_network else (first, "fate", "partner", "channel")
    owner = None if is_network else next((s.organisation_id for s in reading.scope.sites), None)
    partners = {} if is_network else names_of("partner", owner)
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for row in reading.flows(routed):
        if row["direction"] == "out":
            codes = (row[first] or "", row["fate"], row.get("partner") or row["channel"])
            start = label(first, row[first], names)
            end = partners.get(row.get("partner")) if row.get("partner") else WORDS[row["channel"]]
            sums[(*codes, start, str(end))] += row["weight_g"]
    streams = [
        {"key": list(key[:3]), "start": key[3], "end": key[4], "now": grams}
        for key, grams in sorted(sums.items())
        if grams
    ]
    return {"by": [first], "streams": streams}


def printed(block: Mapping[str, Any], first: str) -> dict[str, Any]:
    """The picture, on paper and on a page, and the table of where things came from."""
    streams = [
        Stream(each["start"], each["key"][1], each["end"], each["now"]) for each in block["streams"]
    ]
    rest = _("Others")
    told = sankey.folded(streams, MOST, rest)
    sums = [sum(each.weight_g for each in told if each.fate == fate) for fate in FATES]
    unit = unit_for([sum(sums)])
    totals = unit.split(sums)
    tables = {column: sankey.table(told, column, totals, unit, rest) for column in (START, END)}
    drawn = [each for each in told if each.weight_g > 0]
    words = sankey.words(tables, totals, unit, (first, _("Fate"), _("With whom")))
    picture = sankey.layout(drawn, sankey.WIDE, rest) if drawn else None
    return {
        "unit": unit.word,
        "first": first,
        "heads": [*(str(LABELS[f"{fate}_g"]) for fate in FATES), str(LABELS["outgoing_g"])],
        "rows": [
            {"label": name, "cells": [_cell(unit, g) for g in (*row, sum(row))]}
            for name, row in tables[START].items()
        ],
        "total": [_cell(unit, g) for g in (*totals, sum(totals))],
        "label": words.label,
        "paper": sankey.draw(picture, words, sankey.PAPER) if picture else "",
        "svg": sankey.draw(picture, words) if picture else "",
        "is_told": bool(drawn),
    }


def _cell(unit: Unit, grams: int) -> str:
    return unit.write(grams) if grams else "–"

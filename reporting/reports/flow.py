"""The flow picture of a report: read for the document, then drawn from it with its table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from inventory.units import NO_BREAK
from reporting import sankey
from reporting.indicators import Reading
from reporting.listing import LABELS
from reporting.names import names_of
from reporting.printing import Unit, unit_for
from reporting.reports.words import label
from reporting.rounding import FATES
from reporting.sankey import END, FATE, START, Stream, Words
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
    totals = [sum(each.weight_g for each in told if each.fate == fate) for fate in FATES]
    unit = unit_for([sum(totals)])
    tables = {column: _table(told, column, totals, unit, rest) for column in (START, END)}
    drawn = [each for each in told if each.weight_g > 0]
    words = _words(tables, totals, unit, first)
    picture = sankey.layout(drawn, sankey.WIDE, rest) if drawn else None
    return {
        "unit": unit.word,
        "first": first,
        "heads": [*(str(LABELS[f"{fate}_g"]) for fate in FATES), str(LABELS["outgoing_g"])],
        "rows": [
            {"label": name, "cells": [_cell(unit, g) for g in (*row, sum(row))]}
            for name, row in tables[START].items()
        ],
        "total": [_cell(unit, g) for g in (*unit.split(totals), sum(unit.split(totals)))],
        "label": words.label,
        "paper": sankey.draw(picture, words, sankey.PAPER) if picture else "",
        "svg": sankey.draw(picture, words) if picture else "",
        "is_told": bool(drawn),
    }


def _table(
    told: Sequence[Stream], column: int, totals: Sequence[int], unit: Unit, rest: str
) -> dict[str, list[int]]:
    """Name → grams by fate as printed, so that each fate adds up; what is left over last."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FATES, 0))
    for stream in told:
        sums[str(stream[column])][stream.fate] += stream.weight_g
    ranked = sorted(sums, key=lambda name: (name == rest, -sum(sums[name].values()), name))
    grid = unit.grid([list(sums[name].values()) for name in ranked], unit.split(totals))
    return dict(zip(ranked, grid, strict=True))


def _words(
    tables: Mapping[int, Mapping[str, list[int]]], totals: Sequence[int], unit: Unit, first: str
) -> Words:
    masses: dict[tuple[int, str, str], int] = {}
    for column, table in tables.items():
        for name, row in table.items():
            masses[column, name, ""] = sum(row)
            masses |= {(column, name, fate): g for fate, g in zip(FATES, row, strict=True)}
    masses |= {(FATE, "", f): g for f, g in zip(FATES, unit.split(totals), strict=True)}
    heads = (first, _("Fate"), _("With whom"))
    return Words(
        label=" → ".join(map(str, heads)),
        heads=heads,
        fates={fate: LABELS[f"{fate}_g"] for fate in FATES},
        mass=lambda *key: f"{unit.write(masses[key])}{NO_BREAK}{unit.word}",
    )


def _cell(unit: Unit, grams: int) -> str:
    return unit.write(grams) if grams else "–"

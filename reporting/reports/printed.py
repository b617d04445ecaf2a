"""A document as it is read: every figure in words, rounded so that columns add up."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.units import NO_BREAK
from reporting import charts
from reporting.bilan.side import KNOWN
from reporting.charts import DETAIL, DONE
from reporting.listing import LABELS
from reporting.printing import BALANCE, printed_balance, unit_for, write_day
from reporting.printing import Unit as Mass
from reporting.reports import ages, flow, kept, months
from reporting.reports.tables import FIRST, Given, plain, table
from reporting.rounding import FATES, PUBLISHED

MARKS = {name: mark for name, _sign, mark in BALANCE} | {"closing_stock_g": "="}


def printed(document: Mapping[str, Any]) -> Given:
    """What a page or a PDF of a document shows, in the order in which it shows it."""
    period, compared = document["period"], document["compared"]
    names = (period["name"], compared["name"] if compared else "")
    if names[0] == names[1]:
        names = (_("this period"), _("compared"))
    return {
        "lang": document["lang"],
        "title": document["title"],
        "funder": document["funder"],
        "structure": document["structure"]["name"],
        "siret": document["structure"]["siret"],
        "whose": _("Network") if document.get("network") else _("Sites"),
        "sites": kept.named(document),
        "days": _("From %(start)s to %(end)s") % _days(period),
        "compared": _("Compared with the period from %(start)s to %(end)s") % _days(compared)
        if compared
        else "",
        "intro": document["intro"],
        "note": document["note"],
        "basis": _basis(document["basis"]),
        "blocks": [PRINTERS[block["kind"]](block, document, names) for block in document["blocks"]],
        "warnings": [note["msg"] for note in document["warnings"]],
        "sources": [
            {"name": each["name"], "formula": _beside(each), "source": each["source"]}
            for each in document["sources"]
        ],
    }


def _beside(source: Mapping[str, Any]) -> str:
    """A formula, and what must be read beside the figure."""
    return ". ".join(filter(None, (source["formula"], source.get("note", "")))).rstrip(".")


def _days(period: Mapping[str, str]) -> dict[str, str]:
    return {
        "start": write_day(date.fromisoformat(period["from"])),
        "end": write_day(date.fromisoformat(period["to"])),
    }


def _basis(basis: str) -> str:
    if basis == "collected":
        return _("Rates are shares of what was collected in the period.")
    return _("Rates are shares of what went out in the period.")


def _text(block: Mapping[str, Any], _document: Any, _names: Any) -> Given:
    return plain(block)


def _shares(block: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str]) -> Given:
    basis, now = document["basis"], block["now"]
    unit = unit_for([*now["masses"].values(), now["collected_g"]])
    found = _published(now, basis)
    whole_g = sum(max(grams, 0) for grams in now["masses"].values())
    whole_g = max(whole_g, now["collected_g"]) if basis == "collected" else whole_g
    told = (f"{found[name]}{NO_BREAK}% {DONE[name]}" for name in PUBLISHED) if found else ()
    label = ", ".join(told) or _("n/a")
    return {
        **plain(block),
        "groups": [
            {
                "fate": name,
                "percent": number_format(found[name]) if found else "",
                "word": str(DONE[name]),
                "parts": [
                    f"{unit.say(now['masses'][fate])} {DETAIL[fate]}"
                    for fate in PUBLISHED[name]
                    if now["masses"][fate] or fate == name
                ],
            }
            for name in PUBLISHED
        ],
        "is_told": found is not None,
        "bar": _bar(now["masses"], whole_g),
        "svg": charts.shares_bar(now["masses"], label, whole_g) if whole_g else "",
        "rate": _percent(_rate(now, basis)),
        "rate_was": _percent(_rate(block["was"], basis)) if block["was"] else "",
        "was": _in_words(block["was"], basis, names[1]) if block["was"] else "",
        "basis": _basis(basis),
        "label": label,
    }


def _bar(masses: Mapping[str, int], whole_g: int) -> list[dict[str, Any]]:
    """Each fate's part of the bar's length, in ten thousandths."""
    if not whole_g:
        return []
    parts = {fate: max(masses[fate], 0) * 10_000 // whole_g for fate in FATES}
    return [{"fate": fate, "of_ten_thousand": part} for fate, part in parts.items()]


def _published(rates: Mapping[str, Any], basis: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = rates["of_collected" if basis == "collected" else "shares"]
    return found


def _rate(rates: Mapping[str, Any], basis: str) -> str | None:
    if basis == "collected":
        return (rates["of_collected"] or {}).get("recovery_rate")
    rate: str | None = rates["recovery_rate"]
    return rate


def _percent(rate: str | None) -> str:
    return f"{number_format(rate)}{NO_BREAK}%" if rate is not None else _("n/a")


def _in_words(rates: Mapping[str, Any], basis: str, name: str) -> str:
    """The other period's shares, on one line."""
    found = _published(rates, basis)
    if found is None:
        return f"{name} : {_('n/a')}" if get_language() == "fr" else f"{name}: {_('n/a')}"
    parts = (f"{number_format(found[each])}{NO_BREAK}% {DONE[each]}" for each in PUBLISHED)
    return _("%(period)s: %(shares)s") % {"period": name, "shares": ", ".join(parts)}


def _balance(block: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str]) -> Given:
    held = {row["name"]: row for row in block["rows"]}
    sides = [
        {name: held[name][side] or 0 if name in held else 0 for name in (*MARKS, *_fates())}
        for side in ("now", "was")
    ]
    unit = unit_for(grams for side in sides for grams in side.values())
    now, was = (printed_balance({**side, "in_transit_g": 0}, unit) for side in sides)
    has_was = document["compared"] is not None
    return {
        **plain(block),
        "unit": unit.word,
        "heads": [names[0], *([names[1]] if has_was else [])],
        "rows": [
            {
                "mark": MARKS.get(name, ""),
                "label": str(capfirst(balance_label(name))),
                "fate": name.removesuffix("_g") if name in _fates() else "",
                "css": _css(name),
                "cells": [unit.write(side[name]) for side in ((now, was) if has_was else (now,))],
            }
            for name in held
        ],
    }


def _fates() -> tuple[str, ...]:
    return tuple(f"{fate}_g" for fate in FATES)


def _css(name: str) -> str:
    if name == "closing_stock_g":
        return "sum"
    return "sub" if name == "outgoing_g" else "in" if name in _fates() else ""


def balance_label(name: str) -> str:
    """What a line of the mass balance is called."""
    if name == "opening_stock_g":
        return _("Stock on the first day")
    return _("Stock at the end") if name == "closing_stock_g" else str(LABELS[name])


def _quality(block: Mapping[str, Any], document: Mapping[str, Any], names: Sequence[str]) -> Given:
    now, was = block["now"], block["was"]
    has_was = document["compared"] is not None
    return {
        **plain(block),
        "heads": [names[0], *([names[1]] if has_was else [])],
        "rows": [
            {
                "label": str(capfirst(str(KNOWN[name]))),
                "cells": [
                    _hundredths(side and side[name]) for side in ((now, was) if has_was else (now,))
                ],
            }
            for name in KNOWN
        ],
    }


def _hundredths(share: int | None) -> str:
    return _("n/a") if share is None else f"{share}{NO_BREAK}%"


def _flow(block: Mapping[str, Any], _document: Any, _names: Any) -> Given:
    return {**plain(block), **flow.printed(block, str(FIRST[block["by"][0]]))}


def _months(block: Mapping[str, Any], _document: Any, names: Sequence[str]) -> Given:
    return {**plain(block), **months.printed(block, names)}


def _ages(block: Mapping[str, Any], _document: Any, names: Sequence[str]) -> Given:
    return {**plain(block), **ages.printed(block, names)}


def _outlets(block: Mapping[str, Any], _document: Any, _names: Any) -> Given:
    masses = [row[side] for row in block["rows"] for side in ("sent", "declared")]
    masses += [block["sent"]["masses"], block["declared"]["masses"]]
    unit = unit_for(grams for each in masses for grams in each.values())
    used = [fate for fate in FATES if any(each[fate] for each in masses)]
    return {
        **plain(block),
        "unit": unit.word,
        "heads": [str(LABELS[f"{fate}_g"]) for fate in used],
        "rows": [
            {
                "label": row["partner"],
                "sent": _split(row["sent"], used, unit),
                "declared": _split(row["declared"], used, unit),
                "source": _sources(row["sources"]),
            }
            for row in block["rows"]
        ],
        "whole": {side: _split(block[side]["masses"], used, unit) for side in ("sent", "declared")},
        "rates": {side: _percent(block[side]["recovery_rate"]) for side in ("sent", "declared")},
    }


def _split(masses: Mapping[str, int], used: Sequence[str], unit: Mass) -> list[str]:
    return [unit.write(grams) for grams in unit.split([masses[fate] for fate in used])]


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(
        _("since %(day)s: %(source)s")
        % {"day": write_day(date.fromisoformat(each["since"])), "source": each["source"]}
        for each in sources
    )


PRINTERS = {
    "text": _text,
    "shares": _shares,
    "balance": _balance,
    "quality": _quality,
    "flow": _flow,
    "months": _months,
    "ages": _ages,
    "outlets": _outlets,
    "table": table,
}

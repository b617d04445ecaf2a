"""A template written for a scope and a period: one document, with every figure it shows.

The document is plain JSON: amounts are whole numbers in the unit of their indicator, rates are
text, ``None`` is what there is none of. Files print it; nothing is reckoned after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.units import NO_BREAK
from organisation.models import Organisation
from reporting import indicators
from reporting.indicators import Indicator, Reading, Value
from reporting.indicators.reading import written_months
from reporting.periods import Period
from reporting.printing import BALANCE, period_name, unit_for, write_day
from reporting.reports import ages, flow, kept, months
from reporting.reports.layout import PLACEHOLDER, Layout, Part
from reporting.reports.outlets import declared
from reporting.reports.words import label, labels, write
from reporting.rounding import FATES
from reporting.scopes import Scope

Document = dict[str, Any]
Block = dict[str, Any]
Row = tuple[str | None, ...]
SIGNS = {name: mark for name, _sign, mark in BALANCE}
STOCKS = ("opening_stock_g", "closing_stock_g")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose report, over what: its scope, its period and the one beside it."""

    organisation: Organisation
    scope: Scope
    period: Period
    compared: Period | None = None
    today: date = field(default_factory=timezone.localdate)  # the stock's age is told as of it


def draft(*, layout: Layout, subject: Subject) -> Document:
    """The document of a template, in one snapshot."""
    with transaction.atomic(using="report"):
        return Draft(layout, subject).document()


class Draft:
    """Writes the blocks of a document. Callers hold the transaction of ``report``."""

    def __init__(self, layout: Layout, subject: Subject) -> None:
        self.layout, self.subject = layout, subject
        self.parts = [kept.part_of(part, subject.scope) for part in layout.parts]
        self.now = Reading(subject.scope, subject.period, names=layout.names, today=subject.today)

    @cached_property
    def was(self) -> Reading | None:
        """The other period, under the same classification; None where nothing was there yet."""
        subject, names = self.subject, self.layout.names
        if subject.compared is None:
            return None
        found = Reading(subject.scope, subject.compared, names=names, today=subject.today)
        told = (grams for name, grams in found.balance.items() if name.endswith("_g"))
        return found if any(told) else None

    def document(self) -> Document:
        subject, layout = self.subject, self.layout
        blocks = [
            {"part": n, **block}
            for n, (part, left_out) in enumerate(self.parts)
            if (block := self._block(part, left_out))
        ]
        return {
            "v": 1,
            "lang": get_language() or "fr",
            "title": layout.title,
            "funder": layout.funder,
            "structure": {"name": subject.organisation.name, "siret": subject.organisation.siret},
            **kept.whose(subject.scope),
            "period": self._period(subject.period),
            "compared": self._period(self.was.period) if self.was else None,
            "basis": layout.basis,
            "intro": self._filled(layout.intro),
            "note": self._filled(layout.note),
            "blocks": blocks,
            "warnings": self.now.balance["warnings"],
            "sources": self._sources(),
        }

    def _period(self, period: Period) -> dict[str, str]:
        return {**period.describe(), "name": period_name(period)}

    def _block(self, part: Part, left_out: str) -> Block | None:
        """A section, with what it leaves out; None where there is nothing to tell."""
        write_part = getattr(self, f"_{part.kind}")
        block: Block | None = write_part(part)
        if block is None:
            return None
        text = "\n".join(filter(None, (self._filled(part.text), left_out)))
        return {"kind": part.kind, "title": part.title, "text": text, **block}

    def _text(self, _part: Part) -> Block:
        return {}

    def _shares(self, _part: Part) -> Block:
        return {"now": _rates(self.now), "was": _rates(self.was) if self.was else None}

    def _balance(self, _part: Part) -> Block:
        names = [*SIGNS, *(f"{fate}_g" for fate in FATES), "closing_stock_g"]
        was = self.was.balance if self.was else {}
        rows = [{"name": name, "now": self.now.balance[name], "was": was.get(name)}
                for name in names]  # fmt: skip
        kept = {*STOCKS, "collected_g", "outgoing_g", *(f"{fate}_g" for fate in FATES)}
        return {"rows": [row for row in rows if row["now"] or row["was"] or row["name"] in kept]}

    def _quality(self, _part: Part) -> Block:
        return {
            "now": self.now.balance["quality"],
            "was": self.was.balance["quality"] if self.was else None,
        }

    def _flow(self, part: Part) -> Block | None:
        first = part.by[0] if part.by else flow.FIRST
        found = flow.read(self.now, [first], self.names(first))
        return found if found["streams"] else None

    def _months(self, _part: Part) -> Block | None:
        return months.read(self.now, self.was)

    def _ages(self, _part: Part) -> Block | None:
        return ages.read(self.now, self.was, self.names("category"))

    def _outlets(self, _part: Part) -> Block | None:
        return declared(self.now, self.subject.organisation)

    def _table(self, part: Part) -> Block | None:
        found = [indicators.ALL[code] for code in part.indicators]
        columns = _crossed(self, found[0], part) if len(part.by) > 1 else _beside(self, found, part)
        return columns if columns["rows"] or not part.by else None

    def _sources(self) -> list[dict[str, Any]]:
        """What each indicator that is shown means."""
        shown = {code for part, _left_out in self.parts for code in part.indicators}
        return [
            {
                "code": each.code,
                "name": str(each.name),
                "unit": str(each.unit),
                "formula": str(each.formula),
                "source": str(each.source),
                "note": self.whole(each, self.now).note,
            }
            for each in indicators.ALL.values()
            if each.code in shown
        ]

    def _filled(self, text: str) -> str:
        """A text with its braces filled; an abbreviation's point ends a sentence too."""
        filled = PLACEHOLDER.sub(lambda found: self._told(found[1]), text)
        return filled.replace(_("n/a") + ".", _("n/a").removesuffix(".") + ".")

    def _told(self, name: str) -> str:
        if name in indicators.ALL:
            indicator = indicators.ALL[name]
            mass = unit_for([self.now.balance["collected_g"], self.now.balance["outgoing_g"]])
            return write(indicator.unit, self.whole(indicator, self.now).amount, mass)
        subject, network = self.subject, self.subject.scope.network
        shares = self.now.balance["shares"] or {}
        share = shares.get(name.removesuffix("_share"))
        facts: dict[str, Any] = {
            "structure": network.name if network else subject.organisation.name,
            "sites": kept.named(kept.whose(subject.scope)),
            "site_count": len(subject.scope.sites),
            "period": period_name(subject.period),
            "compared": period_name(self.was.period) if self.was else "",
            "first_day": write_day(subject.period.start),
            "last_day": write_day(subject.period.end),
            "year": subject.period.end.year,
        }
        if name in facts:
            return str(facts[name])
        return _("n/a") if share is None else f"{share}{NO_BREAK}%"

    def whole(self, indicator: Indicator, reading: Reading) -> Value:
        """An indicator without any dimension; nothing of what a network's members keep."""
        if reading.scope.network is not None and not indicator.is_for_networks:
            return Value((), None)
        return next(iter(indicator.values(reading)), Value((), None))

    def before(self, indicator: Indicator, by: Sequence[str]) -> list[Value]:
        """An indicator's values in the other period; its months stand beside this period's."""
        if self.was is None:
            return []
        values = indicator.values(self.was, by)
        if "month" not in by:
            return values
        months = dict(
            zip(written_months(self.was.period), written_months(self.now.period), strict=False)
        )
        return [
            value._replace(key=tuple(months.get(code or "", code) for code in value.key))
            for value in values
        ]

    def cell(self, now: Value, was: Value | None, part: Part) -> dict[str, Any]:
        """A figure beside that of the other period."""
        cell: dict[str, Any] = {"now": now.amount}
        cell["was"] = was.amount if was and self.was else None
        if part.units:
            cell["units"] = now.units
        if now.is_attributed or (was and was.is_attributed):
            cell["attributed"] = True
        return cell

    def rows(self, by: Sequence[str], values: Iterable[Value]) -> list[Row]:
        """The keys of a table's rows: months as they come, the rest by weight, the unknown last."""
        [dimension] = by
        sums: dict[Row, int] = {}
        for value in values:
            amount = value.amount if isinstance(value.amount, int) else 0
            sums[value.key] = max(sums.get(value.key, 0), amount)
        if dimension == "month":
            return sorted(sums, key=lambda key: key[0] or "")
        names = self.names(dimension)
        return sorted(sums, key=lambda key: (key[0] not in names, -sums[key], key[0] or ""))

    def names(self, dimension: str) -> dict[str | None, Any]:
        """What codes are called; a funder's own names say themselves."""
        known = labels(dimension, self.subject.scope, self.subject.organisation)
        return known | {name: name for name in self.layout.names.get(dimension, {}).values()}

    def label(self, dimension: str, code: str | None) -> str:
        return label(dimension, code, self.names(dimension))


def _rates(reading: Reading) -> dict[str, Any]:
    kept = ("shares", "recovery_rate", "of_collected", "collected_g", "outgoing_g")
    masses = {fate: reading.balance[f"{fate}_g"] for fate in FATES}
    return {"masses": masses, **{name: reading.balance[name] for name in kept}}


def _head(indicator: Indicator) -> dict[str, Any]:
    return {"code": indicator.code, "name": str(indicator.name), "unit": str(indicator.unit)}


def _beside(draft: Draft, found: Sequence[Indicator], part: Part) -> Block:
    """Indicators in columns, each beside the other period; without a dimension, one row."""
    now = [indicator.values(draft.now, part.by) for indicator in found]
    was = [draft.before(indicator, part.by) for indicator in found]
    keys: list[Row] = [()]
    if part.by:
        keys = draft.rows(part.by, [value for column in now + was for value in column])
    columns = [
        ({v.key: v for v in a}, {v.key: v for v in b}) for a, b in zip(now, was, strict=True)
    ]
    rows = [
        {
            "key": list(key),
            "label": draft.label(part.by[0], key[0]) if part.by else "",
            "cells": [
                draft.cell(a.get(key, nothing), b.get(key, nothing), part)
                for (a, b), nothing in zip(columns, map(_nothing, found), strict=True)
            ],
        }
        for key in keys
    ]
    total = [draft.cell(draft.whole(indicator, draft.now), _was(draft, indicator), part)
             for indicator in found]  # fmt: skip
    return {
        "by": part.by,
        "has_units": part.units,
        "columns": [_head(indicator) for indicator in found],
        "rows": rows if part.by else [],
        "total": total,
    }


def _was(draft: Draft, indicator: Indicator) -> Value | None:
    return draft.whole(indicator, draft.was) if draft.was else None


def _nothing(indicator: Indicator) -> Value:
    """What stands where an indicator tells nothing: of what adds up, none."""
    return Value((), 0 if indicator.adds_up else None)


def _crossed(draft: Draft, indicator: Indicator, part: Part) -> Block:
    """One indicator: rows by the first dimension, columns by the second; its total at the end."""
    first, second = part.by
    values = indicator.values(draft.now, part.by)
    others, nothing = draft.before(indicator, part.by[:1]), _nothing(indicator)
    across = draft.rows([second], [Value((v.key[1],), v.amount) for v in values])
    wholes = {value.key: value for value in indicator.values(draft.now, part.by[:1])}
    before = {value.key: value for value in others}
    held = {value.key: value for value in values}
    columns = {value.key: value for value in indicator.values(draft.now, [second])}
    keys = draft.rows([first], [*wholes.values(), *others])
    plain = Part(kind="text")
    rows = [
        {
            "key": list(key),
            "label": draft.label(first, key[0]),
            "cells": [
                *(draft.cell(held.get((*key, *each), nothing), None, plain) for each in across),
                draft.cell(wholes.get(key, nothing), before.get(key, nothing), part),
            ],
        }
        for key in keys
    ]
    total = [
        *(draft.cell(columns.get(each, nothing), None, plain) for each in across),
        draft.cell(draft.whole(indicator, draft.now), _was(draft, indicator), part),
    ]
    heads = [
        {**_head(indicator), "name": draft.label(second, each[0]), "across": each[0]}
        for each in across
    ]
    whole = {**_head(indicator), "name": _("Together")}
    return {
        "by": part.by,
        "has_units": part.units,
        "columns": [*({**head, "is_part": True} for head in heads), whole],
        "rows": rows,
        "total": total,
    }

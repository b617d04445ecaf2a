"""How well the weights are known, category by category, and which to weigh better."""

from collections.abc import Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inventory.models import Category
from reporting import charts, rounding
from reporting.bilan.columns import Column, Head, lines, percent
from reporting.bilan.side import KNOWN, Figure, Side
from reporting.forms import Question
from reporting.indicators import Tally
from reporting.templatetags.figures import percent as written

FEW = 3

Known = Mapping[str, int]  # a method → grams


class WrittenQuality:
    """A table of hundredths by category, the least weighed grams first, and a sentence."""

    is_compared = False

    def __init__(self, tallies: Mapping[int, Tally], side: Side) -> None:
        self.side = side
        self.title, self.first = _("How weights are known"), _("Category")
        methods = known_by(tallies)
        self.guessed_g = {pk: guessed(grams) for pk, grams in methods.items()}
        ranked = least_weighed_first(methods, side.asked)
        self.worst = [category for category in ranked[:FEW] if self.guessed_g[category.pk]]
        self._write(ranked, methods)

    @property
    def said(self) -> str:
        """Which categories to weigh better, and what it would bring."""
        whole_g = sum(self.guessed_g.values())
        if not whole_g:
            return _("Every gram of what came in and went out was weighed.")
        share = rounding.percent(sum(self.guessed_g[each.pk] for each in self.worst), whole_g)
        names = ", ".join(category.name for category in self.worst)
        return _(
            "Weigh these better: %(names)s. They make %(share)s of what was not weighed (%(mass)s)."
        ) % {
            "names": names,
            "share": written(share),
            "mass": self.side.unit.say(whole_g),
        }

    def _write(self, ranked: list[Category], methods: Mapping[int, Known]) -> None:
        columns = [self._bars(ranked, methods)]
        splits = [rounding.quality(methods[category.pk]) or {} for category in ranked]
        splits.append(self.side.figures["quality"] or {})
        for name, word in KNOWN.items():
            columns.append(Column(Head(capfirst(word)), [percent(s.get(name)) for s in splits]))
        parts = self.side.unit.split([self.guessed_g[category.pk] for category in ranked])
        masses = [self._mass(grams) for grams in (*parts, sum(parts))]
        columns.append(Column(Head(_("not weighed")), masses))
        self.heads = [column.head for column in columns]
        *cells, self.total = lines(columns)
        self.rows = [
            {"label": category.name, "category": category, "cells": cells[n]}
            for n, category in enumerate(ranked)
        ]

    def _bars(self, ranked: list[Category], methods: Mapping[int, Known]) -> Column:
        splits = [rounding.quality(methods[category.pk]) for category in ranked]
        splits.append(self.side.figures["quality"])
        bars = [Figure(charts.quality_bar(s, KNOWN) if s else "", css="bar") for s in splits]
        return Column(Head(_("how known"), css="bar"), bars)

    def _mass(self, grams: int) -> Figure:
        return Figure(self.side.unit.write(grams), is_nothing=not grams)


def known_by(tallies: Mapping[int, Tally]) -> dict[int, Known]:
    """Category → how its grams are known, those below zero as none; without any it is left out."""
    found = {
        pk: {name: max(grams, 0) for name, grams in tally.methods_g.items()}
        for pk, tally in tallies.items()
    }
    return {pk: grams for pk, grams in found.items() if any(grams.values())}


def guessed(known: Known) -> int:
    """Grams that were not weighed."""
    return sum(known.values()) - known["weighed"]


def least_weighed_first(methods: Mapping[int, Known], asked: Question) -> list[Category]:
    tops = {category.pk: category for category in asked.tops.values()}
    is_of_tops = methods.keys() <= tops.keys()
    known = tops if is_of_tops else Category.objects.using("report").in_bulk(list(methods))
    return sorted(
        (known[pk] for pk in methods),
        key=lambda category: (-guessed(methods[category.pk]), category.position, category.code),
    )

"""Takings by day: a row for each site, till and day, for a spreadsheet. Heads are French."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from organisation.papers.cells import euros, kilograms, table
from sales.accounting.days import Day
from sales.accounting.entries import WORDS
from sales.models import Method
from sales.vat import percent

NATURES = {
    "goods": "marchandises",
    "delivery": "livraisons",
    "membership": "adhésions",
    "gift": "dons",
    "voucher": "bons vendus",
    "deposit": "acomptes",
}


@dataclass(slots=True)
class Row:
    """A till's day, its sessions together."""

    days: list[Day]
    sums: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for day in self.days:
            self._add(day)

    def _add(self, day: Day) -> None:
        for name in ("tickets", "refunds", "sales_cents", "refunds_cents", "total_cents"):
            self.sums[name] += day.z[name]
        self.sums["discounts_cents"] += day.z["discounts_cents"]
        self.sums["gap_cents"] += day.gap_cents
        self.sums["weight_g"] += sum(grams for *_more, grams in day.z["categories"].values())
        for side, sign in ((day.sales, 1), (day.refunds, -1)):
            for method, cents in side.paid.items():
                self.sums[f"method:{Method(method).value}"] += sign * cents
            for (nature, _category, _rate), cents in side.sold.items():
                self.sums[f"nature:{nature}"] += sign * cents
        for rate, (total_cents, vat_cents) in day.z["vat"].items():
            self.sums[f"vat:{rate}:total"] += total_cents
            self.sums[f"vat:{rate}:vat"] += vat_cents


def daybook(days: Iterable[Day]) -> str:
    """The table, whole."""
    listed = sorted(days, key=_where)
    rows = [Row(list(group)) for _where_, group in groupby(listed, key=_where)]
    rates = sorted({int(rate) for day in listed for rate in day.z["vat"]})
    return table(_heads(rates), (_cells(row, rates) for row in rows))


def _where(day: Day) -> tuple[str, str, str]:
    return day.told["site"], day.z["business_date"], day.told["till"]


def _heads(rates: list[int]) -> list[str]:
    return [
        "site", "jour", "caisse", "clôtures", "tickets", "remboursements", "ventes (€)",
        "rendu (€)", "total (€)", "remises (€)",
        *(f"{WORDS[f'method:{method.value}']} (€)" for method in Method),
        *(f"{name} (€)" for name in NATURES.values()),
        *(f"{head} {percent(rate)} % (€)" for rate in rates for head in ("total à", "TVA à")),
        "écart de caisse (€)", "poids (kg)",
    ]  # fmt: skip


def _cells(row: Row, rates: list[int]) -> list[Any]:
    site, day, till = _where(row.days[0])
    sums = row.sums
    money = [
        *(f"method:{method.value}" for method in Method),
        *(f"nature:{nature}" for nature in NATURES),
        *(f"vat:{rate}:{part}" for rate in rates for part in ("total", "vat")),
        "gap_cents",
    ]
    return [
        site, day, till, " ".join(each.number for each in row.days),
        sums["tickets"], sums["refunds"], euros(sums["sales_cents"]),
        euros(-sums["refunds_cents"]), euros(sums["total_cents"]),
        euros(sums["discounts_cents"]), *(euros(sums[name]) for name in money),
        kilograms(sums["weight_g"]),
    ]  # fmt: skip

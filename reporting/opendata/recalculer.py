"""Recalcule les chiffres d'une ressourcerie depuis ses données ouvertes : Python 3 suffit.

    python3 recalculer.py [FICHIER] [--du AAAA-MM-JJ] [--au AAAA-MM-JJ] [--site CODE]… [--json]

FICHIER est le zip des données ouvertes ou son registre.ndjson (par défaut : registre.ndjson, à côté
de ce programme). Rien n'est repris de Tracerie : chaque chiffre est refait depuis les flux. Finit
par 0 si tout est juste, par 1 si un compte ne tombe pas juste, en disant lequel.
"""

import argparse
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT = "tracerie/ledger/1"
FATES = ("reuse", "recycling", "other_recovery", "energy", "disposal")
GROUPS = {
    "reuse": ("reuse",),
    "recycling": ("recycling", "other_recovery"),
    "disposal": ("energy", "disposal"),
}
KNOWN = {
    "weighed": "weighed",
    "net_of_tare": "weighed",
    "unit_average": "unit_average",
    "estimated": "estimated",
    "by_balance": "by_balance",
}
ENTRIES = {"source": "collected", "opening": "opened", "adjustment": "adjusted"}
WORDS = {
    "opening_stock_g": "Stock au premier jour",
    "opened_g": "Stock de départ",
    "collected_g": "Collecté",
    "received_g": "Reçu d'autres sites",
    "adjusted_g": "Écarts",
    "sent_g": "Envoyé à d'autres sites",
    "outgoing_g": "Sorti",
    "reuse_g": "  réemploi",
    "recycling_g": "  recyclage",
    "other_recovery_g": "  autre valorisation matière",
    "energy_g": "  valorisation énergétique",
    "disposal_g": "  élimination",
    "closing_stock_g": "Stock à la fin",
    "in_transit_g": "  dont en route",
}
Row = dict[str, Any]


def records(path: Path) -> Iterator[Row]:
    """Each line of the register, read one by one."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, archive.open("registre.ndjson") as lines:
            yield from map(json.loads, lines)
    else:
        with path.open("rb") as lines:
            yield from map(json.loads, lines)


class Books:
    """Sums of the register for some sites and days."""

    def __init__(self, head: Row, start: str, end: str, sites: list[str]) -> None:
        if head.get("format") != FORMAT:
            raise SystemExit(f"Ce n'est pas un registre {FORMAT}.")
        self.start, self.end = start or head["from"], end or head["to"]
        self.sites = set(sites or head["sites"])
        if self.start < head["from"] or self.end > head["to"] or self.sites - set(head["sites"]):
            raise SystemExit("Ces jours ou ces sites ne sont pas dans le fichier.")
        self.accounts: dict[str, Row] = {}
        self.stock: Counter[str] = Counter()  # at each account inside, at the end
        self.opening_g = 0
        self.grams: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        self.sold_g = self.unweighed = 0
        self.cents: Counter[str] = Counter()
        self.by_method: Counter[str] = Counter()
        self.owed: Counter[str] = Counter()  # what each ticket and refund has yet to add up to

    def add(self, row: Row) -> None:
        kind = row["record"]
        if kind == "account":
            self.accounts[row["key"]] = row
        elif kind == "balance":
            self.hold(row["account"], row["weight_g"], is_before=True)
        elif kind == "flow" and row["date"] <= self.end:
            self.flow(row)
        elif row.get("site") in self.sites and kind in SHOP:
            SHOP[kind](self, row)

    def is_inside(self, key: str) -> bool:
        """Whether an account is stock of these sites; a road between two of them is."""
        account = self.accounts[key]
        if account["kind"] == "transit":
            return {account["site"], account["to_site"]} <= self.sites
        return account["kind"] == "stock" and account["site"] in self.sites

    def hold(self, key: str, grams: int, *, is_before: bool) -> None:
        if self.is_inside(key):
            self.stock[key] += grams
            self.opening_g += grams if is_before else 0

    def flow(self, row: Row) -> None:
        is_before = row["date"] < self.start
        self.hold(row["from"], -row["weight_g"], is_before=is_before)
        self.hold(row["to"], row["weight_g"], is_before=is_before)
        if is_before:
            return
        leaves, enters = self.is_inside(row["from"]), self.is_inside(row["to"])
        if leaves and not enters:
            self.cross(row, row["to"], row["from"], 1)
        elif enters and not leaves:
            self.cross(row, row["from"], row["to"], -1)
        elif not leaves:
            self.pass_by(row)

    def cross(self, row: Row, outer: str, inner: str, out: int) -> None:
        """From stock to ``outer`` (``out`` = 1), or the other way (−1)."""
        account = self.accounts[outer]
        kind, own = account["kind"], account["site"] in self.sites
        if own and kind in FATES:
            self.count(row, kind, out, account)
        elif own and kind in ENTRIES:
            self.count(row, ENTRIES[kind], -out, account)
        elif kind == "transit" and account["to_site"] == self.accounts[inner]["site"]:
            self.count(row, "received", -out, account)
        else:
            self.count(row, "sent", out, account)

    def pass_by(self, row: Row) -> None:
        """Straight from the door to a fate, or that cancelled."""
        start, end = self.accounts[row["from"]], self.accounts[row["to"]]
        if not {start["site"], end["site"]} <= self.sites:
            return
        if start["kind"] == "source" and end["kind"] in FATES:
            self.count(row, "collected", 1, start)
            self.count(row, end["kind"], 1, end)
        elif end["kind"] == "source" and start["kind"] in FATES:
            self.count(row, "collected", -1, end)
            self.count(row, start["kind"], -1, start)

    def count(self, row: Row, figure: str, sign: int, account: Row) -> None:
        self.grams[figure] += sign * row["weight_g"]
        self.units[figure] += sign * row["units"]
        if figure == "collected" or figure in FATES:
            self.known[KNOWN[row["method"]]] += sign * row["weight_g"]
        if figure == "reuse" and account["reason"] == "sold":
            self.sold_g += sign * row["weight_g"]

    # The shop

    def is_on(self, row: Row) -> bool:
        return bool(self.start <= row["date"] <= self.end)

    def ticket(self, row: Row) -> None:
        if self.is_on(row):
            self.owed[f"{row['number']} lines"] = row["total_cents"]
            self.owed[f"{row['number']} payments"] = row["total_cents"] + row["change_cents"]
            self.cents["tickets"] += 1
            self.cents["sales"] += row["total_cents"]
            self.by_method["cash"] -= row["change_cents"]

    def ticket_line(self, row: Row) -> None:
        name = f"{row['ticket']} lines"
        if name in self.owed:
            self.owed[name] -= row["total_cents"]
            self.unweighed += row["nature"] == "goods" and row["weight_g"] is None

    def payment(self, row: Row) -> None:
        name = f"{row['ticket']} payments"
        if name in self.owed:
            self.owed[name] -= row["amount_cents"]
            self.by_method[row["method"]] += row["amount_cents"]

    def refund(self, row: Row) -> None:
        if self.is_on(row):
            self.owed[f"{row['number']} back"] = row["total_cents"]
            self.cents["refunds"] += row["total_cents"]
            self.by_method[row["method"]] -= row["total_cents"]

    def refund_line(self, row: Row) -> None:
        name = f"{row['refund']} back"
        if name in self.owed:
            self.owed[name] -= row["amount_cents"]

    def takings(self, row: Row) -> None:
        if self.is_on(row):
            self.cents["noted"] += row["amount_cents"]
            self.by_method[row["method"]] += row["amount_cents"]

    # What comes out

    def figures(self) -> Row:
        grams, fates = self.grams, [self.grams[fate] for fate in FATES]
        closing_g = sum(self.stock.values())
        road = [key for key in self.stock if self.accounts[key]["kind"] == "transit"]
        masses = {
            "opening_stock_g": self.opening_g,
            **{f"{name}_g": grams[name] for name in ("opened", "collected", "received")},
            **{f"{name}_g": grams[name] for name in ("adjusted", "sent", *FATES)},
            "outgoing_g": sum(fates),
            "closing_stock_g": closing_g,
            "in_transit_g": sum(self.stock[key] for key in road),
        }
        return {
            "from": self.start,
            "to": self.end,
            "sites": sorted(self.sites),
            **masses,
            **rates(masses, self.known),
            "units": {name: self.units[name] for name in ("collected", *FATES)},
            "shop": self.shop(),
            "faults": self.faults(masses),
        }

    def shop(self) -> Row:
        sales, back, noted = (self.cents[name] for name in ("sales", "refunds", "noted"))
        on_tickets, tickets = sales - back, self.cents["tickets"]
        return {
            "tickets": tickets,
            "sales_cents": sales,
            "refunds_cents": back,
            "noted_cents": noted,
            "taken_cents": on_tickets + noted,
            "by_method": {name: cents for name, cents in sorted(self.by_method.items()) if cents},
            "sold_g": self.sold_g,
            "average_basket_cents": half_up(on_tickets, tickets),
            "price_per_kg_cents": half_up(1000 * on_tickets, self.sold_g),
            "unweighed_lines": self.unweighed,
        }

    def faults(self, masses: Row) -> list[str]:
        """Accounts that do not come out even."""
        found = [f"{name} : {cents} centimes" for name, cents in self.owed.items() if cents]
        came = ("opening_stock_g", "opened_g", "collected_g", "received_g", "adjusted_g")
        rest_g = sum(masses[name] for name in came) - masses["outgoing_g"] - masses["sent_g"]
        if rest_g != masses["closing_stock_g"]:
            found.append(f"bilan matière : {rest_g - masses['closing_stock_g']} g")
        return found


SHOP = {
    "ticket": Books.ticket,
    "ticket_line": Books.ticket_line,
    "payment": Books.payment,
    "refund": Books.refund,
    "refund_line": Books.refund_line,
    "takings": Books.takings,
}


def rates(masses: Row, known: Counter[str]) -> Row:
    """Shares of what left, rates over what left and over what was collected, data quality."""
    parts = {name: sum(masses[f"{f}_g"] for f in fates) for name, fates in GROUPS.items()}
    is_odd = min(masses[f"{fate}_g"] for fate in FATES) < 0
    out_g, collected_g = masses["outgoing_g"], masses["collected_g"]
    recovered_g = parts["reuse"] + parts["recycling"]
    methods = list(dict.fromkeys(KNOWN.values()))
    of_collected = None
    if collected_g > 0 and not is_odd:
        tenths = {name: half_up(1000 * grams, collected_g) or 0 for name, grams in parts.items()}
        tenths["recovery_rate"] = tenths["reuse"] + tenths["recycling"]
        of_collected = {name: printed(value) for name, value in tenths.items()}
    shares = None if is_odd else hundredths(list(parts.values()))
    quality = hundredths([max(known[name], 0) for name in methods])
    return {
        "shares": shares and {name: shares[n] for n, name in enumerate(parts)},
        "recovery_rate": None
        if is_odd or out_g <= 0
        else printed(half_up(1000 * recovered_g, out_g) or 0),
        "of_collected": of_collected,
        "quality": quality and {name: quality[n] for n, name in enumerate(methods)},
    }


def hundredths(parts: list[int]) -> "list[int] | None":
    """Whole hundredths that make 100: the largest remainders are rounded up."""
    whole = sum(parts)
    if whole <= 0:
        return None
    found = [100 * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda n: (-(100 * parts[n] % whole), -parts[n], n))
    for n in order[: 100 - sum(found)]:
        found[n] += 1
    return found


def half_up(part: int, base: int) -> "int | None":
    return (2 * part + base) // (2 * base) if base > 0 else None


def printed(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def table(figures: Row) -> Iterator[str]:
    """The figures in words."""
    sites = ", ".join(figures["sites"])
    yield f"Du {figures['from']} au {figures['to']} · {sites}"
    for name, word in WORDS.items():
        kilograms, grams = divmod(abs(figures[name]), 1000)
        sign = "-" if figures[name] < 0 else ""
        yield f"{word:34}{f'{sign}{kilograms},{grams:03}':>18} kg"
    shares = figures["shares"]
    yield "Réemploi / recyclage / élimination : " + (
        " / ".join(str(share) for share in shares.values()) if shares else "n. d."
    )
    rate = figures["recovery_rate"]
    yield f"Taux de valorisation : {rate.replace('.', ',') + ' %' if rate else 'n. d.'}"
    shop = figures["shop"]
    euros, cents = divmod(abs(shop["taken_cents"]), 100)
    sign = "-" if shop["taken_cents"] < 0 else ""
    yield f"Recettes : {sign}{euros},{cents:02} € sur {shop['tickets']} tickets"
    yield from (f"FAUX · {fault}" for fault in figures["faults"])
    if not figures["faults"]:
        yield "Tous les comptes tombent juste."


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    beside = Path(__file__).with_name("registre.ndjson")
    parser.add_argument("file", nargs="?", type=Path, default=beside, metavar="FICHIER")
    parser.add_argument("--du", default="", metavar="AAAA-MM-JJ")
    parser.add_argument("--au", default="", metavar="AAAA-MM-JJ")
    parser.add_argument("--site", action="append", default=[], metavar="CODE")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = records(asked.file)
    books = Books(next(rows), asked.du, asked.au, asked.site)
    for row in rows:
        books.add(row)
    figures = books.figures()
    lines = [json.dumps(figures)] if asked.json else table(figures)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 1 if figures["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())

"""One balanced entry of the books for each Z."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sales.accounting.days import Day, Side
from sales.accounting.plan import EXCESS, MISSING, OPENING, USUAL, Account, Plan
from sales.models import Method
from sales.vat import percent

CREDIT = f"method:{Method.CREDIT.value}"  # settled where it was owed since it was sold or given
TAKEN = tuple(method for method in Method if method != Method.CREDIT)
CASH = f"method:{Method.CASH.value}"
BACK = "rendu,"  # of what was given back
WORDS = {  # how lines call what they are of; French, as the names of accounts are
    "method:cash": "espèces",
    "method:card": "cartes",
    "method:cheque": "chèques",
    "method:voucher": "bons",
    "method:local_currency": "monnaie locale",
    "method:account": "factures à payer",
    "method:other": "autres moyens",
    "method:credit": "bons de la maison",
    "cash:bank": "remise en banque",
    "cash:change": "apport de monnaie",
    "cash:purchase": "petit achat",
    "cash:mistake": "erreur corrigée",
    "cash:other": "autre mouvement d'espèces",
    OPENING: "fond de caisse",
    MISSING: "écart de caisse",
    EXCESS: "écart de caisse",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An amount at an account: debit above zero, credit below. ``aux`` is a third party's."""

    account: Account
    what: str
    cents: int
    aux: tuple[str, str] = ("", "")

    @property
    def debit_cents(self) -> int:
        return max(self.cents, 0)

    @property
    def credit_cents(self) -> int:
        return max(-self.cents, 0)


@dataclass(frozen=True, slots=True)
class BookEntry:
    """The entry of a Z: its lines come to nothing."""

    number: int
    day: Day
    lines: tuple[Line, ...]

    @property
    def total_cents(self) -> int:
        return sum(line.debit_cents for line in self.lines)


def entry_of(day: Day, plan: Plan, number: int) -> BookEntry:
    """The entry of a closed session: what was sold and how it was paid, what was given back, and
    what moved in the drawer."""
    sold = _side(day.sales, plan)
    back = (replace(line, what=f"{BACK} {line.what}") for line in _side(day.refunds, plan))
    turned = (replace(line, cents=-line.cents) for line in back)
    lines = (*sold, *turned, *_drawer(day, plan))
    return BookEntry(number, day, tuple(line for line in lines if line.cents))


def _side(side: Side, plan: Plan) -> Iterator[Line]:
    """What sales make; refunds make the same the other way round."""
    yield from _paid(side, plan)
    yield from _sold(side, plan)


def _paid(side: Side, plan: Plan) -> Iterator[Line]:
    for method in TAKEN:
        key = f"method:{method.value}"
        issued = side.issued if method == Method.VOUCHER else {}
        for code, cents in sorted(issued.items()):
            yield Line(plan.account(key), WORDS[key], cents, plan.third_party(code))
        yield Line(plan.account(key), WORDS[key], side.paid[method] - sum(issued.values()))
    owed: Counter[str] = Counter()
    for code, cents in side.credit.items():
        owed["nature:deposit" if code in plan.deposits else "nature:voucher"] += cents
    for purpose, cents in sorted(owed.items()):
        yield Line(plan.account(purpose), WORDS[CREDIT], cents)


def _sold(side: Side, plan: Plan) -> Iterator[Line]:
    """What was sold, without its VAT, and the VAT by rate."""
    by_rate: dict[int | None, dict[Account, int]] = {}
    for (nature, category, rate), cents in side.sold.items():
        at = by_rate.setdefault(rate, {})
        account = plan.sold(nature, category)
        at[account] = at.get(account, 0) + cents
    net: dict[Account, int] = {}
    for rate, gross in by_rate.items():
        off = _shared(0 if rate is None else side.vat[rate], gross)
        for account, cents in gross.items():
            net[account] = net.get(account, 0) + cents - off[account]
    for account, cents in sorted(net.items()):
        yield Line(account, account.label.lower(), -cents)
    for rate in sorted(rate for rate in by_rate if rate is not None):
        yield Line(plan.vat(rate), _rate(rate), -side.vat[rate])


def _shared(vat_cents: int, gross: dict[Account, int]) -> dict[Account, int]:
    """VAT of a rate over the accounts it is in; the largest takes what rounding leaves."""
    total = sum(gross.values())
    off = {account: vat_cents * cents // total if total else 0 for account, cents in gross.items()}
    largest = max(gross, key=lambda account: (abs(gross[account]), account))
    off[largest] += vat_cents - sum(off.values())
    return off


def _rate(rate: int) -> str:
    return f"TVA {percent(rate)} %"


def _drawer(day: Day, plan: Plan) -> Iterator[Line]:
    """Cash other than tickets', each with what it was for: the cash account ends as counted."""
    gap = MISSING if day.gap_cents < 0 else EXCESS
    moves = {
        OPENING: day.overnight_cents,
        gap: day.gap_cents,
    }
    reasons = [(f"cash:{reason}", cents) for (reason, _in), cents in sorted(day.moved.items())]
    for purpose, cents in (*moves.items(), *reasons):
        what = WORDS.get(purpose, purpose)
        known = purpose if purpose in USUAL else "cash:other"
        yield Line(plan.account(CASH), what, cents)
        yield Line(plan.account(known), what, -cents)

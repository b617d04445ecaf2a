"""VAT inside prices: taken out of the total of each rate of a ticket, once, half up.

What a refund takes back follows what was left of the ticket, so that refunds of the whole ticket
take back its VAT to the cent. Law: CGI art. 266, 278, 293 B, 297 A and 297 E.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sales.models import Regime, SaleLine, VatTerms
from sales.models.shop import Nature

WHOLE_BP = 10_000

Split = list[list[int]]  # rate in hundredths of a percent, cents with VAT, VAT in cents


def rate_of(terms: VatTerms | None, line: SaleLine) -> int | None:
    """The rate of a line, in hundredths of a percent; none where it bears no VAT.

    Memberships and gifts pay for nothing; a gift voucher and a deposit bear VAT when they are used.
    """
    if terms is None or line.nature not in (Nature.GOODS, Nature.DELIVERY):
        return None
    return terms.rate_bp(line.category)


def within(total_cents: int, rate_bp: int) -> int:
    """The VAT that ``total_cents`` contains, half up."""
    base = WHOLE_BP + rate_bp
    return (2 * total_cents * rate_bp + base) // (2 * base)


def split(lines: Iterable[SaleLine]) -> Split:
    """The VAT of a ticket by rate, lowest first."""
    return split_of((line.vat_bp, line.total_cents) for line in lines)


def split_of(parts: Iterable[tuple[int | None, int]]) -> Split:
    """The same, from the rate and the cents of each line."""
    totals: Counter[int] = Counter()
    for bp, cents in parts:
        if bp is not None:
            totals[bp] += cents
    return [[bp, cents, within(cents, bp)] for bp, cents in sorted(totals.items())]


def split_back(sold: Split, before: Mapping[int, int], now: Mapping[int, int]) -> Split:
    """The VAT that goes back with ``now`` cents by rate, after ``before`` went back already."""
    totals = {bp: cents for bp, cents, _vat in sold}
    found = []
    for bp, cents in sorted(now.items()):
        left = totals[bp] - before.get(bp, 0)
        found.append([bp, cents, within(left, bp) - within(left - cents, bp)])
    return found


def percent(rate_bp: int) -> str:
    """A rate as French papers write it, without its sign: ``20``, ``5,5``."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole},{rest:02}".rstrip("0") if rest else str(whole)


@dataclass(frozen=True, slots=True)
class Mentions:
    """What VAT law has a ticket say: its VAT by rate (percent, cents before, cents), or a sentence.

    Nothing is shown of the VAT on a margin: CGI art. 297 E.
    """

    rows: list[tuple[Decimal, int, int]]
    text: str = ""


SENTENCES = {  # as French law words them, whoever reads
    Regime.FRANCHISE: "TVA non applicable, art. 293 B du CGI",
    Regime.MARGIN: "Régime particulier – Biens d’occasion",
}


def mentions(regime: str, told: Split) -> Mentions:
    """What a ticket of this regime and VAT has to say."""
    if regime == Regime.NORMAL:
        rows = [(Decimal(bp) / 100, cents - vat_cents, vat_cents) for bp, cents, vat_cents in told]
        return Mentions(rows)
    return Mentions([], SENTENCES.get(Regime(regime), ""))

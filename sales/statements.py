"""What the issuer of vouchers owes for a month: tickets paid with them, less what was given back.

On a page, on paper, and as a table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.models import Movement
from inventory.months import first_day, last_day
from organisation.models import Site
from organisation.papers import cells, sender, typeset
from sales.models import Method, Payment, Refund, VoucherIssuer
from sales.templatetags.money import euros

TEMPLATE = Path(__file__).with_name("statement.typ")
HEADS = ("jour", "ticket", "site", "n° du bon", "montant (€)")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A voucher taken, or given back below zero: its day, ticket, site and number."""

    on: date
    number: str
    site: str
    reference: str
    cents: int
    order: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of an issuer, at some sites of a structure."""

    issuer: VoucherIssuer
    month: int
    rows: tuple[StatementRow, ...]

    @property
    def total_cents(self) -> int:
        return sum(row.cents for row in self.rows)

    @property
    def taken_cents(self) -> int:
        return sum(row.cents for row in self.rows if row.cents > 0)

    @property
    def back_cents(self) -> int:
        return -sum(row.cents for row in self.rows if row.cents < 0)

    @property
    def first_day(self) -> date:
        return first_day(self.month)

    @property
    def number(self) -> str:
        """As a statement is called: ``B-ccas-202611``."""
        return f"B-{self.issuer.code}-{self.month}"


def statement_of(issuer: VoucherIssuer, month: int, sites: Sequence[Site]) -> Statement:
    """Everything of a month, in the order of its days."""
    days = {
        "movement__site__in": sites,
        "movement__business_date__range": (first_day(month), last_day(month)),
    }
    sold = Payment.objects.filter(
        issuer=issuer, **{f"sale__{name}": said for name, said in days.items()}
    ).select_related("sale__movement__site")
    back = Refund.objects.filter(issuer=issuer, **days).select_related("movement__site")
    rows = [_row(paid.sale.movement, paid.reference, paid.amount_cents) for paid in sold]
    rows += [_row(refund.movement, "", -refund.total_cents) for refund in back]
    rows.sort(key=lambda row: (row.on, row.order))
    return Statement(issuer, month, tuple(rows))


def _row(movement: Movement, reference: str, cents: int) -> StatementRow:
    return StatementRow(
        movement.business_date,
        movement.number,
        movement.site.name,
        reference,
        cents,
        movement.pk,
    )


@dataclass(frozen=True, slots=True)
class Due:
    """What an issuer owes for a month, in a list."""

    issuer: VoucherIssuer
    count: int
    cents: int


def dues_of(issuers: Iterable[VoucherIssuer], month: int, sites: Sequence[Site]) -> list[Due]:
    """What each issuer owes for a month, those who owe nothing too."""
    span = (first_day(month), last_day(month))
    sold = Payment.objects.filter(
        issuer__in=issuers,
        sale__movement__site__in=sites,
        sale__movement__business_date__range=span,
    )
    back = Refund.objects.between(sites, *span).filter(issuer__in=issuers)
    taken = {
        key: (count, cents)
        for key, count, cents in sold.order_by()
        .values_list("issuer")
        .annotate(Count("pk"), Sum("amount_cents"))
    }
    given = dict(back.order_by().values_list("issuer").annotate(Sum("total_cents")))
    return [
        Due(issuer, count, cents - given.get(issuer.pk, 0))
        for issuer in issuers
        for count, cents in [taken.get(issuer.pk, (0, 0))]
    ]


def unissued_cents(month: int, sites: Sequence[Site]) -> int:
    """Vouchers taken in a month without saying whose: they are in no statement."""
    rows = Payment.objects.filter(
        method=Method.VOUCHER,
        issuer=None,
        sale__movement__site__in=sites,
        sale__movement__business_date__range=(first_day(month), last_day(month)),
    )
    return int(rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def statement_csv(statement: Statement) -> str:
    """The statement as a table. Heads are French, as whoever pays reads them."""
    rows = (
        (row.on.isoformat(), row.number, row.site, row.reference, cells.euros(row.cents))
        for row in statement.rows
    )
    total = ("total", "", "", "", cells.euros(statement.total_cents))
    return cells.table(HEADS, (*rows, total))


def statement_pdf(statement: Statement) -> bytes:
    """The statement on paper, to send with an invoice."""
    return typeset(TEMPLATE, _paper(statement))


def _paper(statement: Statement) -> dict[str, Any]:
    issuer, organisation = statement.issuer, statement.issuer.organisation
    return {
        "lang": get_language() or "fr",
        "from": sender(organisation),
        "to": [issuer.name, *issuer.address.splitlines()],
        "title": _("Vouchers taken in %(month)s")
        % {"month": date_format(statement.first_day, "F Y")},
        "number": statement.number,
        "facts": [],
        "foot": statement.number,
        "heads": [_("Day"), _("Ticket"), _("Site"), _("Voucher"), _("Amount")],
        "rows": [
            [date_format(row.on, "d/m/Y"), row.number, row.site, row.reference, euros(row.cents)]
            for row in statement.rows
        ],
        "total": [_("Total due"), euros(statement.total_cents)],
        "empty": "" if statement.rows else _("No voucher was taken in this month."),
        "sign": [_("Date and signature")],
    }

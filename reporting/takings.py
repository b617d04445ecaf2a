"""What the shops took: tickets, euros, and what a basket and a kilogram bring.

``docs/indicators.md`` says what each means; a test holds the two together. There is no cube of
tickets: they are added up over the period's own days, per site.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from django.db.models import Count, Sum

from reporting.periods import Period
from reporting.rounding import ratio
from reporting.scopes import Scope
from sales.models import DayTakings, Refund, Sale, SaleLine

TAKINGS = (
    "tickets",
    "taken_cents",
    "average_basket_cents",
    "price_per_kg_cents",
    "unweighed_lines",
)


@dataclass(frozen=True, slots=True)
class Takings:
    """What one site's shop took, or several sites' together; ``sold_g`` left through its tills.

    ``noted_cents`` of it were noted by the day, without tickets: no basket, no kilogram.
    """

    tickets: int = 0
    taken_cents: int = 0
    unweighed_lines: int = 0
    sold_g: int = 0
    noted_cents: int = 0

    @property
    def ticket_cents(self) -> int:
        return self.taken_cents - self.noted_cents

    @property
    def average_basket_cents(self) -> int | None:
        """Cents per ticket, half up; None without a ticket."""
        return ratio(self.ticket_cents, self.tickets)

    @property
    def price_per_kg_cents(self) -> int | None:
        """Cents per kilogram sold, half up; None where nothing sold was weighed."""
        return ratio(1000 * self.ticket_cents, self.sold_g)

    def __add__(self, other: "Takings") -> "Takings":
        return Takings(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def takings(*, scope: Scope, period: Period, sold_g: Mapping[str, int]) -> dict[str, Takings]:
    """Site code → what its tills took in the period; sites without any are left out.

    ``sold_g`` is what was sold, by site. Callers hold the transaction of ``report``.
    """
    days = (scope.sites, period.start, period.end)
    site = "movement__site__code"
    sold = Sale.objects.using("report").between(*days).values_list(site).order_by()
    back = Refund.objects.using("report").between(*days).values_list(site).order_by()
    tickets = {code: row for code, *row in sold.annotate(Count("pk"), Sum("total_cents"))}
    refunds = dict(back.annotate(Sum("total_cents")))
    noted = DayTakings.objects.using("report").between(*days).cents()
    unweighed = _unweighed(scope, period) if tickets else {}
    return {
        code: Takings(
            tickets=tickets.get(code, (0, 0))[0],
            taken_cents=int(tickets.get(code, (0, 0))[1])
            - int(refunds.get(code, 0))
            + noted.get(code, 0),
            unweighed_lines=unweighed.get(code, 0),
            sold_g=sold_g.get(code, 0),
            noted_cents=noted.get(code, 0),
        )
        for code in sorted(tickets.keys() | refunds.keys() | noted.keys())
    }


def together(found: Iterable[Takings | None]) -> Takings:
    """What several sites took, those without a till left out."""
    return sum((each for each in found if each), start=Takings())


def _unweighed(scope: Scope, period: Period) -> dict[str, int]:
    """Site code → lines of tickets that no flow goes with, because nobody knew their weight."""
    lines = SaleLine.objects.using("report").unweighed(scope.sites, period.start, period.end)
    return dict(lines.values_list("sale__movement__site__code").order_by().annotate(Count("pk")))

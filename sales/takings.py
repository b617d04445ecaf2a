"""What tills took on a day, by means of payment: change off the cash, refunds off theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum

from organisation.models import Site
from sales.models import Method, Payment, Refund, Sale, Till


@dataclass(slots=True)
class Taken:
    """A till's day: how many tickets, and what is left of each means of payment."""

    count: int = 0
    refunded_cents: int = 0
    by_method: dict[str, int] = field(default_factory=dict)

    def add(self, method: str, cents: int) -> None:
        self.by_method[method] = self.by_method.get(method, 0) + cents

    @property
    def total_cents(self) -> int:
        return sum(self.by_method.values())

    @property
    def listed(self) -> list[tuple[Method, int]]:
        """Means of payment that were used, in their order."""
        return [(method, self.by_method[method]) for method in Method if method in self.by_method]


def takings(days: Mapping[Site, date]) -> dict[Till, Taken]:
    """Till → what it took, each on its site's day.

    Bounded by the day: it reads that day's movements by their index, and what hangs on them.
    """
    of_sale, of_movement = _on(days, "sale__movement__"), _on(days, "movement__")
    paid = Payment.objects.filter(of_sale).values_list("sale__till", "method")
    sold = Sale.objects.filter(of_movement).values_list("till")
    back = Refund.objects.filter(of_movement).values_list("till", "method")
    found: dict[int, Taken] = {}
    for till, method, cents in paid.annotate(Sum("amount_cents")).order_by():
        found.setdefault(till, Taken()).add(method, cents)
    for till, change_cents, count in sold.annotate(Sum("change_cents"), Count("pk")).order_by():
        found.setdefault(till, Taken()).count = count
        if change_cents:
            found[till].add(Method.CASH, -change_cents)
    for till, method, cents in back.annotate(Sum("total_cents")).order_by():
        taken = found.setdefault(till, Taken())
        taken.refunded_cents += cents
        taken.add(method, -cents)
    tills = Till.objects.filter(pk__in=found).select_related("site")
    return {till: found[till.pk] for till in tills.order_by("site", "position", "code")}


def _on(days: Mapping[Site, date], movement: str) -> Q:
    """Each site on its own day: clocks differ."""
    sites: dict[date, list[Site]] = {}
    for site, day in days.items():
        sites.setdefault(day, []).append(site)
    wanted = Q(pk__in=[])
    for day, there in sites.items():
        wanted |= Q(**{f"{movement}site__in": there, f"{movement}business_date": day})
    return wanted

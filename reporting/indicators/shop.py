"""The shop: what it takes, what a basket and a kilogram bring, what is given."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from reporting import rounding
from reporting.indicators.masses import LEDGER, indicator
from reporting.indicators.measure import Group, Key, Unit, Value, summed
from reporting.indicators.people import noted
from reporting.indicators.reading import Reading, written_month
from reporting.models import ActivityKind
from reporting.scopes import GIVEN, SOLD
from sales.models import DayTakings, Refund, RefundLine, SaleLine

TILLS = _("the tills' tickets and refunds")
TOLD = ("site", "month", "category")
Row = tuple[str, str, str | None, int]  # a site, a month, a top category, and cents
GIVING = ("month", "site", "category", "partner")


def _sales(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    for key, cents in _cents(reading, by, has_noted=True).items():
        if cents or not by:
            yield Value(key, cents)


def _basket(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Cents of the tills ÷ tickets."""
    tickets = Counter[Key]()
    for row in reading.tickets:
        tickets[_key((row.site, row.month, None), by)] += row.number
    cents = _cents(reading, by, has_noted=False)
    for key in tickets.keys() | (set() if by else {()}):
        yield Value(key, rounding.ratio(cents[key], tickets[key]))


def _per_kg(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    """Cents of the tills ÷ kilograms that they sold."""
    rows = (row for row in reading.flows((*by, "channel")) if row["channel"] == SOLD)
    sold, cents = summed(rows, by), _cents(reading, by, has_noted=False)
    for key, total in sold.items():
        yield Value(key, rounding.ratio(1000 * cents[key], total.grams))


def _given(reading: Reading, by: Sequence[str]) -> Iterator[Value]:
    rows = (row for row in reading.flows((*by, "channel")) if row["channel"] == GIVEN)
    for key, total in summed(rows, by).items():
        yield Value(key, total.grams, total.units, total.is_attributed)


def _cents(reading: Reading, by: Sequence[str], *, has_noted: bool) -> Counter[Key]:
    """What was taken; told by category, what is of none is what lines of goods leave over."""
    sums: Counter[Key] = Counter() if by else Counter({(): 0})
    is_whole = reading.ground.categories is None
    if is_whole:
        for *codes, cents in _taken(reading, has_noted=has_noted):
            sums[_key(codes, by)] += cents
    if "category" in by or not is_whole:
        for *codes, cents in _lines(reading):
            sums[_key(codes, by)] += cents
            if is_whole:
                sums[_key([*codes[:2], None], by)] -= cents
    return sums


def _taken(reading: Reading, *, has_noted: bool) -> Iterator[Row]:
    for ticket in reading.tickets:
        yield ticket.site, ticket.month, None, ticket.cents
    days = (reading.scope.sites, reading.period.start, reading.period.end)
    refunds = Refund.objects.using("report").between(*days).order_by()
    back = refunds.values_list("movement__site__code", "movement__month")
    for site, month, cents in back.annotate(Sum("total_cents")):
        yield site, written_month(month), None, -cents
    if has_noted:
        rows = DayTakings.objects.using("report").between(*days).order_by()
        noted_days = rows.values_list("site__code", "business_date")
        for site, day, cents in noted_days.annotate(Sum("payments__amount_cents")):
            yield site, f"{day:%Y-%m}", None, cents or 0


def _lines(reading: Reading) -> Iterator[Row]:
    """Lines of goods by top category, those given back taken off."""
    days = (reading.period.start, reading.period.end)
    for model, act, line, cents, sign in (
        (SaleLine, "sale", "", "total_cents", 1),
        (RefundLine, "refund", "line__", "amount_cents", -1),
    ):
        wanted: dict[str, Any] = {
            f"{act}__movement__site__in": reading.scope.sites,
            f"{act}__movement__business_date__range": days,
            f"{line}category__isnull": False,
        }
        if reading.ground.categories is not None:
            wanted[f"{line}category__in"] = reading.ground.categories
        spot = (f"{act}__movement__site__code", f"{act}__movement__month", f"{line}category")
        rows: Any = model._default_manager.using("report").filter(**wanted).order_by()
        for site, month, category, sum_ in rows.values_list(*spot).annotate(Sum(cents)):
            yield site, written_month(month), reading.ground.kept[category].top_code, sign * sum_


def _key(codes: Sequence[str | None], by: Sequence[str]) -> Key:
    told = dict(zip(TOLD, codes, strict=True))
    return tuple(told[name] for name in by)


OWN: dict[str, Any] = {"source": TILLS, "group": Group.SHOP, "is_for_networks": False}
SHOP = (
    indicator(
        15,
        "sales",
        _("Sales"),
        _sales,
        unit=Unit.CENTS,
        formula=_("Σ tickets − Σ refunds + takings noted by the day"),
        dimensions=TOLD,
        **OWN,
    ),
    indicator(
        16,
        "average_basket",
        _("Average basket"),
        _basket,
        unit=Unit.CENTS,
        formula=_("(Σ tickets − Σ refunds) ÷ tickets"),
        dimensions=("site", "month"),
        adds_up=False,
        **OWN,
    ),
    indicator(
        16,
        "price_per_kg",
        _("Price of a kilogram"),
        _per_kg,
        unit=Unit.CENTS_PER_KG,
        formula=_("(Σ tickets − Σ refunds) ÷ kilograms sold at the tills"),
        dimensions=TOLD,
        adds_up=False,
        **OWN,
    ),
    indicator(
        17,
        "given",
        _("Given"),
        _given,
        formula=_("reused by gift: to people, to partners, on the free shelf"),
        source=LEDGER,
        dimensions=GIVING,
        group=Group.SHOP,
    ),
    indicator(
        17,
        "beneficiaries",
        _("Beneficiaries of gifts"),
        noted(ActivityKind.BENEFICIARIES, "people"),
        unit=Unit.COUNT,
        formula=_("Σ people helped, as noted or as partners say"),
        source=_("activities noted"),
        dimensions=("partner", "month", "site"),
        group=Group.SHOP,
    ),
)

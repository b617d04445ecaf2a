"""What the shops took, record by record: tickets, their lines and payments, what went back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from organisation.models import Site
from reporting.periods import Period
from reporting.scopes import Scope
from sales.models import DayPayment, Payment, Refund, RefundLine, Sale, SaleLine

TOGETHER = 500  # rows fetched at once
Columns = Sequence[tuple[str, str]]  # what a record calls it, and where it is read

SALE: Columns = (
    ("number", "movement__number"),
    ("till", "till__code"),
    ("date", "movement__business_date"),
    ("occurred_at", "movement__occurred_at"),
    ("total_cents", "total_cents"),
    ("change_cents", "change_cents"),
    ("discount_cents", "discount_cents"),
    ("vat_regime", "regime"),
)
LINE: Columns = (
    ("ticket", "sale__movement__number"),
    ("line", "position"),
    ("nature", "nature"),
    ("category", "category__code"),
    ("quantity", "quantity"),
    ("price_cents", "price_cents"),
    ("price_mode", "price_mode"),
    ("is_lot", "is_lot"),
    ("discount_cents", "discount_cents"),
    ("shared_cents", "shared_cents"),
    ("total_cents", "total_cents"),
    ("vat_bp", "vat_bp"),
    ("weight_g", "weight_g"),
    ("weight_source", "weight_source"),
)
PAYMENT: Columns = (
    ("ticket", "sale__movement__number"),
    ("method", "method"),
    ("amount_cents", "amount_cents"),
)
REFUND: Columns = (
    ("number", "movement__number"),
    ("ticket", "sale__movement__number"),
    ("till", "till__code"),
    ("date", "movement__business_date"),
    ("occurred_at", "movement__occurred_at"),
    ("method", "method"),
    ("total_cents", "total_cents"),
)
REFUND_LINE: Columns = (
    ("refund", "refund__movement__number"),
    ("line", "line__position"),
    ("quantity", "quantity"),
    ("amount_cents", "amount_cents"),
    ("weight_g", "weight_g"),
)
TAKINGS: Columns = (
    ("date", "takings__business_date"),
    ("method", "method"),
    ("amount_cents", "amount_cents"),
)
# Kind of record, its rows, the way to what has a site and a day, and what is told.
KINDS: tuple[tuple[str, Any, str, Columns], ...] = (
    ("ticket", Sale, "movement__", SALE),
    ("ticket_line", SaleLine, "sale__movement__", LINE),
    ("payment", Payment, "sale__movement__", PAYMENT),
    ("refund", Refund, "movement__", REFUND),
    ("refund_line", RefundLine, "refund__movement__", REFUND_LINE),
    ("takings", DayPayment, "takings__", TAKINGS),
)


def shop_records(scope: Scope, period: Period) -> Iterator[dict[str, Any]]:
    """Every record of the shops of these sites, in the order of days."""
    for kind, model, path, columns in KINDS:
        for site in scope.sites:
            rows = _rows(model, path, site, period)
            for told in _told(rows, columns):
                yield {"record": kind, "site": site.code, **told}


def _rows(model: Any, path: str, site: Site, period: Period) -> QuerySet[Any]:
    days = {f"{path}site": site, f"{path}business_date__range": (period.start, period.end)}
    order = (f"{path}business_date", path.removesuffix("__"), "pk")
    rows = model.objects.using("report").filter(**days)
    return rows.order_by(*order)  # type: ignore[no-any-return]


def _told(rows: QuerySet[Any], columns: Columns) -> Iterable[dict[str, Any]]:
    names = [name for name, _column in columns]
    found = rows.values_list(*(column for _name, column in columns))
    for row in found.iterator(TOGETHER):
        yield {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    """Dates and hours as ISO writes them."""
    return value.isoformat() if hasattr(value, "isoformat") else value

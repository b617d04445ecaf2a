"""Tickets over HTTP: sold, listed, read back."""

from typing import Annotated, Any, Self

from django.http import Http404, HttpResponse
from ninja import Query, Schema

from inventory.api.documents import Filters
from inventory.ledger import Entry
from organisation.doors import Doors, May, Permitted, SitePage, require
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import (
    READ_ERRORS,
    WRITE_ERRORS,
    Id,
    Text,
    before,
    keyset,
)
from sales import services
from sales.api.leases import Counter, once_at
from sales.api.shapes import SaleIn, SaleOut, head_of
from sales.models import (
    Kind,
    Sale,
    Till,
)
from sales.services import Whole

router = Doors()


def sites_asked(request: CallerRequest, page: SitePage) -> Any:
    """The site that was asked for, else all where the caller may do this."""
    return [page.site] if page.site else Site.objects.permitted(request.user, request.act)


SALE: dict[Any, Any] = {201: SaleOut, 200: SaleOut, **WRITE_ERRORS}


@router.post("sales", auth=Counter("sell"), response=SALE)
def create_sale(request: CallerRequest, payload: SaleIn) -> HttpResponse:
    """Sell at a till."""
    is_sold = payload.envelope is not None
    lines = [line.wanted(is_sold=is_sold) for line in payload.lines]
    payments = [paid.said() for paid in payload.payments]
    off = payload.discount.said() if payload.discount else None
    whole = Whole(discount=off, buyer=payload.buyer)

    def record(entry: Entry) -> SaleOut:
        sale = services.record_sale(
            entry=entry, till=payload.till, lines=lines, payments=payments, whole=whole
        )
        return SaleOut.new(sale)

    return once_at(request, payload.till, payload, Kind.SALE, record)


class SaleFilters(Filters):
    """Of a site or a till, between two days; or of a number, as the ticket prints it."""

    till: Permitted[Till] | None = None
    number: Text = ""


class SaleRow(Schema):
    """A ticket in a list."""

    id: str
    number: str
    till: str
    site: str
    occurred_at: str
    total_cents: int

    @classmethod
    def of(cls, sale: Sale) -> Self:
        return cls(**head_of(sale))


class Sales(Schema):
    items: list[SaleRow]
    next: str | None


@router.get("sales", auth=May("read_sales"), response={200: Sales, **READ_ERRORS})
def list_sales(request: CallerRequest, filters: Annotated[SaleFilters, Query()]) -> dict[str, Any]:
    """Tickets, newest first: each till's are read by its index, then merged."""
    tills = Till.objects.filter(site__in=sites_asked(request, filters))
    tills = tills.filter(pk=filters.till.pk) if filters.till else tills
    links = ("movement__site", "movement__submission", "till")
    rows = _dated(Sale.objects.select_related(*links), filters)
    rows = rows.called([filters.number]) if filters.number else rows
    rows = rows.newest(tills, before(filters), filters.limit + 1)
    found = keyset(rows, filters, "-pk")
    return {**found, "items": [SaleRow.of(sale) for sale in found["items"]]}


def _dated(rows: Any, filters: Filters) -> Any:
    if filters.from_:
        rows = rows.filter(movement__business_date__gte=filters.from_)
    if filters.to:
        rows = rows.filter(movement__business_date__lte=filters.to)
    return rows


@router.get("sales/{id}", auth=May("read_sales"), response={200: SaleOut, **READ_ERRORS})
def get_sale(request: CallerRequest, id: Id) -> SaleOut:
    """One ticket by the id its sender gave it, with what was refunded since."""
    return SaleOut.of(sale_of(request, id))


def sale_of(request: CallerRequest, uuid: Id) -> Sale:
    """The ticket that the caller's structure knows by this id. Raises Http404, PermissionDenied."""
    sale = Sale.objects.within(request).submitted_as(uuid).shown().first()
    if sale is None:
        raise Http404
    require(request, sale.movement.site)
    return sale

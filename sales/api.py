"""The shop over HTTP: tills, the price grid, tickets, refunds, and what things sell for."""

from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from django.http import Http404, HttpResponse
from ninja import Field, Query, Schema
from ninja.errors import ValidationError as ShapeError
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory.api.acts import Load, entry_of
from inventory.api.documents import DocumentFilters, Filters
from inventory.api.items import Price
from inventory.models import Category, Item, Verb
from organisation.doors import Doors, May, Permitted, SitePage, caller, require
from organisation.models import Site, Submission
from organisation.permissions import CallerRequest
from organisation.shapes import (
    MAX_LINES,
    MAX_PRICE_CENTS,
    READ_ERRORS,
    WRITE_ERRORS,
    Flag,
    Id,
    Shape,
    Text,
    Units,
    Why,
    keyset,
)
from organisation.submissions import once
from sales import services
from sales.models import Method, PriceKey, Refund, Sale, SaleLine, Till, WeightSource
from sales.prices import prices_of
from sales.services import Discount, Paid, Wanted

router = Doors(tags=["sales"])

MethodName = Literal["cash", "card", "cheque", "voucher", "local_currency", "other"]


class TillOut(Schema):
    code: str
    name: str
    site: str

    @staticmethod
    def resolve_site(row: Till) -> str:
        return row.site.code


class Tills(Schema):
    items: list[TillOut]
    next: str | None


class KeyOut(Schema):
    """A line of the price grid; without price, it is typed at the till."""

    code: str
    name: str
    site: str
    category: str
    price_cents: int | None

    @staticmethod
    def resolve_site(row: PriceKey) -> str:
        return row.site.code

    @staticmethod
    def resolve_category(row: PriceKey) -> str:
        return row.category.code


class Keys(Schema):
    items: list[KeyOut]
    next: str | None


def _sites(request: CallerRequest, page: SitePage) -> Any:
    return [page.site] if page.site else Site.objects.permitted(request.user, request.act)


@router.get("tills", auth=May("look_up"), response={200: Tills, **READ_ERRORS})
def list_tills(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Tills, by code."""
    return keyset(Till.objects.at(_sites(request, page)), page, "code")


@router.get("keys", auth=May("look_up"), response={200: Keys, **READ_ERRORS})
def list_keys(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """The price grid, by code."""
    rows = PriceKey.objects.at(_sites(request, page)).select_related("category")
    return keyset(rows, page, "code")


class DiscountIn(Shape):
    amount_cents: Price = 0
    percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    reason: Why

    @model_validator(mode="after")
    def is_one_thing(self) -> Self:
        if bool(self.amount_cents) == bool(self.percent):
            raise PydanticCustomError("bad_discount", "")
        return self


class SaleLineIn(Shape):
    """One item, or so many of a category or of a key of the price grid."""

    item: Permitted[Item] | None = None
    category: Permitted[Category] | None = None
    key: Permitted[PriceKey] | None = None
    quantity: Annotated[int, Field(strict=True, gt=0, le=1_000)] = 1
    price_cents: Price | None = Field(
        None, description="Of one, or of the whole where it is a lot."
    )
    lot: Flag = False
    weight_g: Load | None = Field(None, description="Of the whole line, as weighed at the till.")
    discount: DiscountIn | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        if sum(said is not None for said in (self.item, self.category, self.key)) != 1:
            raise PydanticCustomError("bad_sale_line", "")
        if self.item is not None and (self.quantity > 1 or self.lot or self.weight_g):
            raise PydanticCustomError("item_alone", "")
        return self

    def wanted(self) -> Wanted:
        off = self.discount
        return Wanted(
            item=self.item,
            category=self.category,
            key=self.key,
            quantity=self.quantity,
            price_cents=self.price_cents,
            is_lot=self.lot,
            weight_g=self.weight_g,
            discount=Discount(off.reason, off.amount_cents, off.percent) if off else None,
        )


class PaymentIn(Shape):
    method: MethodName
    amount_cents: Annotated[int, Field(strict=True, gt=0, le=MAX_PRICE_CENTS)]


class SaleIn(Shape):
    id: Id
    till: Permitted[Till]
    lines: Annotated[list[SaleLineIn], Field(min_length=1, max_length=MAX_LINES)]
    payments: Annotated[list[PaymentIn], Field(max_length=20)] = []
    comment: Text = ""


class SaleLineOut(Schema):
    line: int
    item: str | None
    category: str
    key: str | None
    label: str
    quantity: int
    price_cents: int
    lot: bool
    discount_cents: int
    discount_reason: str
    total_cents: int
    weight_g: int | None
    weight_source: WeightSource
    refunded: int


class PaymentOut(Schema):
    method: Method
    amount_cents: int


class SaleOut(Schema):
    """A ticket. ``hash`` stays null until the fiscal journal gives it one."""

    id: str
    number: str
    till: str
    site: str
    occurred_at: str
    total_cents: int
    change_cents: int
    refunded_cents: int
    weight_g: int
    hash: None = None
    lines: list[SaleLineOut]
    payments: list[PaymentOut]
    refunds: list[str]

    @classmethod
    def of(cls, sale: Sale) -> Self:
        movement, lines = sale.movement, [_line_out(sale, line) for line in sale.lines.all()]
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            till=sale.till.code,
            site=movement.site.code,
            occurred_at=movement.occurred_at.isoformat(),
            total_cents=sale.total_cents,
            change_cents=sale.change_cents,
            refunded_cents=sale.refunded_cents,
            weight_g=sum(line.weight_g or 0 for line in lines),
            lines=sorted(lines, key=lambda line: line.line),
            payments=[
                PaymentOut(method=Method(paid.method), amount_cents=paid.amount_cents)
                for paid in sale.payments.all()
            ],
            refunds=[refund.movement.number for refund in sale.refunds.all()],
        )


def _line_out(sale: Sale, line: SaleLine) -> SaleLineOut:
    return SaleLineOut(
        line=line.position,
        item=_code_at(line.item, sale.movement.site) if line.item else None,
        category=line.category.code,
        key=line.key.code if line.key else None,
        label=line.label,
        quantity=line.quantity,
        price_cents=line.price_cents,
        lot=line.is_lot,
        discount_cents=line.discount_cents,
        discount_reason=line.discount_reason,
        total_cents=line.total_cents,
        weight_g=line.weight_g,
        weight_source=WeightSource(line.weight_source),
        refunded=line.refunded,
    )


def _code_at(item: Item, site: Site) -> str | None:
    owner = site.organisation_id
    return next((c.code for c in item.codes.all() if c.organisation_id == owner), None)


SALE: dict[Any, Any] = {201: SaleOut, 200: SaleOut, **WRITE_ERRORS}


@router.post("sales", auth=May("sell"), response=SALE)
def create_sale(request: CallerRequest, payload: SaleIn) -> HttpResponse:
    """Sell at a till."""
    lines = [line.wanted() for line in payload.lines]
    payments = [Paid(Method(paid.method), paid.amount_cents) for paid in payload.payments]

    def record(submission: Submission) -> SaleOut:
        entry = entry_of(request, submission, Verb.SELL, payload, payload.till.site)
        sale = services.record_sale(entry=entry, till=payload.till, lines=lines, payments=payments)
        return SaleOut.of(Sale.objects.shown().get(pk=sale.pk))

    return once(request, payload.id, record)


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
        movement = sale.movement
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            till=sale.till.code,
            site=movement.site.code,
            occurred_at=movement.occurred_at.isoformat(),
            total_cents=sale.total_cents,
        )


class Sales(Schema):
    items: list[SaleRow]
    next: str | None


@router.get("sales", auth=May("read_sales"), response={200: Sales, **READ_ERRORS})
def list_sales(request: CallerRequest, filters: DocumentFilters) -> dict[str, Any]:
    """Tickets, newest first."""
    links = ("movement__site", "movement__submission", "till")
    rows = _dated(Sale.objects.filter(movement__site__in=_sites(request, filters)), filters)
    found = keyset(rows.select_related(*links), filters, "-pk")
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
    return SaleOut.of(_sale(request, id))


def _sale(request: CallerRequest, uuid: Id) -> Sale:
    """Raises Http404, PermissionDenied."""
    sale = Sale.objects.within(request).submitted_as(uuid).shown().first()
    if sale is None:
        raise Http404
    require(request, sale.movement.site)
    return sale


class RefundLineIn(Shape):
    line: Annotated[int, Field(strict=True, gt=0, le=MAX_LINES)]
    quantity: Units = 1


class RefundIn(Shape):
    id: Id
    till: Permitted[Till]
    lines: Annotated[list[RefundLineIn], Field(min_length=1, max_length=MAX_LINES)]
    method: MethodName
    reason: Why

    @model_validator(mode="after")
    def names_lines_once(self) -> Self:
        if len({line.line for line in self.lines}) < len(self.lines):
            raise PydanticCustomError("line_twice", "")
        return self


class RefundLineOut(Schema):
    line: int
    quantity: int
    amount_cents: int
    weight_g: int | None


class RefundOut(Schema):
    id: str
    number: str
    sale: str
    till: str
    site: str
    occurred_at: str
    method: Method
    reason: str
    total_cents: int
    hash: None = None
    lines: list[RefundLineOut]

    @classmethod
    def of(cls, refund: Refund) -> Self:
        movement = refund.movement
        return cls(
            id=str(movement.submission.uuid),
            number=movement.number,
            sale=refund.sale.movement.number,
            till=refund.till.code,
            site=movement.site.code,
            occurred_at=movement.occurred_at.isoformat(),
            method=Method(refund.method),
            reason=movement.note,
            total_cents=refund.total_cents,
            lines=[
                RefundLineOut(
                    line=back.line.position,
                    quantity=back.quantity,
                    amount_cents=back.amount_cents,
                    weight_g=back.weight_g,
                )
                for back in refund.lines.select_related("line").order_by("line__position")
            ],
        )


@router.post(
    "sales/{sale}/refunds",
    auth=May("sell"),
    response={201: RefundOut, 200: RefundOut, **WRITE_ERRORS},
)
def create_refund(request: CallerRequest, sale: Id, payload: RefundIn) -> HttpResponse:
    """Give back part of a ticket, line by line; what comes back returns to stock."""
    sold = _sale(request, sale)
    lines = {line.position: line for line in sold.lines.all()}
    for n, back in enumerate(payload.lines):
        if back.line not in lines:
            where = ["body", "lines", n, "line"]
            raise ShapeError([{"type": "unknown_line", "loc": where}])

    def record(submission: Submission) -> RefundOut:
        refund = services.refund_sale(
            entry=entry_of(request, submission, Verb.RETURN, payload, sold.movement.site),
            till=payload.till,
            sale=sold,
            quantities={lines[back.line]: back.quantity for back in payload.lines},
            method=Method(payload.method),
        )
        return RefundOut.of(refund)

    return once(request, payload.id, record)


class Prices(Schema):
    """What one of a category was sold for; null where too few were."""

    category: str
    count: int
    lower_quartile_cents: int | None
    median_cents: int | None
    upper_quartile_cents: int | None


class PricesAsked(Shape):
    category: Permitted[Category]


@router.get("prices", auth=May("look_up"), response={200: Prices, **READ_ERRORS})
def get_prices(request: CallerRequest, asked: Annotated[PricesAsked, Query()]) -> dict[str, Any]:
    """Median and quartiles of the structure's own latest sales of a category."""
    organisation = caller(request).organisation
    assert organisation is not None  # noqa: S101 (the guard lets no other through)
    return {"category": asked.category.code, **asdict(prices_of(organisation, asked.category))}

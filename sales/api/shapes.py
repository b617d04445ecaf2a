"""Tickets as the API takes and tells them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal, Self

from ninja import Field
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from inventory.api.acts import Load
from inventory.api.items import Price
from inventory.models import Category, Item
from organisation.doors import May, Permitted
from organisation.models import Site
from organisation.shapes import (
    MAX_LINES,
    MAX_PRICE_CENTS,
    Answer,
    Flag,
    Name,
    Shape,
    Slip,
    Text,
    Why,
)
from sales.api.leases import TillAct, is_sealed
from sales.models import (
    Buyer,
    Method,
    Nature,
    Payment,
    PriceKey,
    PriceMode,
    Refund,
    Regime,
    Sale,
    SaleLine,
    Till,
    Voucher,
    VoucherIssuer,
    WeightSource,
)
from sales.services import Discount, Paid, SoldAs, Wanted
from sales.vat import Split

NatureName = Literal["membership", "voucher", "delivery", "gift", "deposit"]
DotName = Literal["blue", "yellow", "red", "green", "orange", "pink", "violet", "black"]
MethodName = Literal[
    "cash", "card", "cheque", "voucher", "local_currency", "other", "credit", "account"
]


class DiscountIn(Shape):
    amount_cents: Price = 0
    percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 0
    reason: Why

    @model_validator(mode="after")
    def is_one_thing(self) -> Self:
        if bool(self.amount_cents) == bool(self.percent):
            raise PydanticCustomError("bad_discount", "")
        return self

    def said(self) -> Discount:
        return Discount(self.reason, self.amount_cents, self.percent)


@dataclass(frozen=True, slots=True)
class NoItem:
    """A label that means nothing here, on a line that a tablet sold."""

    code: str


class _Met(May):
    """An item; where a tablet holds the till, whatever label it names."""

    def _look_up(self, model: Any, value: str, request: Any) -> Any:
        try:
            return super()._look_up(Item, value, request)
        except PydanticCustomError:
            if not is_sealed(request):
                raise
        is_code = value.isascii() and value.isprintable()
        elsewhere = Item.objects.within(request).named(value).first() if is_code else None
        return elsewhere or NoItem(value[:20])


Met = Annotated[Item | NoItem, _Met()]


class SeenIn(Shape):
    """What a tablet knew when it was sold: of an item, what it was; of a key, how it was priced."""

    category: Permitted[Category] | None = None
    label: Name = ""
    weight_g: Load | None = None
    mode: PriceMode | None = None


class SaleLineIn(Shape):
    """One item, or so many of a category or of a key of the price grid, or what is no object.

    ``seen``: what a tablet that holds the till knew of the item, in case its label means nothing.
    """

    item: Met | None = None
    category: Permitted[Category] | None = None
    key: Permitted[PriceKey] | None = None
    nature: NatureName | None = Field(None, description="Of what is no object and on no grid.")
    quantity: Annotated[int, Field(strict=True, gt=0, le=1_000)] = 1
    price_cents: Price | None = Field(
        None, description="Of one, or of the whole where it is a lot."
    )
    lot: Flag = False
    weight_g: Load | None = Field(None, description="Of the whole line, as weighed at the till.")
    from_scale: Flag = Field(False, description="The weight was read from a scale, not typed.")
    discount: DiscountIn | None = Field(
        None, description="In the place of what the day takes off by itself."
    )
    aside: Permitted[Item] | None = Field(None, description="What a `deposit` is for.")
    until: date | None = Field(None, description="How long a deposit or a voucher lasts.")
    dot: DotName | None = Field(None, description="The colour of the week's dot that it wears.")
    seen: SeenIn | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        told = (self.item, self.category, self.key, self.nature)
        if sum(said is not None for said in told) != 1:
            raise PydanticCustomError("bad_sale_line", "")
        is_object = self.nature is None and (self.key is None or self.key.category_id)
        if (self.weight_g is not None and not is_object) or (
            self.aside is not None and self.nature != "deposit"
        ):
            raise PydanticCustomError("not_an_object", "")
        if self.item is not None and (self.quantity > 1 or self.lot or self.weight_g):
            raise PydanticCustomError("item_alone", "")
        if isinstance(self.item, NoItem) and not (self.seen and self.seen.category):
            raise PydanticCustomError("seen_missing", "")
        return self

    def wanted(self, *, is_sold: bool) -> Wanted:
        """The line to price; ``is_sold``: by a tablet, so that nothing refuses it any more."""
        off, seen = self.discount, self.seen
        wanted = Wanted(
            item=None if isinstance(self.item, NoItem) else self.item,
            category=self.category,
            key=self.key,
            nature=Nature(self.nature) if self.nature else Nature.GOODS,
            quantity=self.quantity,
            price_cents=self.price_cents,
            is_lot=self.lot,
            weight_g=self.weight_g,
            is_from_scale=self.from_scale,
            discount=off.said() if off else None,
            sold_as=SoldAs(mode=seen.mode if seen else None) if is_sold else None,
            dot=self.dot or "",
            aside=self.aside,
            until=self.until,
        )
        if not isinstance(self.item, NoItem) or seen is None:
            return wanted
        sold_as = SoldAs(f"{seen.label} ({self.item.code})".strip(), is_unknown=True)
        return replace(wanted, category=seen.category, weight_g=seen.weight_g, sold_as=sold_as)


class PaymentIn(Shape):
    """Money on the counter; of a voucher, who issued it, and its number."""

    method: MethodName
    amount_cents: Annotated[int, Field(strict=True, gt=0, le=MAX_PRICE_CENTS)]
    voucher: Permitted[Voucher] | None = Field(None, description="Of the house, with `credit`.")
    issuer: Permitted[VoucherIssuer] | None = Field(None, description="Of others, with `voucher`.")
    reference: Slip = Field("", description="The number on a voucher of others.")

    @model_validator(mode="after")
    def is_issued(self) -> Self:
        if self.issuer and Method(self.method) != Method.VOUCHER:
            raise PydanticCustomError("issuer_without_voucher", "")
        if self.reference and not self.issuer:
            raise PydanticCustomError("reference_without_issuer", "")
        return self

    def said(self) -> Paid:
        return Paid(
            Method(self.method), self.amount_cents, self.voucher, self.issuer, self.reference
        )


class SaleIn(TillAct):
    till: Permitted[Till]
    lines: Annotated[list[SaleLineIn], Field(min_length=1, max_length=MAX_LINES)]
    payments: Annotated[list[PaymentIn], Field(max_length=20)] = []
    discount: DiscountIn | None = Field(None, description="On the whole ticket.")
    buyer: Permitted[Buyer] | None = Field(None, description="The number of who buys by name.")
    comment: Text = ""


class SaleLineOut(Answer):
    line: int
    nature: Nature
    item: str | None
    category: str | None
    key: str | None
    label: str
    quantity: int
    price_cents: int
    price_mode: PriceMode
    lot: bool
    discount_cents: int
    discount_reason: str
    shared_cents: int = Field(description="Its part of what is taken off the whole ticket.")
    total_cents: int
    vat_bp: int | None = Field(description="Hundredths of a percent; null where no VAT is due.")
    weight_g: int | None
    weight_source: WeightSource
    voucher: str | None = Field(description="The code of the voucher that it sells.")
    refunded: int
    flag: str


class PaymentOut(Answer):
    method: Method
    amount_cents: int
    issuer: str | None = None
    reference: str = ""

    @classmethod
    def of(cls, paid: Payment) -> Self:
        return cls(
            method=Method(paid.method),
            amount_cents=paid.amount_cents,
            issuer=paid.issuer.code if paid.issuer else None,
            reference=paid.reference,
        )


class VatOut(Answer):
    """What a rate contains: with VAT, and the VAT of it."""

    vat_bp: int
    total_cents: int
    vat_cents: int

    @classmethod
    def all_of(cls, split: Split) -> list[Self]:
        return [cls(vat_bp=bp, total_cents=cents, vat_cents=vat) for bp, cents, vat in split]


class SaleOut(Answer):
    """A ticket. ``hash`` is that of its event in the journal, or of its tablet's envelope."""

    id: str
    number: str
    till: str
    site: str
    occurred_at: str
    total_cents: int
    buyer: str | None
    change_cents: int
    discount_cents: int
    discount_reason: str
    regime: Regime
    vat: list[VatOut]
    refunded_cents: int
    weight_g: int
    hash: str
    is_late: bool
    lines: list[SaleLineOut]
    payments: list[PaymentOut]
    refunds: list[str]

    @classmethod
    def of(cls, sale: Sale) -> Self:
        return cls._of(sale, sale.lines.all(), sale.payments.all(), sale.refunds.all())

    @classmethod
    def new(cls, sale: Sale) -> Self:
        """A ticket that was just written: nothing of it was given back."""
        return cls._of(sale, sale.rows, sale.money, ())

    @classmethod
    def _of(
        cls,
        sale: Sale,
        rows: Iterable[SaleLine],
        money: Iterable[Payment],
        refunds: Collection[Refund],
    ) -> Self:
        lines = [_line_out(sale, row, row.refunded if refunds else 0) for row in rows]
        return cls(
            **head_of(sale),
            buyer=str(sale.buyer.number) if sale.buyer else None,
            change_cents=sale.change_cents,
            discount_cents=sale.discount_cents,
            discount_reason=sale.discount_reason,
            regime=Regime(sale.regime),
            vat=VatOut.all_of(sale.vat),
            hash=sale.event.printed_hash,
            is_late=sale.is_late,
            refunded_cents=sum(refund.total_cents for refund in refunds),
            weight_g=sum(line.weight_g or 0 for line in lines),
            lines=sorted(lines, key=lambda line: line.line),
            payments=[PaymentOut.of(paid) for paid in money],
            refunds=[refund.number for refund in refunds],
        )


def head_of(sale: Sale) -> dict[str, Any]:
    """What a ticket says of itself wherever it is told."""
    movement = sale.movement
    return {
        "id": str(movement.submission.uuid),
        "number": sale.number,
        "till": sale.till.code,
        "site": movement.site.code,
        "occurred_at": movement.occurred_at.isoformat(),
        "total_cents": sale.total_cents,
    }


def _line_out(sale: Sale, line: SaleLine, refunded: int) -> SaleLineOut:
    return SaleLineOut(
        line=line.position,
        item=_code_at(line.item, sale.movement.site) if line.item else None,
        nature=Nature(line.nature),
        category=line.category.code if line.category else None,
        key=line.key.code if line.key else None,
        label=line.label,
        quantity=line.quantity,
        price_cents=line.price_cents,
        price_mode=PriceMode(line.price_mode),
        lot=line.is_lot,
        discount_cents=line.discount_cents,
        discount_reason=line.discount_reason,
        shared_cents=line.shared_cents,
        total_cents=line.total_cents,
        vat_bp=line.vat_bp,
        weight_g=line.weight_g,
        weight_source=WeightSource(line.weight_source),
        voucher=line.voucher.code if line.voucher else None,
        refunded=refunded,
        flag=line.flag,
    )


def _code_at(item: Item, site: Site) -> str | None:
    """Its code in the structure that sold it, at hand where that structure's till named it."""
    if own := vars(item).get("own_code"):
        return str(own)
    owner = site.organisation_id
    return next((c.code for c in item.codes.all() if c.organisation_id == owner), None)

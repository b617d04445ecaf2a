"""The shop over HTTP: tills, the price grid, and what things sell for."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Self

from django.utils import timezone
from ninja import Field, Query, Schema

from inventory.models import Category, Item
from organisation.doors import Doors, May, Permitted, SitePage, caller
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Shape, keyset
from sales.api.tickets import sites_asked
from sales.models import (
    Nature,
    PriceKey,
    PriceMode,
    Till,
    TillLease,
    Voucher,
    VoucherIssuer,
)
from sales.prices import prices_of, suggestions_of

router = Doors()


class TillOut(Schema):
    """A till; ``leased_to``: the tablet that holds it, which may be the one that asks."""

    code: str
    name: str
    site: str
    leased_to: str | None
    is_mine: bool

    @classmethod
    def of(cls, row: Till, lease: TillLease | None, request: CallerRequest) -> Self:
        is_mine = lease is not None and lease.station == request.station
        holder = lease.station.name if lease else None
        return cls(
            code=row.code, name=row.name, site=row.site.code, leased_to=holder, is_mine=is_mine
        )


class Tills(Schema):
    items: list[TillOut]
    next: str | None


class KeyOut(Schema):
    """A line of the price grid: its price by its ``mode``, or none where one is typed."""

    code: str
    name: str
    site: str
    nature: Nature
    category: str | None
    price_cents: int | None
    member_price_cents: int | None
    mode: PriceMode

    @staticmethod
    def resolve_site(row: PriceKey) -> str:
        return row.site.code

    @staticmethod
    def resolve_category(row: PriceKey) -> str | None:
        return row.category.code if row.category else None


class Keys(Schema):
    items: list[KeyOut]
    next: str | None


@router.get("tills", auth=May("look_up"), response={200: Tills, **READ_ERRORS})
def list_tills(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Tills, by code."""
    found = keyset(Till.objects.at(sites_asked(request, page)), page, "code")
    leases = TillLease.objects.live().filter(till__in=found["items"]).select_related("station")
    held = {lease.till_id: lease for lease in leases}
    items = [TillOut.of(till, held.get(till.pk), request) for till in found["items"]]
    return {**found, "items": items}


class IssuerOut(Schema):
    code: str
    name: str


class Issuers(Schema):
    items: list[IssuerOut]
    next: str | None


@router.get("issuers", auth=May("look_up"), response={200: Issuers, **READ_ERRORS})
def list_issuers(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Whose vouchers tills take, by code."""
    rows = VoucherIssuer.objects.within(request).offered()
    return keyset(rows, page, "code")


@router.get("keys", auth=May("look_up"), response={200: Keys, **READ_ERRORS})
def list_keys(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """The price grid, by code."""
    rows = PriceKey.objects.at(sites_asked(request, page)).select_related("category")
    return keyset(rows, page, "code")


class AsideOut(Schema):
    """An object that a deposit keeps for somebody, and until when."""

    item: str
    until: date


class Asides(Schema):
    items: list[AsideOut]


class AsidesAsked(Shape):
    site: Permitted[Site]


@router.get("asides", auth=May("look_up"), response={200: Asides, **READ_ERRORS})
def list_asides(request: CallerRequest, asked: Annotated[AsidesAsked, Query()]) -> dict[str, Any]:
    """Objects that are put aside for a deposit; of the deposit itself nothing is told."""
    owner, today = asked.site.organisation, asked.site.business_date(timezone.now())
    kept = Voucher.objects.keeping(owner, today)
    codes = Item.objects.codes_of([row.item_id for row in kept if row.item_id], owner.pk)
    items = [
        {"item": codes[row.item_id], "until": row.expires_on}
        for row in kept
        if row.item_id in codes
    ]
    return {"items": items}


class Prices(Schema):
    """What one of a category was sold for; null where too few were."""

    category: str
    name: str
    count: int
    lower_quartile_cents: int | None
    median_cents: int | None
    upper_quartile_cents: int | None
    proposed_cents: list[int] = Field(
        description="Up to three, as people write prices: to 50 cents below 10 €, then whole euros."
    )


class PricesAsked(Shape):
    category: Permitted[Category]


@router.get("prices", auth=May("look_up"), response={200: Prices, **READ_ERRORS})
def get_prices(request: CallerRequest, asked: Annotated[PricesAsked, Query()]) -> dict[str, Any]:
    """Median and quartiles of the structure's own latest sales of a category."""
    organisation = caller(request).organisation
    assert organisation is not None  # noqa: S101 (the guard lets no other through)
    kind = asked.category
    found = prices_of(organisation, Category.objects.under(kind))
    return {"category": kind.code, "name": kind.name, **asdict(found)}


class Suggestion(Schema):
    """What one of a category sells for, with what is below it."""

    category: str
    count: int
    lower_quartile_cents: int
    median_cents: int
    upper_quartile_cents: int
    proposed_cents: list[int]


class Suggestions(Schema):
    items: list[Suggestion]


class SuggestionsAsked(Shape):
    site: Permitted[Site]


@router.get("suggestions", auth=May("look_up"), response={200: Suggestions, **READ_ERRORS})
def list_suggestions(
    request: CallerRequest, asked: Annotated[SuggestionsAsked, Query()]
) -> dict[str, Any]:
    """Prices of every category that the structure sold five times or more, leaves first."""
    found = suggestions_of(asked.site.organisation)
    return {"items": [{"category": kind.code, **asdict(prices)} for kind, prices in found]}

"""Lists of codes, to use elsewhere; and what is where."""

from typing import Annotated, Any

from ninja import Query, Schema

from inventory.models import Balance, Category, Container, Partner, Place
from organisation.doors import Doors, May, Permitted, SitePage
from organisation.models import Site
from organisation.permissions import CallerRequest
from organisation.shapes import READ_ERRORS, Page, keyset

router = Doors()


class CategoryOut(Schema):
    code: str
    name: str
    parent: str | None
    epr_stream: str | None
    waste_code: str | None
    unit_weight_g: int | None
    measure: str
    measure_weight_g: int | None
    icon: str
    colour: str

    @staticmethod
    def resolve_parent(row: Category) -> str | None:
        return row.parent.code if row.parent else None

    @staticmethod
    def resolve_epr_stream(row: Category) -> str | None:
        return row.stream.code if row.stream else None

    @staticmethod
    def resolve_waste_code(row: Category) -> str | None:
        return row.waste_code.code if row.waste_code else None

    @staticmethod
    def resolve_icon(row: Category) -> str:
        return row.look[0]

    @staticmethod
    def resolve_colour(row: Category) -> str:
        return row.look[1]


class Categories(Schema):
    items: list[CategoryOut]
    next: str | None


class PlaceOut(Schema):
    code: str
    name: str
    use: str
    is_main: bool


class Places(Schema):
    items: list[PlaceOut]
    next: str | None


class ContainerOut(Schema):
    code: str
    name: str
    tare_g: int
    average_load_g: int | None


class Containers(Schema):
    items: list[ContainerOut]
    next: str | None


class PartnerOut(Schema):
    code: str
    name: str
    default_fate: str


class Partners(Schema):
    items: list[PartnerOut]
    next: str | None


class PlacesPage(Page):
    """A page of the places of one site."""

    site: Permitted[Site]


@router.get("categories", auth=May("look_up"), response={200: Categories, **READ_ERRORS})
def list_categories(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Reference categories and the structure's own, by code."""
    rows = Category.objects.within(request).filter(is_active=True)
    rows = rows.select_related("parent__parent", "parent__epr_stream", "epr_stream", "waste_code")
    return keyset(rows, page, "code")


@router.get("places", auth=May("look_up"), response={200: Places, **READ_ERRORS})
def list_places(request: CallerRequest, page: Annotated[PlacesPage, Query()]) -> dict[str, Any]:
    """Places of a site, by code."""
    Place.objects.main(page.site)
    rows = Place.objects.filter(site=page.site, is_active=True)
    return keyset(rows, page, "code")


@router.get("containers", auth=May("look_up"), response={200: Containers, **READ_ERRORS})
def list_containers(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Containers and their tares, by code."""
    rows = Container.objects.within(request).offered()
    return keyset(rows, page, "code")


@router.get("partners", auth=May("look_up"), response={200: Partners, **READ_ERRORS})
def list_partners(request: CallerRequest, page: Annotated[SitePage, Query()]) -> dict[str, Any]:
    """Partners, by code."""
    rows = Partner.objects.within(request).offered()
    return keyset(rows, page, "code")


class Where(Schema):
    """A site, or one of its places."""

    site: Permitted[Site]
    place: Permitted[Place] | None = None


class StockLineOut(Schema):
    category: str
    place: str
    weight_g: int
    items: int
    negative: bool


class StockOut(Schema):
    weight_g: int
    lines: list[StockLineOut]


@router.get("stock", auth=May("read_stock"), response={200: StockOut, **READ_ERRORS})
def get_stock(request: CallerRequest, where: Annotated[Where, Query()]) -> dict[str, Any]:
    """What is where: bulk and items together, per place and category; negative bulk is told."""
    lines = Balance.objects.stock_lines(where.site, where.place)
    return {"weight_g": sum(line["weight_g"] for line in lines), "lines": lines}
